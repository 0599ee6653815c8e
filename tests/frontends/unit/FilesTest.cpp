//===- FilesTest.cpp - Tests of reading and writing files -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Files.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace frieze;
namespace fs = std::filesystem;

namespace {

class FilesTest : public testing::Test {
protected:
  void SetUp() override {
    const auto *info = testing::UnitTest::GetInstance()->current_test_info();
    folder = fs::path(testing::TempDir()) /
             (std::string("frieze-files-") + info->name());
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string path(const std::string &name) const {
    return (folder / name).string();
  }
  void put(const std::string &name, const std::string &content) const {
    std::ofstream(path(name), std::ios::binary) << content;
  }
  std::string get(const std::string &name) const {
    std::ostringstream text;
    text << std::ifstream(path(name), std::ios::binary).rdbuf();
    return text.str();
  }
  size_t countFiles() const {
    return std::distance(fs::directory_iterator(folder), {});
  }
  unsigned getMode(const std::string &name) const {
    return unsigned(fs::status(path(name)).permissions());
  }

  /// Writes `bytes`; returns what went wrong.
  std::string write(const std::string &name, StringRef bytes,
                    FileKind kind = FileKind::Data) const {
    return toString(writeFile(
        fs::path(name).is_absolute() || name == "-" ? name : path(name),
        [&](raw_ostream &os) { os << bytes; }, kind));
  }

  fs::path folder;
};

TEST_F(FilesTest, NewFilesHaveTheUsersPermissions) {
  mode_t mask = umask(027);
  EXPECT_EQ(write("data", "x"), "");
  EXPECT_EQ(write("program", "x", FileKind::Executable), "");
  umask(mask);
  EXPECT_EQ(get("data"), "x");
  EXPECT_EQ(getMode("data"), 0640u);
  EXPECT_EQ(getMode("program"), 0750u);
  EXPECT_EQ(countFiles(), 2u);
}

TEST_F(FilesTest, ReplacedFilesKeepTheirPermissions) {
  put("file", "a longer one");
  fs::permissions(path("file"), fs::perms(0604));
  EXPECT_EQ(write("file", "new"), "");
  EXPECT_EQ(get("file"), "new");
  EXPECT_EQ(getMode("file"), 0604u);
  mode_t mask = umask(022);
  EXPECT_EQ(write("file", "program", FileKind::Executable), "");
  umask(mask);
  EXPECT_EQ(getMode("file"), 0715u);
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(FilesTest, NothingAppearsWhereWritingFails) {
  put("file", "old");
  auto fail = [&](const std::string &name) {
    return toString(tryWriteFile(path(name), [](raw_ostream &os) {
      os << "half";
      return createStringError("no more of it");
    }));
  };
  EXPECT_EQ(fail("file"), "cannot be written: no more of it");
  EXPECT_EQ(fail("none"), "cannot be written: no more of it");
  EXPECT_EQ(get("file"), "old");
  EXPECT_EQ(countFiles(), 1u);
  EXPECT_EQ(toString(tryWriteFile(path("file"),
                                  [](raw_ostream &os) {
                                    os << "new";
                                    return Error::success();
                                  })),
            "");
  EXPECT_EQ(get("file"), "new");
}

TEST_F(FilesTest, LinksStay) {
  fs::create_directory(path("below"));
  put("below/file", "old");
  fs::create_symlink("below/file", path("first"));
  fs::create_symlink(path("first"), path("second"));
  EXPECT_EQ(write("second", "new"), "");
  EXPECT_TRUE(fs::is_symlink(path("first")));
  EXPECT_TRUE(fs::is_symlink(path("second")));
  EXPECT_FALSE(fs::is_symlink(path("below/file")));
  EXPECT_EQ(get("below/file"), "new");

  // To nothing yet.
  fs::create_symlink("below/later", path("third"));
  EXPECT_FALSE(isStream(path("third")));
  EXPECT_EQ(write("third", "later"), "");
  EXPECT_TRUE(fs::is_symlink(path("third")));
  EXPECT_EQ(get("below/later"), "later");
  EXPECT_EQ(std::distance(fs::directory_iterator(path("below")), {}), 2);
}

TEST_F(FilesTest, LinksThatLeadNowhere) {
  fs::create_symlink("b", path("a"));
  fs::create_symlink("a", path("b"));
  EXPECT_NE(write("a", "x").find("oo many"), std::string::npos)
      << write("a", "x");
  EXPECT_TRUE(fs::is_symlink(path("a")));
  fs::create_symlink("none/file", path("c"));
  EXPECT_NE(write("c", "x").find("none': No such file"), std::string::npos)
      << write("c", "x");
}

TEST_F(FilesTest, PipesAreWrittenThrough) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  fs::create_symlink("pipe", path("link"));
  for (const char *name : {"pipe", "link"}) {
    EXPECT_TRUE(isStream(path(name)));
    int reader = open(path(name).c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(reader, 0);
    EXPECT_EQ(write(name, "through"), "");
    char text[16];
    EXPECT_EQ(read(reader, text, sizeof(text)), 7);
    close(reader);
  }
  EXPECT_TRUE(fs::is_fifo(path("pipe")));
  EXPECT_TRUE(fs::is_symlink(path("link")));
  EXPECT_EQ(countFiles(), 2u);
}

TEST_F(FilesTest, DevicesAreWrittenThrough) {
  fs::create_symlink("/dev/null", path("null"));
  EXPECT_TRUE(isStream(path("null")));
  EXPECT_EQ(write("null", "x"), "");
  EXPECT_TRUE(fs::is_symlink(path("null")));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  if (fs::is_character_file("/dev/full"))
    EXPECT_EQ(write("/dev/full", "x"),
              "cannot be written: No space left on device");
  // A folder is no file.
  EXPECT_EQ(write(folder.string(), "x"), "cannot be written: Is a directory");
}

// As `>> log` and `{ …; } > log` are used with /dev/stdout: what is there
// stays.
TEST_F(FilesTest, OpenFilesAreWrittenThrough) {
  put("log", "before ");
  int log = open(path("log").c_str(), O_WRONLY | O_APPEND);
  ASSERT_GE(log, 0);
  std::string name = "/proc/self/fd/" + std::to_string(log);
  fs::create_symlink(name, path("link"));
  for (const std::string &file : {name, path("link")}) {
    EXPECT_TRUE(isStream(file));
    EXPECT_FALSE(isStandardOutput(file));
    EXPECT_EQ(write(file, "x"), "");
  }
  EXPECT_EQ(::write(log, " after", 6), 6);
  close(log);
  EXPECT_EQ(get("log"), "before xx after");
  EXPECT_TRUE(fs::is_symlink(path("link")));

  fs::create_symlink("/dev/stdout", path("out"));
  for (const std::string &file :
       {std::string("-"), std::string("/proc/self/fd/1"), path("out")}) {
    EXPECT_TRUE(isStandardOutput(file)) << file;
    EXPECT_TRUE(isStream(file)) << file;
  }
  EXPECT_FALSE(isStandardOutput(path("log")));
}

TEST_F(FilesTest, WholeOrNotAtAll) {
  put("file", "old");
  struct rlimit limit, small;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  small = {4096, limit.rlim_max};
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  std::string replaced = write("file", std::string(1 << 16, 'x'));
  std::string created = write("other", std::string(1 << 16, 'x'));
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(replaced, "cannot be written: File too large");
  EXPECT_EQ(created, replaced);
  EXPECT_EQ(get("file"), "old");
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(FilesTest, ProtectedFilesAreKept) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may write everything";
  put("file", "old");
  fs::permissions(path("file"), fs::perms(0444));
  EXPECT_EQ(write("file", "new"), "cannot be written: Permission denied");
  EXPECT_EQ(get("file"), "old");
  EXPECT_EQ(countFiles(), 1u);
}

TEST_F(FilesTest, SaysWhatCannotBeWritten) {
  EXPECT_EQ(write("none/file", "x"), "cannot be written: no file can be made "
                                     "in '" +
                                         path("none") +
                                         "': No such file or directory");
  put("file", "");
  EXPECT_EQ(write("file/below", "x"), "cannot be written: Not a directory");
}

TEST_F(FilesTest, SaysBeforehandWhatCannotBeWritten) {
  auto check = [&](const std::string &file) {
    return toString(checkWritable(file));
  };
  EXPECT_EQ(check(path("file")), "");
  EXPECT_EQ(check("-"), "");
  EXPECT_EQ(check("file"), "");
  EXPECT_EQ(check("/dev/null"), "");
  EXPECT_EQ(check(folder.string()), "cannot be written: Is a directory");
  EXPECT_EQ(check(path("none/file")),
            "cannot be written: no file can be made in '" + path("none") +
                "': No such file or directory");
  EXPECT_EQ(countFiles(), 0u);
}

TEST_F(FilesTest, ReadsPipes) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  // Both ends, so that nothing waits.
  int end = open(path("pipe").c_str(), O_RDWR);
  ASSERT_GE(end, 0);
  ASSERT_EQ(::write(end, "text", 4), 4);
  Expected<std::string> bytes = readFile(path("pipe"), /*limit=*/3);
  ASSERT_FALSE(bool(bytes));
  EXPECT_EQ(toString(bytes.takeError()), "expects at most 3 bytes");
  close(end);
}

TEST(MemoryFile, IsFoundByItsPath) {
  Expected<MemoryFile> one = MemoryFile::create("one");
  Expected<MemoryFile> two = MemoryFile::create("two");
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->getPath(), two->getPath());
  EXPECT_EQ(cantFail(readFile(one->getPath())), "one");
  MemoryFile moved = std::move(*two);
  EXPECT_EQ(cantFail(readFile(moved.getPath())), "two");
}

} // namespace
