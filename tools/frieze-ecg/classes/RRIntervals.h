//===- RRIntervals.h - Times between the beats of a recording ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RRINTERVALS_H
#define FRIEZE_TOOLS_ECG_RRINTERVALS_H

#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace frieze::ecg {

/// What a beat's neighbours tell of it, in seconds.
enum class RRFeature {
  /// Time since the beat before, and to the next one.
  Previous,
  Next,
  /// Mean of the ten intervals around it, five on either side.
  Mean,
};

/// The feature that is called "previous", "next" or "mean".
std::optional<RRFeature> findRRFeature(llvm::StringRef name);

/// The RR intervals of a recording. Where a gap lies between two beats, there
/// is none: a beat may be missing.
class RRIntervals {
public:
  /// beats: samples of the recording, ascending.
  RRIntervals(const Recording &recording, llvm::ArrayRef<uint64_t> beats);

  /// A feature of a beat: for an interval that there is not, the mean of those
  /// around it; nothing if there are none.
  std::optional<double> get(RRFeature feature, size_t beat) const;

  /// The median of the intervals between the beats from `first` to before
  /// `last`; nothing if there are none.
  std::optional<double> getMedian(size_t first, size_t last) const;

private:
  /// From each beat to the next one, seconds; NaN for none.
  std::vector<double> intervals;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RRINTERVALS_H
