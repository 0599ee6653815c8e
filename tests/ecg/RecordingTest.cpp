//===- RecordingTest.cpp - Recordings of all formats ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;

namespace {

TEST_F(RecordingTest, MissingFiles) {
  EXPECT_CONTAINS(problem("r"), "r: error: no such file, nor r.hea");
  write("r.hea", "r 1 360 5\nr.dat 212 200\n");
  EXPECT_CONTAINS(problem("r"), "r.dat: error: cannot be read");
  write("r.edfx", "");
  EXPECT_CONTAINS(problem("r.edfx"), "error: not a recording");
}

TEST_F(RecordingTest, FilesThatAreNoRecordings) {
  std::filesystem::create_directories(path("folder.csv"));
  EXPECT_CONTAINS(problem("folder.csv"), "not a regular file");
  write("r.csv", "0.1," + std::string(1 << 21, '1'));
  EXPECT_CONTAINS(problem("r.csv"), "a line is longer than");
  write("r.csv", "0.5\n");
  for (double rate : {49.9, 50001.0})
    EXPECT_CONTAINS(problem("r.csv", atRate(rate)),
                    "to be from 50 to 50000 Hz");
  // What a header makes up takes no time and no memory.
  write("r.hea", "r/2 1 360 20000000002\n~ 20000000000\na 2\n");
  write("a.hea", "a 1 360 2\na.dat 16 200\n");
  write("a.dat", "abcd");
  EXPECT_CONTAINS(problem("r"),
                  "r: error: expects the recording to be at most a year long");
}

// What a file only makes up is not read.
TEST_F(RecordingTest, LongGap) {
  write("r.hea", "r/4 1 360 10000000006\na 2\n~ 9999999000\n~ 1000\na 4\n");
  write("a.hea", "a 1 360\na.dat 16 200\n");
  write("a.dat", pack16({1, 2, 3, 4}));
  auto recording = openRecording(path("r"), {});
  ASSERT_TRUE(bool(recording)) << llvm::toString(recording.takeError());
  EXPECT_EQ(pairs((*recording)->gaps), (Gaps{{2, 10000000000}}));
  EXPECT_EQ((*recording)->length, 10000000006u);
}

// A recording is read again and again; another file in its place is noticed.
TEST_F(RecordingTest, FileThatChanges) {
  write("r.csv", "0.5\n1\n");
  auto recording = openRecording(path("r.csv"), atRate(360));
  ASSERT_TRUE(bool(recording));
  write("r.csv", "0.5\n");
  std::vector<float> samples(2);
  EXPECT_CONTAINS(llvm::toString((*recording)->read(0, samples)),
                  "was changed while it was read");
}

// A dead electrode is told, unless it was for a moment only.
TEST_F(RecordingTest, FlatLead) {
  auto samples = [](int flat, int others) {
    std::string text;
    for (int i = 0; i < flat; ++i)
      text += "0.25\n";
    for (int i = 0; i < others; ++i)
      text += i % 2 ? "1\n" : "0\n";
    return text;
  };
  write("r.csv", "II\n" + samples(999, 50));
  EXPECT_TRUE(read("r.csv", atRate(100)).warnings.empty());
  write("r.csv", "II\n" + samples(1000, 50) + samples(2050, 1));
  Whole recording = read("r.csv", atRate(100));
  ASSERT_EQ(recording.warnings.size(), 1u);
  EXPECT_CONTAINS(recording.warnings[0],
                  "r.csv: warning: lead 'II' is flat for 30.5 s, in 2 "
                  "stretches");
  // All of a recording, however short.
  write("r.csv", samples(50, 0));
  EXPECT_EQ(read("r.csv", atRate(100)).warnings.size(), 1u);
  // Missing samples are another matter.
  write("r.csv", "0\n" + samples(0, 1) + std::string(6 * 1000, '\n'));
  EXPECT_EQ(read("r.csv", atRate(100)).gaps.size(), 0u);
}

// A column of times without a name is no ECG, unless it is asked for.
TEST_F(RecordingTest, SamplesThatRise) {
  auto rise = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += std::to_string(i / 360.0) + "\n";
    return text;
  };
  write("r.csv", rise(1000));
  EXPECT_CONTAINS(problem("r.csv", atRate(360)),
                  "r.csv: error: lead '' rises evenly, as a time does");
  RecordingOptions options = atRate(360);
  options.lead = "0";
  EXPECT_EQ(read("r.csv", options).samples.size(), 1000u);
  write("r.csv", rise(99));
  EXPECT_EQ(read("r.csv", atRate(360)).samples.size(), 99u);
  write("r.csv", rise(500) + rise(500));
  EXPECT_EQ(read("r.csv", atRate(360)).samples.size(), 1000u);
}

TEST_F(RecordingTest, Names) {
  EXPECT_EQ(getRecordName("some/folder/208.hea"), "208");
  EXPECT_EQ(getRecordName("some/folder/208"), "208");
  EXPECT_EQ(getRecordName("night.2.CSV"), "night.2");
  EXPECT_EQ(getRecordName("p1.night"), "p1.night");
  EXPECT_EQ(getRecordName("101.dat"), "101");
  EXPECT_EQ(getRecordName("night.csv.gz"), "night");
  EXPECT_EQ(getRecordName("night.gz"), "night.gz");
  EXPECT_EQ(getRecordName("-"), "stdin");
}

} // namespace
