//===- Windows.cpp - Poolings with padding ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphNode.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;

/// Neighbouring positions that a window lies on.
static int64_t getReach(const WindowGeometry &geometry, size_t axis) {
  return (geometry.window[axis] - 1) * geometry.dilations[axis] + 1;
}

void frieze::padForCeiling(WindowGeometry &geometry, ArrayRef<int64_t> shape) {
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t size = shape[axis + 1], stride = geometry.strides[axis];
    int64_t low = geometry.padding[2 * axis];
    int64_t &high = geometry.padding[2 * axis + 1];
    int64_t room = low + size + high - getReach(geometry, axis);
    if (room < 0)
      continue;
    int64_t lastStart = divideCeil(room, stride) * stride;
    if (lastStart >= low + size)
      lastStart -= stride;
    high += std::max<int64_t>(0, lastStart - room);
  }
}

Value frieze::padExplicitly(GraphNode &node, Value input,
                            WindowGeometry &geometry, double value) {
  SmallVector<int64_t> low{0}, high{0};
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    low.push_back(geometry.padding[2 * axis]);
    high.push_back(geometry.padding[2 * axis + 1]);
  }
  low.push_back(0);
  high.push_back(0);
  geometry.padding.assign(geometry.padding.size(), 0);
  return node.builder.pad(node.name, input, low, high, value);
}

/// The positions of `axis` that windows begin at, of `size` ones.
static int64_t countResults(const WindowGeometry &geometry, size_t axis,
                            int64_t size) {
  int64_t room = geometry.padding[2 * axis] + size +
                 geometry.padding[2 * axis + 1] - getReach(geometry, axis);
  return room / geometry.strides[axis] + 1;
}

/// How many positions of each window count, over those that it has: within
/// `counted`, the padding that does, around `input` of channels last. Channels
/// last, too. Of a constant as large as the node may make.
static DoubleArray countPositions(const WindowGeometry &geometry,
                                  ArrayRef<int64_t> counted,
                                  ArrayRef<int64_t> input) {
  DoubleArray ratios({1}, {1.0});
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t size = input[axis + 1], window = geometry.window[axis];
    int64_t dilation = geometry.dilations[axis];
    std::vector<double> before = std::exchange(ratios.values, {});
    ratios.shape.push_back(countResults(geometry, axis, size));
    for (double ratio : before)
      for (int64_t o = 0; o < ratios.shape.back(); ++o) {
        int64_t start = o * geometry.strides[axis] - geometry.padding[2 * axis];
        int64_t first =
            llvm::divideCeilSigned(-counted[2 * axis] - start, dilation);
        int64_t last = llvm::divideFloorSigned(
            size + counted[2 * axis + 1] - 1 - start, dilation);
        int64_t count =
            std::min(last, window - 1) - std::max<int64_t>(first, 0) + 1;
        ratios.values.push_back(ratio * double(std::max<int64_t>(count, 0)) /
                                double(window));
      }
  }
  ratios.shape.push_back(1);
  return ratios;
}

/// A pooling whose windows have gaps, of `input` with channels last: nn has
/// none with padding. `counted` is the padding that a mean counts.
static Value poolWithGaps(GraphNode &node, nn::PoolKind kind, Value input,
                          WindowGeometry geometry, ArrayRef<int64_t> counted) {
  ModelBuilder &builder = node.builder;
  for (size_t axis = 0; axis < geometry.window.size(); ++axis)
    if (getShape(input)[axis + 1] + geometry.padding[2 * axis] +
            geometry.padding[2 * axis + 1] <
        getReach(geometry, axis)) {
      node.emitError() << "expects a window that fits into the padded input";
      return {};
    }
  bool isMax = kind == nn::PoolKind::Max;
  bool isPadded = llvm::any_of(geometry.padding, [](int64_t p) { return p; });
  DoubleArray ratios;
  if (!isMax && isPadded) {
    SmallVector<int64_t> results;
    for (size_t axis = 0; axis < geometry.window.size(); ++axis)
      results.push_back(
          countResults(geometry, axis, getShape(input)[axis + 1]));
    if (!checkFolded(node, results))
      return {};
    ratios = countPositions(geometry, counted, getShape(input));
  }
  if (isPadded)
    input = padExplicitly(node, input, geometry, isMax ? -INFINITY : 0.0);
  Value pooled = builder.pool(node.name, kind, input, geometry);
  if (isMax || !isPadded)
    return pooled;
  return builder.binaryWithWeights(node.name, nn::BinaryKind::Div, pooled,
                                   ratios);
}

Value frieze::pool(GraphNode &node, nn::PoolKind kind, Value input,
                   WindowGeometry geometry, bool ceilMode, bool countsPadding) {
  if (!input)
    return {};
  // What the ceiling adds does not count.
  WindowGeometry rounded = geometry;
  if (ceilMode)
    padForCeiling(rounded, getShape(input));
  bool hasGaps =
      llvm::any_of(geometry.dilations, [](int64_t d) { return d > 1; });
  if (hasGaps) {
    SmallVector<int64_t> none(geometry.padding.size(), 0);
    return poolWithGaps(node, kind, input, rounded,
                        countsPadding ? geometry.padding : none);
  }
  if (countsPadding) {
    for (auto [all, counted] : zip_equal(rounded.padding, geometry.padding))
      all -= counted;
    input = padExplicitly(node, input, geometry, 0.0);
  }
  geometry.padding = rounded.padding;
  return node.builder.pool(node.name, kind, input, geometry);
}
