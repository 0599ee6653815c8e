//===- JsonLayerTypes.cpp - The layer types of Frieze's JSON ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/JsonLayer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nlohmann::json;

/// The number of spatial axes of the input, 1 where there is none.
static size_t getSpatialRank(JsonLayer &layer) {
  size_t rank = layer.getInputShape().size();
  return rank == 4 ? 2 : 1;
}

/// Takes `padding`: `valid`, `same`, `causal`, or low and high of each axis.
static SmallVector<int64_t> takePadding(JsonLayer &layer,
                                        const WindowGeometry &geometry) {
  const json *value = layer.attributes.take("padding");
  size_t spatialRank = geometry.window.size();
  if (value && !value->is_string())
    return layer.takeInts("padding", 0, 2 * spatialRank, 0);
  std::string mode = layer.attributes.takeString("padding", "valid");
  if (mode != "valid" && mode != "same" && mode != "causal")
    layer.attributes.emitError() << "expects 'padding' to be \"valid\", "
                                    "\"same\", \"causal\" or numbers, "
                                    "but got "
                                 << formatJson(*value);
  if (layer.getInputShape().size() != spatialRank + 2)
    return SmallVector<int64_t>(2 * spatialRank, 0);
  return getPadding(mode, layer.getInputShape(), geometry);
}

/// Takes `function` and its parameters from an activation layer, or from an
/// object that stands for a function. Null where that fails.
static nn::ActivationAttr takeFunction(JsonLayer &layer,
                                       ObjectReader &attributes) {
  std::string name = attributes.takeString("function", {});
  std::optional<nn::ActivationKind> kind = nn::symbolizeActivationKind(name);
  if (!kind) {
    if (!attributes.hasFailed())
      attributes.emitError() << "unsupported activation '" << name << "'";
    attributes.ignore("alpha");
    attributes.ignore("beta");
    return {};
  }
  unsigned count = nn::ActivationAttr::getNumParameters(*kind);
  double alpha = 0.0, beta = 0.0;
  if (count > 0)
    alpha = attributes.takeNumber("alpha", {});
  if (count > 1)
    beta = attributes.takeNumber("beta", {});
  if (attributes.hasFailed())
    return {};
  return nn::ActivationAttr::getChecked([&] { return attributes.emitError(); },
                                        layer.builder.getBuilder().getContext(),
                                        *kind, APFloat(alpha), APFloat(beta));
}

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

/// Takes the filters of a convolution, and its window but for the padding.
static std::pair<int64_t, WindowGeometry> takeConvShape(JsonLayer &layer) {
  size_t spatialRank = getSpatialRank(layer);
  int64_t filters = layer.attributes.takeInt("filters", {});
  WindowGeometry geometry;
  geometry.window = layer.takeInts("window", {}, spatialRank);
  geometry.strides = layer.takeInts("strides", 1, spatialRank);
  geometry.dilations = layer.takeInts("dilations", 1, spatialRank);
  return {filters, geometry};
}

/// Builds a convolution, by ModelBuilder's member `build` for its kind.
static Value buildConv(JsonLayer &layer, int64_t filters,
                       const WindowGeometry &geometry,
                       decltype(&ModelBuilder::conv) build) {
  int64_t groups = layer.attributes.takeInt("groups", 1);
  int64_t channels = layer.input ? layer.getInputShape().back() : groups;
  if (channels % groups != 0)
    layer.attributes.emitError() << "expects groups to divide " << channels
                                 << " input channels, but got " << groups;
  SmallVector<int64_t> shape(geometry.window);
  shape.append({channels / groups, filters});
  layer.checkReady(3, 4);
  ElementsAttr kernel = layer.takeWeights("kernel", shape);
  ElementsAttr bias = layer.takeWeights("bias", {filters}, /*isOptional=*/true);
  if (!layer.isReady)
    return {};
  return (layer.builder.*build)(layer.name, layer.input, kernel, bias, geometry,
                                groups);
}

