//===- ImageShape.h - Channels-last shapes as 2-D images --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_IMAGESHAPE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_IMAGESHAPE_H

#include "mlir/IR/BuiltinTypes.h"

namespace frieze {

/// The axes of a 1-D or 2-D channels-last tensor; a sequence is an image of
/// height 1.
struct ImageShape {
  int64_t batch, height, width, channels;

  explicit ImageShape(llvm::ArrayRef<int64_t> shape)
      : batch(shape[0]), height(shape.size() == 4 ? shape[1] : 1),
        width(shape[shape.size() - 2]), channels(shape.back()) {}

  int64_t getRowElements() const { return width * channels; }
  int64_t getImageElements() const { return height * getRowElements(); }
};

/// A spatial attribute with one entry per axis, as (height, width).
struct Spatial {
  int64_t height, width;

  Spatial(llvm::ArrayRef<int64_t> values, int64_t missingHeight)
      : height(values.size() == 2 ? values[0] : missingHeight),
        width(values.back()) {}
};

/// A padding attribute with low and high per axis.
struct SpatialPadding {
  int64_t top, bottom, left, right;

  explicit SpatialPadding(llvm::ArrayRef<int64_t> values)
      : top(values.size() == 4 ? values[0] : 0),
        bottom(values.size() == 4 ? values[1] : 0),
        left(values[values.size() - 2]), right(values.back()) {}

  bool isZero() const { return !top && !bottom && !left && !right; }
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_IMAGESHAPE_H
