//===- BeatWindowsTest.cpp - The samples around each beat -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/classes/BeatWindows.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace frieze::ecg;

namespace {

/// Each sample is its position.
class Ramp : public Recording {
public:
  explicit Ramp(uint64_t samples) {
    rate = 100;
    length = samples;
  }

  llvm::Error read(uint64_t first,
                   llvm::MutableArrayRef<float> samples) const override {
    for (float &sample : samples) {
      const bool isMissing = !gaps.empty() && first >= gaps[0].first &&
                             first < gaps[0].first + gaps[0].count;
      sample = isMissing ? std::numeric_limits<float>::quiet_NaN() : first;
      ++first;
    }
    return llvm::Error::success();
  }
};

std::vector<float> readAll(const Recording &recording,
                           const std::vector<uint64_t> &beats,
                           const BeatWindowOptions &options, uint64_t length) {
  RRIntervals intervals(recording, beats);
  BeatWindows windows = llvm::cantFail(
      BeatWindows::open(recording, beats, intervals, options, length));
  std::vector<float> all;
  for (size_t first = 0; first < beats.size();) {
    size_t count = windows.countTogether(first);
    std::vector<float> some = llvm::cantFail(windows.read(first, count));
    all.insert(all.end(), some.begin(), some.end());
    first += count;
  }
  return all;
}

BeatWindowOptions at100(double before, double after) {
  BeatWindowOptions options;
  options.rate = 100;
  options.before = before;
  options.after = after;
  return options;
}

TEST(BeatWindowsTest, LengthOfBothCustoms) {
  // The sample at `after` is the last one, or the first that is left out.
  EXPECT_TRUE(isWindowLength(at100(0.1, 0.2), 31));
  EXPECT_TRUE(isWindowLength(at100(0.1, 0.2), 30));
  EXPECT_FALSE(isWindowLength(at100(0.1, 0.2), 29));
  EXPECT_FALSE(isWindowLength(at100(0.1, 0.2), 32));
}

// Beyond the ends, the end samples go on.
TEST(BeatWindowsTest, AroundEachBeat) {
  EXPECT_EQ(readAll(Ramp(100), {1, 50, 99}, at100(0.02, 0.01), 4),
            (std::vector<float>{0, 0, 1, 2, 48, 49, 50, 51, 97, 98, 99, 99}));
}

TEST(BeatWindowsTest, MissingSamplesAreTold) {
  Ramp ramp(100);
  ramp.gaps = {{40, 2}};
  std::vector<float> windows =
      readAll(ramp, {38, 39, 43, 44}, at100(0.02, 0.01), 4);
  EXPECT_EQ(windows[0], 36);
  EXPECT_TRUE(std::isnan(windows[4]));
  EXPECT_TRUE(std::isnan(windows[8]));
  EXPECT_EQ(windows[12], 42);
}

TEST(BeatWindowsTest, Scales) {
  BeatWindowOptions options = at100(0.01, 0.01);
  options.normalisation = Normalisation::MinMax;
  EXPECT_EQ(readAll(Ramp(100), {50}, options, 3),
            (std::vector<float>{0, 0.5, 1}));
  options.normalisation = Normalisation::ZScore;
  const float one = std::sqrt(1.5);
  EXPECT_EQ(readAll(Ramp(100), {50}, options, 3),
            (std::vector<float>{-one, 0, one}));
  // A flat line has no scale.
  EXPECT_EQ(readAll(Ramp(1), {0}, options, 3), (std::vector<float>{0, 0, 0}));
}

// Each stretch has its own scale, and the last one ends with the recording.
TEST(BeatWindowsTest, ScalesOfStretches) {
  BeatWindowOptions options = at100(0, 0.01);
  options.normalisation = Normalisation::MinMax;
  options.stretch = 0.11;
  EXPECT_EQ(readAll(Ramp(17), {5, 10, 13}, options, 2),
            (std::vector<float>{0.5, 0.6, 1, 1.1, 0.4, 0.6}));
}

TEST(BeatWindowsTest, ScalesTheRecording) {
  Ramp ramp(101);
  ramp.gaps = {{90, 11}};
  BeatWindowOptions options = at100(0, 0.01);
  options.scalesRecording = true;
  options.normalisation = Normalisation::MinMax;
  const float most = 89;
  EXPECT_EQ(
      readAll(ramp, {0, 44, 88}, options, 2),
      (std::vector<float>{0, 1 / most, 44 / most, 45 / most, 88 / most, 1}));
  options.normalisation = Normalisation::ZScore;
  // Of 0 to n - 1, the variance is (n^2 - 1) / 12.
  const double deviation = std::sqrt((90.0 * 90 - 1) / 12);
  std::vector<float> scaled = readAll(ramp, {0}, options, 2);
  EXPECT_NEAR(scaled[0], -44.5 / deviation, 1e-6);
  EXPECT_NEAR(scaled[1], -43.5 / deviation, 1e-6);
}

TEST(BeatWindowsTest, UntilTheNextBeat) {
  BeatWindowOptions options = at100(0.01, 0.04);
  options.untilRR = 1.5;
  // Intervals of 2, 2 and 50 samples: the median is 2.
  EXPECT_EQ(readAll(Ramp(100), {10, 12, 14, 64}, options, 5),
            (std::vector<float>{9,  10, 11, 12, 0, 11, 12, 13, 14, 0,
                                13, 14, 15, 16, 0, 63, 64, 65, 66, 0}));
  // A beat alone has none.
  EXPECT_TRUE(std::isnan(readAll(Ramp(100), {10}, options, 5)[0]));
}

// However many beats are read together, they are the same.
TEST(BeatWindowsTest, LongRecordings) {
  std::vector<uint64_t> beats;
  for (uint64_t beat = 7; beat < 1000000; beat += beat % 2 ? 90 : 40001)
    beats.push_back(beat);
  std::vector<float> windows = readAll(Ramp(1000000), beats, at100(0.01, 0), 2);
  for (size_t i = 0; i < beats.size(); ++i) {
    EXPECT_EQ(windows[2 * i], beats[i] - 1);
    EXPECT_EQ(windows[2 * i + 1], beats[i]);
  }
}

TEST(BeatWindowsTest, Resampled) {
  BeatWindowOptions options = at100(0.02, 0.02);
  options.rate = 50;
  std::vector<float> window = readAll(Ramp(2000), {1000}, options, 3);
  for (int i = 0; i < 3; ++i)
    EXPECT_NEAR(window[i], 998 + 2 * i, 0.05);
}

} // namespace
