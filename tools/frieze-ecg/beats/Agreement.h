//===- Agreement.h - How beats agree with a reference -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_AGREEMENT_H
#define FRIEZE_TOOLS_ECG_AGREEMENT_H

#include "tools/frieze-ecg/beats/BeatCodes.h"
#include "tools/frieze-ecg/beats/BeatFile.h"

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace frieze::ecg {

/// How beats were classified; they add up.
struct ConfusionMatrix {
  /// By the class of the reference, and by that of the beat found. The last row
  /// counts beats found that the reference has not, the last column beats that
  /// were missed.
  std::array<std::array<size_t, classCount + 1>, classCount + 1> counts{};

  ConfusionMatrix &operator+=(const ConfusionMatrix &other);

  /// Beats of a class in the reference.
  size_t countReference(size_t beatClass) const;
  /// Beats found of a class that count for its predictivity. By EC57, paced and
  /// unclassifiable beats that are taken for ectopic ones are no error of
  /// these, and neither are fusion beats for ventricular ectopic ones.
  size_t countFound(size_t beatClass) const;
  /// Percent of the reference's beats of a class that were found as such.
  double getSensitivity(size_t beatClass) const;
  /// Percent of those counted as found that the reference has as such.
  double getPredictivity(size_t beatClass) const;
};

/// Counts of one comparison of beats with a reference; they add up.
struct Agreement {
  /// Beats in the reference, beats found, and pairs of the two.
  size_t reference = 0, found = 0, matched = 0;
  /// Sum of the distances within the pairs, seconds.
  double distance = 0;
  /// Only where both sides name kinds of beats.
  std::optional<ConfusionMatrix> confusion;

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

/// The beats that have no partner in the other list, as indices.
struct Disagreements {
  std::vector<size_t> missed, extra;
};

/// Largest distance of a pair, seconds (ANSI/AAMI EC57).
inline constexpr double matchTolerance = 0.15;

/// Pairs beats with a reference one to one, the closest first. Both lists are
/// ascending, and have rates of their own, in Hz. Beats of either that lie in a
/// stretch that the reference leaves out, or within leftOutMargin of it, do not
/// count, and neither do those before `from`, seconds: of a pair, the beat of
/// the reference decides. `disagreements` gets those that count and have no
/// partner.
Agreement compareBeats(const BeatPositions &reference, double referenceRate,
                       const BeatPositions &found, double foundRate,
                       double from = 0, Disagreements *disagreements = nullptr);

/// The classes of beats by their labels: "" is unclassifiable. Nothing if there
/// are no labels, or one that names no kind of beat.
std::optional<std::vector<size_t>> findClasses(const BeatPositions &beats);

/// Seconds before and behind a stretch that is left out.
inline constexpr double leftOutMargin = 0.5;

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_AGREEMENT_H
