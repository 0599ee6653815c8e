//===- Sampling.h - Rates, and the classifier's windows ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_SAMPLING_H
#define FRIEZE_TOOLS_ECG_SAMPLING_H

#include <cstddef>

namespace frieze::ecg {

/// Fewest and most Hz between which resampling makes sense.
inline constexpr double minRate = 50, maxRate = 50000;

/// Sampling rate in Hz at which the classifier was trained.
inline constexpr double detectorRate = 360;

/// Samples of the classifier's window at detectorRate: before the position it
/// is about, and behind it.
inline constexpr size_t samplesBefore = 36, samplesAfter = 108;
inline constexpr size_t windowSize = samplesBefore + 1 + samplesAfter;

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_SAMPLING_H
