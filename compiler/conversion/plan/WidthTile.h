//===- WidthTile.h - Tiles along the width of an image ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_WIDTHTILE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_WIDTHTILE_H

#include "compiler/conversion/plan/ConvShape.h"

namespace frieze {

/// Outputs that are held in registers at once: `columns` output channels by
/// `rows` by `vectors` of `lanes` positions along the width, each with a sum
/// for every position of its pooling window.
struct WidthTile {
  int64_t columns = 1, rows = 1, vectors = 1, lanes = 1;
};

/// A tile for `columns` output channels that read the same input, and the
/// cycles that one image of them takes (see docs/Rationale.md).
std::pair<WidthTile, double> chooseWidthTile(const Machine &machine,
                                             const ConvShape &shape,
                                             int64_t columns);

/// Whether the columns of a tile are all channels of the output, so that its
/// results are one run of memory, and are best interleaved as they are.
bool isContiguous(const ConvShape &shape, int64_t columns);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_WIDTHTILE_H
