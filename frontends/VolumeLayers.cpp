//===- VolumeLayers.cpp - Layers over three spatial axes --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/VolumeLayers.h"
#include "dialect/Weights.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

//===----------------------------------------------------------------------===//
// Images and rows
//===----------------------------------------------------------------------===//

/// The geometry of the axes from `first` on, `count` of them.
static WindowGeometry getAxes(const WindowGeometry &geometry, size_t first,
                              size_t count) {
  auto cut = [&](ArrayRef<int64_t> values, size_t each) {
    return SmallVector<int64_t>(values.slice(first * each, count * each));
  };
  return {cut(geometry.window, 1), cut(geometry.strides, 1),
          cut(geometry.dilations, 1), cut(geometry.padding, 2)};
}

/// What `build` makes of the images of a volume, as a volume.
static Value onImages(ModelBuilder &builder, StringRef layer, Value volume,
                      llvm::function_ref<Value(Value)> build) {
  if (!volume)
    return {};
  int64_t batch = getShape(volume)[0];
  return builder.splitStepsFromBatch(
      layer, build(builder.mergeStepsIntoBatch(layer, volume)), batch);
}

/// What `build` makes of a volume's images as rows, `(N, D, H * W * C)`, as a
/// volume of images of that size.
static Value onRows(ModelBuilder &builder, StringRef layer, Value volume,
                    llvm::function_ref<Value(Value)> build) {
  if (!volume)
    return {};
  SmallVector<int64_t> shape(getShape(volume));
  Value result = build(builder.reshape(layer, volume, {shape[1], -1}));
  if (!result)
    return {};
  shape[1] = getShape(result)[1];
  return builder.reshape(layer, result, ArrayRef(shape).drop_front());
}

/// The elements of one axis of a volume: `size` from `begin` on, every
/// `stride`th.
static Value sliceAxis(ModelBuilder &builder, StringRef layer, Value volume,
                       size_t axis, int64_t begin, int64_t size,
                       int64_t stride) {
  if (!volume)
    return {};
  SmallVector<int64_t> begins(getShape(volume).size(), 0);
  SmallVector<int64_t> sizes(getShape(volume)), strides(begins.size(), 1);
  begins[axis] = begin;
  sizes[axis] = size;
  strides[axis] = stride;
  return builder.slice(layer, volume, begins, sizes, strides);
}

