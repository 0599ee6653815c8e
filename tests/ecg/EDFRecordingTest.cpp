//===- EDFRecordingTest.cpp - Recordings in EDF -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;

namespace {

using EDFRecordingTest = RecordingTest;

/// A text padded with blanks.
std::string pad(const std::string &text, size_t width) {
  std::string result = text;
  result.resize(width, ' ');
  return result;
}

/// A signal of 2 samples a record.
struct Signal {
  std::string label = "ECG", unit = "mV";
  std::string physicalMin = "-1", physicalMax = "1";
  std::string digitalMin = "-100", digitalMax = "100", samples = "2";
};

/// The header of an EDF file.
std::string header(const std::vector<Signal> &signals, const char *records,
                   const char *kind = "", const char *version = "0",
                   const char *duration = "0.008") {
  std::string text = pad(version, 8) + pad("", 80 + 80) + "01.02.0312.34.56" +
                     pad(std::to_string(256 * (1 + signals.size())), 8) +
                     pad(kind, 44) + pad(records, 8) + pad(duration, 8) +
                     pad(std::to_string(signals.size()), 4);
  auto field = [&](size_t width, std::string Signal::*member) {
    for (const Signal &signal : signals)
      text += pad(signal.*member, width);
  };
  field(16, &Signal::label);
  text += pad("", 80 * signals.size());
  field(8, &Signal::unit);
  field(8, &Signal::physicalMin);
  field(8, &Signal::physicalMax);
  field(8, &Signal::digitalMin);
  field(8, &Signal::digitalMax);
  text += pad("", 80 * signals.size());
  field(8, &Signal::samples);
  return text + pad("", 32 * signals.size());
}

/// The annotations of a record that begins at `start`, in 32 bytes.
std::string annotation(const std::string &start) {
  std::string text = "+" + start + "\x14\x14";
  text.resize(32, '\0');
  return text;
}
const Signal annotations{"EDF Annotations", "",      "-1", "1",
                         "-32768",          "32767", "16"};

TEST_F(EDFRecordingTest, SignalsOfARecord) {
  Signal other{"Other", "uV", "0", "1000", "0", "2000", "1"};
  write("r.EDF",
        header({{}, other}, "2") + pack16({-100, 100, 500, 0, 50, 2000}));
  Whole recording = read("r.EDF");
  EXPECT_EQ(recording.name, "r");
  EXPECT_EQ(recording.lead, "ECG");
  EXPECT_EQ(recording.rate, 250);
  EXPECT_EQ(recording.samples, (std::vector<float>{-1, 1, 0, 0.5f}));
  RecordingOptions options;
  options.lead = "Other";
  EXPECT_EQ(read("r.EDF", options).samples, (std::vector<float>{0.25f, 1}));
  EXPECT_EQ(read("r.EDF", options).rate, 125);
  options.rate = 250;
  EXPECT_CONTAINS(problem("r.EDF", options),
                  "expects the sampling rate to be 125 Hz, but got 250");
}

TEST_F(EDFRecordingTest, Start) {
  std::string bytes = header({{}}, "1", "EDF+C") + pack16({1, 2});
  write("r.edf", bytes);
  EXPECT_EQ(read("r.edf").start, "2003-02-01T12:34:56");
  // Of EDF+, X is a date that is not known.
  bytes.replace(88, 14, "Startdate X X ");
  write("r.edf", bytes);
  EXPECT_EQ(read("r.edf").start, "12:34:56");
  bytes.replace(176, 8, "12.34.xx");
  write("r.edf", bytes);
  EXPECT_EQ(read("r.edf").start, "");
  EXPECT_CONTAINS(read("r.edf").warnings.at(0),
                  "r.edf: note: began at '12.34.xx', which is no time or no "
                  "date");
  bytes.replace(168, 16, std::string(16, ' '));
  write("r.edf", bytes);
  EXPECT_TRUE(read("r.edf").warnings.empty());
}

// Of a night in a sleep laboratory, the ECG is scanned.
TEST_F(EDFRecordingTest, FirstECG) {
  auto labelled = [](const char *label, const char *unit) {
    Signal signal;
    signal.label = label;
    signal.unit = unit;
    return signal;
  };
  const Signal eeg = labelled("EEG Fpz-Cz", "uV"), ecg = labelled("EKG1", "mV"),
               pulse = labelled("SpO2", "%");
  auto readFirst = [&](std::vector<Signal> signals) {
    std::vector<int> samples;
    for (size_t i = 0; i < signals.size(); ++i)
      samples.insert(samples.end(), {int(i) + 1, 0});
    write("r.edf", header(signals, "1") + pack16(samples));
  };
  readFirst({eeg, pulse, ecg, {}});
  Whole recording = read("r.edf");
  EXPECT_EQ(recording.lead, "EKG1");
  EXPECT_EQ(recording.samples[0], 0.03f);
  ASSERT_EQ(recording.warnings.size(), 1u);
  EXPECT_CONTAINS(recording.warnings[0],
                  "r.edf: note: scans lead 2 'EKG1' (mV), as 0 'EEG Fpz-Cz' "
                  "(uV) is no ECG by its label; --lead chooses another");
  RecordingOptions options;
  options.lead = "EEG Fpz-Cz";
  EXPECT_TRUE(read("r.edf", options).warnings.empty());
  options.lead = "SpO2";
  EXPECT_CONTAINS(
      problem("r.edf", options),
      "expects the unit of lead 'SpO2' to be V, mV or uV, but got '%'");

  readFirst({eeg, pulse});
  EXPECT_CONTAINS(
      problem("r.edf"),
      "r.edf: error: expects a signal that can be told to be an ECG in V, mV "
      "or uV, but got 0 'EEG Fpz-Cz' (uV), 1 'SpO2' (%): choose one "
      "with --lead");
}

// Annotations are no lead, and records may be counted by the file's size.
TEST_F(EDFRecordingTest, ContinuousEDFPlus) {
  write("r.edf", header({annotations, {}}, "-1", "EDF+C") + annotation("0") +
                     pack16({-100, 100}) + annotation("0.008") +
                     pack16({0, 50}));
  EXPECT_EQ(read("r.edf").samples, (std::vector<float>{-1, 1, 0, 0.5f}));
  RecordingOptions options;
  options.lead = "EDF Annotations";
  EXPECT_CONTAINS(
      problem("r.edf", options),
      "expects one of the leads 0 'ECG' (mV), but got 'EDF Annotations'");
}

// A recorder that lost its power wrote a part of the last record.
TEST_F(EDFRecordingTest, TornRecord) {
  for (const char *records : {"-1", "1", "2"}) {
    write("r.edf", header({{}}, records) + pack16({-100, 100}) + "x");
    EXPECT_EQ(read("r.edf").samples, (std::vector<float>{-1, 1}));
    EXPECT_EQ(read("r.edf").warnings,
              std::vector<std::string>{
                  path("r.edf") +
                  ": warning: ends within record 1, which is left out"});
  }
  for (const char *records : {"0", "3"}) {
    write("r.edf", header({{}}, records) + pack16({-100, 100}) + "x");
    EXPECT_CONTAINS(problem("r.edf"), "records of 4 bytes, but got 5 bytes");
  }
}

// What is odd about another signal does not matter, but is told.
TEST_F(EDFRecordingTest, OddFieldsOfOthers) {
  Signal eeg{"EEG\x9B", "\xB5V", "x", "1", "0.5", "100", "2"};
  write("r.edf", header({eeg, {}}, "1") + pack16({1, 2, -100, 100}));
  EXPECT_EQ(read("r.edf").samples, (std::vector<float>{-1, 1}));
  ASSERT_EQ(read("r.edf").warnings.size(), 2u);
  EXPECT_CONTAINS(read("r.edf").warnings[0],
                  "r.edf: warning: lead 'EEG\\x9B': expects the physical "
                  "minimum to be a number, but got 'x', expects the digital "
                  "minimum to be a whole number of at least -32768, but got "
                  "'0.5'; it is not scanned");
  RecordingOptions options;
  options.lead = "0";
  EXPECT_CONTAINS(problem("r.edf", options),
                  "r.edf: error: lead 'EEG\\x9B': expects the physical");
}

// Starts that do not go with that are told.
TEST_F(EDFRecordingTest, ContinuousWithGaps) {
  auto file = [](const char *last) {
    return header({{}, annotations}, "2", "EDF+C") + pack16({-100, 50}) +
           annotation("7") + pack16({-100, 50}) + annotation(last);
  };
  for (const char *last : {"7.008", "7.5", "x"}) {
    write("r.edf", file(last));
    EXPECT_TRUE(read("r.edf").warnings.empty()) << last;
  }
  write("r.edf", file("8"));
  EXPECT_EQ(read("r.edf").samples.size(), 4u);
  ASSERT_EQ(read("r.edf").warnings.size(), 1u);
  EXPECT_CONTAINS(read("r.edf").warnings[0],
                  "r.edf: warning: is said to be continuous, but its last "
                  "record begins at 8 s and not at 7.008 s: gaps are not told");
}

TEST_F(EDFRecordingTest, BDFHas24Bits) {
  Signal wide{"ECG", "mV", "-1", "1", "-8000000", "8000000", "2"};
  write("r.bdf", header({wide}, "1", "24BIT",
                        "\xFF"
                        "BIOSEMI") +
                     std::string("\x00\xEE\x85\x00\x09\x3D", 6));
  EXPECT_EQ(read("r.bdf").samples, (std::vector<float>{-1, 0.5f}));
}

// Time between records is missing samples; rounded starts are no gaps.
TEST_F(EDFRecordingTest, DiscontinuousEDFPlus) {
  std::string file = header({{}, annotations}, "4", "EDF+D", "0", "1");
  for (const char *start : {"7.5", "8.9", "110", "111"})
    file += pack16({-100, 50}) + annotation(start);
  write("r.edf", file);
  RecordingOptions options;
  // 2 Hz is no rate for ECG.
  EXPECT_CONTAINS(problem("r.edf"), "rate to be from 50 to 50000 Hz");

  file = header({{}, annotations}, "4", "EDF+D");
  for (const char *start : {"7.5", "7.508", "8.3", "8.309"})
    file += pack16({-100, 50}) + annotation(start);
  write("r.edf", file);
  Whole recording = read("r.edf");
  ASSERT_EQ(recording.samples.size(), 204u);
  EXPECT_EQ(pairs(recording.gaps), (Gaps{{4, 196}}));
  EXPECT_EQ(recording.samples[3], 0.5f);
  EXPECT_EQ(recording.samples[200], -1);

  file = header({{}, annotations}, "2", "EDF+D");
  write("r.edf", file + pack16({0, 0}) + annotation("1") + pack16({0, 0}) +
                     annotation("0.9"));
  EXPECT_CONTAINS(problem("r.edf"), "record 1 begins before the one before");
  write("r.edf", file + pack16({0, 0}) + annotation("1") + pack16({0, 0}) +
                     annotation("x"));
  EXPECT_CONTAINS(problem("r.edf"),
                  "expects record 1 to begin with an annotation");
  write("r.edf", file + pack16({0, 0}) + annotation("0") + pack16({0, 0}) +
                     annotation("99999999"));
  EXPECT_CONTAINS(problem("r.edf"), "at most a year long");
  write("r.edf", header({{}}, "1", "EDF+D") + pack16({0, 0}));
  EXPECT_CONTAINS(problem("r.edf"), "expects annotations in an EDF+D file");
}

// More records than are read at once.
TEST_F(EDFRecordingTest, LongFile) {
  Signal big{"B", "mV", "-1", "1", "-1", "1", "5000"};
  std::vector<int> values;
  std::vector<float> samples;
  for (int i = 0; i < 300; ++i) {
    values.insert(values.end(), 5000, 0);
    values.insert(values.end(), {i % 200 - 100, i % 7});
    samples.insert(samples.end(), {(i % 200 - 100) / 100.0f, i % 7 / 100.0f});
  }
  write("r.edf", header({big, {}}, "300") + pack16(values));
  RecordingOptions options;
  options.lead = "ECG";
  std::vector<float> found = read("r.edf", options).samples;
  ASSERT_EQ(found.size(), samples.size());
  for (size_t i = 0; i < found.size(); ++i)
    ASSERT_NEAR(found[i], samples[i], 1e-6);
}

TEST_F(EDFRecordingTest, FilesThatAreRefused) {
  auto changed = [](std::string Signal::*member, const char *value) {
    Signal signal;
    signal.*member = value;
    return header({signal}, "1") + pack16({0, 0});
  };
  struct Case {
    std::string file, problem;
  };
  const std::string data = pack16({0, 0});
  const Case cases[] = {
      {"", "truncated: expects a header of 256 bytes"},
      {header({{}}, "1").substr(0, 300), "truncated: expects a header of 512"},
      {header({{}}, "1", "", "1") + data, "not an EDF file"},
      {header({{}}, "x") + data, "expects the number of records to be a whole"},
      {header({{}}, "-2") + data,
       "expects the number of records to be a whole"},
      {header({}, "1"),
       "expects the number of signals to be a whole number of at"},
      {header({{}}, "1", "", "0", "0") + data, "duration of a record to be"},
      {header({{}}, "1", "", "0", "nan") + data,
       "expects the duration of a record"},
      {header({{}}, "1", "EDF+D", "0", "1e-300") + data, "rate to be from"},
      {header({{}}, "2") + data, "truncated: expects 2 records of 4 bytes"},
      {header({{}}, "99999999") + data, "truncated: expects 99999999 records"},
      {header({{}}, "1") + data + data,
       "expects 1 records of 4 bytes, but got"},
      {header({{}}, "0"), "no samples"},
      {header({annotations}, "1") + annotation("0"), "no signals but annot"},
      {changed(&Signal::unit, "bpm"),
       "an ECG in V, mV or uV, but got 0 'ECG' (bpm)"},
      {changed(&Signal::digitalMax, "-100"), "the digital maximum to be"},
      {changed(&Signal::digitalMax, "1.5"), "the digital maximum to be"},
      {changed(&Signal::physicalMax, "-1"), "the physical maximum to differ"},
      {changed(&Signal::physicalMin, "inf"), "the physical minimum to be"},
      {changed(&Signal::physicalMax, ""), "the physical maximum to be"},
      {changed(&Signal::samples, "0"), "the samples in a record to be"},
      {header({{}}, "1").replace(184, 3, "768") + data, "header of 512 bytes"},
  };
  for (const Case &c : cases) {
    write("r.edf", c.file);
    EXPECT_CONTAINS(problem("r.edf"), c.problem);
    EXPECT_CONTAINS(problem("r.edf"), "r.edf: error: ");
  }
}

} // namespace
