//===- RWave.h - Where the R wave of a beat is ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RWAVE_H
#define FRIEZE_TOOLS_ECG_RWAVE_H

#include "tools/frieze-ecg/recordings/Sampling.h"
#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <cstdint>

namespace frieze::ecg {

// Counts of samples are at detectorRate.

/// Width of the box means whose curvature is a deflection, samples (25 ms).
inline constexpr size_t deflectionBox = 9;
/// Distance of the neighbours that they are compared with, samples (33 ms).
inline constexpr size_t deflectionSpan = 12;
/// What deflections are rounded down to a multiple of, so that of samples that
/// are equally high rounding errors do not choose one.
inline constexpr double deflectionStep = 1.0 / (1 << 16);
/// How far from a maximum of the scores the R wave is looked for, samples
/// (50 ms). Two of these are less than the refractory time.
inline constexpr size_t rWaveReach = 18;
/// Samples on either side of a range that findRWave() reads.
inline constexpr size_t rWaveMargin = deflectionSpan + deflectionBox / 2;

/// The R wave of a beat, or its S wave if that is larger: where annotators mark
/// the beat.
struct RWave {
  uint64_t position;
  /// How far it stands out from its neighbourhood, up or down, in the unit of
  /// the samples.
  double deflection;
};

/// The sample of the largest deflection among those from `first` on; of several
/// the first. With b the box mean of deflectionBox samples and
/// k = deflectionSpan, the deflection at t is
/// |b[t] - (b[t - k] + b[t + k]) / 2|, which gain and polarity only scale.
///
/// samples: those with rWaveMargin more on either side, none missing.
RWave findRWave(uint64_t first, llvm::ArrayRef<float> samples);

/// The larger of two, of which `first` lies before or at the other; if they are
/// equal, that one.
inline RWave getLarger(const RWave &first, const RWave &second) {
  return second.deflection > first.deflection ? second : first;
}

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RWAVE_H
