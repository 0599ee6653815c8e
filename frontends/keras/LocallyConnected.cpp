//===- LocallyConnected.cpp - Convolutions of many kernels ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Keras 2's convolutions whose kernel is another one at each position.
//
//===----------------------------------------------------------------------===//

#include "dialect/Weights.h"
#include "frontends/keras/Layer.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

/// Parts of the input that are laid side by side, at most.
static constexpr int64_t maxTaps = 1024;

/// What the windows of a kernel see, position by position: `(N, positions,
/// taps * C)`.
static Value gatherWindows(Layer &layer, const WindowGeometry &geometry,
                           ArrayRef<int64_t> sizes) {
  ArrayRef<int64_t> shape = layer.getInputShape();
  size_t rank = geometry.window.size();
  int64_t taps = 1, positions = 1;
  for (size_t axis = 0; axis < rank; ++axis) {
    taps *= geometry.window[axis];
    positions *= sizes[axis];
  }
  SmallVector<Value> parts;
  for (int64_t tap = 0; tap < taps; ++tap) {
    SmallVector<int64_t> begin(rank + 2, 0), size(shape), strides(rank + 2, 1);
    int64_t rest = tap;
    for (size_t axis = rank; axis-- > 0;) {
      begin[axis + 1] = rest % geometry.window[axis];
      rest /= geometry.window[axis];
      size[axis + 1] = sizes[axis];
      strides[axis + 1] = geometry.strides[axis];
    }
    parts.push_back(layer.builder.slice(layer.name, layer.getInput(), begin,
                                        size, strides));
  }
  Value joined = parts.size() == 1
                     ? parts.front()
                     : layer.builder.concat(layer.name, parts, rank + 1);
  return layer.builder.reshape(layer.name, joined,
                               {positions, taps * shape.back()});
}

/// A kernel `(positions, rows, filters)` as that of a convolution with a window
/// of 1 and a group for each position.
static ElementsAttr groupByPosition(Layer &layer, ElementsAttr kernel) {
  ArrayRef<int64_t> shape = kernel.getShapedType().getShape();
  int64_t positions = shape[0], rows = shape[1], filters = shape[2];
  SmallVector<int64_t> grouped{1, rows, positions * filters};
  FailureOr<SmallVector<double>> values = nn::readWeights(kernel);
  if (failed(values))
    return layer.builder.getPlaceholder(grouped);
  SmallVector<double> result;
  result.reserve(values->size());
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t position = 0; position < positions; ++position) {
      auto from = values->begin() + (position * rows + row) * filters;
      result.append(from, from + filters);
    }
  return nn::createWeightsLike(kernel, grouped, std::move(result));
}

template <size_t spatialRank>
static Value importLocallyConnected(Layer &layer) {
  WindowGeometry geometry;
  int64_t filters = layer.config.takeInt("filters", {});
  geometry.window = layer.config.takeInts("kernel_size", {}, spatialRank);
  geometry.strides = layer.config.takeInts("strides", 1, spatialRank);
  expectChannelsLast(layer);
  std::string padding = layer.config.takeString("padding", "valid");
  if (padding != "valid")
    layer.emitError() << "unsupported padding '" << padding << "'";
  int64_t implementation = layer.config.takeInt("implementation", 1);
  if (implementation != 1)
    layer.emitError() << "unsupported value of 'implementation', expects 1, "
                         "but got "
                      << implementation;
  bool useBias = layer.config.takeBool("use_bias", true);
  Activation activation = takeActivation(layer, "activation");
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  int64_t channels = shape.back(), positions = 1, rows = channels;
  SmallVector<int64_t> sizes;
  for (size_t axis = 0; axis < spatialRank; ++axis) {
    int64_t room = shape[axis + 1] - geometry.window[axis];
    if (room < 0) {
      layer.emitError() << "expects a window that fits " << formatShape(shape);
      return {};
    }
    sizes.push_back(room / geometry.strides[axis] + 1);
    positions *= sizes.back();
    rows *= geometry.window[axis];
  }
  if (rows / channels > maxTaps) {
    layer.emitError() << "expects a window of at most " << maxTaps
                      << " positions, but got " << rows / channels;
    return {};
  }
  SmallVector<WeightSpec> specs{{"kernel", {positions, rows, filters}}};
  SmallVector<int64_t> result(sizes);
  result.push_back(filters);
  if (useBias)
    specs.push_back({"bias", result, {positions * filters}});
  SmallVector<ElementsAttr> weights = layer.readWeights(specs);
  if (llvm::is_contained(weights, ElementsAttr()))
    return {};
  Value windows = gatherWindows(layer, geometry, sizes);
  Value output = layer.builder.conv(
      layer.name,
      layer.builder.reshape(layer.name, windows, {1, positions * rows}),
      groupByPosition(layer, weights[0]), useBias ? weights[1] : nullptr,
      {{1}, {1}, {1}, {0, 0}}, /*groups=*/positions);
  return activation.apply(layer,
                          layer.builder.reshape(layer.name, output, result));
}

ArrayRef<LayerClass> keras::getLocallyConnectedLayers() {
  static const LayerClass classes[] = {
      {"LocallyConnected1D", importLocallyConnected<1>},
      {"LocallyConnected2D", importLocallyConnected<2>},
  };
  return classes;
}
