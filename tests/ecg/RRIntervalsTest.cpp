//===- RRIntervalsTest.cpp - Times between beats ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/classes/RRIntervals.h"

#include "gtest/gtest.h"

using namespace frieze::ecg;

namespace {

class Silence : public Recording {
public:
  Silence() {
    rate = 100;
    length = 10000;
  }

  llvm::Error read(uint64_t, llvm::MutableArrayRef<float>) const override {
    return llvm::Error::success();
  }
};

TEST(RRIntervalsTest, OfNeighbours) {
  RRIntervals intervals(Silence(), {100, 200, 250, 400});
  EXPECT_EQ(intervals.get(RRFeature::Previous, 2), 0.5);
  EXPECT_EQ(intervals.get(RRFeature::Next, 2), 1.5);
  EXPECT_EQ(intervals.get(RRFeature::Mean, 2), 1);
  // The first beat has none before it, and the last none behind.
  EXPECT_EQ(intervals.get(RRFeature::Previous, 0), 1);
  EXPECT_EQ(intervals.get(RRFeature::Next, 3), 1);
  EXPECT_EQ(intervals.getMedian(0, 4), 1);
  EXPECT_EQ(intervals.getMedian(1, 4), 1);
  EXPECT_EQ(intervals.getMedian(1, 3), 0.5);
  EXPECT_FALSE(intervals.getMedian(1, 2));
}

TEST(RRIntervalsTest, TenAround) {
  // Intervals of 1, 2, ... 20 samples.
  std::vector<uint64_t> beats{0};
  for (uint64_t i = 1; i <= 20; ++i)
    beats.push_back(beats.back() + i);
  RRIntervals intervals(Silence(), beats);
  // Those that end at beats 6 to 15.
  EXPECT_DOUBLE_EQ(*intervals.get(RRFeature::Mean, 10), 0.105);
  EXPECT_DOUBLE_EQ(*intervals.get(RRFeature::Mean, 0), 0.03);
  EXPECT_DOUBLE_EQ(*intervals.get(RRFeature::Mean, 20), 0.18);
}

// In a gap there may be another beat.
TEST(RRIntervalsTest, NoneAcrossGaps) {
  Silence recording;
  recording.gaps = {{150, 20}, {300, 5}};
  RRIntervals intervals(recording, {100, 200, 260, 400});
  EXPECT_EQ(intervals.get(RRFeature::Previous, 1), 0.6);
  EXPECT_EQ(intervals.get(RRFeature::Next, 2), 0.6);
  EXPECT_EQ(intervals.get(RRFeature::Mean, 1), 0.6);
  recording.gaps = {{50, 500}};
  RRIntervals none(recording, {100, 200});
  EXPECT_FALSE(none.get(RRFeature::Next, 0));
  EXPECT_FALSE(none.getMedian(0, 2));
}

} // namespace
