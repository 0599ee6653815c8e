//===- TileSums.h - The sums of a register tile -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_TILESUMS_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_TILESUMS_H

#include "compiler/conversion/emit/MatrixProduct.h"

namespace frieze {

/// Emits the sums of one tile of a product, which stay in registers.
class TileSums {
public:
  TileSums(KernelBuilder &kernel, const MatrixProduct &product,
           const MatrixTile &tile)
      : kernel(kernel), product(product), tile(tile) {}

  /// The sums of the rows from `firstRow`, whose first terms are at `inputAt`
  /// and `weightAt`, on top of `starts`: row after row, of each the sums that
  /// an epilogue combines, and of each its vectors.
  llvm::SmallVector<mlir::Value> sum(llvm::SmallVector<mlir::Value> starts,
                                     mlir::Value firstRow, mlir::Value inputAt,
                                     mlir::Value weightAt);
  /// Where a sum of a row and a vector is among them.
  int64_t find(int64_t row, int64_t sum, int64_t v) const {
    return (row * sumsPerRow() + sum) * tile.vectors + v;
  }

private:
  /// Where a term is in the input, in the weights, and behind the first term of
  /// the innermost loop, and its number there.
  struct Term {
    mlir::Value inputAt, weightAt, offset, number;
  };

  /// Fetches the line of the weights, or behind them, that has element `at`.
  void prefetch(mlir::Value at, int64_t level);
  /// The weights of one term, of the vectors from `first` below `end`.
  llvm::SmallVector<mlir::Value> loadWeights(mlir::Value weightAt,
                                             int64_t first, int64_t end);
  /// The buffer that a sum of a row reads, and where `term` is there.
  std::pair<mlir::Value, mlir::Value> findInput(const Term &term, int64_t row,
                                                int64_t sum);
  /// Calls `body(sums, weightAt)` for each group of sums of a row that share
  /// weights.
  void forEachGroup(
      mlir::Value weightAt,
      llvm::function_ref<void(llvm::iota_range<int64_t>, mlir::Value)> body);
  Term findTerm(const ReductionLoop &loop, mlir::Value inputAt,
                mlir::Value weightAt, mlir::Value number) {
    mlir::Value offset = kernel.mul(number, loop.inputStride);
    return {kernel.add(inputAt, offset),
            kernel.add(weightAt, kernel.mul(number, loop.weightStride)), offset,
            number};
  }
  /// Where a tile fetches the first line of what is behind the weights.
  mlir::Value findBehind(mlir::Value firstRow);
  /// Multiplies one term into the accumulators of one chain.
  void multiplyTerm(llvm::MutableArrayRef<mlir::Value> accumulators,
                    const Term &term);
  /// Multiplies terms that lie side by side, as many as a vector has lanes.
  void multiplyLanes(llvm::MutableArrayRef<mlir::Value> accumulators,
                     const Term &first, int64_t weightStride);
  /// Multiplies `count` terms of a loop from term number `first`.
  llvm::SmallVector<mlir::Value>
  multiplyRound(const ReductionLoop &loop,
                llvm::SmallVector<mlir::Value> accumulators,
                mlir::Value inputAt, mlir::Value weightAt, mlir::Value first,
                int64_t count);
  llvm::SmallVector<mlir::Value>
  sumOver(llvm::ArrayRef<ReductionLoop> loops,
          llvm::SmallVector<mlir::Value> accumulators, mlir::Value inputAt,
          mlir::Value weightAt);
  llvm::SmallVector<mlir::Value> sumInChains(llvm::ArrayRef<mlir::Value> bias,
                                             mlir::Value inputAt,
                                             mlir::Value weightAt);
  /// Adds the sum of each block to those before.
  llvm::SmallVector<mlir::Value>
  sumInBlocks(llvm::SmallVector<mlir::Value> bias, mlir::Value inputAt,
              mlir::Value weightAt);
  /// Sums the chains of a tile from `firstChain`.
  llvm::SmallVector<mlir::Value>
  sumOverChains(llvm::ArrayRef<ReductionLoop> loops, int64_t firstChain,
                llvm::SmallVector<mlir::Value> accumulators,
                mlir::Value inputAt, mlir::Value weightAt);
  /// Adds neighbouring groups of `tileSize()` sums until one is left.
  void addNeighbours(llvm::SmallVector<mlir::Value> &sums);
  int64_t sumsPerRow() const { return product.sumOffsets.size(); }
  int64_t tileSize() const { return tile.rows * sumsPerRow() * tile.vectors; }

  KernelBuilder &kernel;
  const MatrixProduct &product;
  MatrixTile tile;
  /// Where the rows of the sum that is read elsewhere start.
  llvm::SmallVector<mlir::Value> rowsOfSum;
  /// What findBehind() found, or null.
  mlir::Value behindAt;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_TILESUMS_H
