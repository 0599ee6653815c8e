//===- LongEpilogue.h - Epilogues in loops of their own ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_LONGEPILOGUE_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_LONGEPILOGUE_H

#include "compiler/conversion/emit/KernelBuilder.h"

namespace frieze {

/// An epilogue in two parts.
struct SplitEpilogue {
  /// What is applied to values in registers, before they are stored.
  llvm::SmallVector<EpilogueStage> first;
  /// What is then applied to those in memory: from the first long activation
  /// on. Empty where there is none behind the last pooling.
  llvm::SmallVector<EpilogueStage> rest;
};

SplitEpilogue splitLongEpilogue(llvm::ArrayRef<EpilogueStage> epilogue);

/// Values in memory: `columns` neighbours in each row.
struct StoredRows {
  mlir::Value buffer;
  /// Where the first one is, and its channel.
  mlir::Value at, channel;
  int64_t rows, rowStride, columns;
};

/// Applies `stages` to `values` where they are, in vectors of `lanes`.
void finishRows(KernelBuilder &kernel, llvm::ArrayRef<EpilogueStage> stages,
                const StoredRows &values, int64_t lanes);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_LONGEPILOGUE_H
