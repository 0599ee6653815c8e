//===- Normalizations.cpp - Keras normalisations ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

static Value importBatchNormalization(Layer &layer) {
  int64_t axisArgument = layer.takeAxis();
  double epsilon = layer.config.takeNumber("epsilon", 1e-3);
  bool hasBeta = layer.config.takeBool("center", true);
  bool hasGamma = layer.config.takeBool("scale", true);
  for (StringRef key : {"momentum", "synchronized", "fused", "renorm_clipping",
                        "renorm_momentum"})
    layer.config.ignore(key);
  layer.config.expectOnly("renorm", false);
  layer.config.expectOnly("mode", 0);
  layer.config.expectOnly("virtual_batch_size", nullptr);
  layer.config.expectOnly("adjustment", nullptr);
  std::optional<int64_t> axis = layer.resolveAxis(axisArgument);
  if (!axis || layer.config.hasFailed())
    return {};
  SmallVector<int64_t> shape{layer.getInputShape()[*axis]};
  SmallVector<WeightSpec> specs;
  if (hasGamma)
    specs.push_back({"gamma", shape});
  if (hasBeta)
    specs.push_back({"beta", shape});
  specs.push_back({"moving_mean", shape});
  specs.push_back({"moving_variance", shape});
  SmallVector<ElementsAttr> weights = layer.readWeights(specs);
  if (llvm::is_contained(weights, ElementsAttr()))
    return {};
  return layer.builder.batchNorm(layer.name, layer.getInput(), *axis,
                                 hasGamma ? weights.front() : ElementsAttr(),
                                 hasBeta ? weights[hasGamma] : ElementsAttr(),
                                 weights[weights.size() - 2], weights.back(),
                                 epsilon);
}

/// Takes a number, or a list with one for each of `channels`; `fallback`, if
/// given, where absent.
static SmallVector<double> takeNumbers(Layer &layer, StringRef key,
                                       int64_t channels,
                                       std::optional<double> fallback) {
  const json *value = layer.config.take(key);
  if (!value && fallback)
    return SmallVector<double>(channels, *fallback);
  if (value && value->is_number())
    return SmallVector<double>(channels, value->get<double>());
  // Statistics of one axis may be nested once for every other: [[[1, 2]]].
  while (value && value->is_array() && value->size() == 1 &&
         value->front().is_array())
    value = &value->front();
  SmallVector<double> numbers;
  if (value && value->is_array())
    for (const json &element : *value)
      if (element.is_number())
        numbers.push_back(element.get<double>());
  if (numbers.size() == 1)
    numbers.resize(channels, numbers.front());
  if (int64_t(numbers.size()) != channels)
    layer.emitError() << "expects '" << key << "' to be a number or a list of "
                      << channels;
  numbers.resize(channels);
  return numbers;
}

/// `y = scale * x + offset` in float32.
static Value importRescaling(Layer &layer) {
  int64_t channels = layer.getInput() ? layer.getInputShape().back() : 1;
  SmallVector<double> scale = takeNumbers(layer, "scale", channels, {});
  SmallVector<double> offset = takeNumbers(layer, "offset", channels, 0.0);
  if (!layer.checkRank(2, maxRank) || layer.config.hasFailed())
    return {};
  auto add = [&](StringRef parameter, ArrayRef<double> values) {
    Array array{{channels}, {values.begin(), values.end()}};
    return layer.builder.addWeights(layer.name, parameter, array);
  };
  return layer.builder.affine(layer.name, layer.getInput(),
                              layer.getInputShape().size() - 1,
                              add("scale", scale), add("shift", offset));
}

/// `y = (x - mean) / max(sqrt(variance), 1e-7)`, or its inverse.
static Value importNormalization(Layer &layer) {
  const json *axisArgument = layer.config.take("axis");
  bool isPerChannel =
      !layer.config.getObject().contains("axis") || axisArgument;
  // No axis: one mean and variance for all elements.
  std::optional<int64_t> axis =
      layer.resolveAxis(isPerChannel ? layer.takeAxis() : -1);
  int64_t channels = axis ? layer.getInputShape()[*axis] : 1;
  bool isInverse = layer.config.takeBool("invert", false);
  bool isGiven = layer.config.take("mean") && layer.config.take("variance");
  SmallVector<double> mean, variance;
  if (isGiven) {
    mean = takeNumbers(layer, "mean", channels, {});
    variance = takeNumbers(layer, "variance", channels, {});
  }
  if (!axis || layer.config.hasFailed())
    return {};
  if (!isGiven) {
    SmallVector<int64_t> shape;
    if (isPerChannel)
      shape.push_back(channels);
    std::vector<Array> arrays =
        layer.readArrays({{"mean", shape}, {"variance", shape}});
    if (arrays.empty())
      return {};
    mean.assign(arrays[0].values.begin(), arrays[0].values.end());
    variance.assign(arrays[1].values.begin(), arrays[1].values.end());
    mean.resize(channels, mean.front());
    variance.resize(channels, variance.front());
  }
  SmallVector<double> scale, shift;
  for (auto [m, v] : llvm::zip(mean, variance)) {
    double deviation = std::max(std::sqrt(v), 1e-7);
    scale.push_back(isInverse ? deviation : 1.0 / deviation);
    shift.push_back(isInverse ? m : -m / deviation);
  }
  return layer.builder.affine(
      layer.name, layer.getInput(), *axis,
      layer.builder.addWeights(layer.name, "scale", scale),
      layer.builder.addWeights(layer.name, "shift", shift));
}

ArrayRef<LayerClass> keras::getNormalizationLayers() {
  static const LayerClass classes[] = {
      {"BatchNormalization", importBatchNormalization},
      {"BatchNormalizationV1", importBatchNormalization},
      {"BatchNormalizationV2", importBatchNormalization},
      {"Normalization", importNormalization},
      {"Rescaling", importRescaling},
      {"SyncBatchNormalization", importBatchNormalization},
  };
  return classes;
}
