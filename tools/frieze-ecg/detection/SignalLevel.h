//===- SignalLevel.h - Offset and amplitude of an ECG -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_SIGNALLEVEL_H
#define FRIEZE_TOOLS_ECG_SIGNALLEVEL_H

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <vector>

namespace frieze::ecg {

/// Length of the pieces that the level is estimated from, samples (2 s): at 30
/// beats a minute and more, each holds a QRS complex.
inline constexpr size_t levelPieceLength = 720;
/// Most pieces that are looked at, whatever the length of the recording.
inline constexpr size_t levelPieceCount = 150;
/// Distance of the neighbours that a peak is compared with, samples (50 ms).
/// Three periods of 60 Hz, so that mains of that frequency cancel.
inline constexpr size_t levelSpan = 18;

/// Consecutive samples of a recording.
struct SampleRange {
  /// Sample of the recording, from 0.
  size_t first;
  size_t count;
};

/// What the classifier's input is made from: it was trained on signals whose
/// baseline is 0 and whose QRS complexes stand 1 high and upright.
struct SignalLevel {
  /// The baseline, millivolts.
  double offset = 0;
  /// Height of a QRS complex, millivolts; negative if it points down. Never 0.
  double scale = 1;

  /// Turns millivolts into (sample - offset) / scale, in place. As offset and
  /// scale follow the signal, a gain that is a power of two, of either sign,
  /// leaves the results the same in every bit.
  void normalize(llvm::MutableArrayRef<float> samples) const;
};

/// The samples of a recording that its level is estimated from: at most
/// levelPieceCount pieces of levelPieceLength, spread evenly from the first
/// sample to the last, ascending. They cover a recording of up to five minutes
/// and may overlap there; a shorter one than a piece is one range.
std::vector<SampleRange> getLevelRanges(size_t sampleCount);

/// Estimates the level of a recording from pieces of it.
///
/// The curvature of piece x at t, with k = levelSpan, is
/// x[t] - (x[t - k] + x[t + k]) / 2: baseline and slow waves have next to none.
/// Its maximum and its minimum are how far the piece's QRS complex stands out
/// upwards and downwards, the larger of the two is its height. Of all pieces
/// that are not flat, the offset is the median of their medians, the scale the
/// median of their heights, and its sign that of the median of maximum plus
/// minimum, so that up to half of the pieces may hold artefacts.
class LevelEstimator {
public:
  /// Takes one piece, millivolts, NaN where samples are missing. Pieces of at
  /// most 2 levelSpan samples count as flat.
  void add(llvm::ArrayRef<float> piece);

  /// The level; offset 0 and scale 1 if all pieces were flat.
  SignalLevel estimate() const;

private:
  /// One value for each piece that is not flat.
  std::vector<double> baselines, heights, asymmetries;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_SIGNALLEVEL_H
