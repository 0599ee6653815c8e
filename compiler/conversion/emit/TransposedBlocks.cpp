//===- TransposedBlocks.cpp - Transposing a matrix in memory ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/TransposedBlocks.h"
#include "compiler/conversion/emit/Interleave.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace frieze;

/// Rows and columns of a block.
static int64_t getBlockSize(KernelBuilder &kernel, int64_t rows,
                            int64_t columns) {
  int64_t size =
      std::min(kernel.machine.lanes,
               int64_t(llvm::bit_floor(uint64_t(std::min(rows, columns)))));
  return kernel.target.device || size < 4 ? 1 : size;
}

bool frieze::hasTransposedBlocks(KernelBuilder &kernel, int64_t rows,
                                 int64_t columns) {
  return getBlockSize(kernel, rows, columns) > 1;
}

void frieze::emitTransposed(KernelBuilder &kernel, const MatrixInMemory &from,
                            const MatrixInMemory &to, int64_t rows,
                            int64_t columns, ChangeElements change) {
  int64_t size = getBlockSize(kernel, rows, columns);
  auto transposeBlock = [&](Value row, Value column) {
    Value fromAt = kernel.add(
        kernel.add(from.at, kernel.mul(row, from.rowStride)), column);
    Value toAt =
        kernel.add(kernel.add(to.at, kernel.mul(column, to.rowStride)), row);
    SmallVector<Value> vectors;
    for (int64_t i = 0; i < size; ++i) {
      Value elements = kernel.loadVector(
          from.buffer, kernel.add(fromAt, i * from.rowStride), size);
      vectors.push_back(change ? change(elements, column) : elements);
    }
    for (auto [i, vector] : llvm::enumerate(deinterleave(kernel, vectors)))
      kernel.storeVector(vector, to.buffer, kernel.add(toAt, i * to.rowStride),
                         size);
  };
  kernel.forEachChunk(columns, size, [&](Value column) {
    kernel.forEachChunk(rows, size,
                        [&](Value row) { transposeBlock(row, column); });
  });
}
