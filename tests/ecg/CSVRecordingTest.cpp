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
  Whole recording = read("night.csv", atRate(360));
  EXPECT_EQ(recording.name, "night");
  EXPECT_EQ(recording.rate, 360);
  EXPECT_EQ(recording.samples, (std::vector<float>{0.5f, -0.1f, 2}));
  EXPECT_CONTAINS(problem("night.csv"),
                  "night.csv: error: expects a sampling rate, which the file "
                  "does not tell: give --rate=HZ");
}

TEST_F(CSVRecordingTest, TimeAndLeads) {
  write("r.csv", "\xEF\xBB\xBFtime,\"MLII\",V1\n0.000,1,2\n0.003,3,4\n");
  RecordingOptions options = atRate(360);
  EXPECT_EQ(read("r.csv", options).samples, (std::vector<float>{1, 3}));
  options.lead = "V1";
  EXPECT_EQ(read("r.csv", options).samples, (std::vector<float>{2, 4}));
  options.lead = "0";
  EXPECT_EQ(read("r.csv", options).lead, "MLII");
  write("r.csv", "MLII;V1\n1;2\n3;4\n");
  EXPECT_EQ(read("r.csv", options).samples, (std::vector<float>{1, 3}));
}

// Times may stand anywhere, and are no leads; nor is what is no ECG.
TEST_F(CSVRecordingTest, FirstECG) {
  struct Case {
    const char *header, *lead, *row;
  };
  for (const Case &c : {Case{"Resp,MLII,timestamp", "MLII", "7,0.5,0"},
                        {"sample,time_ms,II", "II", "0,0,0.5"},
                        {",ECG", "ECG", "0,0.5"},
                        {"EEG (mV),V1 (mV),t", "V1 (mV)", "7,0.5,0"},
                        {"A,B", "A", "0.5,7"}}) {
    write("r.csv", std::string(c.header) + "\n" + c.row + "\n");
    EXPECT_EQ(read("r.csv", atRate(360)).lead, c.lead);
    EXPECT_EQ(read("r.csv", atRate(360)).samples, std::vector<float>{0.5f});
  }
  write("r.csv", "x,y,z\n1,2,3\n");
  EXPECT_CONTAINS(problem("r.csv", atRate(360)),
                  "but got 0 'x' (no unit), 1 'y' (no unit), 2 'z' (no unit)");
}

// A unit in the name of a column is converted.
TEST_F(CSVRecordingTest, Units) {
  RecordingOptions options;
  options.rate = 360;
  for (const char *name : {"II (uV)", "II [uV]", "II_uV", "II (\u00B5V)"}) {
    write("r.csv", std::string(name) + "\n-2500\n500\n");
    EXPECT_EQ(read("r.csv", options).samples,
              (std::vector<float>{-2.5f, 0.5f}));
    EXPECT_EQ(read("r.csv", options).lead, name);
  }
  write("r.csv", "II (V)\n0.001\n");
  EXPECT_EQ(read("r.csv", options).samples, std::vector<float>{1});
  // V is a lead.
  write("r.csv", "ECG_V\n0.5\n");
  EXPECT_CONTAINS(problem("r.csv", options),
                  "r.csv: error: expects a unit, which the file does not tell "
                  "for lead 'ECG_V': give --unit");
  EXPECT_EQ(read("r.csv", atRate(360)).samples, std::vector<float>{0.5f});
  // A second line with units.
  write("r.csv", "sample,MLII,V1\n#,uV,mV\n0,500,7\n");
  EXPECT_EQ(read("r.csv", options).samples, std::vector<float>{0.5f});
  // What is missing is told at once.
  write("r.csv", "MLII\n0.5\n");
  EXPECT_CONTAINS(problem("r.csv"), "1 mV\n" + path("r.csv") +
                                        ": error: expects a sampling rate");
}

