//===- SignalLevelTest.cpp - Offset and amplitude of an ECG -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/SignalLevel.h"

#include "gtest/gtest.h"

#include <cmath>
#include <fstream>
#include <iterator>

using namespace frieze::ecg;

namespace {

/// One triangle, 31 samples wide, in each second, on a baseline.
std::vector<float> trace(size_t length, float height, float baseline = 0) {
  std::vector<float> samples(length, baseline);
  for (size_t i = 0; i < length; ++i) {
    float distance = std::abs(float(i % 360) - 180);
    samples[i] += height * std::max(0.0f, 1 - distance / 16);
  }
  return samples;
}

SignalLevel levelOf(llvm::ArrayRef<float> samples) {
  LevelEstimator estimator;
  for (SampleRange range : getLevelRanges(samples.size()))
    estimator.add(samples.slice(range.first, range.count));
  return estimator.estimate();
}

// Height and baseline of a plain signal are found, and normalised to 1 and 0.
TEST(SignalLevelTest, FindsHeightAndBaseline) {
  std::vector<float> samples = trace(3600, 2.5f, -0.25f);
  SignalLevel level = levelOf(samples);
  EXPECT_EQ(level.offset, -0.25);
  EXPECT_EQ(level.scale, 2.5);
  level.normalize(samples);
  EXPECT_EQ(samples[0], 0);
  EXPECT_EQ(samples[180], 1);
}

// A lead that is upside down has a negative scale.
TEST(SignalLevelTest, FindsPolarity) {
  EXPECT_EQ(levelOf(trace(3600, -2, 0.5f)).scale, -2);
}

// Mains of 60 Hz and slow wander change the height by little.
TEST(SignalLevelTest, SeesPastMainsAndWander) {
  std::vector<float> samples = trace(36000, 1);
  for (size_t i = 0; i < samples.size(); ++i)
    samples[i] += 0.3 * std::sin(i * 2 * M_PI * 60 / 360) +
                  0.5 * std::sin(i * 2 * M_PI * 0.3 / 360);
  EXPECT_NEAR(levelOf(samples).scale, 1, 0.05);
}

// Artefacts in a third of the recording change nothing, nor does a lead that
// has lost contact for most of it.
TEST(SignalLevelTest, SeesPastArtefactsAndFlatLines) {
  std::vector<float> samples = trace(72000, 1.5f, 0.5f);
  for (size_t i = 30000; i < 54000; ++i)
    samples[i] += i / 50 % 2 ? 8 : -8;
  EXPECT_EQ(levelOf(samples).offset, 0.5);
  EXPECT_EQ(levelOf(samples).scale, 1.5);
  samples = trace(72000, 1.5f, 0.5f);
  std::fill(samples.begin() + 10000, samples.end(), 10.24f);
  EXPECT_EQ(levelOf(samples).offset, 0.5);
  EXPECT_EQ(levelOf(samples).scale, 1.5);
}

// Missing samples do not count.
TEST(SignalLevelTest, SeesPastGaps) {
  std::vector<float> samples = trace(72000, 1.5f, 0.5f);
  for (size_t i = 0; i < samples.size(); i += 700)
    std::fill_n(samples.begin() + i, 100, NAN);
  std::fill(samples.begin() + 30000, samples.end(), NAN);
  EXPECT_EQ(levelOf(samples).offset, 0.5);
  EXPECT_EQ(levelOf(samples).scale, 1.5);
}

// Nothing to estimate from leaves the signal as it is.
TEST(SignalLevelTest, LeavesFlatSignalsAlone) {
  for (size_t length : {0, 1, 36, 37, 5000}) {
    SignalLevel level = levelOf(std::vector<float>(length, 5.1f));
    EXPECT_EQ(level.offset, 0) << length;
    EXPECT_EQ(level.scale, 1) << length;
  }
}

// Short recordings are covered, long ones sampled from end to end.
TEST(SignalLevelTest, SpreadsItsPieces) {
  EXPECT_EQ(getLevelRanges(500).size(), 1u);
  EXPECT_EQ(getLevelRanges(500)[0].count, 500u);
  EXPECT_EQ(getLevelRanges(721)[1].first, 1u);
  for (size_t length : {1000ul, 108000ul, 650000ul, 31104000ul, 1ul << 40}) {
    std::vector<SampleRange> ranges = getLevelRanges(length);
    EXPECT_LE(ranges.size(), levelPieceCount);
    EXPECT_EQ(ranges.front().first, 0u);
    EXPECT_EQ(ranges.back().first + ranges.back().count, length);
    for (size_t i = 1; i < ranges.size(); ++i) {
      EXPECT_GT(ranges[i].first, ranges[i - 1].first);
      if (length <= 108000)
        EXPECT_LE(ranges[i].first, ranges[i - 1].first + levelPieceLength);
    }
  }
}

class ShippedRecordingTest : public testing::Test {
protected:
  void SetUp() override {
    std::ifstream file(FRIEZE_SOURCE_DIR "/tools/ecg/208.dat",
                       std::ios::binary);
    std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
    // WFDB format 212: two samples of 12 bits in three bytes.
    for (size_t i = 0; i + 2 < bytes.size(); i += 3)
      for (unsigned unit : {bytes[i] | (bytes[i + 1] & 0x0f) << 8,
                            bytes[i + 2] | (bytes[i + 1] & 0xf0) << 4})
        samples.push_back((int(unit) - 1024) / 200.0);
    ASSERT_EQ(samples.size(), 108000u);
  }
  std::vector<float> samples;
};

// The level is that of tools/ecg/detector.py, with which the classifier was
// trained; evaluate.py prints it with --level auto.
TEST_F(ShippedRecordingTest, AgreesWithTraining) {
  SignalLevel level = levelOf(samples);
  EXPECT_EQ(level.offset, -0.24000000208616257);
  EXPECT_EQ(level.scale, 1.8787500010803342);
}

// Gain by a power of two and polarity do not change a bit of what the
// classifier sees; an offset only rounds.
TEST_F(ShippedRecordingTest, IgnoresGainPolarityAndOffset) {
  std::vector<float> expected = samples;
  levelOf(samples).normalize(expected);
  for (float gain : {0.5f, 2.0f, -1.0f, -0.25f}) {
    std::vector<float> changed = samples;
    for (float &sample : changed)
      sample *= gain;
    levelOf(changed).normalize(changed);
    EXPECT_EQ(changed, expected) << gain;
  }
  std::vector<float> shifted = samples;
  for (float &sample : shifted)
    sample += 1;
  levelOf(shifted).normalize(shifted);
  for (size_t i = 0; i < samples.size(); ++i)
    ASSERT_NEAR(shifted[i], expected[i], 1e-6) << i;
}

} // namespace
