//===- WFDBRecordingTest.cpp - WFDB records ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;

namespace {

using WFDBRecordingTest = RecordingTest;

/// Two samples in three bytes; the second byte holds the high bits of both.
std::string pack212(const std::vector<int> &samples) {
  std::string bytes;
  for (size_t i = 0; i < samples.size(); i += 2) {
    bool pair = i + 1 < samples.size();
    int first = samples[i], second = pair ? samples[i + 1] : 0;
    bytes += char(first & 0xFF);
    bytes += char((first >> 8 & 0xF) | (second >> 8 & 0xF) << 4);
    if (pair)
      bytes += char(second & 0xFF);
  }
  return bytes;
}

//===----------------------------------------------------------------------===//
// WFDB samples
//===----------------------------------------------------------------------===//

TEST_F(WFDBRecordingTest, Format16) {
  write("r.hea", "r 1 360 4\nr.dat 16 200(100)/mV 16 0 100 0 0 MLII\n");
  write("r.dat", pack16({100, 300, -100, 32767}));
  Whole recording = read("r");
  EXPECT_EQ(recording.name, "r");
  EXPECT_EQ(recording.lead, "MLII");
  EXPECT_EQ(recording.rate, 360);
  EXPECT_EQ(recording.samples,
            (std::vector<float>{0, 1, -1, float(32667 / 200.0)}));
}

TEST_F(WFDBRecordingTest, Format212) {
  write("r.hea", "r 1 360 5\nr.dat 212 200 12 0 0 0 0 V1\n");
  write("r.dat", pack212({0, 200, -200, 2047, -2047}));
  EXPECT_EQ(read("r").samples,
            (std::vector<float>{0, 1, -1, float(2047 / 200.0),
                                float(-2047 / 200.0)}));
}

TEST_F(WFDBRecordingTest, Format212WithThreeSignals) {
  // Pairs cross the frames when the number of signals is odd.
  write("r.hea", "r 3 360 3\n"
                 "r.dat 212 100 12 0 0 0 0 A\n"
                 "r.dat 212 100 12 0 0 0 0 B\n"
                 "r.dat 212 100 12 0 0 0 0 C\n");
  write("r.dat", pack212({1, 20, 300, 2, 40, 600, 3, 60, 900}));
  RecordingOptions options;
  EXPECT_EQ(read("r").samples, (std::vector<float>{0.01f, 0.02f, 0.03f}));
  options.lead = "B";
  EXPECT_EQ(read("r", options).samples, (std::vector<float>{0.2f, 0.4f, 0.6f}));
  options.lead = "2";
  EXPECT_EQ(read("r", options).samples, (std::vector<float>{3, 6, 9}));
}

TEST_F(WFDBRecordingTest, OtherFormats) {
  struct Case {
    const char *format;
    std::string bytes;
    std::vector<float> samples;
  };
  const Case cases[] = {
      {"24", std::string("\x01\x00\x00\xFE\xFF\xFF", 6), {1, -2}},
      {"32", std::string("\x01\x00\x00\x00\xFE\xFF\xFF\xFF", 8), {1, -2}},
      {"61", std::string("\x00\x01\xFF\xFE", 4), {1, -2}},
      {"80", "\x81\x7E", {1, -2}},
      {"160", "\x01\x80\xFE\x7F", {1, -2}},
      // 1, -2 and 3: one bit unused, ten a sample, five of the third.
      {"310", std::string("\x02\x18\xFC\x07", 4), {1, -2, 3}},
      // 1, -2 and 3: ten bits each from the lowest.
      {"311", std::string("\x01\xF8\x3F\x00", 4), {1, -2, 3}},
  };
  for (const Case &c : cases) {
    SCOPED_TRACE(c.format);
    write("r.hea", "r 1 360\nr.dat " + std::string(c.format) + " 1/mV\n");
    write("r.dat", c.bytes);
    EXPECT_EQ(read("r").samples, c.samples);
  }
}

TEST_F(WFDBRecordingTest, GainUnitAndBaseline) {
  // Without a baseline the converter's zero counts; without a gain, 200.
  write("a.hea", "a 1 360 2\na.dat 16 0.5/uV 16 10 0 0 0 A\n");
  write("a.dat", pack16({10, 510}));
  EXPECT_EQ(read("a").samples, (std::vector<float>{0, 1}));
  write("b.hea", "b 1 360 2\na.dat 16 0 16 10 0 0 0 A\n");
  EXPECT_EQ(read("b").samples, (std::vector<float>{0, 2.5}));
  write("c.hea", "c 1 360 2\na.dat 16\n");
  EXPECT_EQ(read("c").samples, (std::vector<float>{0.05f, 2.55f}));
}

// What a header does not tell is said, and not told of one that does.
TEST_F(WFDBRecordingTest, WhatTheFormatAssumes) {
  write("a.dat", pack16({10, 510}));
  write("a.hea", "a 1 360 2\na.dat 16 200 16 0 0 0 0 II\n");
  EXPECT_TRUE(read("a").warnings.empty());
  for (const char *gain : {"", " 0", " 0(0)/mV"}) {
    write("a.hea", "a 1 360 2\na.dat 16" + std::string(gain) + "\n");
    ASSERT_EQ(read("a").warnings.size(), 1u);
    EXPECT_CONTAINS(read("a").warnings[0],
                    "a.hea: note: lead '' is not calibrated, 200 units are "
                    "taken for 1 mV");
  }
  write("a.hea", "a 1\na.dat 16x2 200\n");
  EXPECT_EQ(read("a").rate, 500);
  ASSERT_EQ(read("a").warnings.size(), 1u);
  EXPECT_CONTAINS(read("a").warnings[0],
                  "a.hea: note: tells no rate, for which the format has 250 "
                  "frames a second; --rate says otherwise");
  EXPECT_EQ(read("a", atRate(360)).rate, 360);
  EXPECT_TRUE(read("a", atRate(360)).warnings.empty());
}

TEST_F(WFDBRecordingTest, Start) {
  write("r.dat", pack16({0, 200}));
  auto readWith = [&](const std::string &start) {
    write("r.hea", "r 1 360 2" + start + "\nr.dat 16 200 16 0 0 0 0 II\n");
    return read("r");
  };
  EXPECT_EQ(readWith("").start, "");
  EXPECT_EQ(readWith(" 9:05:00").start, "09:05:00");
  EXPECT_EQ(readWith(" 23:59:58.5 31/12/2019").start, "2019-12-31T23:59:58.5");
  EXPECT_TRUE(readWith(" 9:05:00").warnings.empty());
  ASSERT_EQ(readWith(" 9:05:00 31/11/2019").warnings.size(), 1u);
  EXPECT_CONTAINS(readWith(" 9:05:00 31/11/2019").warnings[0],
                  "r.hea: note: began at '9:05:00 31/11/2019', which is no "
                  "time or no date");
}

TEST_F(WFDBRecordingTest, ByteOffsetAndSamplesPerFrame) {
  write("r.hea", "r 2 180 2\n"
                 "r.dat 16x2+3 1 16 0 0 0 0 A\n"
                 "r.dat 16+3 1 16 0 0 0 0 B\n");
  write("r.dat", "xyz" + pack16({1, 2, 30, 3, 4, 60}));
  Whole recording = read("r");
  EXPECT_EQ(recording.rate, 360);
  EXPECT_EQ(recording.samples, (std::vector<float>{1, 2, 3, 4}));
}

// Differences are added up from the first sample that the header gives.
TEST_F(WFDBRecordingTest, Format8) {
  std::string bytes;
  std::vector<float> samples;
  int value = -500, sum = 0;
  // More than one entry of the index.
  for (int i = 0; i < 40000; ++i) {
    int difference = (i * 37) % 201 - 100;
    bytes += char(difference);
    value += difference;
    sum += value;
    samples.push_back(float(value / 200.0));
  }
  write("r.hea", "r 1 360 40000\nr.dat 8 200 16 0 -500 " + std::to_string(sum) +
                     " 0 A\n");
  write("r.dat", bytes);
  EXPECT_EQ(read("r").samples, samples);
}

// The samples that precede sample 0 are skipped, and the last ones are missing.
TEST_F(WFDBRecordingTest, Skew) {
  write("r.hea", "r 2 360 4\nr.dat 16:1 1 16 0 0 10 0 A\n"
                 "r.dat 16 1 16 0 0 0 0 B\n");
  write("r.dat", pack16({1, 10, 2, 20, 3, 30, 4, 40}));
  Whole recording = read("r");
  EXPECT_EQ(std::vector<float>(recording.samples.begin(),
                               recording.samples.begin() + 3),
            (std::vector<float>{2, 3, 4}));
  EXPECT_EQ(pairs(recording.gaps), (Gaps{{3, 1}}));
  RecordingOptions options;
  options.lead = "B";
  EXPECT_EQ(read("r", options).samples, (std::vector<float>{10, 20, 30, 40}));
}

//===----------------------------------------------------------------------===//
// WFDB records in several segments
//===----------------------------------------------------------------------===//

TEST_F(WFDBRecordingTest, SegmentsOfFixedLayout) {
  write("r.hea", "r/3 2 360 7\na 2\n~ 3\nb 2\n");
  write("a.hea", "a 2 360 2\na.dat 16 1 16 0 0 0 0 A\n"
                 "a.dat 16 1 16 0 0 0 0 B\n");
  write("a.dat", pack16({1, 10, 2, 20}));
  // Gain and format of a segment are its own.
  write("b.hea", "b 2 360 2\nb.dat 212 10 12 0 0 0 0 A\n"
                 "b.dat 212 10 12 0 0 0 0 B\n");
  write("b.dat", pack212({30, 300, 40, 400}));
  RecordingOptions options;
  options.lead = "B";
  Whole recording = read("r", options);
  ASSERT_EQ(recording.samples.size(), 7u);
  EXPECT_EQ(recording.samples[1], 20);
  EXPECT_EQ(recording.samples[5], 30);
  EXPECT_EQ(pairs(recording.gaps), (Gaps{{2, 3}}));

  write("b.hea", "b 1 360 2\nb.dat 212 10 12 0 0 0 0 A\n");
  EXPECT_CONTAINS(problem("r", options), "b.hea: error: expects signal 1");
  write("b.hea", "b 1 360 2\nb.dat 212 10 12 0 0 0 0 C\n");
  EXPECT_CONTAINS(problem("r"), "expects signal 0 to be 'A', but got 'C'");
  write("b.hea", "b 1 250 2\nb.dat 212 10 12 0 0 0 0 A\n");
  EXPECT_CONTAINS(problem("r"),
                  "expects all segments to have one sampling rate");
  write("b.hea", "b 1 360 1\nb.dat 212 10 12 0 0 0 0 A\n");
  EXPECT_CONTAINS(problem("r"), "expects 2 samples, but got 1");
  write("b.hea", "b/1 1 360 2\nr 2\n");
  EXPECT_CONTAINS(problem("r"),
                  "expects a segment without segments, but got 1");
}

// The first segment lists all signals, and the others have some of them.
TEST_F(WFDBRecordingTest, SegmentsOfVariableLayout) {
  write("r.hea", "r/4 2 360 6\nr_layout 0\na 2\nb 2\nc 2\n");
  write("r_layout.hea", "r_layout 2 360 0\n~ 0 200/mV 12 0 0 0 0 A\n"
                        "~ 0 200/mV 12 0 0 0 0 B\n");
  write("a.hea", "a 2 360 2\na.dat 16 1 16 0 0 0 0 A\n"
                 "a.dat 16 1 16 0 0 0 0 B\n");
  write("b.hea", "b 1 360 2\na.dat 16 1 16 0 0 0 0 A\n");
  write("c.hea", "c 1 360 2\na.dat 16 1 16 0 0 0 0 B\n");
  write("a.dat", pack16({1, 10, 2, 20}));
  RecordingOptions options;
  options.lead = "B";
  Whole recording = read("r", options);
  ASSERT_EQ(recording.samples.size(), 6u);
  EXPECT_EQ(recording.samples[1], 20);
  EXPECT_EQ(recording.samples[4], 1);
  EXPECT_EQ(pairs(recording.gaps), (Gaps{{2, 2}}));
}

// Segments are searched by name, which must be one signal's.
TEST_F(WFDBRecordingTest, NamesInAVariableLayout) {
  write("r.hea", "r/2 2 360 2\nr_layout 0\na 2\n");
  write("r_layout.hea", "r_layout 3 360 0\n~ 0 200/mV 12 0 0 0 0 ECG\n"
                        "~ 0 200/mV 12 0 0 0 0 ECG\n"
                        "~ 0 200/mV 12 0 0 0 0 II\n");
  write("a.hea", "a 2 360 2\na.dat 16 1 16 0 0 0 0 II\n"
                 "a.dat 16 1 16 0 0 0 0 ECG\n");
  write("a.dat", pack16({1, 10, 2, 20}));
  for (const char *lead : {"", "0", "1"}) {
    RecordingOptions options;
    options.lead = lead;
    EXPECT_CONTAINS(
        problem("r", options),
        "r_layout.hea: error: 2 signals are named 'ECG', which does "
        "not tell them apart in the segments");
  }
  RecordingOptions options;
  options.lead = "2";
  EXPECT_EQ(read("r", options).samples, (std::vector<float>{1, 2}));
  write("a.hea", "a 2 360 2\na.dat 16 1 16 0 0 0 0 II\n"
                 "a.dat 16 1 16 0 0 0 0 II\n");
  EXPECT_CONTAINS(problem("r", options),
                  "a.hea: error: 2 signals are named 'II'");
}

// Of a record of a monitor, in one segment or several, the ECG is scanned.
TEST_F(WFDBRecordingTest, FirstECG) {
  const std::string signals = "a.dat 16 1/mmHg 16 0 0 0 0 ABP\n"
                              "a.dat 16 1 16 0 0 0 0 RESP\n"
                              "a.dat 16 1 16 0 0 0 0 II\n";
  write("a.hea", "a 3 360 2\n" + signals);
  write("r.hea", "r/2 3 360 4\na 2\na 2\n");
  write("a.dat", pack16({1, 10, 100, 2, 20, 200}));
  EXPECT_EQ(read("a").samples, (std::vector<float>{100, 200}));
  EXPECT_EQ(read("r").samples, (std::vector<float>{100, 200, 100, 200}));
  for (const char *record : {"a", "r"}) {
    Whole recording = read(record);
    EXPECT_EQ(recording.lead, "II");
    ASSERT_EQ(recording.warnings.size(), 1u);
    EXPECT_CONTAINS(recording.warnings[0],
                    "a.hea: note: scans lead 2 'II' (mV), as 0 'ABP' (mmHg) is "
                    "not in V, mV or uV");
  }
}

TEST_F(WFDBRecordingTest, LengthFromTheFile) {
  write("r.hea", "r 2 360\nr.dat 212 1\nr.dat 212 1\n");
  write("r.dat", pack212({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(read("r").samples.size(), 3u);
}

TEST_F(WFDBRecordingTest, CommentsAndLineEnds) {
  write("r.hea", "# before\r\n\r\nr 1 360/360(0) 1 12:00:00 1/1/2000\r\n"
                 "r.dat 16 1(-5)/mV 16 0 0 0 0 lead II\r\n# after\r\n");
  write("r.dat", pack16({-5}));
  EXPECT_EQ(read("r.hea").lead, "lead II");
  EXPECT_EQ(read("r").samples, std::vector<float>{0});
}

TEST_F(WFDBRecordingTest, ChecksumModulo65536) {
  write("r.dat", pack16({30000, 30000, 10000}));
  for (const char *sum : {"4464", "70000", "-61072", "0"}) {
    write("r.hea",
          std::string("r 1 360 3\nr.dat 16 200 16 0 0 ") + sum + " 0 A\n");
    EXPECT_EQ(read("r").samples.size(), 3u) << sum;
  }
  write("r.hea", "r 1 360 3\nr.dat 16 200 16 0 0 4465 0 A\n");
  EXPECT_CONTAINS(problem("r"), "r.dat: error: checksum of lead 'A'");
  RecordingOptions options;
  options.ignoreChecksum = true;
  EXPECT_EQ(read("r", options).samples.size(), 3u);
}

//===----------------------------------------------------------------------===//
// What is wrong with WFDB records
//===----------------------------------------------------------------------===//

TEST_F(WFDBRecordingTest, TruncatedSamples) {
  write("r.hea", "r 1 360 5\nr.dat 212 200\n");
  std::string whole = pack212({1, 2, 3, 4, 5});
  write("r.dat", whole);
  EXPECT_EQ(read("r").samples.size(), 5u);
  write("r.dat", whole.substr(0, whole.size() - 1));
  EXPECT_CONTAINS(problem("r"), "r.dat: error: truncated");
  write("r.hea", "r 1 360 1099511627776\nr.dat 212 200\n");
  EXPECT_CONTAINS(problem("r"), "r.dat: error: truncated");
  write("r.hea", "r 1 360 5\nr.dat 212+99 200\n");
  EXPECT_CONTAINS(problem("r"), "r.dat: error: truncated");
}

// Of a frame that was cut off, no signal has a sample.
TEST_F(WFDBRecordingTest, TornFrame) {
  write("r.hea", "r 2 360\nr.dat 16 200/mV 0 0 0 0 0 A\n"
                 "r.dat 16 200/mV 0 0 0 0 0 B\n");
  write("r.dat", pack16({100, 200, 300, 400, 500}));
  Whole recording = read("r");
  EXPECT_EQ(recording.samples, (std::vector<float>{0.5f, 1.5f}));
  EXPECT_EQ(recording.warnings,
            std::vector<std::string>{path("r.dat") +
                                     ": warning: ends within sample 2 of its "
                                     "signals, which is left out"});
}

// A signal file finds its header, if that names it.
TEST_F(WFDBRecordingTest, SignalFiles) {
  write("r.hea", "r 1 360\nr.mat 16+24 200/mV 0 0 0 0 0 A\n");
  write("r.mat", std::string(24, '\7') + pack16({100, 200}));
  EXPECT_EQ(read("r.mat").samples, (std::vector<float>{0.5f, 1}));
  EXPECT_EQ(read("r.mat").name, "r");
  write("r.dat", "");
  EXPECT_CONTAINS(problem("r.dat"), "r.dat: error: expects its header r.hea "
                                    "beside it to name it, but it does not");
  write("s.dat", "");
  EXPECT_CONTAINS(problem("s.dat"), "s.dat: error: expects its header s.hea "
                                    "beside it, which tells rate and gain, but "
                                    "found none");
  EXPECT_CONTAINS(problem("t.dat"), "t.dat: error: no such file");
}

TEST_F(WFDBRecordingTest, NoSamples) {
  write("r.hea", "r 1 360\nr.dat 16 200\n");
  write("r.dat", "");
  EXPECT_CONTAINS(problem("r"), "r: error: the recording has no samples");
}

// A file longer than the header says is read, with a word unless the checksum
// proves the header right.
TEST_F(WFDBRecordingTest, SamplesLeftOver) {
  write("r.dat", pack16({1, 2, 3, 4}));
  write("r.hea", "r 1 360 3\nr.dat 16 200\n");
  Whole recording = read("r");
  EXPECT_EQ(recording.samples.size(), 3u);
  ASSERT_EQ(recording.warnings.size(), 1u);
  EXPECT_CONTAINS(
      recording.warnings[0],
      "r.dat: warning: the header asks for 6 bytes, the file has 8");
  write("r.hea", "r 1 360 3\nr.dat 16 200 16 0 1 6 0 A\n");
  EXPECT_TRUE(read("r").warnings.empty());
  write("r.hea", "r 1 360 4\nr.dat 16 200\n");
  EXPECT_TRUE(read("r").warnings.empty());
}

TEST_F(WFDBRecordingTest, MissingSamplesAreGaps) {
  write("r.hea", "r 1 360\nr.dat 212 200 12 0 0 0 0 V1\n");
  std::vector<int> samples(1000, 7);
  // Less than a window (145 samples) apart, two gaps are one.
  samples[0] = samples[500] = samples[645] = samples[800] = samples[801] =
      -2048;
  write("r.dat", pack212(samples));
  Whole recording = read("r");
  EXPECT_EQ(pairs(recording.gaps), (Gaps{{0, 1}, {500, 146}, {800, 2}}));
  EXPECT_TRUE(std::isnan(recording.samples[801]));
  EXPECT_EQ(recording.samples[802], 7 / 200.0f);
  write("r.dat", pack212(std::vector<int>(9, -2048)));
  EXPECT_CONTAINS(problem("r"),
                  "r: error: all samples of lead 'V1' are missing");
}

TEST_F(WFDBRecordingTest, WrongUnits) {
  write("r.dat", pack16({1, 30000}));
  write("r.hea", "r 1 360 2\nr.dat 16 1/mmHg 16 0 0 0 0 ABP\n");
  EXPECT_CONTAINS(problem("r"),
                  "expects a signal that can be told to be an ECG");
  RecordingOptions options;
  options.lead = "ABP";
  EXPECT_CONTAINS(problem("r", options),
                  "'ABP' to be V, mV or uV, but got 'mmHg'");
  write("r.hea", "r 1 360 2\nr.dat 16 1/mV\n");
  EXPECT_CONTAINS(problem("r"), "expects samples in millivolts, but got 30000");
}

TEST_F(WFDBRecordingTest, HeadersThatAreRefused) {
  struct Case {
    const char *header, *problem;
  };
  const Case cases[] = {
      {"", "no record line"},
      {"# only a comment\n", "no record line"},
      {"r\n", "the number of signals"},
      {"r -1 360 2\n", "the number of signals"},
      {"r 99999999999999999999 360 2\n", "the number of signals"},
      {"r 0 360 2\n", "no signals"},
      {"r 2 360 2\nr.dat 16 200\n", "expects 2 signals, but got 1"},
      {"r 1 360 2\nr.dat 16 200\nr.dat 16 200\n",
       "line 3: expects 1 signals, "
       "as the record line says, but got more"},
      {"r 1 0 2\nr.dat 16 200\n", "the sampling rate"},
      {"r 1 nan 2\nr.dat 16 200\n", "the sampling rate"},
      {"r 1 360 -2\nr.dat 16 200\n", "the number of samples"},
      {"r/0 1 360 2\na 2\n", "the number of segments"},
      {"r/2 1 360 2\na 2\n", "expects 2 segments, but got 1"},
      {"r/1 1 360 2\na 2\na 2\n", "line 3: expects 1 segments"},
      {"r/1 1 360 3\na 2\n", "segments of 3 samples together, but got 2"},
      {"r/1 1 360 2\na -2\n", "the number of samples"},
      {"r/1 1 360 2\n../a 2\n", "beside the header"},
      {"r/1 1 360 2\n~ 2\n", "no segment has samples"},
      {"r 1 360 2\nr.dat\n", "line 2: expects the format"},
      {"r 1 360 2\nr.dat 17 200\n", "but got 17"},
      {"r 1 360 2\nr.dat 516 200\n", "but got 516"},
      {"r 1 360 2\nr.dat 16x0 200\n", "samples in a frame"},
      {"r 1 360 2\nr.dat 16:-1 200\n", "skew"},
      {"r 1 360 2\nr.dat 16+-1 200\n", "byte offset"},
      {"r 1 360 2\nr.dat 16 -200\n", "the gain"},
      {"r 1 360 2\nr.dat 16 inf\n", "the gain"},
      {"r 1 360 2\nr.dat 16 200(7/mV\n", "malformed baseline"},
      {"r 1 360 2\n../r.dat 16 200\n", "beside the header"},
      {"r 2 360 1\nr.dat 16 200\nr.dat 212 200\n", "one format"},
  };
  write("r.dat", pack16({1, 2, 3, 4}));
  for (const Case &c : cases) {
    write("r.hea", c.header);
    std::string text = problem("r");
    EXPECT_CONTAINS(text, c.problem);
    EXPECT_CONTAINS(text, "r.hea: error: ");
  }
}

TEST_F(WFDBRecordingTest, LeadsAndRate) {
  write("r.hea", "r 2 360 2\nr.dat 16 200 16 0 0 0 0 A\n"
                 "r.dat 16 200 16 0 0 0 0 A\n");
  write("r.dat", pack16({1, 2, 3, 4}));
  RecordingOptions options;
  options.lead = "V9";
  EXPECT_CONTAINS(
      problem("r", options),
      "expects one of the leads 0 'A' (mV), 1 'A' (mV), but got 'V9'");
  options.lead = "2";
  EXPECT_CONTAINS(problem("r", options), "but got '2'");
  options.lead = "A";
  EXPECT_CONTAINS(problem("r", options), "2 leads are named 'A'");
  options.lead = "1";
  options.rate = 360;
  EXPECT_EQ(read("r", options).samples.size(), 2u);
  options.rate = 250;
  EXPECT_CONTAINS(problem("r", options),
                  "expects the sampling rate to be 360 Hz, but got 250");
}

} // namespace
