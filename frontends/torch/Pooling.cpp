//===- Pooling.cpp - PyTorch's poolings and resampling ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::PoolKind;

/// Takes what is pooled or resampled, which has a batch, channels and `axes`
/// more; null, and reported, for others.
static Tensor takeImage(Node &node, size_t axes) {
  Tensor input(
      node.makeValue(node.takeTensor(node.has("input") ? "input" : "self")));
  if (!input || input.getShape().size() == axes + 2)
    return input;
  node.emitError() << "expects an input of rank " << axes + 2
                   << " with the batch, but got shape "
                   << formatShape(input.getShape());
  return {};
}

template <PoolKind kind, size_t axes> static Tensors importPool(Node &node) {
  Tensor input = takeImage(node, axes);
  WindowGeometry geometry;
  geometry.window = node.takeInts("kernel_size", axes, 1);
  // An empty list of strides stands for the window.
  std::optional<SmallVector<int64_t>> strides = node.takeInts("stride");
  geometry.strides = strides && !strides->empty()
                         ? node.takeInts("stride", axes, 1)
                         : geometry.window;
  for (int64_t pad : node.takeInts("padding", axes, 0, 0))
    geometry.padding.append({pad, pad});
  geometry.dilations = node.takeInts("dilation", axes, 1);
  bool ceilMode = node.takeBool("ceil_mode", false);
  bool countsPadding =
      kind == PoolKind::Avg && node.takeBool("count_include_pad", true);
  node.expectAbsent("divisor_override");
  node.expectUnused(1);
  for (size_t axis = 0; axis < axes; ++axis)
    if (geometry.padding[2 * axis] > geometry.window[axis] / 2)
      node.emitError() << "expects padding of at most half a window, but got "
                       << geometry.padding[2 * axis];
  if (!input || node.hasFailed())
    return {{}};
  Value result = pool(node, kind, toChannelsLast(node, input.value), geometry,
                      ceilMode, countsPadding);
  return {toChannelsFirst(node, result)};
}

/// Combines `axis` into `size` parts, each from where its share of the axis
/// begins, rounded down, to where it ends, rounded up.
static Tensor addAdaptive(Node &node, nn::ReduceKind kind, const Tensor &input,
                          int64_t axis, int64_t size) {
  static constexpr int64_t maxParts = 256;
  int64_t length = input.getShape()[axis];
  if (size < 1 || size > maxParts) {
    node.emitError() << "unsupported size of a pooling, expects 1 to "
                     << maxParts << ", but got " << size;
    return {};
  }
  Tensors parts;
  Slice part(input.getShape());
  for (int64_t i = 0; i < size; ++i) {
    part.begin[axis] = i * length / size;
    part.size[axis] = divideCeil((i + 1) * length, size) - part.begin[axis];
    Tensor cut = size == 1 ? input : slice(node, input, part);
    parts.push_back(
        Tensor(node.builder.reduce(node.name, kind, cut.value, axis, true)));
    if (!parts.back())
      return {};
  }
  return size == 1 ? parts.front() : concat(node, parts, axis);
}

template <PoolKind kind, size_t axes>
static Tensors importAdaptivePool(Node &node) {
  Tensor input = takeImage(node, axes);
  SmallVector<int64_t> sizes = node.takeInts("output_size", axes, 1);
  node.expectUnused(1);
  if (!input || node.hasFailed())
    return {{}};
  ArrayRef<int64_t> shape = input.getShape().drop_front(2);
  WindowGeometry geometry;
  bool isEven = true;
  for (auto [size, length] : zip_equal(sizes, shape)) {
    isEven &= length % size == 0;
    geometry.window.push_back(std::max<int64_t>(length / size, 1));
    geometry.padding.append({0, 0});
  }
  geometry.strides = geometry.window;
  geometry.dilations.assign(axes, 1);
  if (isEven) {
    Value value = toChannelsLast(node, input.value);
    bool isGlobal = llvm::all_of(sizes, [](int64_t size) { return size == 1; });
    value = isGlobal ? node.builder.globalPool(node.name, kind, value, true)
                     : node.builder.pool(node.name, kind, value, geometry);
    return {toChannelsFirst(node, value)};
  }
  for (size_t axis = 0; axis < axes && input; ++axis)
    input = addAdaptive(node,
                        kind == PoolKind::Max ? nn::ReduceKind::Max
                                              : nn::ReduceKind::Mean,
                        input, axis + 2, sizes[axis]);
  return {input};
}

//===----------------------------------------------------------------------===//
// Resampling
//===----------------------------------------------------------------------===//