static Tensor importConv(JsonLayer &layer) {
  auto [filters, geometry] = takeConvShape(layer);
  geometry.padding = takePadding(layer, geometry);
  return buildConv(layer, filters, geometry, &ModelBuilder::conv);
}

static Tensor importConvTranspose(JsonLayer &layer) {
  auto [filters, geometry] = takeConvShape(layer);
  const json *padding = layer.attributes.take("padding");
  if (padding && !padding->is_string()) {
    geometry.padding =
        layer.takeInts("padding", 0, 2 * geometry.window.size(), -maxElements);
  } else {
    std::string mode = layer.attributes.takeString("padding", "valid");
    if (mode != "valid" && mode != "same")
      layer.attributes.emitError() << "unsupported padding '" << mode << "'";
    geometry.padding = getTransposedPadding(mode, geometry);
  }
  return buildConv(layer, filters, geometry, &ModelBuilder::convTranspose);
}

static Tensor importDense(JsonLayer &layer) {
  int64_t units = layer.attributes.takeInt("units", {});
  int64_t features = layer.input ? layer.getInputShape().back() : 1;
  layer.checkReady(2, maxRank);
  ElementsAttr kernel = layer.takeWeights("kernel", {features, units});
  ElementsAttr bias = layer.takeWeights("bias", {units}, /*isOptional=*/true);
  if (!layer.isReady)
    return {};
  return layer.builder.dense(layer.name, layer.input, kernel, bias);
}

static Tensor importBatchNorm(JsonLayer &layer) {
  std::optional<int64_t> axis = layer.takeAxis();
  double epsilon = layer.attributes.takeNumber("epsilon", {});
  int64_t channels = axis ? layer.getInputShape()[*axis] : 1;
  layer.checkReady(2, maxRank);
  ElementsAttr gamma = layer.takeWeights("gamma", {channels}, true);
  ElementsAttr beta = layer.takeWeights("beta", {channels}, true);
  ElementsAttr mean = layer.takeWeights("mean", {channels});
  ElementsAttr variance = layer.takeWeights("variance", {channels});
  if (!layer.isReady)
    return {};
  return layer.builder.batchNorm(layer.name, layer.input, *axis, gamma, beta,
                                 mean, variance, epsilon);
}

static Tensor importAffine(JsonLayer &layer) {
  std::optional<int64_t> axis = layer.takeAxis();
  int64_t channels = axis ? layer.getInputShape()[*axis] : 1;
  layer.checkReady(2, maxRank);
  ElementsAttr scale = layer.takeWeights("scale", {channels});
  ElementsAttr shift = layer.takeWeights("shift", {channels});
  if (!layer.isReady)
    return {};
  return layer.builder.affine(layer.name, layer.input, *axis, scale, shift);
}

/// Takes a function by name, or an object with its parameters.
static nn::ActivationAttr takeFunction(JsonLayer &layer, StringRef key,
                                       StringRef fallback) {
  const json *value = layer.attributes.take(key);
  json named{{"function", value ? *value : json(fallback.str())}};
  ObjectReader reader(value && value->is_object() ? *value : named,
                      [&] { return layer.attributes.emitError(); });
  nn::ActivationAttr function = takeFunction(layer, reader);
  reader.finish();
  return function;
}

