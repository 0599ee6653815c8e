//===- Interleave.h - Transposing in registers ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_INTERLEAVE_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_INTERLEAVE_H

#include "compiler/conversion/emit/KernelBuilder.h"

namespace frieze {

/// Takes `vectors`, consecutive in memory, as rows of `vectors.size()`
/// elements, and returns the columns: lane i of result c is element `i *
/// vectors.size() + c`. One vector for each row of a square block is transposed
/// by it.
llvm::SmallVector<mlir::Value>
deinterleave(KernelBuilder &kernel, llvm::ArrayRef<mlir::Value> vectors);

/// The inverse: columns to rows, one after the other.
llvm::SmallVector<mlir::Value> interleave(KernelBuilder &kernel,
                                          llvm::ArrayRef<mlir::Value> vectors);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_INTERLEAVE_H
