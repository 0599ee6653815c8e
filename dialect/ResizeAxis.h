//===- ResizeAxis.h - Where a resize reads ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_RESIZEAXIS_H
#define FRIEZE_DIALECT_RESIZEAXIS_H

#include "dialect/NNOps.h"

namespace frieze::nn {

/// Positions of an axis that nn.resize reads or writes: numbers that float32
/// holds exactly, as generated code has them in a table.
inline constexpr int64_t maxResizedPositions = int64_t(1) << 24;

/// Where position `result` of `size` ones stands among `inputSize` ones, of
/// which `scale` times as many would be `size`: perhaps between two, and beyond
/// the ends.
double findResizedPosition(Coordinates coordinates, int64_t result,
                           int64_t size, int64_t inputSize, double scale);

/// What nn.resize reads along one spatial axis.
struct ResizeAxis {
  int64_t inputSize;
  /// For each position of the result, the position read.
  llvm::SmallVector<int64_t> low;
  /// With `linear`: the weight of the position after `low`. Otherwise, and
  /// where all of them would be 0, empty.
  llvm::SmallVector<double> weights;

  static ResizeAxis get(ResizeOp op, int64_t spatialAxis);

  bool isInterpolated() const { return !weights.empty(); }
  /// The position after `low[position]`, the same at the end.
  int64_t getHigh(int64_t position) const {
    return std::min(low[position] + 1, inputSize - 1);
  }
  /// How often each position is read, if all are read as often as the next, in
  /// order; else 0.
  int64_t getRepeats() const;
};

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_RESIZEAXIS_H
