//===- TransposedBlocks.h - Transposing a matrix in memory ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_TRANSPOSEDBLOCKS_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_TRANSPOSEDBLOCKS_H

#include "compiler/conversion/emit/KernelBuilder.h"

namespace frieze {

/// Rows of neighbouring elements in `buffer`, the first one at `at`.
struct MatrixInMemory {
  mlir::Value buffer, at;
  int64_t rowStride;
};

/// What becomes of elements of a row, from `column`, before they are stored.
using ChangeElements =
    llvm::function_ref<mlir::Value(mlir::Value elements, mlir::Value column)>;

/// Whether a matrix of so many rows and columns is transposed in blocks: both
/// have four elements at least, and there are vectors.
bool hasTransposedBlocks(KernelBuilder &kernel, int64_t rows, int64_t columns);

/// Makes the columns of `from`, `rows` by `columns`, the rows of `to`, in
/// square blocks, whose rows are loaded and whose columns are stored as
/// vectors; without hasTransposedBlocks(), element by element. Blocks at the
/// ends overlap those before.
void emitTransposed(KernelBuilder &kernel, const MatrixInMemory &from,
                    const MatrixInMemory &to, int64_t rows, int64_t columns,
                    ChangeElements change = nullptr);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_TRANSPOSEDBLOCKS_H
