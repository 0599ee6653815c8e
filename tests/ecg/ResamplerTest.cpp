//===- ResamplerTest.cpp - A recording at another rate ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/Resampler.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstring>
#include <set>

using namespace frieze::ecg;

namespace {

/// A function of time, sampled.
class Sampled : public Recording {
public:
  Sampled(double sampleRate, uint64_t count, double (*value)(double seconds))
      : value(value) {
    rate = sampleRate;
    length = count;
  }
  llvm::Error read(uint64_t first,
                   llvm::MutableArrayRef<float> samples) const override {
    EXPECT_LE(first + samples.size(), length);
    for (size_t i = 0; i < samples.size(); ++i)
      samples[i] = missing.count(first + i) ? NAN : value((first + i) / rate);
    return llvm::Error::success();
  }
  std::set<uint64_t> missing;

private:
  double (*value)(double seconds);
};

std::vector<float> readAll(const Recording &recording) {
  std::vector<float> samples(recording.length);
  EXPECT_FALSE(bool(recording.read(0, samples)));
  return samples;
}

/// 11 Hz and 23 Hz on an offset, millivolts.
double wave(double t) {
  return 0.25 + std::sin(2 * M_PI * 11 * t) + 0.5 * std::cos(2 * M_PI * 23 * t);
}

// From any rate, the values between samples are those of the wave. The filter
// sees no wave beyond the ends.
TEST(ResamplerTest, KeepsTheSignal) {
  for (double rate :
       {100.0, 128.0, 128.2, 250.0, 359.9997, 500.0, 1000.0, 8192.0, 50000.0}) {
    Sampled source(rate, std::min(60 * rate, 500000.0), wave);
    ResampledRecording resampled(source, 360);
    EXPECT_NEAR(resampled.length, source.getDuration() * 360, 360 / rate + 1);
    std::vector<float> samples = readAll(resampled);
    double worst = 0;
    for (size_t i = 360; i + 360 < samples.size(); ++i)
      worst = std::max(worst, std::abs(samples[i] - wave(i / 360.0)));
    // 18 bits; 359.9997 Hz is taken for 360, which is late by 50 µs at the end.
    EXPECT_LT(worst, rate == 359.9997 ? 1e-2 : 5e-6) << rate;
  }
}

// What is above half the lower rate vanishes, and does not come back as another
// frequency.
TEST(ResamplerTest, DropsWhatIsTooFast) {
  Sampled source(1000, 20000,
                 [](double t) { return std::sin(2 * M_PI * 230 * t); });
  ResampledRecording resampled(source, 360);
  std::vector<float> samples = readAll(resampled);
  for (size_t i = 100; i + 100 < samples.size(); ++i)
    ASSERT_NEAR(samples[i], 0, 1e-5) << i;
}

// The end samples go on beyond the ends, so that a level stays level.
TEST(ResamplerTest, Ends) {
  Sampled source(250, 1000, [](double) { return -0.75; });
  ResampledRecording resampled(source, 360);
  EXPECT_EQ(resampled.length, 1439u);
  for (float sample : readAll(resampled))
    ASSERT_NEAR(sample, -0.75, 1e-5);
  Sampled one(250, 1, [](double) { return 0.5; });
  EXPECT_NEAR(readAll(ResampledRecording(one, 360))[0], 0.5, 1e-5);
}

// A sample has the same bits whatever range it is read in.
TEST(ResamplerTest, RangesChangeNothing) {
  Sampled source(250, 50000, wave);
  ResampledRecording resampled(source, 360);
  std::vector<float> whole = readAll(resampled);
  for (size_t size : {1, 1000, 16383, 30000})
    for (size_t first : {0, 1, 16199, 16200, 40001}) {
      std::vector<float> part(size);
      ASSERT_FALSE(bool(resampled.read(first, part)));
      EXPECT_EQ(std::memcmp(part.data(), &whole[first], size * sizeof(float)),
                0)
          << size << " from " << first;
    }
}

// A position is given back to the closest sample of the source.
TEST(ResamplerTest, Positions) {
  for (double rate : {128.2, 250.0, 1000.0}) {
    Sampled source(rate, 1000000, wave);
    ResampledRecording resampled(source, 360);
    for (uint64_t position : {0, 1, 17, 16384, 123456})
      EXPECT_NEAR(resampled.toSource(position), position * rate / 360, 0.6);
    EXPECT_EQ(resampled.toSource(resampled.length + 5), source.length - 1);
  }
}

// Beside a missing sample nothing is known, and soon after all is as it was.
TEST(ResamplerTest, MissingSamples) {
  Sampled whole(250, 5000, wave), source(250, 5000, wave);
  for (uint64_t i = 1000; i < 1100; ++i)
    source.missing.insert(i);
  std::vector<float> expected = readAll(ResampledRecording(whole, 360)),
                     samples = readAll(ResampledRecording(source, 360));
  for (size_t i = 0; i < samples.size(); ++i) {
    double at = i * 250 / 360.0;
    EXPECT_EQ(std::isnan(samples[i]), at > 999 && at < 1100) << at;
    if (at < 999 - 100 || at > 1100 + 100)
      EXPECT_NEAR(samples[i], expected[i], 1e-5) << at;
  }
  // All that a block sees may be missing.
  for (uint64_t i = 0; i < 5000; ++i)
    source.missing.insert(i);
  for (float sample : readAll(ResampledRecording(source, 360)))
    EXPECT_TRUE(std::isnan(sample));
}

} // namespace
