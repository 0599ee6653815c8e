//===- BeatDetector.h - From scores to beats --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATDETECTOR_H
#define FRIEZE_TOOLS_ECG_BEATDETECTOR_H

#include "tools/frieze-ecg/detection/RWave.h"
#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace frieze::ecg {

// Counts of samples are at detectorRate.

/// Width of the box means that smooth the scores, samples (81 ms). NaN, the
/// score of a position that could not be scored, makes its smoothed scores NaN.
inline constexpr size_t boxWidth = 29;
/// Of two beats closer than this the stronger stays, samples (200 ms).
inline constexpr size_t refractoryTime = 72;
/// A maximum closer than this to the beat before it may be that beat's T wave,
/// samples (350 ms)...
inline constexpr size_t tWaveTime = 126;
/// ...and must reach this part of that beat's strength...
inline constexpr double tWaveRatio = 0.4;
/// ...and a beat with less than this part of its strength was a P wave.
inline constexpr double pWaveRatio = 0.2;
/// Smallest smoothed score of a beat closer than tWaveTime to the one before.
inline constexpr double earlyThreshold = 0.2;
/// Smallest smoothed score of any beat; getThresholdAfter() falls to it...
inline constexpr double beatThreshold = 0.08;
/// ...until this long after the beat before, samples (1 s).
inline constexpr size_t pauseTime = 360;
/// A beat with a lower smoothed score must not split an even interval.
inline constexpr double doubtfulScore = 0.5;
/// Two intervals are even if they differ by at most one part in so many.
inline constexpr uint64_t evenness = 8;

/// The smallest smoothed score of a beat so many samples after the one before:
/// the longer no beat came, the more likely is one.
double getThresholdAfter(uint64_t distance);

/// One beat that was found.
struct Beat {
  /// Sample from 0: at detectorRate, and in lists of beats of the recording.
  uint64_t position;
  /// Smoothed score there, 0 to 1.
  double score;
};

/// A level top: a stretch of equal smoothed scores, at least beatThreshold,
/// with lower ones on both sides as far as a range of positions shows.
struct LevelTop {
  /// Its first position, and the one behind its last.
  uint64_t begin, end;
  double score;
  /// Whether the positions before and behind the range are as high.
  bool comesFromBefore, goesOn;
  /// The R wave around the part of the top in the range.
  RWave rWave = {};
};

/// What may be a beat: a maximum of the smoothed scores.
struct Maximum {
  uint64_t position;
  double score;
  RWave rWave;

  /// The better it is seen and the more it stands out, the more is it a beat.
  double getStrength() const { return score * rWave.deflection; }
};

/// The level tops among the positions from `first` on. smooth: their smoothed
/// scores with one more on either side, minus infinity beyond an end of the
/// recording. Where one is NaN there is no top.
std::vector<LevelTop> findLevelTops(uint64_t first,
                                    llvm::ArrayRef<double> smooth);

/// Makes maxima, which are the middles of level tops, of the tops of
/// neighbouring ranges.
class LevelTopJoiner {
public:
  /// Takes the tops of the next range.
  void add(llvm::ArrayRef<LevelTop> tops);
  /// Hands over the maxima so far.
  std::vector<Maximum> takeMaxima() { return std::move(maxima); }

private:
  std::vector<Maximum> maxima;
  /// The top that goes on behind the ranges so far.
  std::optional<LevelTop> open;
};

/// The beats among maxima in order; distances are those of R waves. One pass
/// from the left compares each with the last beat kept: within refractoryTime
/// it replaces that beat if it is stronger, within tWaveTime if that beat is
/// below pWaveRatio of its strength. Else it must reach getThresholdAfter()
/// and, within tWaveTime, tWaveRatio of that beat's strength. A second pass
/// leaves out the beats below doubtfulScore without which the rhythm is even:
/// the interval across such a beat is as long as the one before and the one
/// behind.
std::vector<Maximum> pickBeats(std::vector<Maximum> maxima);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATDETECTOR_H
