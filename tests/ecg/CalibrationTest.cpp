//===- CalibrationTest.cpp - Units of samples -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tests/ecg/RecordingFixture.h"

using namespace frieze::ecg;

namespace {

using CalibrationTest = RecordingTest;

/// Millivolts of the stored number 300 and the unit, or the error.
std::string calibrateLead(const Lead &lead, const RecordingOptions &options) {
  auto calibration = calibrate("r", lead, options);
  if (!calibration)
    return llvm::toString(calibration.takeError());
  return std::to_string(calibration->toMillivolts(300)) + " " +
         calibration->unit;
}

TEST_F(CalibrationTest, Units) {
  RecordingOptions options;
  EXPECT_EQ(calibrateLead({"II", "mV"}, options), "300.000000 mV");
  EXPECT_EQ(calibrateLead({"II", "\u00B5V"}, options), "0.300000 uV");
  EXPECT_EQ(calibrateLead({"II", "volt"}, options), "300000.000000 V");
  EXPECT_EQ(calibrateLead({"II", "adu"}, options),
            "r: error: expects the unit of lead 'II' to be V, mV or uV, but "
            "got 'adu'");
  EXPECT_EQ(calibrateLead({"", ""}, options),
            "r: error: expects a unit, which the file does not tell: give "
            "--unit=mV, uV or V, or --gain=N, the converter's units in 1 mV");
}

// Options tell what a file does not, and nothing else.
TEST_F(CalibrationTest, Options) {
  RecordingOptions options;
  options.unit = "uV";
  EXPECT_EQ(calibrateLead({"II", ""}, options), "0.300000 uV");
  EXPECT_EQ(calibrateLead({"II", "uV"}, options), "0.300000 uV");
  EXPECT_EQ(calibrateLead({"II", "mV"}, options),
            "r: error: expects the unit of lead 'II' to be mV, as the file "
            "tells, but got --unit=uV");
  EXPECT_EQ(calibrateLead({"HR", "bpm"}, options),
            "r: error: expects the unit of lead 'HR' to be V, mV or uV, but "
            "got 'bpm'");
  options.unit.clear();
  options.gain = 200;
  options.baseline = 100;
  EXPECT_EQ(calibrateLead({"II", ""}, options), "1.000000 200 units/mV");
  EXPECT_EQ(calibrateLead({"II", "mV"}, options),
            "r: error: expects the unit of lead 'II' to be mV, as the file "
            "tells, but got --gain=200");
}

// A WFDB header without a gain may be given one, and no other.
TEST_F(CalibrationTest, WFDB) {
  write("r.hea", "r 2 360\nr.dat 16 0 0 0 0 0 0 A\n"
                 "r.dat 16 10(5)/uV 0 0 0 0 0 B\n");
  write("r.dat", pack16({150, 205, 250, 405}));
  RecordingOptions options;
  options.gain = 100;
  options.baseline = 50;
  options.lead = "A";
  EXPECT_EQ(read("r", options).samples, (std::vector<float>{1, 2}));
  EXPECT_TRUE(read("r", options).warnings.empty());
  options.lead = "B";
  EXPECT_CONTAINS(problem("r", options),
                  "r.hea: error: expects the unit of lead 'B' to be uV, as the "
                  "file tells, but got --gain=100");
  options.gain.reset();
  options.unit = "uV";
  EXPECT_EQ(read("r", options).samples, (std::vector<float>{0.02f, 0.04f}));
}

} // namespace
