//===- CSVRecordingTest.cpp - Recordings in columns -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;

namespace {

using CSVRecordingTest = RecordingTest;

TEST_F(CSVRecordingTest, OneColumn) {
  write("night.csv", "0.5\r\n-1e-1\n\n+2\n");
  Whole recording = read("night.csv");
  EXPECT_EQ(recording.name, "night");
  EXPECT_EQ(recording.rate, 360);
  EXPECT_EQ(recording.samples, (std::vector<float>{0.5f, -0.1f, 2}));
}

TEST_F(CSVRecordingTest, TimeAndLeads) {
  write("r.csv", "\xEF\xBB\xBFtime,\"MLII\",V1\n0.000,1,2\n0.003,3,4\n");
  EXPECT_EQ(read("r.csv").samples, (std::vector<float>{1, 3}));
  RecordingOptions options;
  options.lead = "V1";
  EXPECT_EQ(read("r.csv", options).samples, (std::vector<float>{2, 4}));
  options.lead = "0";
  EXPECT_EQ(read("r.csv", options).lead, "MLII");
  write("r.csv", "MLII;V1\n1;2\n3;4\n");
  EXPECT_EQ(read("r.csv").samples, (std::vector<float>{1, 3}));
}

/// A column of times and one of zeros.
std::string timed(const char *name, double step, int gapAt = -1) {
  std::string text = std::string(name) + ",mV\n";
  for (int i = 0; i < 2000; ++i)
    text +=
        std::to_string(step * (i + (i >= gapAt && gapAt >= 0) * 100)) + ",0\n";
  return text;
}

TEST_F(CSVRecordingTest, TimeAgreesWithTheRate) {
  RecordingOptions at250;
  at250.rate = 250;
  write("r.csv", timed("time", 1 / 360.0));
  EXPECT_EQ(read("r.csv").samples.size(), 2000u);
  EXPECT_CONTAINS(problem("r.csv", at250), "the time must grow at");
  write("r.csv", timed("time_ms", 4));
  EXPECT_EQ(read("r.csv", at250).rate, 250);
  EXPECT_CONTAINS(problem("r.csv"), "the time must grow at");
  write("r.csv", timed("sample", 1));
  EXPECT_EQ(read("r.csv").samples.size(), 2000u);
  write("r.csv", timed("sample", 1, 1000));
  EXPECT_CONTAINS(problem("r.csv"), "line 1002: the time has a gap");
}

TEST_F(CSVRecordingTest, MissingSamples) {
  write("r.csv", "A,B\n1,2\n,3\n4,NaN\n");
  EXPECT_EQ(pairs(read("r.csv").gaps), (Gaps{{1, 1}}));
  RecordingOptions options;
  options.lead = "B";
  EXPECT_EQ(pairs(read("r.csv", options).gaps), (Gaps{{2, 1}}));
}

// Rows are found again by an index, blank lines and a byte order mark or not.
TEST_F(CSVRecordingTest, LongFile) {
  std::string text = "\xEF\xBB\xBF";
  std::vector<float> samples;
  for (int i = 0; i < 20000; ++i) {
    samples.push_back(float(i % 1000) / 4);
    text += std::to_string(samples.back()) + (i % 7 ? "\n" : "\r\n\n");
  }
  write("r.csv", text);
  EXPECT_EQ(read("r.csv").samples, samples);
}

TEST_F(CSVRecordingTest, FilesThatAreRefused) {
  struct Case {
    const char *text, *problem;
  };
  const Case cases[] = {
      {"", "no samples"},
      {"MLII\n", "no samples"},
      {"time\n0\n", "line 1: no column but the time"},
      {"0.1,0.2\n", "line 1: several columns need a header line"},
      {"0.1\ninf\n", "line 2: expected a finite number, found 'inf'"},
      {"0.1\n1e60\n", "line 2: expected a finite number"},
      {"0.1\n0.2 0.3\n", "line 2: expected a finite number"},
      {"0.1.2\n", "line 1: expected a finite number"},
      {"A,B\n1\n", "line 2: expected 2 columns, found 1"},
      {"time,A\nx,1\n", "line 2: expected the time"},
      {"time,A\nnan,1\n", "line 2: the time must be finite"},
      {"995\n1011\n", "samples must be millivolts, found 995"},
  };
  for (const Case &c : cases) {
    write("r.csv", c.text);
    std::string text = problem("r.csv");
    EXPECT_CONTAINS(text, c.problem);
    EXPECT_CONTAINS(text, "r.csv: error: ");
  }
}

} // namespace
