//===- BeatDetector.h - From scores to beats --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATDETECTOR_H
#define FRIEZE_TOOLS_ECG_BEATDETECTOR_H

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <vector>

namespace frieze::ecg {

/// Sampling rate in Hz at which the classifier was trained: all counts of
/// samples below are at this rate.
inline constexpr double detectorRate = 360;

/// Width of the box mean over the scores, samples (81 ms).
inline constexpr size_t boxWidth = 29;
/// Smallest smoothed score of a beat.
inline constexpr double beatThreshold = 0.4;
/// Of two maxima closer than this the higher stays, samples (200 ms).
inline constexpr size_t refractoryTime = 72;
/// A maximum closer than this to the beat before it may be that beat's T wave,
/// samples (360 ms, rounded up)...
inline constexpr size_t tWaveTime = 130;
/// ...and must reach this part of that beat's score.
inline constexpr double tWaveRatio = 0.7;

/// One beat that was found.
struct Beat {
  /// Sample of the recording, from 0.
  size_t position;
  /// Smoothed score there, 0 to 1.
  double score;
};

/// The box mean of every score; beyond the ends, the end scores count.
std::vector<double> smoothScores(llvm::ArrayRef<float> scores);

/// The beats in the scores of consecutive samples, 0 to 1 each.
///
/// Candidates are the maxima of the smoothed scores that reach beatThreshold;
/// of a level top, its middle. One pass from the left compares each with the
/// last beat kept: within refractoryTime it replaces that beat if it is higher,
/// within tWaveTime it must reach tWaveRatio of that beat's score.
std::vector<Beat> pickBeats(llvm::ArrayRef<float> scores);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATDETECTOR_H