static Value padDepth(ModelBuilder &builder, StringRef layer, Value volume,
                      int64_t low, int64_t high) {
  if (!volume || (low == 0 && high == 0))
    return volume;
  size_t rank = getShape(volume).size();
  SmallVector<int64_t> lows(rank, 0), highs(rank, 0);
  lows[1] = low;
  highs[1] = high;
  return builder.pad(layer, volume, lows, highs, 0.0);
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

/// `count` volumes, each the images that one position of a window of the depth
/// meets, side by side in their channels.
static Value stackWindow(ModelBuilder &builder, StringRef layer, Value volume,
                         int64_t count, int64_t window, int64_t begin,
                         int64_t stride, int64_t dilation) {
  SmallVector<Value> taps;
  for (int64_t tap = 0; tap < window; ++tap)
    taps.push_back(sliceAxis(builder, layer, volume, 1, begin + tap * dilation,
                             count, stride));
  return taps.size() == 1 ? taps.front()
                          : builder.concat(layer, taps, /*axis=*/4);
}

/// The part of a kernel `(window..., C, F)` for the output channels of a group
/// of `columns`, as one of images of stackWindow's channels. `isReversed`: the
/// window of the depth is run from its end.
static ElementsAttr stackKernel(ElementsAttr kernel, int64_t group,
                                int64_t columns, bool isReversed) {
  ArrayRef<int64_t> shape = kernel.getShapedType().getShape();
  int64_t depth = shape[0], points = shape[1] * shape[2], rows = shape[3];
  FailureOr<SmallVector<double>> values = nn::readWeights(kernel);
  if (failed(values))
    return {};
  SmallVector<double> result;
  result.reserve(depth * points * rows * columns);
  for (int64_t point = 0; point < points; ++point)
    for (int64_t d = 0; d < depth; ++d)
      for (int64_t row = 0; row < rows; ++row) {
        int64_t tap = isReversed ? depth - 1 - d : d;
        auto from = values->begin() +
                    ((tap * points + point) * rows + row) * shape[4] +
                    group * columns;
        result.append(from, from + columns);
      }
  return nn::createWeightsLike(
      kernel, {shape[1], shape[2], depth * rows, columns}, std::move(result));
}

static ElementsAttr sliceBias(ElementsAttr bias, int64_t group,
                              int64_t columns) {
  if (!bias)
    return {};
  FailureOr<SmallVector<double>> values = nn::readWeights(bias);
  if (failed(values))
    return {};
  return nn::createWeightsLike(
      bias, {columns},
      SmallVector<double>(ArrayRef(*values).slice(group * columns, columns)));
}

/// Joins what `build` makes of each group of input channels, whose kernel and
/// bias it is given, too.
static Value
joinGroups(ModelBuilder &builder, StringRef layer, Value input,
           ElementsAttr kernel, ElementsAttr bias, int64_t groups,
           bool isReversed,
           llvm::function_ref<Value(Value, ElementsAttr, ElementsAttr)> build) {
  if (!input || !kernel)
    return {};
  ArrayRef<int64_t> shape = kernel.getShapedType().getShape();
  int64_t columns = shape[4] / groups;
  SmallVector<Value> results;
  for (int64_t group = 0; group < groups; ++group) {
    Value part = groups == 1 ? input
                             : sliceAxis(builder, layer, input, 4,
                                         group * shape[3], shape[3], 1);
    ElementsAttr stacked = stackKernel(kernel, group, columns, isReversed);
    // A placeholder has no elements.
    if (!stacked)
      stacked = builder.getPlaceholder(
          {shape[1], shape[2], shape[0] * shape[3], columns});
    results.push_back(build(part, stacked, sliceBias(bias, group, columns)));
  }
  return results.size() == 1 ? results.front()
                             : builder.concat(layer, results, /*axis=*/4);
}

/// Images that are cut out for a layer, at most: one for each group and each
/// position of the window.
static constexpr int64_t maxCuts = 4096;

/// Whether a kernel has a window of three axes on the channels of the input,
/// and a bias its columns; reports if not.
static bool checkVolume(ModelBuilder &builder, StringRef layer, Value input,
                        ElementsAttr kernel, ElementsAttr bias,
                        int64_t groups) {
  if (!input || !kernel)
    return false;
  ArrayRef<int64_t> shape = kernel.getShapedType().getShape();
  if (getShape(input).size() == 5 && shape.size() == 5 && groups > 0 &&
      shape[3] * groups == getShape(input)[4] && shape[4] % groups == 0 &&
      (!bias || bias.getNumElements() == shape[4])) {
    if (shape[0] <= maxCuts / groups)
      return true;
    builder.emitError(layer)
        << "expects a window and groups whose product is at most " << maxCuts
        << ", but got " << shape[0] << " and " << groups;
    return false;
  }
  builder.emitError(layer) << "expects a kernel and a bias for volumes of "
                           << formatShape(getShape(input)) << " in " << groups
                           << " groups, but got a kernel of "
                           << formatShape(shape);
  return false;
}

Value frieze::convVolume(ModelBuilder &builder, StringRef layer, Value input,
                         ElementsAttr kernel, ElementsAttr bias,
                         const WindowGeometry &geometry, int64_t groups) {
  if (!checkVolume(builder, layer, input, kernel, bias, groups))
    return {};
  int64_t window = geometry.window[0], stride = geometry.strides[0];
  int64_t dilation = geometry.dilations[0];
  int64_t room = getShape(input)[1] + geometry.padding[0] +
                 geometry.padding[1] - (window - 1) * dilation;
  if (room < 1) {
    builder.emitError(layer)
        << "expects a window that fits a depth of " << getShape(input)[1];
    return {};
  }
  int64_t depth = (room - 1) / stride + 1;
  Value padded =
      padDepth(builder, layer, input, geometry.padding[0], geometry.padding[1]);
  WindowGeometry images = getAxes(geometry, 1, 2);
  auto build = [&](Value part, ElementsAttr stacked, ElementsAttr ownBias) {
    Value windows = stackWindow(builder, layer, part, depth, window,
                                /*begin=*/0, stride, dilation);
    return onImages(builder, layer, windows, [&](Value value) {
      return builder.conv(layer, value, stacked, ownBias, images, /*groups=*/1);
    });
  };
  return joinGroups(builder, layer, padded, kernel, bias, groups,
                    /*isReversed=*/false, build);
}

Value frieze::convTransposeVolume(ModelBuilder &builder, StringRef layer,
                                  Value input, ElementsAttr kernel,
                                  ElementsAttr bias,
                                  const WindowGeometry &geometry,
                                  int64_t groups) {
  if (!checkVolume(builder, layer, input, kernel, bias, groups))
    return {};
  int64_t window = geometry.window[0], stride = geometry.strides[0];
  int64_t dilation = geometry.dilations[0], reach = (window - 1) * dilation;
  int64_t low = geometry.padding[0], high = geometry.padding[1];
  int64_t spread = (getShape(input)[1] - 1) * stride + 1;
  int64_t depth = spread + reach - low - high;
  if (depth < 1) {
    builder.emitError(layer) << "expects padding that leaves something of "
                             << spread + reach << " images";
    return {};
  }
  auto spreadImages = [&](Value rows) -> Value {
    if (!rows || stride == 1)
      return rows;
    int64_t count = getShape(rows)[1], length = getShape(rows)[2];
    Value apart =
        builder.pad(layer, builder.reshape(layer, rows, {count, 1, length}),
                    {0, 0, 0, 0}, {0, 0, stride - 1, 0}, 0.0);
    return builder.slice(
        layer, builder.reshape(layer, apart, {count * stride, length}),
        {0, 0, 0}, {getShape(rows)[0], spread, length}, {1, 1, 1});
  };
  // Positions beyond the result that its padding asks for.
  int64_t before = std::max<int64_t>(-low, 0);
  int64_t behind = std::max<int64_t>(-high, 0);
  Value padded =
      padDepth(builder, layer, onRows(builder, layer, input, spreadImages),
               reach + before, reach + behind);
  WindowGeometry images = getAxes(geometry, 1, 2);
  auto build = [&](Value part, ElementsAttr stacked, ElementsAttr ownBias) {
    Value windows = stackWindow(builder, layer, part, depth, window,
                                low + before, /*stride=*/1, dilation);
    return onImages(builder, layer, windows, [&](Value value) {
      return builder.convTranspose(layer, value, stacked, ownBias, images,
                                   /*groups=*/1);
    });
  };
  return joinGroups(builder, layer, padded, kernel, bias, groups,
                    /*isReversed=*/true, build);
}

//===----------------------------------------------------------------------===//
// Pooling and repeating
//===----------------------------------------------------------------------===//

Value frieze::poolVolume(ModelBuilder &builder, StringRef layer,
                         nn::PoolKind kind, Value input,
                         const WindowGeometry &geometry) {
  Value images = onImages(builder, layer, input, [&](Value value) {
    return builder.pool(layer, kind, value, getAxes(geometry, 1, 2));
  });
  return onRows(builder, layer, images, [&](Value value) {
    return builder.pool(layer, kind, value, getAxes(geometry, 0, 1));
  });
}

Value frieze::globalPoolVolume(ModelBuilder &builder, StringRef layer,
                               nn::PoolKind kind, Value input, bool keepDims) {
  if (!input)
    return {};
  // The images side by side are one.
  ArrayRef<int64_t> shape = getShape(input);
  int64_t channels = shape[4];
  Value pooled = builder.globalPool(
      layer, kind,
      builder.reshape(layer, input, {shape[1] * shape[2], shape[3], channels}),
      /*keepDims=*/false);
  return keepDims ? builder.reshape(layer, pooled, {1, 1, 1, channels})
                  : pooled;
}

Value frieze::repeatVolume(ModelBuilder &builder, StringRef layer, Value input,
                           ArrayRef<int64_t> factors) {
  auto repeat = [&](Value value, ArrayRef<int64_t> axes) -> Value {
    if (!value)
      return {};
    SmallVector<int64_t> sizes;
    for (auto [axis, factor] : enumerate(axes))
      sizes.push_back(getShape(value)[axis + 1] * factor);
    return builder.resize(layer, value, nn::ResizeKind::Nearest, sizes,
                          nn::Coordinates::Asymmetric, nn::Rounding::Floor, {});
  };
  Value images = onImages(builder, layer, input, [&](Value value) {
    return repeat(value, factors.drop_front());
  });
  return onRows(builder, layer, images, [&](Value value) {
    return repeat(value, factors.take_front());
  });
}
