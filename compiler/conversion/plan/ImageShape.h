//===- ImageShape.h - Channels-last shapes as 2-D images --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_IMAGESHAPE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_IMAGESHAPE_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace frieze {

/// The axes of a 1-D or 2-D channels-last tensor; a sequence is an image of
/// height 1.
struct ImageShape {
  int64_t batch, height, width, channels;
  /// From a position to the next one: more elements than channels where the
  /// channels of others lie between.
  int64_t positionElements;

  explicit ImageShape(llvm::ArrayRef<int64_t> shape)
      : batch(shape[0]), height(shape.size() == 4 ? shape[1] : 1),
        width(shape[shape.size() - 2]), channels(shape.back()),
        positionElements(channels) {}

  int64_t getRowElements() const { return width * positionElements; }
  int64_t getImageElements() const { return height * getRowElements(); }
};

/// A spatial attribute with one entry per axis, as (height, width).
struct Spatial {
  int64_t height, width;

  Spatial(llvm::ArrayRef<int64_t> values, int64_t missingHeight)
      : height(values.size() == 2 ? values[0] : missingHeight),
        width(values.back()) {}
};

/// Output positions along an axis from `low` below `high`.
struct Positions {
  int64_t low, high;
};

/// Those whose windows of `size` positions have no padding, of `padding` before
/// an input of `length`.
inline Positions findInside(int64_t outputs, int64_t stride, int64_t size,
                            int64_t padding, int64_t length) {
  int64_t low = std::min<int64_t>(llvm::divideCeil(padding, stride), outputs);
  int64_t lastStart = length + padding - size;
  int64_t high = lastStart < 0 ? 0 : lastStart / stride + 1;
  return {low, std::clamp(high, low, outputs)};
}

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
