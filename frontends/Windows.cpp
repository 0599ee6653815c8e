//===- Windows.cpp - Poolings with padding ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphNode.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

/// Adds to the high padding what the last window needs that `ceil_mode` counts:
/// one more where the stride leaves a rest, unless it would begin in the
/// padding.
static void padForCeiling(WindowGeometry &geometry, ArrayRef<int64_t> shape) {
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t size = shape[axis + 1], stride = geometry.strides[axis];
    int64_t low = geometry.padding[2 * axis];
    int64_t &high = geometry.padding[2 * axis + 1];
    int64_t room = low + size + high - geometry.window[axis];
    if (room < 0)
      continue;
    int64_t lastStart = divideCeil(room, stride) * stride;
    if (lastStart >= low + size)
      lastStart -= stride;
    high += std::max<int64_t>(0, lastStart - room);
  }
}

Value frieze::pool(GraphNode &node, nn::PoolKind kind, Value input,
                   WindowGeometry geometry, bool ceilMode, bool countsPadding) {
  if (!input)
    return {};
  ArrayRef<int64_t> shape = getShape(input);
  size_t axes = geometry.window.size();
  if (countsPadding) {
    SmallVector<int64_t> low{0}, high{0};
    for (size_t axis = 0; axis < axes; ++axis) {
      low.push_back(geometry.padding[2 * axis]);
      high.push_back(geometry.padding[2 * axis + 1]);
    }
    if (ceilMode) {
      // What the ceiling adds does not count.
      WindowGeometry rounded = geometry;
      padForCeiling(rounded, shape);
      for (size_t axis = 0; axis < axes; ++axis) {
        rounded.padding[2 * axis] = 0;
        rounded.padding[2 * axis + 1] -= high[axis + 1];
      }
      geometry.padding = rounded.padding;
    } else {
      geometry.padding.assign(2 * axes, 0);
    }
    low.push_back(0);
    high.push_back(0);
    input = node.builder.pad(node.name, input, low, high, 0.0);
  } else if (ceilMode) {
    padForCeiling(geometry, shape);
  }
  return node.builder.pool(node.name, kind, input, geometry);
}
