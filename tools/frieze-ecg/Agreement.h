//===- Agreement.h - How beats agree with a reference -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_AGREEMENT_H
#define FRIEZE_TOOLS_ECG_AGREEMENT_H

#include "tools/frieze-ecg/BeatFile.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>

namespace frieze::ecg {

/// Counts of one comparison of beats with a reference; they add up.
struct Agreement {
  /// Beats in the reference, beats found, and pairs of the two.
  size_t reference = 0, found = 0, matched = 0;
  /// Sum of the distances within the pairs, seconds.
  double distance = 0;

  Agreement &operator+=(const Agreement &other);

  /// Percent of the reference's beats that were found.
  double getSensitivity() const;
  /// Percent of the beats found that the reference has.
  double getPredictivity() const;
  /// Harmonic mean of the two, percent.
  double getF1() const;
  /// Mean distance within a pair, milliseconds.
  double getMeanDistance() const;
};

/// Largest distance of a pair, seconds (ANSI/AAMI EC57).
inline constexpr double matchTolerance = 0.15;

/// Pairs beats with a reference one to one, the closest first. Both are
/// positions in samples, ascending; rate is in Hz.
Agreement matchBeats(llvm::ArrayRef<uint64_t> reference,
                     llvm::ArrayRef<uint64_t> found, double rate);

/// As matchBeats, for lists with rates of their own, in Hz. Beats of either
/// that lie in a stretch that the reference leaves out, or within leftOutMargin
/// of it, do not count.
Agreement compareBeats(const BeatPositions &reference, double referenceRate,
                       const BeatPositions &found, double foundRate);

/// Seconds before and behind a stretch that is left out.
inline constexpr double leftOutMargin = 0.5;

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_AGREEMENT_H
