//===- DepthwisePlan.h - Depthwise convolutions in place --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_DEPTHWISEPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_DEPTHWISEPLAN_H

#include "compiler/conversion/plan/ConvShape.h"
#include "compiler/conversion/plan/MatrixTile.h"

#include <optional>

namespace frieze {

/// How the output of a depthwise convolution is cut into tiles along its width:
/// the last one ends with the row, and overlaps the one before.
struct DepthwiseTiling {
  DepthwiseTiling(const ConvShape &shape, int64_t size);

  int64_t getStart(int64_t tile) const {
    return std::min(tile * size, width - size);
  }

  int64_t width, size, count;
  /// Rows of the output, and tiles of a row, that read no padding.
  Positions rows, tiles;
};

/// The tile by which a depthwise convolution reads its input where it is, with
/// the padding in registers, and the cycles for `columns` of its channels; null
/// where it has no padding or takes too much code: each row and tile with
/// padding has its own.
std::optional<std::pair<MatrixTile, double>>
chooseDepthwiseTile(const Machine &machine, const ConvShape &shape,
                    int64_t columns);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_DEPTHWISEPLAN_H
