//===- BeatFileTest.cpp - Lists of beats in files ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/BeatFile.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace frieze::ecg;
namespace fs = std::filesystem;

namespace {

class BeatFileTest : public testing::Test {
protected:
  void SetUp() override {
    const auto *info = testing::UnitTest::GetInstance()->current_test_info();
    folder = fs::path(testing::TempDir()) /
             (std::string("frieze-beats-") + info->name());
    fs::remove_all(folder);
    fs::create_directories(folder);
    file = (folder / "beats.csv").string();
  }
  void TearDown() override { fs::remove_all(folder); }

  static std::string content(const std::string &path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  fs::path folder;
  std::string file;
};

TEST_F(BeatFileTest, WritesColumns) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  writeBeatsCSV(stream, {{"208", 360, {{36, 0.5}, {720, 0.98765}}},
                         {"101", 360, {}},
                         {"x", 250, {{250, 1}}}});
  EXPECT_EQ(text, "record,sample,time_s,score\n"
                  "208,36,0.1000,0.5000\n"
                  "208,720,2.0000,0.9877\n"
                  "x,250,1.0000,1.0000\n");
}

TEST_F(BeatFileTest, ReadsColumnsByName) {
  std::ofstream(file) << "score,sample,record\r\n1,30,a\r\n1,10,a\n\n0,5,b\n";
  auto beats = readBeatsCSV(file);
  ASSERT_TRUE(bool(beats)) << llvm::toString(beats.takeError());
  EXPECT_EQ(beats->size(), 2u);
  EXPECT_EQ((*beats)["a"], (std::vector<size_t>{10, 30}));
  EXPECT_EQ((*beats)["b"], std::vector<size_t>{5});
}

TEST_F(BeatFileTest, RefusesWhatIsNoBeat) {
  for (const char *text :
       {"", "record\nx\n", "record,sample\na\n", "record,sample\na,1.5\n",
        "record,sample\na,-1\n", "record,sample\na,1,2\n",
        "record,sample\na,99999999999999999999\n"}) {
    std::ofstream(file) << text;
    auto beats = readBeatsCSV(file);
    EXPECT_FALSE(bool(beats)) << text;
    std::string problem = llvm::toString(beats.takeError());
    EXPECT_EQ(problem.find(file + ": error: line "), 0u) << problem;
  }
}

TEST_F(BeatFileTest, ReplacesAFileThroughItsLink) {
  std::ofstream(file) << "old";
  std::string link = (folder / "link.csv").string();
  fs::create_symlink("beats.csv", link);
  llvm::Error error =
      writeWholeFile(link, [](llvm::raw_ostream &stream) { stream << "new"; });
  EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
  EXPECT_EQ(content(file), "new");
  EXPECT_TRUE(fs::is_symlink(link));
  // No temporary file is left.
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 2);
}

TEST_F(BeatFileTest, SaysWhatCannotBeWritten) {
  llvm::Error error =
      writeWholeFile((folder / "none" / "beats.csv").string(),
                     [](llvm::raw_ostream &stream) { stream << "new"; });
  ASSERT_TRUE(bool(error));
  std::string problem = llvm::toString(std::move(error));
  EXPECT_NE(problem.find("beats.csv: error: can't write"), std::string::npos)
      << problem;
}

TEST_F(BeatFileTest, WritesDevicesDirectly) {
  if (!fs::is_character_file("/dev/null"))
    GTEST_SKIP();
  llvm::Error error = writeWholeFile(
      "/dev/null", [](llvm::raw_ostream &stream) { stream << "new"; });
  EXPECT_FALSE(bool(error)) << llvm::toString(std::move(error));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

} // namespace
