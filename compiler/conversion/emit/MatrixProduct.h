//===- MatrixProduct.h - Matrix products held in registers ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_MATRIXPRODUCT_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_MATRIXPRODUCT_H

#include "compiler/conversion/emit/BinaryStage.h"
#include "compiler/conversion/plan/MatrixTile.h"
#include "compiler/conversion/plan/Panels.h"
#include "dialect/Winograd.h"

namespace frieze {

/// One loop of a sum: `extent` terms, each so many elements after the last.
struct ReductionLoop {
  int64_t extent;
  int64_t inputStride;
  int64_t weightStride;
};

/// Where one of the sums of a row is read, in place of where the others are.
struct InputOfSum {
  int64_t sum;
  mlir::Value input;
  /// Where the terms of a row start there.
  llvm::function_ref<mlir::Value(mlir::Value row)> findRow;
};

/// What lies behind the weights of a product in memory, those of later kernels:
/// a cache line of it is fetched into the second level for each term of a tile.
struct FetchBehind {
  /// Elements from the start of the weights to it, and of it.
  int64_t start, size;
  /// Those that one row of the product fetches, and the products before did.
  int64_t perRow;
  mlir::Value done;
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
  /// Elements from the weights of one column to those of the next: of the first
  /// columns of two tiles, where those of a tile are packed together.
  int64_t weightColumnStride = 1;
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
  /// Terms of the innermost loop that are summed by themselves, over all loops,
  /// each sum added to those before, as with `accumulates`; 0 for all, and
  /// fewer than there are.
  int64_t blockTerms = 0;
  /// Depthwise: column c of a row multiplies input element c, not one element
  /// for all columns.
  bool inputPerColumn = false;
  llvm::SmallVector<EpilogueStage> epilogue;
  /// What follows the epilogue, or null.
  const BinaryStage *binary = nullptr;
  /// Channel of the first column, for the epilogue.
  mlir::Value channelBase;
  /// Where the sums of a row start, relative to its input, in the order in
  /// which they are combined: the rows of the window of a pooling in the
  /// epilogue, or the points of minimal filtering.
  llvm::SmallVector<int64_t> sumOffsets = {0};
  /// Null where all sums are read from `input`; else the terms have one loop.
  const InputOfSum *inputOfSum = nullptr;
  /// With minimal filtering of a sequence: each row is a tile. The sums of its
  /// points have weights of their own, so many elements apart; one starts from
  /// the bias, and the others from zero.
  const nn::WinogradTiling *filtering = nullptr;
  int64_t pointWeightStride = 0;
  /// Elements from a result of such a tile to the next.
  int64_t resultStride = 0;
  /// Where the results of a row start in the output. Null where they are
  /// `outputRowStride` apart; otherwise they may overlap, those of later rows
  /// count, and all rows must be of one tile.
  llvm::function_ref<mlir::Value(mlir::Value row)> findOutput = nullptr;
  /// Whether results are added to what the output holds; its rows are then
  /// readable like those of the weights.
  bool accumulates = false;
  /// Whether sums go on from what the output holds, in place of the bias.
  bool goesOn = false;
  /// Cache lines that weights are fetched into the first level ahead of their
  /// use, where the processor does not see what is read next.
  int64_t prefetchedLines = 0;
  /// Null for nothing; else the terms have one loop.
  const FetchBehind *behind = nullptr;
};

/// Emits `product` as tiles of rows by column vectors that stay in registers
/// over the whole sum. `tile` was chosen for a product of its shape.
void emitMatrixProduct(KernelBuilder &kernel, const MatrixProduct &product,
                       const MatrixTile &tile);

/// Calls `body` for each of `panels`, with its first column. The weights before
/// that have no padding.
void forEachPanel(KernelBuilder &kernel, llvm::ArrayRef<Panels> panels,
                  llvm::function_ref<void(const Panels &, mlir::Value)> body);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_MATRIXPRODUCT_H
