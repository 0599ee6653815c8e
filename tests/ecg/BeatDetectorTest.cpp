//===- BeatDetectorTest.cpp - From scores to beats --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/BeatDetector.h"
#include "tools/frieze-ecg/detection/BoxMean.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>

using namespace frieze::ecg;

namespace {

/// A trace of scores with one triangle, 21 samples wide, for each beat.
std::vector<float> trace(size_t length, std::vector<Beat> peaks) {
  std::vector<float> scores(length);
  for (const Beat &peak : peaks)
    for (ptrdiff_t i = -10; i <= 10; ++i) {
      ptrdiff_t at = ptrdiff_t(peak.position) + i;
      if (at >= 0 && at < ptrdiff_t(length))
        scores[at] += float(peak.score * (1 - std::abs(i) / 11.0));
    }
  return scores;
}

/// The smoothed scores of all positions; beyond the ends the end scores count.
std::vector<double> smoothAll(std::vector<float> scores) {
  scores.insert(scores.begin(), boxWidth / 2, scores.front());
  scores.insert(scores.end(), boxWidth / 2, scores.back());
  return getBoxMeans(scores, boxWidth);
}

/// What stands for the R waves: the deflection at each position is 1, or that
/// of the wave there.
using Waves = std::vector<RWave>;

/// The beats, looked for in ranges of `range` positions.
std::vector<Maximum> findBeats(const std::vector<float> &scores, size_t range,
                               const Waves &waves = {}) {
  std::vector<double> smooth = smoothAll(scores);
  smooth.insert(smooth.begin(), -INFINITY);
  smooth.push_back(-INFINITY);
  LevelTopJoiner joiner;
  for (size_t first = 0; first < scores.size(); first += range) {
    size_t count = std::min(range, scores.size() - first);
    std::vector<LevelTop> tops =
        findLevelTops(first, llvm::ArrayRef(smooth).slice(first, count + 2));
    for (LevelTop &top : tops) {
      top.rWave = {top.begin, 1};
      for (const RWave &wave : waves)
        if (wave.position + rWaveReach >= top.begin &&
            wave.position < top.end + rWaveReach)
          top.rWave = wave;
    }
    joiner.add(tops);
  }
  return pickBeats(joiner.takeMaxima());
}

using Positions = std::vector<uint64_t>;

/// The positions of the beats, which must not depend on the ranges.
Positions positions(const std::vector<float> &scores) {
  Positions whole;
  for (const Maximum &beat : findBeats(scores, scores.size()))
    whole.push_back(beat.position);
  for (size_t range : {1, 2, 13, 100, 400, 500}) {
    Positions result;
    for (const Maximum &beat : findBeats(scores, range))
      result.push_back(beat.position);
    EXPECT_EQ(result, whole) << "in ranges of " << range;
  }
  return whole;
}

/// The triangle spreads over the box mean: 11 of 29 of its height remain.
constexpr double heightFor(double smoothed) { return smoothed * 29 / 11; }

TEST(BeatDetectorTest, SmoothsOverTwentyNineSamples) {
  std::vector<float> scores(100, 0.0f);
  scores[50] = 1;
  std::vector<double> smooth = smoothAll(scores);
  EXPECT_EQ(smooth[35], 0);
  EXPECT_DOUBLE_EQ(smooth[36], 1.0 / 29);
  EXPECT_DOUBLE_EQ(smooth[64], 1.0 / 29);
  EXPECT_EQ(smooth[65], 0);
}

TEST(BeatDetectorTest, RepeatsTheEndScores) {
  std::vector<float> scores(40, 0.5f);
  for (double value : smoothAll(scores))
    EXPECT_DOUBLE_EQ(value, 0.5);
}

TEST(BeatDetectorTest, NothingInNoScores) {
  EXPECT_TRUE(pickBeats({}).empty());
  EXPECT_TRUE(positions(std::vector<float>(1000, 0.0f)).empty());
}

TEST(BeatDetectorTest, OneSampleIsAMaximum) {
  EXPECT_EQ(positions({1.0f}), Positions{0});
}

TEST(BeatDetectorTest, ThresholdIsOnTheSmoothedScore) {
  EXPECT_EQ(positions(trace(1000, {{500, heightFor(0.09)}})), Positions{500});
  EXPECT_TRUE(positions(trace(1000, {{500, heightFor(0.07)}})).empty());
  EXPECT_NEAR(findBeats(trace(1000, {{500, heightFor(0.41)}}), 1000)[0].score,
              0.41, 1e-6);
}

TEST(BeatDetectorTest, ThresholdFallsAfterABeat) {
  EXPECT_DOUBLE_EQ(getThresholdAfter(0), 0.2);
  EXPECT_DOUBLE_EQ(getThresholdAfter(126), 0.2);
  EXPECT_DOUBLE_EQ(getThresholdAfter(243), 0.14);
  EXPECT_DOUBLE_EQ(getThresholdAfter(360), 0.08);
  EXPECT_DOUBLE_EQ(getThresholdAfter(1ul << 40), 0.08);
  double beat = heightFor(0.9), score = heightFor(0.13);
  EXPECT_EQ(positions(trace(1000, {{400, beat}, {643, score}})),
            Positions{400});
  EXPECT_EQ(positions(trace(1000, {{400, beat}, {670, score}})),
            (Positions{400, 670}));
}

TEST(BeatDetectorTest, MiddleOfALevelTop) {
  std::vector<float> scores(1000, 0.0f);
  std::fill(scores.begin() + 400, scores.begin() + 500, 1.0f);
  // The mean is level from 414 to 485.
  EXPECT_EQ(positions(scores), Positions{449});
}

TEST(BeatDetectorTest, StepsAreNoMaxima) {
  // Two level stretches, of which only the higher is a top, and it is both the
  // end of a rise and the start of a fall.
  std::vector<float> scores(1000, 0.0f);
  std::fill(scores.begin() + 300, scores.begin() + 400, 0.6f);
  std::fill(scores.begin() + 400, scores.begin() + 500, 1.0f);
  std::fill(scores.begin() + 500, scores.begin() + 600, 0.5f);
  EXPECT_EQ(positions(scores), Positions{449});
}

TEST(BeatDetectorTest, NoMaximumBesideAMissingScore) {
  // The score still rises towards the one that is missing.
  std::vector<float> scores = trace(1000, {{500, heightFor(0.9)}});
  scores[519] = NAN;
  EXPECT_TRUE(positions(scores).empty());
  scores = trace(1000, {{500, heightFor(0.9)}});
  scores[520] = NAN;
  EXPECT_EQ(positions(scores), Positions{500});
}

TEST(BeatDetectorTest, HigherOfTwoWithinRefractoryTimeStays) {
  double low = heightFor(0.5), high = heightFor(0.9);
  EXPECT_EQ(positions(trace(1000, {{400, low}, {471, high}})), Positions{471});
  EXPECT_EQ(positions(trace(1000, {{400, high}, {471, low}})), Positions{400});
  EXPECT_EQ(positions(trace(1000, {{400, low}, {472, high}})),
            (Positions{400, 472}));
}

TEST(BeatDetectorTest, ReplacedBeatMovesTheRefractoryTime) {
  // 460 replaces 400, and then 520 is within 200 ms of it.
  EXPECT_EQ(positions(trace(1000, {{400, heightFor(0.5)},
                                   {460, heightFor(0.9)},
                                   {520, heightFor(0.8)}})),
            Positions{460});
}

TEST(BeatDetectorTest, TWaveMustReachPartOfItsBeat) {
  double beat = heightFor(0.9), below = heightFor(0.9 * 0.39),
         above = heightFor(0.9 * 0.41);
  EXPECT_EQ(positions(trace(1000, {{400, beat}, {525, below}})),
            Positions{400});
  EXPECT_EQ(positions(trace(1000, {{400, beat}, {525, above}})),
            (Positions{400, 525}));
  EXPECT_EQ(positions(trace(1000, {{400, beat}, {526, below}})),
            (Positions{400, 526}));
}

TEST(BeatDetectorTest, PWaveGivesWayToItsBeat) {
  double beat = heightFor(0.9), below = heightFor(0.9 * 0.19),
         above = heightFor(0.9 * 0.21);
  EXPECT_EQ(positions(trace(1000, {{400, below}, {525, beat}})),
            Positions{525});
  EXPECT_EQ(positions(trace(1000, {{400, above}, {525, beat}})),
            (Positions{400, 525}));
  EXPECT_EQ(positions(trace(1000, {{400, below}, {526, beat}})),
            (Positions{400, 526}));
}

TEST(BeatDetectorTest, TWaveLeftOutIsNoReference) {
  // The beat at 540 is compared with 400, not with the T wave at 500.
  EXPECT_EQ(positions(trace(1000, {{400, heightFor(0.9)},
                                   {500, heightFor(0.3)},
                                   {540, heightFor(0.35)}})),
            (Positions{400, 540}));
}

// Of strengths, and of distances, that of the R wave counts.
TEST(BeatDetectorTest, WhatStandsOutIsStronger) {
  auto find = [](const std::vector<float> &scores, const Waves &waves) {
    Positions found;
    for (const Maximum &beat : findBeats(scores, scores.size(), waves))
      found.push_back(beat.rWave.position);
    return found;
  };
  double beat = heightFor(0.9), other = heightFor(0.6);
  // A T wave that is seen well, but hardly stands out.
  std::vector<float> scores = trace(1000, {{400, beat}, {510, other}});
  EXPECT_EQ(find(scores, {{402, 1.0}, {509, 0.5}}), Positions{402});
  EXPECT_EQ(find(scores, {{402, 1.0}, {509, 0.7}}), (Positions{402, 509}));
  // The R waves are further from each other than their scores.
  EXPECT_EQ(find(scores, {{401, 1.0}, {527, 0.5}}), (Positions{401, 527}));
  // Within the refractory time, the stronger one stays.
  scores = trace(1000, {{400, beat}, {460, other}});
  EXPECT_EQ(find(scores, {{400, 0.5}, {460, 1.0}}), Positions{460});
  EXPECT_EQ(find(scores, {{400, 1.0}, {460, 1.0}}), Positions{400});
}

TEST(BeatDetectorTest, DoubtfulBeatMustNotSplitAnEvenInterval) {
  double beat = heightFor(0.9), below = heightFor(0.49),
         above = heightFor(0.51);
  auto split = [&](double height, uint64_t next = 900) {
    return positions(trace(
        1600,
        {{100, beat}, {400, beat}, {550, height}, {700, beat}, {next, beat}}));
  };
  // The intervals are 300, 300 across, and 300 or others.
  EXPECT_EQ(split(below, 1000), (Positions{100, 400, 700, 1000}));
  EXPECT_EQ(split(above, 1000), (Positions{100, 400, 550, 700, 1000}));
  EXPECT_EQ(split(below, 1042), (Positions{100, 400, 700, 1042}));
  EXPECT_EQ(split(below, 1043), (Positions{100, 400, 550, 700, 1043}));
  EXPECT_EQ(split(below, 967), (Positions{100, 400, 700, 967}));
  EXPECT_EQ(split(below, 966), (Positions{100, 400, 550, 700, 966}));
  // Without two beats on either side there is no rhythm to tell by.
  EXPECT_EQ(positions(trace(1000, {{400, beat}, {550, below}, {700, beat}})),
            (Positions{400, 550, 700}));
}

TEST(BeatDetectorTest, BeatsAtTheEdges) {
  Positions found =
      positions(trace(1000, {{3, heightFor(0.9)}, {996, heightFor(0.9)}}));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_LE(found[0], 3u);
  EXPECT_GE(found[1], 996u);
}

} // namespace
