//===- WFDBFormat.h - How WFDB stores samples -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_WFDBFORMAT_H
#define FRIEZE_TOOLS_ECG_WFDBFORMAT_H

#include <cstdint>

namespace frieze::ecg {

/// A storage format: samples come in groups that fill a whole number of bytes.
/// Described at https://physionet.org/physiotools/wag/signal-5.htm.
struct WFDBFormat {
  int64_t number;
  /// Samples in a group and its bytes.
  unsigned samples, bytes;
  /// Bytes that hold the first one and the first two samples of a group.
  unsigned bytesOfOne, bytesOfTwo;
  /// Bits of a sample.
  unsigned bits;

  /// Bytes of `count` samples. The caller has ruled out overflow.
  uint64_t countBytes(uint64_t count) const;
  /// Samples that `size` bytes hold.
  uint64_t countSamples(uint64_t size) const;
  /// Sample `index` of the samples at `data`, in converter units; in format 8
  /// its difference from the sample before. Touches no byte behind those that
  /// countBytes() counts.
  int32_t getSample(const uint8_t *data, uint64_t index) const;
  /// Whether samples are stored as differences (format 8).
  bool isDifference() const { return number == 8; }
  /// Whether `value` stands for a missing sample: the lowest does.
  bool isMissing(int32_t value) const;
};

/// The format of that number, or null.
const WFDBFormat *findWFDBFormat(int64_t number);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_WFDBFORMAT_H
