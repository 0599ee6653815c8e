//===- Resampler.h - A recording at another rate ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RESAMPLER_H
#define FRIEZE_TOOLS_ECG_RESAMPLER_H

#include "tools/frieze-ecg/recordings/Recording.h"

#include <utility>

namespace frieze::ecg {

/// A recording resampled to another rate while it is read. A sample is missing
/// where one beside it is.
///
/// Resampling is libsoxr's in its quality HQ: 20 bits, and 0.91 of the lower
/// rate's band. It works on blocks of fixed places, each from a stretch of the
/// source with a margin on either side, so that a sample is the same in
/// whatever range it is read.
class ResampledRecording : public Recording {
public:
  /// The source must outlive this; `newRate` is in Hz.
  ResampledRecording(const Recording &source, double newRate);

  llvm::Error read(uint64_t first,
                   llvm::MutableArrayRef<float> samples) const override;

  /// The sample of the source that is closest to a sample of this.
  uint64_t toSource(uint64_t position) const;
  /// The sample of this that is closest to a sample of the source.
  uint64_t fromSource(uint64_t position) const;

private:
  llvm::Error readBlock(uint64_t block, std::vector<float> &samples) const;

  const Recording &source;
  /// `step.first` samples of the source are `step.second` of this.
  std::pair<uint64_t, uint64_t> step;
  /// Steps in a block, and in the margin on either side.
  uint64_t blockSteps, marginSteps;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RESAMPLER_H
