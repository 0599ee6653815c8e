//===- ShapeLayers.cpp - Keras layers that move elements --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/VolumeLayers.h"
#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

static Value importFlatten(Layer &layer) {
  expectChannelsLast(layer);
  return layer.config.hasFailed()
             ? Value()
             : layer.builder.flatten(layer.name, layer.getInput());
}

static Value importReshape(Layer &layer) {
  SmallVector<int64_t> shape = layer.config.takeIntList("target_shape", -1);
  return layer.config.hasFailed()
             ? Value()
             : layer.builder.reshape(layer.name, layer.getInput(), shape);
}

static Value importPermute(Layer &layer) {
  // Axes count from 1, behind the batch.
  SmallVector<int64_t> permutation{0};
  llvm::append_range(permutation, layer.config.takeIntList("dims", 1));
  return layer.config.hasFailed()
             ? Value()
             : layer.builder.transpose(layer.name, layer.getInput(),
                                       permutation);
}

/// Takes `key` of `spatialRank` axes, low and high of each in turn: one number
/// for all, one for each axis (with two axes), or a pair for each.
static SmallVector<int64_t> takeMargins(Layer &layer, StringRef key,
                                        int64_t fallback, size_t spatialRank) {
  const json *value = layer.config.take(key);
  if (!value || !value->is_array())
    return layer.config.takeInts(key, fallback, 2 * spatialRank, 0);
  // Keras's forms as an object with one member for each axis.
  json axes = json::object();
  if (spatialRank == 1)
    axes["0"] = *value;
  else
    for (size_t axis = 0; axis < value->size() && axis <= spatialRank; ++axis)
      axes[std::to_string(axis)] = (*value)[axis];
  ObjectReader reader(axes, [&] { return layer.emitError(); });
  SmallVector<int64_t> margins;
  for (size_t axis = 0; axis < spatialRank; ++axis)
    llvm::append_range(margins,
                       reader.takeInts(std::to_string(axis), {}, 2, 0));
  if (axes.size() != spatialRank && !reader.hasFailed())
    layer.emitError() << "expects '" << key << "' of " << spatialRank
                      << " axes";
  return margins;
}

template <size_t spatialRank> static Value importZeroPadding(Layer &layer) {
  SmallVector<int64_t> padding = takeMargins(layer, "padding", 1, spatialRank);
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  SmallVector<int64_t> low(spatialRank + 2, 0), high(spatialRank + 2, 0);
  for (size_t axis = 0; axis < spatialRank; ++axis) {
    low[axis + 1] = padding[2 * axis];
    high[axis + 1] = padding[2 * axis + 1];
  }
  return layer.builder.pad(layer.name, layer.getInput(), low, high, 0.0);
}

template <size_t spatialRank> static Value importCropping(Layer &layer) {
  SmallVector<int64_t> cropping =
      takeMargins(layer, "cropping", spatialRank == 2 ? 0 : 1, spatialRank);
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  SmallVector<int64_t> begin(spatialRank + 2, 0), size(layer.getInputShape());
  for (size_t axis = 0; axis < spatialRank; ++axis) {
    begin[axis + 1] = cropping[2 * axis];
    size[axis + 1] -= cropping[2 * axis] + cropping[2 * axis + 1];
    if (size[axis + 1] < 1) {
      layer.emitError() << "expects 'cropping' that leaves something of "
                        << formatShape(layer.getInputShape());
      return {};
    }
  }
  return layer.builder.slice(layer.name, layer.getInput(), begin, size,
                             SmallVector<int64_t>(spatialRank + 2, 1));
}

template <size_t spatialRank> static Value importUpSampling(Layer &layer) {
  SmallVector<int64_t> factors = layer.config.takeInts("size", 2, spatialRank);
  std::string interpolation =
      spatialRank == 2 ? layer.config.takeString("interpolation", "nearest")
                       : "nearest";
  if (interpolation != "nearest" && interpolation != "bilinear")
    layer.emitError() << "unsupported interpolation '" << interpolation << "'";
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  if (spatialRank == 3)
    return repeatVolume(layer.builder, layer.name, layer.getInput(), factors);
  SmallVector<int64_t> sizes;
  for (size_t axis = 0; axis < spatialRank; ++axis)
    sizes.push_back(layer.getInputShape()[axis + 1] * factors[axis]);
  bool isNearest = interpolation == "nearest";
  return layer.builder.resize(
      layer.name, layer.getInput(),
      isNearest ? nn::ResizeKind::Nearest : nn::ResizeKind::Linear, sizes,
      isNearest ? nn::Coordinates::Asymmetric : nn::Coordinates::HalfPixel,
      nn::Rounding::Floor, {});
}

ArrayRef<LayerClass> keras::getShapeLayers() {
  static const LayerClass classes[] = {
      {"Cropping1D", importCropping<1>},
      {"Cropping2D", importCropping<2>},
      {"Cropping3D", importCropping<3>},
      {"Flatten", importFlatten},
      {"Permute", importPermute},
      {"Reshape", importReshape},
      {"UpSampling1D", importUpSampling<1>},
      {"UpSampling2D", importUpSampling<2>},
      {"UpSampling3D", importUpSampling<3>},
      {"ZeroPadding1D", importZeroPadding<1>},
      {"ZeroPadding2D", importZeroPadding<2>},
      {"ZeroPadding3D", importZeroPadding<3>},
  };
  return classes;
}
