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

/// Takes `key`: numbers for the last of `shape`'s axes, or for all of them.
static DoubleArray takeStatistics(Layer &layer, StringRef key,
                                  ArrayRef<int64_t> shape) {
  DoubleArray array({shape.begin(), shape.end()}, {});
  int64_t count = countElements(shape).value_or(1);
  const json *value = layer.config.take(key);
  std::vector<const json *> open;
  if (value)
    open.push_back(value);
  // Nested lists, from the last element, and each by its elements in turn.
  while (!open.empty()) {
    const json *element = open.back();
    open.pop_back();
    if (element->is_array())
      for (const json &inner : llvm::reverse(*element))
        open.push_back(&inner);
    else if (element->is_number() && (int64_t)array.values.size() < count)
      array.values.push_back(element->get<float>());
    else
      array.values.clear(), open.clear();
  }
  int64_t size = array.values.size();
  if (size == 0 || count % size != 0) {
    layer.emitError() << "expects '" << key << "' to be a number or a list of "
                      << count;
    array.values.assign(count, 1.0);
    return array;
  }
  // Those of the last axes are repeated for the others.
  for (int64_t i = size; i < count; ++i)
    array.values.push_back(array.values[i - size]);
  return array;
}

/// `y = (x - mean) / max(sqrt(variance), 1e-7)`, or its inverse.
static Value importNormalization(Layer &layer) {
  // No axis: one mean and variance for all elements.
  SmallVector<int64_t> axisArgument = layer.takeAxisList();
  const json &object = layer.config.getObject();
  if (auto axis = object.find("axis"); axis != object.end() && axis->is_null())
    axisArgument.clear();
  std::optional<SmallVector<int64_t>> axes = layer.resolveAxes(axisArgument);
  bool isInverse = layer.config.takeBool("invert", false);
  bool isGiven = layer.config.take("mean") && layer.config.take("variance");
  if (!axes)
    return {};
  ArrayRef<int64_t> inputShape = layer.getInputShape();
  SmallVector<int64_t> shape, repeated(inputShape.size(), 1);
  for (int64_t axis : *axes) {
    shape.push_back(inputShape[axis]);
    repeated[axis] = inputShape[axis];
  }
  DoubleArray mean, variance;
  if (isGiven) {
    mean = takeStatistics(layer, "mean", shape);
    variance = takeStatistics(layer, "variance", shape);
  }
  if (layer.config.hasFailed())
    return {};
  if (!isGiven) {
    std::vector<DoubleArray> arrays =
        layer.readArrays({{"mean", shape}, {"variance", shape}});
    if (arrays.empty())
      return {};
    mean = std::move(arrays[0]);
    variance = std::move(arrays[1]);
  }
  ModelBuilder &builder = layer.builder;
  SmallVector<double> scale, shift;
  for (auto [m, v] : llvm::zip_equal(mean.values, variance.values)) {
    double deviation = std::max(std::sqrt(v), 1e-7);
    scale.push_back(isInverse ? deviation : 1.0 / deviation);
    shift.push_back(isInverse ? m : -m / deviation);
  }
  if (axes->size() <= 1) {
    int64_t axis = axes->empty() ? inputShape.size() - 1 : axes->front();
    scale.resize(inputShape[axis], scale.front());
    shift.resize(inputShape[axis], shift.front());
    return builder.affine(layer.name, layer.getInput(), axis,
                          builder.addWeights(layer.name, "scale", scale),
                          builder.addWeights(layer.name, "shift", shift));
  }
  auto toArray = [&](ArrayRef<double> values) {
    return Array{repeated, {values.begin(), values.end()}};
  };
  Value scaled = builder.binaryWithWeights(layer.name, nn::BinaryKind::Mul,
                                           layer.getInput(), toArray(scale));
  return builder.binaryWithWeights(layer.name, nn::BinaryKind::Add, scaled,
                                   toArray(shift));
}

//===----------------------------------------------------------------------===//
// By the statistics of the input itself
//===----------------------------------------------------------------------===//

/// The trained scale and shift behind a normalisation, with one entry for each
/// position of `axes`.
static Value applyScaleAndShift(Layer &layer, Value value,
                                ArrayRef<int64_t> axes, StringRef scaleName,
                                StringRef shiftName) {
  if (scaleName.empty() && shiftName.empty())
    return value;
  ModelBuilder &builder = layer.builder;
  SmallVector<int64_t> shape, repeated(layer.getInputShape().size(), 1);
  for (int64_t axis : axes) {
    shape.push_back(layer.getInputShape()[axis]);
    repeated[axis] = shape.back();
  }
  bool isAffine = axes.size() == 1;
  SmallVector<int64_t> opShape(isAffine ? ArrayRef(shape) : repeated);
  SmallVector<WeightSpec> specs;
  for (StringRef name : {scaleName, shiftName})
    if (!name.empty())
      specs.push_back({name, shape, opShape});
  SmallVector<ElementsAttr> weights = layer.readWeights(specs);
  ElementsAttr scale = scaleName.empty() ? ElementsAttr() : weights.front();
  ElementsAttr shift = shiftName.empty() ? ElementsAttr() : weights.back();
  if (isAffine) {
    auto fill = [&](StringRef name, double number) {
      SmallVector<double> numbers(shape.front(), number);
      return builder.addWeights(layer.name, name, numbers);
    };
    if (scaleName.empty())
      scale = fill("gamma", 1.0);
    if (shiftName.empty())
      shift = fill("beta", 0.0);
    return builder.affine(layer.name, value, axes.front(), scale, shift);
  }
  if (!scaleName.empty())
    value = builder.binary(layer.name, nn::BinaryKind::Mul, value,
                           builder.constant(layer.name, scale));
  if (!shiftName.empty())
    value = builder.binary(layer.name, nn::BinaryKind::Add, value,
                           builder.constant(layer.name, shift));
  return value;
}

