//===- MatrixTile.h - Tiles of a matrix product -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_MATRIXTILE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_MATRIXTILE_H

#include "compiler/target/Target.h"

#include <limits>

namespace frieze {

/// What the choice of a tile depends on (see MatrixProduct).
struct ProductShape {
  int64_t rows, columns;
  /// Terms of a sum.
  int64_t terms;
  /// Partial sums.
  int64_t chains = 1;
  /// Sums that are combined into the results of a row and column, by a pooling
  /// or by minimal filtering.
  int64_t sums = 1;
  /// Whether each of them has weights of its own.
  bool weightsPerSum = false;
  /// Elements of the input from one row to the next, where rows overlap.
  int64_t rowStride = std::numeric_limits<int64_t>::max();
  /// Depthwise: column c of a row multiplies input element c.
  bool inputPerColumn = false;
};

/// Vectors of weights that are loaded and used at a time where inputs lie in
/// the lanes of vectors (SharedFactor::Lane): as many as one instruction loads.
inline constexpr int64_t weightsTogether = 2;

/// A part of a product that stays in registers over the whole sum.
struct MatrixTile {
  /// Each has `sums` sums of a column.
  int64_t rows = 1;
  /// In vectors of `lanes` columns.
  int64_t vectors = 1;
  int64_t lanes = 1;
  /// Of a product in chains, those that are summed at a time.
  int64_t chains = 1;
  /// Terms in a round of the innermost loop, of a product in one chain; a sum
  /// of no more has no loop.
  int64_t terms = 1;

  int64_t getWidth() const { return vectors * lanes; }
};

MatrixTile chooseMatrixTile(const Machine &machine, const ProductShape &shape);

/// Cycles that a product in one chain takes with `tile` (docs/Rationale.md).
double estimateCycles(const Machine &machine, const ProductShape &shape,
                      const MatrixTile &tile);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_MATRIXTILE_H
