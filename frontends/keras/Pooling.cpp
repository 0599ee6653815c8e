//===- Pooling.cpp - Keras pooling ------------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

template <nn::PoolKind kind, size_t spatialRank>
static Value importPool(Layer &layer) {
  WindowGeometry geometry;
  geometry.window = layer.config.takeInts("pool_size", 2, spatialRank);
  geometry.strides = geometry.window;
  if (layer.config.take("strides"))
    geometry.strides = layer.config.takeInts("strides", {}, spatialRank);
  geometry.dilations.assign(spatialRank, 1);
  std::string padding = layer.config.takeString("padding", "valid");
  if (padding != "valid" && padding != "same")
    layer.emitError() << "unsupported padding '" << padding << "'";
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  geometry.padding = getPadding(padding, layer.getInputShape(), geometry);
  return layer.builder.pool(layer.name, kind, layer.getInput(), geometry);
}

/// A height and a width, or one size for both, also with those of samples and
/// channels around them, which are 1.
static SmallVector<int64_t> takeImageSizes(Layer &layer, StringRef key) {
  const json *value = layer.config.take(key);
  if (!value || !value->is_array() || value->size() != 4)
    return layer.config.takeInts(key, std::nullopt, 2);
  SmallVector<int64_t> sizes = layer.config.takeInts(key, std::nullopt, 4);
  if (sizes.front() != 1 || sizes.back() != 1)
    layer.emitError() << "expects '" << key
                      << "' to be 1 for samples and channels";
  return {sizes[1], sizes[2]};
}

/// A pooling of TensorFlow's.
template <nn::PoolKind kind> static Value importImagePool(Layer &layer) {
  WindowGeometry geometry;
  geometry.window = takeImageSizes(layer, "ksize");
  geometry.strides = takeImageSizes(layer, "strides");
  geometry.dilations.assign(2, 1);
  std::string padding = layer.config.takeString("padding", std::nullopt);
  if (padding != "VALID" && padding != "SAME")
    layer.emitError() << "unsupported padding '" << padding << "'";
  layer.config.expectOnly("data_format", "NHWC");
  if (!checkSpatialLayer(layer, 2))
    return {};
  geometry.padding =
      getPadding(StringRef(padding).lower(), layer.getInputShape(), geometry);
  return layer.builder.pool(layer.name, kind, layer.getInput(), geometry);
}

/// The mean of the steps that count; NaN where none does, as in Keras.
static Value averageSteps(Layer &layer, Value steps, bool keepDims) {
  ModelBuilder &builder = layer.builder;
  Value column = addElementAxis(builder, layer.name, steps);
  auto add = [&](Value value) {
    return builder.reduce(layer.name, nn::ReduceKind::Sum, value, {1},
                          keepDims);
  };
  return builder.binary(
      layer.name, nn::BinaryKind::Div,
      add(zeroMasked(builder, layer.name, column, layer.getInput())),
      add(column));
}

template <nn::PoolKind kind, size_t spatialRank>
static Value importGlobalPool(Layer &layer) {
  bool keepDims = layer.config.takeBool("keepdims", false);
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  if (kind == nn::PoolKind::Avg && spatialRank == 1)
    if (Value mask = layer.takeMask())
      return averageSteps(layer, mask, keepDims);
  return layer.builder.globalPool(layer.name, kind, layer.getInput(), keepDims);
}

