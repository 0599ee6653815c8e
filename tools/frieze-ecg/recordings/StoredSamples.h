//===- StoredSamples.h - Samples of 16 bits in a file -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_STOREDSAMPLES_H
#define FRIEZE_TOOLS_ECG_STOREDSAMPLES_H

#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace frieze::ecg {

/// A lead of 16-bit numbers, low byte first, alone or interleaved with others.
/// The lowest number is a missing sample.
class StoredSamples : public Recording {
public:
  /// Where the samples are, and what they stand for.
  struct Layout {
    /// Byte of the first, and bytes from one to the next.
    uint64_t offset, stride;
    /// Nanovolts in a stored unit.
    double nanovolts;
  };

  StoredSamples(SampleFile file, const Layout &layout);

  llvm::Error read(uint64_t first,
                   llvm::MutableArrayRef<float> samples) const override;

private:
  SampleFile file;
  Layout layout;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_STOREDSAMPLES_H