/// A recurrent layer of `gates` sums for each unit.
template <int64_t gates> static Tensor importRecurrent(JsonLayer &layer) {
  int64_t units = layer.attributes.takeInt("units", {});
  int64_t channels = layer.input ? layer.getInputShape().back() : 1;
  int64_t columns = gates * units;
  RecurrentParameters parameters;
  parameters.activation = takeFunction(layer, "activation", "tanh");
  if (gates > 1)
    parameters.recurrentActivation =
        takeFunction(layer, "recurrent_activation", "sigmoid");
  if (gates == 3)
    parameters.resetAfter = layer.attributes.takeBool("reset_after", false);
  parameters.sequences = layer.attributes.takeBool("sequences", false);
  parameters.backwards = layer.attributes.takeBool("backwards", false);
  parameters.reversed = layer.attributes.takeBool("reversed", false);
  layer.checkReady(3, 3);
  parameters.kernel = layer.takeWeights("kernel", {channels, columns});
  parameters.recurrent = layer.takeWeights("recurrent", {units, columns});
  parameters.bias = layer.takeWeights("bias", {columns}, /*isOptional=*/true);
  if (parameters.resetAfter)
    parameters.recurrentBias =
        layer.takeWeights("recurrent_bias", {units}, /*isOptional=*/true);
  if (!layer.isReady)
    return {};
  RecurrentKind kind = gates == 1   ? RecurrentKind::RNN
                       : gates == 3 ? RecurrentKind::GRU
                                    : RecurrentKind::LSTM;
  return layer.builder.recurrent(layer.name, kind, layer.input, parameters);
}

/// Slopes, one for each position of a sample, or one for all along the axes
/// `shared_axes`.
static Tensor importPrelu(JsonLayer &layer) {
  std::optional<SmallVector<int64_t>> shared = layer.takeAxes("shared_axes");
  layer.checkReady(2, maxRank);
  if (!shared)
    return {};
  SmallVector<int64_t> shape(layer.getInputShape());
  shape.front() = 1;
  for (int64_t axis : *shared)
    shape[axis] = 1;
  ElementsAttr slope = layer.takeWeights("slope", shape);
  if (!layer.isReady)
    return {};
  return layer.builder.prelu(layer.name, layer.input, slope);
}

//===----------------------------------------------------------------------===//
// Layers without weights
//===----------------------------------------------------------------------===//

static Tensor importActivation(JsonLayer &layer) {
  return layer.builder.activation(layer.name, layer.input,
                                  takeFunction(layer, layer.attributes));
}

template <nn::PoolKind kind> static Tensor importPool(JsonLayer &layer) {
  size_t spatialRank = getSpatialRank(layer);
  WindowGeometry geometry;
  geometry.window = layer.takeInts("window", {}, spatialRank);
  geometry.strides = geometry.window;
  if (layer.attributes.take("strides"))
    geometry.strides = layer.takeInts("strides", {}, spatialRank);
  geometry.dilations.assign(spatialRank, 1);
  geometry.padding = takePadding(layer, geometry);
  if (!layer.checkReady(3, 4))
    return {};
  return layer.builder.pool(layer.name, kind, layer.input, geometry);
}

/// Takes `kind`, one of those that `symbolize` knows, which are `names`.
template <typename Kind>
static std::optional<Kind> takeKind(JsonLayer &layer,
                                    std::optional<Kind> (*symbolize)(StringRef),
                                    StringRef names) {
  std::string name = layer.attributes.takeString("kind", {});
  std::optional<Kind> kind = symbolize(name);
  if (!kind && !layer.attributes.hasFailed())
    layer.attributes.emitError()
        << "expects 'kind' to be " << names << ", but got '" << name << "'";
  return kind;
}

static Tensor importGlobalPool(JsonLayer &layer) {
  auto kind = takeKind<nn::PoolKind>(layer, nn::symbolizePoolKind,
                                     "\"max\" or \"avg\"");
  bool keepDims = layer.attributes.takeBool("keep_dims", false);
  if (!layer.checkReady(3, 4))
    return {};
  return layer.builder.globalPool(layer.name, *kind, layer.input, keepDims);
}

/// Takes `key`, one of the names that `symbolize` knows. Reports others.
template <typename EnumT>
static EnumT takeEnum(JsonLayer &layer, StringRef key, StringRef fallback,
                      std::optional<EnumT> (*symbolize)(StringRef)) {
  std::string name = layer.attributes.takeString(key, fallback);
  if (std::optional<EnumT> value = symbolize(name))
    return *value;
  layer.attributes.emitError() << "unsupported " << key << " '" << name << "'";
  return EnumT();
}

