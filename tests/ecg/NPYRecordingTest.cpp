//===- NPYRecordingTest.cpp - Recordings in NumPy arrays --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;

namespace {

using NPYRecordingTest = RecordingTest;

/// A .npy file.
std::string npy(const std::string &type, const std::string &shape,
                const std::string &data, bool isFortran = false) {
  std::string header = "{'descr': '" + type +
                       "', 'fortran_order': " + (isFortran ? "True" : "False") +
                       ", 'shape': (" + shape + "), }\n";
  return std::string("\x93NUMPY\x01\0", 8) + char(header.size()) + '\0' +
         header + data;
}

template <typename T> std::string bytesOf(const std::vector<T> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(T));
}

TEST_F(NPYRecordingTest, OneAxis) {
  write("r.npy", npy("<f4", "3,", bytesOf<float>({0.5f, NAN, -1})));
  Whole recording = read("r.npy", atRate(360));
  EXPECT_EQ(recording.name, "r");
  EXPECT_EQ(recording.lead, "");
  EXPECT_EQ(recording.rate, 360);
  EXPECT_EQ(recording.samples[2], -1);
  EXPECT_EQ(pairs(recording.gaps), (Gaps{{1, 1}}));
  EXPECT_EQ(read("r.npy", atRate(250)).rate, 250);
  RecordingOptions options = atRate(360);
  options.unit = "uV";
  EXPECT_EQ(read("r.npy", options).samples[2], -0.001f);
  options.unit.clear();
  EXPECT_EQ(problem("r.npy", options),
            path("r.npy") + ": error: expects a unit, which the file does not "
                            "tell: give --unit=mV, uV or V, or --gain=N, the "
                            "converter's units in 1 mV");
  options.gain = 200;
  options.baseline = 100;
  EXPECT_EQ(read("r.npy", options).samples[2], -0.505f);
  EXPECT_CONTAINS(problem("r.npy"), "r.npy: error: expects a sampling rate, "
                                    "which the file does not tell: give "
                                    "--rate=HZ");
}

// Rows of leads, and whole leads one after the other.
TEST_F(NPYRecordingTest, SamplesAndLeads) {
  RecordingOptions options = atRate(360);
  options.lead = "1";
  std::vector<float> expected{10, 20, 30};
  write("c.npy", npy("<i2", "3, 2", bytesOf<int16_t>({1, 10, 2, 20, 3, 30})));
  EXPECT_EQ(read("c.npy", options).samples, expected);
  EXPECT_EQ(read("c.npy", options).lead, "1");
  write("f.npy",
        npy("<f8", "3, 2", bytesOf<double>({1, 2, 3, 10, 20, 30}), true));
  EXPECT_EQ(read("f.npy", options).samples, expected);
  EXPECT_EQ(read("f.npy", atRate(360)).samples, (std::vector<float>{1, 2, 3}));
  options.lead = "2";
  EXPECT_CONTAINS(
      problem("c.npy", options),
      "expects one of the leads 0 '0' (no unit), 1 '1' (no unit), but "
      "got '2'");
}

// More than is read at once.
TEST_F(NPYRecordingTest, LongArray) {
  std::vector<int16_t> values;
  std::vector<float> samples;
  for (int i = 0; i < 700000; ++i) {
    values.insert(values.end(), {int16_t(i % 1000), int16_t(i % 300 - 150)});
    samples.push_back(i % 300 - 150);
  }
  write("r.npy", npy("<i2", "700000, 2", bytesOf(values)));
  RecordingOptions options = atRate(360);
  options.lead = "1";
  EXPECT_EQ(read("r.npy", options).samples, samples);
}

TEST_F(NPYRecordingTest, ArraysThatAreRefused) {
  struct Case {
    std::string file, problem;
  };
  std::string two = bytesOf<float>({0, 1}), six(24, '\0');
  const Case cases[] = {
      {"", "expects a .npy file"},
      {npy("<f4", "2,", two).substr(0, 20), "damaged .npy header"},
      {npy("<c8", "1,", two), "an array of other than numbers"},
      {npy("|b1", "8,", two), "expects numbers, but got truth values"},
      {npy("<f4", "", two), "but got shape ()"},
      {npy("<f4", "1, 1, 2", two), "but got shape (1, 1, 2)"},
      {npy("<f4", "-2,", two), "but got shape (-2)"},
      {npy("<f4", "2, 0", ""), "but got shape (2, 0)"},
      {npy("<f4", "2, 3", six), "samples along the first axis"},
      {npy("<f4", "3,", two), "expects data for shape (3), but got 8 bytes"},
      {npy("<f4", "1,", two), "expects data for shape (1), but got 8 bytes"},
      {npy("<f4", "4611686018427387905,", two), "expects data for shape"},
      {npy("<f4", "0,", ""), "no samples"},
      {npy("<f4", "2,", bytesOf<float>({0, INFINITY})),
       "expects samples in millivolts"},
      {npy("<f4", "2,", bytesOf<float>({NAN, NAN})), "are missing"},
  };
  for (const Case &c : cases) {
    write("r.npy", c.file);
    std::string text = problem("r.npy", atRate(360));
    EXPECT_CONTAINS(text, c.problem);
    EXPECT_CONTAINS(text, "r.npy: error: ");
  }
}

} // namespace