/// A column of times, printed with so many decimals, and one of samples. From
/// row gapAt on, times are later by `gap` steps.
std::string timed(const char *name, double step, int decimals = 6,
                  int gapAt = 0, double gap = 0, int rows = 2000) {
  std::string text = std::string(name) + ",mV\n";
  for (int i = 0; i < rows; ++i) {
    char time[64];
    std::snprintf(time, sizeof(time), "%.*f", decimals,
                  step * (i + (i >= gapAt) * gap));
    text += std::string(time) + (i % 2 ? ",0\n" : ",1\n");
  }
  return text;
}

// Seconds, milliseconds and microseconds tell the rate, however they are
// printed; other units do not.
TEST_F(CSVRecordingTest, RateFromTheTime) {
  struct Case {
    const char *name;
    double step;
    int decimals;
    double rate;
  };
  const Case cases[] = {
      {"time", 1 / 360.0, 6, 360},
      {"time_s", 1 / 360.0, 3, 360},
      {"t", 0.004, 3, 250},
      {"Time [s]", 1 / 128.0, 9, 128},
      {"seconds", 1 / 360.0, 2, 360},
      {"time_ms", 4, 0, 250},
      {"time (ms)", 1000 / 360.0, 0, 360},
      {"ms", 1000 / 128.2, 4, 128.2},
      {"time_us", 2000, 0, 500},
      {"t (\u00B5s)", 2000, 0, 500},
      {"elapsed_ms", 2, 0, 500},
      {"timestamp", 0.002, 3, 500},
      {"time (min)", 1 / 21600.0, 8, 360},
      {"time_ns", 2e6, 0, 500},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.name);
    write("r.csv", timed(c.name, c.step, c.decimals, 0, 0, 9000));
    EXPECT_EQ(read("r.csv").rate, c.rate);
    EXPECT_EQ(read("r.csv", atRate(c.rate)).samples.size(), 9000u);
    EXPECT_CONTAINS(problem("r.csv", atRate(c.rate * 1.01)),
                    "sampling rate of");
  }
  // Since 1970.
  std::string text = timed("time", 0.004, 3);
  for (size_t at = text.find('\n'); at + 1 < text.size();
       at = text.find('\n', at + 1))
    text.insert(at + 1, "170000000");
  write("r.csv", text);
  EXPECT_EQ(read("r.csv").rate, 250);
}

TEST_F(CSVRecordingTest, TimesThatTellNoRate) {
  write("r.csv", timed("time", 4, 0));
  EXPECT_CONTAINS(
      problem("r.csv"),
      "r.csv: error: column 'time' grows by 4 a row, in a unit that "
      "its name does not tell: call it time_s, time_ms, time_us or "
      "sample, or give --rate=HZ");
  for (const char *name : {"time", "t", "time of day", "date"}) {
    // Minutes.
    write("r.csv", timed(name, 1 / 21600.0, 8));
    EXPECT_CONTAINS(problem("r.csv"), "in a unit that its name does not tell");
  }
  write("r.csv", timed("time of day", 1 / 360.0));
  EXPECT_CONTAINS(problem("r.csv"), "in a unit that its name does not tell");
  EXPECT_EQ(read("r.csv", atRate(360)).samples.size(), 2000u);
  write("r.csv", timed("time", 4, 0));
  // The rate tells the unit.
  EXPECT_EQ(read("r.csv", atRate(250)).samples.size(), 2000u);
  EXPECT_CONTAINS(problem("r.csv", atRate(360)),
                  "column 'time' grows by 4 a row, which does not "
                  "fit a sampling rate of 360 Hz");
  write("r.csv", timed("time", 1, 0));
  EXPECT_CONTAINS(problem("r.csv"), "in a unit that its name does not tell");
  EXPECT_EQ(read("r.csv", atRate(360)).samples.size(), 2000u);
  write("r.csv", timed("sample", 1, 0));
  EXPECT_CONTAINS(problem("r.csv"), "expects a sampling rate");
  EXPECT_EQ(read("r.csv", atRate(360)).samples.size(), 2000u);
  for (const char *name : {"time", "time_ms"}) {
    write("r.csv", timed(name, 0, 0));
    EXPECT_CONTAINS(problem("r.csv"), "too coarse to tell the sampling rate");
    EXPECT_CONTAINS(problem("r.csv", atRate(360)),
                    "grows by 0 a row, which does not fit a sampling rate "
                    "of 360 Hz");
  }
  write("r.csv", timed("time", 0.004, 3, 0, 0, 3));
  EXPECT_CONTAINS(problem("r.csv"), "too short or too coarse");
  write("r.csv", timed("time_s", 0.0001, 0, 0, 0, 20000));
  EXPECT_CONTAINS(problem("r.csv"), "too short or too coarse");
  write("r.csv", "time,II\nnoon,1\n");
  EXPECT_CONTAINS(problem("r.csv", atRate(360)),
                  "line 2: expects the time in numbers, as a clock "
                  "(12:34:56.789) or by ISO 8601, but got 'noon'");
}