/// `isExact`: the nearest by the middle of positions, not by their beginning.
template <nn::ResizeKind kind, size_t axes, bool isExact = false>
static Tensors importUpsample(Node &node) {
  Tensor input = takeImage(node, axes);
  std::optional<SmallVector<int64_t>> sizes = node.takeInts("output_size");
  // By how much each axis grows; of those without overload `vec`, one each.
  SmallVector<double> scales =
      node.takeNumbers("scale_factors").value_or(SmallVector<double>());
  static constexpr StringLiteral keys[][2] = {{"scales", ""},
                                              {"scales_h", "scales_w"}};
  for (size_t axis = 0; axis < axes; ++axis)
    if (node.has(keys[axes - 1][axis]))
      scales.push_back(node.takeNumber(keys[axes - 1][axis], std::nullopt));
  bool alignCorners = node.takeBool("align_corners", false);
  if (!input || node.hasFailed())
    return {{}};
  SmallVector<int64_t> target;
  for (size_t axis = 0; axis < axes; ++axis) {
    double size = sizes && axis < sizes->size() ? double((*sizes)[axis])
                  : axis < scales.size()
                      ? std::floor(input.getShape()[axis + 2] * scales[axis])
                      : 0.0;
    if (!(size >= 1.0 && size <= double(maxElements))) {
      node.emitError() << "expects a size or a scale for each axis";
      return {{}};
    }
    target.push_back(int64_t(size));
  }
  if (scales.size() != axes || alignCorners)
    scales.clear();
  nn::Coordinates coordinates = kind == nn::ResizeKind::Nearest && !isExact
                                    ? nn::Coordinates::Asymmetric
                                : alignCorners ? nn::Coordinates::AlignCorners
                                               : nn::Coordinates::HalfPixel;
  return {toChannelsFirst(
      node, node.builder.resize(node.name, toChannelsLast(node, input.value),
                                kind, target, coordinates,
                                isExact ? nn::Rounding::RoundPreferCeil
                                        : nn::Rounding::Floor,
                                scales))};
}

ArrayRef<Operator> frieze::torch::getPoolingOperators() {
  using nn::ResizeKind;
  static const Operator operators[] = {
      {"_adaptive_avg_pool2d.default", importAdaptivePool<PoolKind::Avg, 2>},
      {"_upsample_nearest_exact1d.default",
       importUpsample<ResizeKind::Nearest, 1, true>},
      {"_upsample_nearest_exact1d.vec",
       importUpsample<ResizeKind::Nearest, 1, true>},
      {"_upsample_nearest_exact2d.default",
       importUpsample<ResizeKind::Nearest, 2, true>},
      {"_upsample_nearest_exact2d.vec",
       importUpsample<ResizeKind::Nearest, 2, true>},
      {"adaptive_avg_pool1d.default", importAdaptivePool<PoolKind::Avg, 1>},
      {"adaptive_avg_pool2d.default", importAdaptivePool<PoolKind::Avg, 2>},
      {"_adaptive_avg_pool3d.default", importAdaptivePool<PoolKind::Avg, 3>},
      {"adaptive_avg_pool3d.default", importAdaptivePool<PoolKind::Avg, 3>},
      {"adaptive_max_pool1d.default", importAdaptivePool<PoolKind::Max, 1>},
      {"adaptive_max_pool2d.default", importAdaptivePool<PoolKind::Max, 2>},
      {"adaptive_max_pool3d.default", importAdaptivePool<PoolKind::Max, 3>},
      {"avg_pool1d.default", importPool<PoolKind::Avg, 1>},
      {"avg_pool2d.default", importPool<PoolKind::Avg, 2>},
      {"avg_pool3d.default", importPool<PoolKind::Avg, 3>},
      {"max_pool1d.default", importPool<PoolKind::Max, 1>},
      {"max_pool2d.default", importPool<PoolKind::Max, 2>},
      {"max_pool2d_with_indices.default", importPool<PoolKind::Max, 2>},
      {"max_pool3d.default", importPool<PoolKind::Max, 3>},
      {"max_pool3d_with_indices.default", importPool<PoolKind::Max, 3>},
      {"upsample_bilinear2d.default", importUpsample<ResizeKind::Linear, 2>},
      {"upsample_bilinear2d.vec", importUpsample<ResizeKind::Linear, 2>},
      {"upsample_linear1d.default", importUpsample<ResizeKind::Linear, 1>},
      {"upsample_linear1d.vec", importUpsample<ResizeKind::Linear, 1>},
      {"upsample_nearest1d.default", importUpsample<ResizeKind::Nearest, 1>},
      {"upsample_nearest1d.vec", importUpsample<ResizeKind::Nearest, 1>},
      {"upsample_nearest2d.default", importUpsample<ResizeKind::Nearest, 2>},
      {"upsample_nearest2d.vec", importUpsample<ResizeKind::Nearest, 2>},
  };
  return operators;
}
