//===- RWaveTest.cpp - Where the R wave of a beat is ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/RWave.h"

#include "gtest/gtest.h"

#include <cmath>
#include <vector>

using namespace frieze::ecg;

namespace {

/// A bell of this height around a position, `width` samples from it to where a
/// third of it is left.
void addBell(std::vector<float> &samples, double position, double height,
             double width) {
  for (size_t i = 0; i < samples.size(); ++i) {
    double distance = (i - position) / width;
    samples[i] += float(height * std::exp(-distance * distance));
  }
}

/// The R wave among the positions first to last, samples being those from
/// position 0 on.
RWave find(const std::vector<float> &samples, size_t first, size_t last) {
  return findRWave(
      first, llvm::ArrayRef(samples).slice(first - rWaveMargin,
                                           last - first + 1 + 2 * rWaveMargin));
}

TEST(RWaveTest, IsWhereABellIsHighest) {
  std::vector<float> samples(200, 0.0f);
  addBell(samples, 103, 1, 6);
  EXPECT_EQ(find(samples, 82, 118).position, 103u);
  // Only within the range.
  EXPECT_EQ(find(samples, 60, 99).position, 99u);
  EXPECT_EQ(find(samples, 105, 110).position, 105u);
}

TEST(RWaveTest, IsTheLargestDeflectionUpOrDown) {
  std::vector<float> samples(200, 0.0f);
  addBell(samples, 90, 0.6, 5);
  addBell(samples, 112, -1, 5);
  EXPECT_EQ(find(samples, 82, 118).position, 112u);
  // A slow wave is higher, and has less of a deflection.
  addBell(samples, 85, 3, 60);
  EXPECT_EQ(find(samples, 82, 118).position, 112u);
}

TEST(RWaveTest, DeflectionIsThatOfBoxMeans) {
  std::vector<float> samples(200, 5.0f);
  samples[100] += 9;
  // One sample is a ninth of each mean that has it.
  RWave wave = find(samples, 100, 100);
  EXPECT_EQ(wave.position, 100u);
  EXPECT_NEAR(wave.deflection, 1, deflectionStep);
  EXPECT_NEAR(find(samples, 112, 112).deflection, 0.5, deflectionStep);
  EXPECT_EQ(find(samples, 117, 117).deflection, 0);
}

TEST(RWaveTest, GainAndPolarityOnlyScale) {
  std::vector<float> samples(200, 0.0f), other;
  addBell(samples, 95, 1, 7);
  addBell(samples, 108, -0.7, 4);
  for (float sample : samples)
    other.push_back(-2 * sample);
  RWave wave = find(samples, 82, 118), turned = find(other, 82, 118);
  EXPECT_EQ(wave.position, turned.position);
  EXPECT_NEAR(2 * wave.deflection, turned.deflection, 2 * deflectionStep);
}

// Where all is equally high, roundings by an offset must not choose.
TEST(RWaveTest, OfSeveralTheFirst) {
  std::vector<float> samples(200, 0.0f);
  for (size_t i = 90; i < 112; ++i)
    samples[i] = 1;
  const RWave wave = find(samples, 82, 118);
  for (double offset : {0.1, -0.3, 0.7}) {
    std::vector<float> other;
    for (float sample : samples)
      other.push_back(float(sample + offset));
    EXPECT_EQ(find(other, 82, 118).position, wave.position) << offset;
  }
  EXPECT_EQ(find(std::vector<float>(200, 0.3f), 82, 118).position, 82u);
}

} // namespace
