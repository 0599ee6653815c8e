//===- MatrixProduct.h - Matrix products held in registers ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_MATRIXPRODUCT_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_MATRIXPRODUCT_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "compiler/conversion/plan/MatrixTile.h"

namespace frieze {

/// One loop of a sum: `extent` terms, each so many elements after the last.
struct ReductionLoop {
  int64_t extent;
  int64_t inputStride;
  int64_t weightStride;
};

/// `output[row, column] = epilogue(bias[column] + sum of input * weights)`, for
/// rows that may overlap (with a pooling in the epilogue, each row of the
/// output is combined from several rows of the product): in channels-last
/// layout the windows of a convolution are rows `stride * channels` apart, each
/// contiguous, so that a convolution is a matrix product without a copy.
struct MatrixProduct {
  /// Input of the first row, and elements from one row to the next.
  mlir::Value input, inputBase;
  int64_t inputRowStride;
  /// First column of the first term, columns contiguous and readable up to
  /// `Target::padColumns`.
  mlir::Value weights, weightBase;
  /// Readable like the weights.
  mlir::Value bias, biasBase;
  mlir::Value output, outputBase;
  int64_t outputRowStride;
  int64_t rows, columns;
  /// The terms of a sum, outermost loop first.
  llvm::SmallVector<ReductionLoop> terms;
  /// Partial sums (see nn.dense), along the innermost loop; they divide it
  /// where there are other loops.
  int64_t chains = 1;
  /// Depthwise: column c of a row multiplies input element c, not one element
  /// for all columns.
  bool inputPerColumn = false;
  llvm::SmallVector<EpilogueStage> epilogue;
  /// Channel of the first column, for the epilogue.
  mlir::Value channelBase;
  /// With a pooling in the epilogue: where the rows of a window start, relative
  /// to the row of the output, in the order in which they are combined.
  llvm::SmallVector<int64_t> poolOffsets = {0};
  /// Whether results are added to what the output holds; its rows are then
  /// readable like those of the weights.
  bool accumulates = false;
  /// Whether weights are fetched into the first-level cache ahead of their use,
  /// for runs of terms that are too short for the processor to do it.
  bool prefetchesWeights = false;
};

/// `values` with `rows` rows, each padded with zeros to `padded` columns.
llvm::SmallVector<double> padColumns(llvm::ArrayRef<double> values,
                                     int64_t rows, int64_t padded);

/// Emits `product` as tiles of rows by column vectors that stay in registers
/// over the whole sum. `tile` was chosen for a product of its shape.
void emitMatrixProduct(KernelBuilder &kernel, const MatrixProduct &product,
                       const MatrixTile &tile);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_MATRIXPRODUCT_H