// A row that is lost or doubled is told where it is, one of many too.
TEST_F(CSVRecordingTest, UnevenTimes) {
  for (double gap : {1.0, -1.0, 1.5, 100.0}) {
    SCOPED_TRACE(gap);
    write("r.csv", timed("time", 1 / 360.0, 6, 1000, gap));
    EXPECT_CONTAINS(problem("r.csv"), "line 1002: the time ");
    EXPECT_CONTAINS(problem("r.csv", atRate(360)), "line 1002: the time ");
    write("r.csv", timed("time_ms", 4, 0, 1000, gap));
    EXPECT_CONTAINS(problem("r.csv"), "line 1002: the time ");
  }
  write("r.csv", timed("time_s", 1 / 360.0, 3, 1000, 1));
  EXPECT_CONTAINS(problem("r.csv"),
                  "r.csv: error: line 1002: the time has a gap, or "
                  "uneven steps: 2.781 follows 2.775");
  // What clocks vary by, and single precision.
  write("r.csv", timed("time", 1 / 360.0, 6, 1000, 0.35));
  EXPECT_NEAR(read("r.csv").rate, 360, 0.1);
  write("r.csv", timed("sample", 1, 0, 1000, 1));
  EXPECT_CONTAINS(problem("r.csv", atRate(360)),
                  "line 1002: the samples have a gap: 1001 follows 999");
  // Every column counts.
  std::string text = "sample,time_ms,II\n";
  for (int i = 0; i < 100; ++i)
    text += std::to_string(i) + "," + std::to_string(4 * (i + i / 50)) + ",0\n";
  write("r.csv", text);
  EXPECT_CONTAINS(problem("r.csv"), "line 52: the time has a gap");
}

TEST_F(CSVRecordingTest, MissingSamples) {
  write("r.csv", "A,B\n1,2\n,3\n4,NaN\n");
  RecordingOptions options = atRate(360);
  EXPECT_EQ(pairs(read("r.csv", options).gaps), (Gaps{{1, 1}}));
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
  EXPECT_EQ(read("r.csv", atRate(360)).samples, samples);
}

TEST_F(CSVRecordingTest, FilesThatAreRefused) {
  struct Case {
    const char *text, *problem;
  };
  const Case cases[] = {
      {"", "no samples"},
      {"MLII\n", "no samples"},
      {"time\n0\n", "line 1: expects a column of samples, but got times only"},
      {"0.1,0.2\n", "line 1: expects a header line"},
      {"0.1\ninf\n", "line 2: expects a finite number, but got 'inf'"},
      {"0.1\n1e60\n", "line 2: expects a finite number"},
      {"0.1\n0.2 0.3\n", "line 2: expects a finite number"},
      {"0.1.2\n", "line 1: expects a finite number"},
      {"II;V1\n0,25;1\n", "line 2: expects a finite number, but got '0,25': "
                          "decimals have a point"},
      {"A,B\n1\n", "line 2: expects 2 columns, but got 1"},
      {"time,A\nx,1\n", "line 2: expects the time"},
      {"time,A\nnan,1\n", "line 2: expects a finite time, but got 'nan'"},
      {"995\n1011\n", "expects samples in millivolts, but got 995"},
  };
  for (const Case &c : cases) {
    write("r.csv", c.text);
    std::string text = problem("r.csv", atRate(360));
    EXPECT_CONTAINS(text, c.problem);
    EXPECT_CONTAINS(text, "r.csv: error: ");
  }
}

} // namespace
