//===- Copies.h - Copying elements ------------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_COPIES_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_COPIES_H

#include "compiler/conversion/emit/KernelBuilder.h"

namespace frieze {

/// Row-major, in elements.
llvm::SmallVector<int64_t> getStrides(llvm::ArrayRef<int64_t> shape);

/// Copies `count` elements to where none of them is.
void emitCopy(KernelBuilder &kernel, mlir::Value from, mlir::Value fromAt,
              mlir::Value to, mlir::Value toAt, int64_t count);

/// Copies `count` elements upwards; `toAt` may be among them, or before.
void emitMove(KernelBuilder &kernel, mlir::Value buffer, mlir::Value fromAt,
              mlir::Value toAt, int64_t count);

/// Fills `count` elements of `buffer` from `at` with `value`, or each position
/// of `channels` among them with `border`, where given.
void fillPadding(KernelBuilder &kernel, mlir::Value buffer, mlir::Value at,
                 int64_t count, float value, mlir::Value border,
                 int64_t channels);

/// Writes `input` of `shape` into `output` with `low` and `high` positions
/// around it of `value`, or of `border`, with one value per channel, where
/// given.
void emitPad(KernelBuilder &kernel, mlir::Value input,
             llvm::ArrayRef<int64_t> shape, mlir::Value output,
             llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high,
             float value, mlir::Value border);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_COPIES_H
