//===- RecordingFolderTest.cpp - Folders of recordings ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/jobs/RecordingFolder.h"
#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;

namespace {

class RecordingFolderTest : public RecordingTest {
protected:
  /// The recordings found, without the folder of the test.
  std::vector<std::string> list(const std::string &name) {
    auto found = listRecordings({path(name)});
    if (!found)
      return {llvm::toString(found.takeError())};
    note = found->notes.empty() ? "" : found->notes[0];
    std::vector<std::string> names;
    for (const std::string &recording : found->paths)
      names.push_back(std::filesystem::relative(recording, folder).string());
    return names;
  }
  void makeFolder(const std::string &name) {
    std::filesystem::create_directories(path(name));
  }

  std::string note;
};

// A record is listed once, however many files it has, in the order of names.
TEST_F(RecordingFolderTest, RecordingsOfAllFormats) {
  for (const char *name : {"a", "a/b", "a/.hidden"})
    makeFolder(name);
  write("a/z.hea", "z/2 1 360 4\nz1 2\nz2 2\n");
  write("a/z1.hea", "z1 1 360 2\nz.dat 16 200\n");
  write("a/z2.hea", "z2 1 360 2\nz.dat 16 200\n");
  write("a/z.dat", "1234");
  write("a/z.atr", "");
  write("a/night.EDF", "");
  write("a/b/day.csv.gz", "");
  write("a/b/beats.csv", "record,sample,time_s,score\nz,1,0,1\n");
  write("a/b/beats.json",
        "{\"records\": [{\"record\": \"z\", \"beats\": []}]}");
  write("a/README", "");
  write("a/b/plot.png", "");
  write("a/.hidden/x.edf", "");
  write("a/.DS_Store", "");
  std::filesystem::create_directory_symlink(path("a"), path("a/b/circle"));
  std::filesystem::create_symlink(path("a/night.EDF"), path("a/b/again.edf"));
  EXPECT_EQ(list("a").size(), 3u);
  EXPECT_EQ(list("a")[1], "a/b/day.csv.gz");
  EXPECT_EQ(list("a")[2], "a/z.hea");
  EXPECT_CONTAINS(note, "a: note: takes 3 files for recordings, and passes "
                        "over 9 files of other kinds");
}

// A packed list of beats is passed over, unless it is damaged.
TEST_F(RecordingFolderTest, PackedLists) {
  const std::string packed("\x1F\x8B\x08\0\0\0\0\0\x02\x03\x2B\x4A\x4D\xCE\x2F"
                           "\x4A\xD1\x29\x4E\xCC\x2D\xC8\x49\xE5\x02\0\xE1\x08"
                           "\x4B\xA5\x0E\0\0\0",
                           34);
  makeFolder("a");
  write("a/beats.csv.gz", packed);
  write("a/cut.csv.gz", packed.substr(0, 33));
  EXPECT_EQ(list("a"), (std::vector<std::string>{"a/cut.csv.gz"}));
}

// Annotations may have any extension, that of ISHNE too, and are told by their
// content and the header beside them.
TEST_F(RecordingFolderTest, Annotations) {
  const std::string annotations("\x0A\x04\0\0", 4);
  makeFolder("a");
  write("a/r.hea", "r 1 360\nr.dat 16 200\n");
  write("a/r.dat", "");
  write("a/r.apn", annotations);
  write("a/r.ecg", annotations);
  write("a/s.ecg", annotations);
  write("a/r.xyz", "no annotations");
  write("a/t.hea", "t 1 360\nt.dat 16 200\n");
  write("a/t.ecg", "ISHNE1.0" + annotations);
  EXPECT_EQ(list("a"),
            (std::vector<std::string>{"a/r.hea", "a/r.xyz", "a/s.ecg",
                                      "a/t.ecg", "a/t.hea"}));
}

// What may be a recording is listed, so that it is told why it is none.
TEST_F(RecordingFolderTest, UnknownFiles) {
  makeFolder("a");
  write("a/lost.dat", "");
  std::filesystem::create_symlink(path("nowhere"), path("a/link.csv"));
  write("a/what.xyz", "");
  write("a/x.zip", "");
  write("a/ecg.json", "{\"ecg\": [1, 2]}");
  write("a/table.csv", "sample,beat\n");
  EXPECT_EQ(list("a"),
            (std::vector<std::string>{"a/ecg.json", "a/link.csv", "a/lost.dat",
                                      "a/table.csv", "a/what.xyz", "a/x.zip"}));
  EXPECT_CONTAINS(problem("a/what.xyz"), "not a recording that can be read");
}

TEST_F(RecordingFolderTest, NoRecordings) {
  makeFolder("a");
  write("a/RECORDS", "");
  EXPECT_CONTAINS(list("a")[0], "a: error: expects recordings in the folder, "
                                "but found none among 1 file");
}

// What is no folder stays as it is, also a record with the name of one.
TEST_F(RecordingFolderTest, OtherPaths) {
  makeFolder("r");
  write("r.hea", "");
  EXPECT_EQ(list("r"), std::vector<std::string>{"r"});
  EXPECT_EQ(list("none"), std::vector<std::string>{"none"});
  EXPECT_EQ(note, "");
}

} // namespace
