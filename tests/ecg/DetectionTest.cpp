//===- DetectionTest.cpp - Beats of recordings, by threads ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/Detection.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <atomic>
#include <cmath>

using namespace frieze::ecg;

namespace {

/// A recording in memory.
class Samples : public Recording {
public:
  explicit Samples(std::vector<float> values) : values(std::move(values)) {
    rate = 360;
    length = this->values.size();
  }
  llvm::Error read(uint64_t first,
                   llvm::MutableArrayRef<float> samples) const override {
    if (first + samples.size() > length)
      ADD_FAILURE() << "reads behind the end";
    std::copy_n(values.begin() + first, samples.size(), samples.begin());
    return llvm::Error::success();
  }

  std::vector<float> values;
};

constexpr uint64_t inputShape[] = {1, 145, 1}, outputShape[] = {1, 1};
constexpr frieze_tensor input = {"ecg",          3, inputShape, 145,
                                 FRIEZE_FLOAT32, 0, 1};
constexpr frieze_tensor output = {"score", 2, outputShape, 1, FRIEZE_FLOAT32,
                                  0,       1};

/// A model whose score is sample 36 of its window, which is the position.
frieze_model identity() {
  frieze_model model = {};
  model.inputs = &input;
  model.outputs = &output;
  model.run = [](const void *const *inputs, void *const *outputs, void *) {
    *static_cast<float *>(outputs[0]) =
        static_cast<const float *>(inputs[0])[36];
  };
  return model;
}

/// Pseudo-random scores in stretches of 1 to 60 equal ones, so that there are
/// level tops in all places.
std::vector<float> randomScores(size_t length, uint64_t state) {
  std::vector<float> scores;
  auto next = [&](unsigned below) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return unsigned(state >> 33) % below;
  };
  while (scores.size() < length)
    scores.insert(scores.end(), 1 + next(60), next(9) / 8.0f);
  scores.resize(length);
  return scores;
}

/// Samples are scores here, and stay as they are; so do the positions.
DetectionOptions asTheyAre() {
  DetectionOptions options;
  options.normalize = false;
  options.place = BeatPlace::Score;
  return options;
}

/// Position and score of each beat of each recording.
using Beats = std::vector<std::vector<std::pair<uint64_t, double>>>;

Beats detect(std::vector<const Recording *> recordings,
             const DetectionOptions &options) {
  std::atomic<uint64_t> calls = 0, complete = 0;
  auto beats = detectBeats("model", identity(), recordings, options,
                           [&](uint64_t done, uint64_t total) {
                             ++calls;
                             complete += done == total;
                           });
  EXPECT_GE(calls, recordings.size());
  EXPECT_EQ(complete, 1u);
  Beats result;
  for (auto &list : beats) {
    result.emplace_back();
    if (!list) {
      ADD_FAILURE() << llvm::toString(list.takeError());
      continue;
    }
    for (const Beat &beat : *list)
      result.back().emplace_back(beat.position, beat.score);
  }
  return result;
}

// Threads and chunks change nothing, with and without a hop, in recordings of
// all lengths at once, wherever beats are said to be.
TEST(DetectionTest, ThreadsAndChunksChangeNothing) {
  Samples lengthy(randomScores(20000, 1)), brief(randomScores(150, 2)),
      one({0.5f}), other(randomScores(7001, 3)), level(std::vector(999, 1.0f));
  other.values[3000] = NAN;
  other.gaps = {{3000, 1}};
  std::vector<const Recording *> all{&lengthy, &brief, &one, &other, &level};
  for (auto [place, hop] :
       {std::pair(BeatPlace::Score, 1u), std::pair(BeatPlace::RWave, 4u)}) {
    DetectionOptions options = asTheyAre();
    options.place = place;
    options.hop = hop;
    options.threads = 1;
    options.chunkSize = 1 << 20;
    auto expected = detect(all, options);
    ASSERT_EQ(expected.size(), all.size());
    EXPECT_GT(expected[0].size(), 50u);
    EXPECT_EQ(expected[2].size(), 1u);
    ASSERT_EQ(expected[4].size(), 1u);
    // Of a level top the middle, or the first of equal deflections.
    EXPECT_EQ(expected[4][0].first, place == BeatPlace::Score ? 499u : 0u);
    for (unsigned threads : {1, 2, 8})
      for (uint64_t chunkSize : {1, 7, 64, 1001, 16384}) {
        options.threads = threads;
        options.chunkSize = chunkSize;
        EXPECT_TRUE(detect(all, options) == expected)
            << threads << " threads, chunks of " << chunkSize;
      }
  }
}

// The R wave is looked for around a maximum of the scores, and the same beats
// are found wherever they are said to be.
TEST(DetectionTest, BeatsAreOnTheirRWaves) {
  std::vector<float> values(9000, 0.0f);
  for (size_t beat = 105; beat < values.size(); beat += 300) {
    // The smoothed score is highest at 5 before the beat, its wave 9 behind
    // that.
    std::fill_n(values.begin() + beat - 20, 31, 0.5f);
    std::fill_n(values.begin() + beat, 9, 1.0f);
  }
  Samples samples(values);
  DetectionOptions options = asTheyAre();
  Beats scored = detect({&samples}, options);
  options.place = BeatPlace::RWave;
  Beats placed = detect({&samples}, options);
  ASSERT_EQ(scored[0].size(), 30u);
  ASSERT_EQ(placed[0].size(), 30u);
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(placed[0][i].second, scored[0][i].second);
    EXPECT_EQ(placed[0][i].first, 109 + 300 * i);
    EXPECT_NE(placed[0][i].first, scored[0][i].first);
    EXPECT_LE(placed[0][i].first, scored[0][i].first + rWaveReach);
  }
}