static Tensor importPad(JsonLayer &layer) {
  size_t rank = layer.input ? layer.getInputShape().size() : 2;
  SmallVector<int64_t> low = layer.takeInts("low", {}, rank - 1, 0);
  SmallVector<int64_t> high = layer.takeInts("high", {}, rank - 1, 0);
  auto mode =
      takeEnum<nn::PadMode>(layer, "mode", "constant", nn::symbolizePadMode);
  double value = layer.attributes.takeNumber("value", 0.0);
  if (layer.attributes.hasFailed())
    return {};
  low.insert(low.begin(), 0);
  high.insert(high.begin(), 0);
  return layer.builder.pad(layer.name, layer.input, low, high, value, mode);
}

static Tensor importResize(JsonLayer &layer) {
  auto kind = takeKind<nn::ResizeKind>(layer, nn::symbolizeResizeKind,
                                       "\"nearest\" or \"linear\"");
  SmallVector<int64_t> sizes =
      layer.takeInts("sizes", {}, getSpatialRank(layer));
  auto coordinates = takeEnum<nn::Coordinates>(
      layer, "coordinates", "half_pixel", nn::symbolizeCoordinates);
  auto rounding =
      takeEnum<nn::Rounding>(layer, "rounding", "floor", nn::symbolizeRounding);
  if (!layer.checkReady(3, 4))
    return {};
  return layer.builder.resize(layer.name, layer.input, *kind, sizes,
                              coordinates, rounding, {});
}

static Tensor importReduce(JsonLayer &layer) {
  auto kind = takeKind<nn::ReduceKind>(layer, nn::symbolizeReduceKind,
                                       "\"mean\", \"sum\", \"max\" or \"min\"");
  std::optional<SmallVector<int64_t>> axes = layer.takeAxes("axes");
  bool keepDims = layer.attributes.takeBool("keep_dims", false);
  if (!layer.checkReady(2, maxRank))
    return {};
  return layer.builder.reduce(layer.name, *kind, layer.input, *axes, keepDims);
}

static Tensor importNormalize(JsonLayer &layer) {
  auto kind = takeKind<nn::NormalizeKind>(
      layer, nn::symbolizeNormalizeKind,
      "\"standard\", \"deviation\", \"rms\" or \"l2\"");
  std::optional<SmallVector<int64_t>> axes = layer.takeAxes("axes");
  double epsilon = layer.attributes.takeNumber("epsilon", {});
  if (!layer.checkReady(2, maxRank))
    return {};
  return layer.builder.normalize(layer.name, *kind, layer.input, *axes,
                                 epsilon);
}

static Tensor importDropout(JsonLayer &layer) {
  double rate = layer.attributes.takeNumber("rate", {});
  return layer.builder.dropout(layer.name, layer.input, rate);
}

static Tensor importSoftmax(JsonLayer &layer) {
  std::optional<int64_t> axis = layer.takeAxis();
  if (!axis)
    return {};
  return layer.builder.softmax(layer.name, layer.input, *axis);
}

const JsonLayerType *frieze::findJsonLayer(StringRef type) {
  static const JsonLayerType types[] = {
      {"activation", importActivation},
      {"affine", importAffine},
      {"avg_pool", importPool<nn::PoolKind::Avg>},
      {"batch_norm", importBatchNorm},
      {"conv", importConv},
      {"conv_transpose", importConvTranspose},
      {"dense", importDense},
      {"dropout", importDropout},
      {"global_pool", importGlobalPool},
      {"gru", importRecurrent<3>},
      {"lstm", importRecurrent<4>},
      {"max_pool", importPool<nn::PoolKind::Max>},
      {"normalize", importNormalize},
      {"pad", importPad},
      {"prelu", importPrelu},
      {"reduce", importReduce},
      {"resize", importResize},
      {"rnn", importRecurrent<1>},
      {"softmax", importSoftmax},
  };
  for (ArrayRef<JsonLayerType> family :
       {ArrayRef<JsonLayerType>(types), getJsonOperations()})
    for (const JsonLayerType &known : family)
      if (known.name == type)
        return &known;
  return nullptr;
}
