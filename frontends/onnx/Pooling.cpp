//===- Pooling.cpp - ONNX poolings ------------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::PoolKind;

/// Adds to the high padding what the last window needs that `ceil_mode` counts:
/// one more where the stride leaves a rest, unless it would begin in the
/// padding.
static void padForCeiling(WindowGeometry &geometry, ArrayRef<int64_t> shape) {
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t size = shape[axis + 2], stride = geometry.strides[axis];
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

/// Whether input and window fit together; reported if not.
static bool checkRank(Node &node, size_t windowRank) {
  size_t rank = node.getShape().size();
  if (rank == windowRank + 2 && rank >= 3 && rank <= 5)
    return true;
  node.emitError() << "expects an input of rank 3 to 5 with a window of 2 axes "
                      "less, but got rank "
                   << rank << " and " << windowRank;
  return false;
}

static Tensors importPool(Node &node, PoolKind kind) {
  SmallVector<int64_t> window =
      node.takeInts("kernel_shape").value_or(SmallVector<int64_t>());
  if (!checkRank(node, window.size()))
    return {{}};
  window = node.takeInts("kernel_shape", window.size(), 1);
  WindowGeometry geometry = takeWindow(node, window, window.size());
  takePadding(node, geometry, node.getShape());
  if (!llvm::all_of(geometry.dilations, [](int64_t d) { return d == 1; }))
    node.emitError() << "unsupported value of 'dilations', expects 1, but got "
                     << formatShape(geometry.dilations);
  bool ceilMode = node.takeBool("ceil_mode", false);
  bool countsPadding =
      kind == PoolKind::Avg && node.takeBool("count_include_pad", false);
  // The order of the indices, below.
  node.ignore("storage_order");
  if (node.isUsed(1))
    node.emitError() << "unsupported output 'Indices' of MaxPool";
  Value input = node.getValue();
  if (!input || node.hasFailed())
    return {{}};
  input = toChannelsLast(node, input);
  SmallVector<int64_t> shape(node.getShape());
  if (countsPadding) {
    SmallVector<int64_t> low{0}, high{0};
    for (size_t axis = 0; axis < window.size(); ++axis) {
      low.push_back(geometry.padding[2 * axis]);
      high.push_back(geometry.padding[2 * axis + 1]);
    }
    if (ceilMode) {
      // What the ceiling adds does not count.
      WindowGeometry rounded = geometry;
      padForCeiling(rounded, shape);
      for (size_t axis = 0; axis < window.size(); ++axis) {
        rounded.padding[2 * axis] = 0;
        rounded.padding[2 * axis + 1] -= high[axis + 1];
      }
      geometry.padding = rounded.padding;
    } else {
      geometry.padding.assign(2 * window.size(), 0);
    }
    low.push_back(0);
    high.push_back(0);
    input = node.builder.pad(node.name, input, low, high, 0.0);
  } else if (ceilMode) {
    padForCeiling(geometry, shape);
  }
  return {toChannelsFirst(node,
                          node.builder.pool(node.name, kind, input, geometry))};
}

static Tensors importMaxPool(Node &node) {
  return importPool(node, PoolKind::Max);
}

static Tensors importAveragePool(Node &node) {
  return importPool(node, PoolKind::Avg);
}

//===----------------------------------------------------------------------===//
// Over whole axes
//===----------------------------------------------------------------------===//

template <PoolKind kind> static Tensors importGlobalPool(Node &node) {
  size_t rank = node.getShape().size();
  if (!checkRank(node, std::max<size_t>(rank, 2) - 2))
    return {{}};
  Value input = toChannelsLast(node, node.getValue());
  return {toChannelsFirst(node, node.builder.globalPool(node.name, kind, input,
                                                        /*keepDims=*/true))};
}

ArrayRef<Operator> frieze::onnx::getPoolingOperators() {
  static const Operator operators[] = {
      {"AveragePool", importAveragePool},
      {"GlobalAveragePool", importGlobalPool<PoolKind::Avg>},
      {"GlobalMaxPool", importGlobalPool<PoolKind::Max>},
      {"MaxPool", importMaxPool},
  };
  return operators;
}