/// Each position `o` of an axis of the result sees the input from
/// `floor(o * N / M)` to `ceil((o + 1) * N / M)`, which is a slice of its own
/// where M does not divide N.
template <nn::PoolKind kind>
static Value poolAxisTo(Layer &layer, Value value, size_t axis, int64_t size) {
  constexpr bool isMax = kind == nn::PoolKind::Max;
  if (!value)
    return {};
  int64_t from = getShape(value)[axis];
  SmallVector<Value> parts;
  for (int64_t o = 0; o < size; ++o) {
    SmallVector<int64_t> begin(getShape(value).size(), 0);
    SmallVector<int64_t> sizes(getShape(value)), strides(begin.size(), 1);
    begin[axis] = o * from / size;
    sizes[axis] = ((o + 1) * from + size - 1) / size - begin[axis];
    parts.push_back(layer.builder.reduce(
        layer.name, isMax ? nn::ReduceKind::Max : nn::ReduceKind::Mean,
        layer.builder.slice(layer.name, value, begin, sizes, strides),
        {int64_t(axis)}, /*keepDims=*/true));
  }
  return parts.size() == 1 ? parts.front()
                           : layer.builder.concat(layer.name, parts, axis);
}

/// Slices of one axis that poolAxisTo makes at most.
static constexpr int64_t maxAdaptiveSize = 256;

template <nn::PoolKind kind, size_t spatialRank>
static Value importAdaptivePool(Layer &layer) {
  SmallVector<int64_t> sizes =
      layer.config.takeInts("output_size", {}, spatialRank);
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  WindowGeometry geometry;
  SmallVector<size_t> uneven;
  for (size_t axis = 0; axis < spatialRank; ++axis) {
    int64_t from = layer.getInputShape()[axis + 1];
    bool isEven = from % sizes[axis] == 0;
    geometry.window.push_back(isEven ? from / sizes[axis] : 1);
    if (isEven)
      continue;
    uneven.push_back(axis);
    if (sizes[axis] > maxAdaptiveSize) {
      layer.emitError() << "expects 'output_size' that divides " << from
                        << " or is at most " << maxAdaptiveSize << ", but got "
                        << sizes[axis];
      return {};
    }
  }
  geometry.strides = geometry.window;
  geometry.dilations.assign(spatialRank, 1);
  geometry.padding.assign(2 * spatialRank, 0);
  Value output =
      uneven.size() == spatialRank
          ? layer.getInput()
          : layer.builder.pool(layer.name, kind, layer.getInput(), geometry);
  for (size_t axis : uneven)
    output = poolAxisTo<kind>(layer, output, axis + 1, sizes[axis]);
  return output;
}

ArrayRef<LayerClass> keras::getPoolingLayers() {
  constexpr auto max = nn::PoolKind::Max, avg = nn::PoolKind::Avg;
  static const LayerClass classes[] = {
      {"AdaptiveAveragePooling1D", importAdaptivePool<avg, 1>},
      {"AdaptiveAveragePooling2D", importAdaptivePool<avg, 2>},
      {"AdaptiveAveragePooling3D", importAdaptivePool<avg, 3>},
      {"AdaptiveMaxPooling1D", importAdaptivePool<max, 1>},
      {"AdaptiveMaxPooling2D", importAdaptivePool<max, 2>},
      {"AdaptiveMaxPooling3D", importAdaptivePool<max, 3>},
      {"AveragePooling1D", importPool<avg, 1>},
      {"AveragePooling2D", importPool<avg, 2>},
      {"AveragePooling3D", importPool<avg, 3>},
      {"GlobalAveragePooling1D", importGlobalPool<avg, 1>},
      {"GlobalAveragePooling2D", importGlobalPool<avg, 2>},
      {"GlobalAveragePooling3D", importGlobalPool<avg, 3>},
      {"GlobalMaxPooling1D", importGlobalPool<max, 1>},
      {"GlobalMaxPooling2D", importGlobalPool<max, 2>},
      {"GlobalMaxPooling3D", importGlobalPool<max, 3>},
      {"MaxPooling1D", importPool<max, 1>},
      {"MaxPooling2D", importPool<max, 2>},
      {"MaxPooling3D", importPool<max, 3>},
      {"tf.nn.avg_pool2d", importImagePool<avg>, false,
       "input,ksize,strides,padding,data_format"},
      {"tf.nn.max_pool2d", importImagePool<max>, false,
       "input,ksize,strides,padding,data_format"},
  };
  return classes;
}