/// A recording with a beat every 300 samples and a gap.
Samples withGap(uint64_t first, uint64_t count) {
  std::vector<float> values(9000, 0.0f);
  for (size_t beat = 100; beat < values.size(); beat += 300)
    std::fill_n(values.begin() + beat - 15, 31, 1.0f);
  std::fill_n(values.begin() + first, count, NAN);
  Samples samples(values);
  samples.gaps = {{first, count}};
  return samples;
}

// No beat is reported within a window of a gap, and none is lost elsewhere.
TEST(DetectionTest, NoBeatsNearGaps) {
  auto nearest = [](uint64_t first, uint64_t count) {
    Samples samples = withGap(first, count);
    std::vector<uint64_t> beats;
    Beats detected = detect({&samples}, asTheyAre());
    for (auto [position, score] : detected[0])
      beats.push_back(position);
    // That of the beats next to position 4600.
    std::vector<uint64_t> found;
    for (uint64_t beat : {4300, 4600, 4900})
      if (llvm::is_contained(beats, beat))
        found.push_back(beat);
    EXPECT_GE(beats.size(), 28u);
    return found;
  };
  using Found = std::vector<uint64_t>;
  EXPECT_EQ(nearest(4746, 1), (Found{4300, 4600, 4900}));
  EXPECT_EQ(nearest(4745, 1), (Found{4300, 4900}));
  EXPECT_EQ(nearest(4454, 1), (Found{4300, 4600, 4900}));
  EXPECT_EQ(nearest(4455, 1), (Found{4300, 4900}));
  EXPECT_EQ(nearest(4446, 309), (Found{4300, 4900}));
}

// Nor on an R wave within a window of one.
TEST(DetectionTest, NoRWavesNearGaps) {
  DetectionOptions options = asTheyAre();
  options.place = BeatPlace::RWave;
  for (uint64_t first = 4400; first < 4800; first += 3) {
    Samples samples = withGap(first, 1);
    Beats beats = detect({&samples}, options);
    EXPECT_GE(beats[0].size(), 28u);
    for (auto [position, score] : beats[0])
      EXPECT_TRUE(position + gapMargin < first || position > first + gapMargin)
          << position << " near " << first;
  }
}

// Chunks without samples are skipped, and change nothing.
TEST(DetectionTest, UnrecordedStretches) {
  Samples samples = withGap(1000, 5000);
  DetectionOptions options = asTheyAre();
  options.chunkSize = 100;
  Beats expected = detect({&samples}, options);
  samples.unrecorded = samples.gaps;
  uint64_t positions = 0;
  options.threads = 1;
  auto beats = detectBeats("model", identity(), {&samples}, options,
                           [&](uint64_t done, uint64_t) { positions = done; });
  ASSERT_EQ(beats.size(), 1u);
  ASSERT_TRUE(bool(beats[0]));
  EXPECT_EQ(positions, 4000u);
  ASSERT_EQ(beats[0]->size(), expected[0].size());
  for (auto [beat, other] : llvm::zip_equal(*beats[0], expected[0]))
    EXPECT_EQ(beat.position, other.first);
}

// A recording may begin and end with a gap.
TEST(DetectionTest, GapsAtTheEnds) {
  Samples begin = withGap(0, 200), end = withGap(8900, 100);
  auto beats = detect({&begin, &end}, asTheyAre());
  EXPECT_EQ(beats[0].front().first, 400u);
  EXPECT_EQ(beats[0].size(), 29u);
  EXPECT_EQ(beats[1].back().first, 8500u);
}

// Of several errors in a recording, that of the first chunk is reported; other
// recordings go on.
TEST(DetectionTest, FirstErrorIsReported) {
  Samples bad(std::vector<float>(5000, 0.0f)), good = withGap(1000, 1);
  std::fill(bad.values.begin() + 720, bad.values.end(), 7.0f);
  Beats expected = detect({&good}, asTheyAre());
  for (unsigned threads : {1, 8}) {
    DetectionOptions options = asTheyAre();
    options.threads = threads;
    options.chunkSize = 100;
    std::atomic<uint64_t> most = 0;
    auto beats = detectBeats("model", identity(), {&bad, &good, &bad}, options,
                             [&](uint64_t done, uint64_t total) {
                               if (done == total)
                                 most = done;
                             });
    ASSERT_EQ(beats.size(), 3u);
    for (size_t failed : {0, 2}) {
      ASSERT_FALSE(bool(beats[failed]));
      EXPECT_NE(
          llvm::toString(beats[failed].takeError()).find("but got 7 at 2 s"),
          std::string::npos);
    }
    ASSERT_TRUE(bool(beats[1]));
    EXPECT_EQ(beats[1]->size(), expected[0].size());
    EXPECT_EQ(most, 19000u);
  }
}

} // namespace
