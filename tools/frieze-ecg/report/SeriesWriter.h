//===- SeriesWriter.h - Curves in a page ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_SERIESWRITER_H
#define FRIEZE_TOOLS_ECG_SERIESWRITER_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>

namespace frieze::ecg {

/// Writes the numbers of one curve into a page, 2^20 in each script element of
/// class "block": varints of differences, compressed by zlib, in base64. What
/// is held in memory is one block. report/series.mjs reads them.
class SeriesWriter {
public:
  /// `series` is the curve's number in the page.
  SeriesWriter(llvm::raw_ostream &stream, unsigned series)
      : stream(stream), series(series) {}

  /// Appends so many numbers that are missing.
  void addMissing(uint64_t count = 1);
  /// Appends a number, of at most 16 bits.
  void add(int32_t number);
  /// Appends the lowest and the highest of several.
  void addRange(int32_t low, int32_t high);
  /// Writes what is left.
  void finish();

private:
  void addCode(uint32_t code);
  void addStep(int32_t number);
  void endNumber();

  llvm::raw_ostream &stream;
  unsigned series, block = 0;
  llvm::SmallVector<uint8_t> codes;
  /// Numbers in the block, and the last one that is not missing.
  uint64_t count = 0;
  int32_t previous = 0;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_SERIESWRITER_H