/// Axes of the input behind the batch. Nothing for none.
static std::optional<SmallVector<int64_t>> takeSampleAxes(Layer &layer) {
  std::optional<SmallVector<int64_t>> axes =
      layer.resolveAxes(layer.takeAxisList());
  if (!axes || (!axes->empty() && axes->front() != 0))
    return axes;
  layer.emitError() << "expects axes other than the batch";
  return std::nullopt;
}

static Value importLayerNormalization(Layer &layer) {
  std::optional<SmallVector<int64_t>> axes = takeSampleAxes(layer);
  double epsilon = layer.config.takeNumber("epsilon", 1e-3);
  bool hasBeta = layer.config.takeBool("center", true);
  bool hasGamma = layer.config.takeBool("scale", true);
  // Divided by the deviation, without moving the mean.
  bool isScaled = layer.config.takeBool("rms_scaling", false);
  if (!axes || layer.config.hasFailed())
    return {};
  Value normalized = layer.builder.normalize(
      layer.name,
      isScaled ? nn::NormalizeKind::Deviation : nn::NormalizeKind::Standard,
      layer.getInput(), *axes, epsilon);
  return applyScaleAndShift(layer, normalized, *axes,
                            hasGamma || isScaled ? "gamma" : "",
                            hasBeta && !isScaled ? "beta" : "");
}

static Value importRMSNormalization(Layer &layer) {
  std::optional<SmallVector<int64_t>> axes = takeSampleAxes(layer);
  double epsilon = layer.config.takeNumber("epsilon", 1e-6);
  if (!axes || layer.config.hasFailed())
    return {};
  // Keras multiplies by the scale along the last axes, whichever it normalises.
  if (!axes->empty() &&
      axes->front() + axes->size() != layer.getInputShape().size()) {
    layer.emitError() << "unsupported value of 'axis', expects the last axes, "
                         "along which Keras applies the scale";
    return {};
  }
  Value normalized = layer.builder.normalize(layer.name, nn::NormalizeKind::Rms,
                                             layer.getInput(), *axes, epsilon);
  return applyScaleAndShift(layer, normalized, *axes, "scale", "");
}

static Value importUnitNormalization(Layer &layer) {
  std::optional<SmallVector<int64_t>> axes = takeSampleAxes(layer);
  if (!axes || layer.config.hasFailed())
    return {};
  return layer.builder.normalize(layer.name, nn::NormalizeKind::L2,
                                 layer.getInput(), *axes, 1e-12);
}

/// Groups of channels, each with statistics of its own.
static Value importGroupNormalization(Layer &layer) {
  int64_t groups = layer.config.takeInt("groups", 32, -1);
  std::optional<int64_t> axis = layer.resolveAxis(layer.takeAxis());
  double epsilon = layer.config.takeNumber("epsilon", 1e-3);
  bool hasBeta = layer.config.takeBool("center", true);
  bool hasGamma = layer.config.takeBool("scale", true);
  if (!axis || layer.config.hasFailed())
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  int64_t channels = shape[*axis];
  if (groups == -1)
    groups = channels;
  if (*axis == 0 || groups < 1 || channels % groups != 0) {
    layer.emitError() << "expects 'groups' to divide " << channels
                      << " channels, but got " << groups;
    return {};
  }
  SmallVector<int64_t> grouped(shape.drop_front());
  grouped[*axis - 1] = channels / groups;
  grouped.insert(grouped.begin() + *axis - 1, groups);
  SmallVector<int64_t> axes;
  for (int64_t i = 1; i <= (int64_t)grouped.size(); ++i)
    if (i != *axis)
      axes.push_back(i);
  ModelBuilder &builder = layer.builder;
  Value value = builder.reshape(layer.name, layer.getInput(), grouped);
  value = builder.normalize(layer.name, nn::NormalizeKind::Standard, value,
                            axes, epsilon);
  value = builder.reshape(layer.name, value, shape.drop_front());
  return applyScaleAndShift(layer, value, *axis, hasGamma ? "gamma" : "",
                            hasBeta ? "beta" : "");
}

ArrayRef<LayerClass> keras::getNormalizationLayers() {
  static const LayerClass classes[] = {
      {"BatchNormalization", importBatchNormalization},
      {"BatchNormalizationV1", importBatchNormalization},
      {"BatchNormalizationV2", importBatchNormalization},
      {"GroupNormalization", importGroupNormalization},
      {"LayerNormalization", importLayerNormalization},
      {"Normalization", importNormalization},
      {"RMSNormalization", importRMSNormalization},
      {"Rescaling", importRescaling},
      {"SyncBatchNormalization", importBatchNormalization},
      {"UnitNormalization", importUnitNormalization},
  };
  return classes;
}
