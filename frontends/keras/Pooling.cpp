//===- Pooling.cpp - Keras pooling ------------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

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

ArrayRef<LayerClass> keras::getPoolingLayers() {
  constexpr auto max = nn::PoolKind::Max, avg = nn::PoolKind::Avg;
  static const LayerClass classes[] = {
      {"AveragePooling1D", importPool<avg, 1>},
      {"AveragePooling2D", importPool<avg, 2>},
      {"GlobalAveragePooling1D", importGlobalPool<avg, 1>},
      {"GlobalAveragePooling2D", importGlobalPool<avg, 2>},
      {"GlobalMaxPooling1D", importGlobalPool<max, 1>},
      {"GlobalMaxPooling2D", importGlobalPool<max, 2>},
      {"MaxPooling1D", importPool<max, 1>},
      {"MaxPooling2D", importPool<max, 2>},
  };
  return classes;
}
