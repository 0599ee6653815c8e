//===- Activations.cpp - Keras activations ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Activations.h"
#include "frontends/json/Replacements.h"
#include "frontends/keras/AttentionMasks.h"
#include "frontends/keras/ModelConfig.h"

#include <limits>
#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;
using nn::ActivationKind;

/// Null, and reported, where the function cannot have those parameters.
static nn::ActivationAttr get(Layer &layer, ActivationKind kind,
                              double alpha = 0.0, double beta = 0.0) {
  return nn::ActivationAttr::getChecked([&] { return layer.emitError(); },
                                        layer.builder.getBuilder().getContext(),
                                        kind, APFloat(alpha), APFloat(beta));
}

Value Activation::apply(Layer &layer, Value input) const {
  for (nn::ActivationAttr function : functions)
    input = layer.builder.activation(layer.name, input, function);
  return compose && input ? compose(layer, input, axes) : input;
}

//===----------------------------------------------------------------------===//
// Functions of several operations
//===----------------------------------------------------------------------===//

/// The axes of `input` that the file means, from the start. It counts them with
/// the channels where it has them.
static SmallVector<int64_t> locateAxes(const Layer &layer, Value input,
                                       ArrayRef<int64_t> axes) {
  int64_t rank = getShape(input).size();
  SmallVector<int64_t> positions;
  for (int64_t axis : axes) {
    int64_t position = axis < 0 ? axis + rank : axis;
    if (layer.isChannelsFirst && position > 0)
      position = position == 1 ? rank - 1 : position - 1;
    positions.push_back(position);
  }
  llvm::sort(positions);
  return positions;
}

/// The input less its maximum over `axes`, whose exponentials do not overflow.
static Value subtractMaximum(Layer &layer, Value input,
                             ArrayRef<int64_t> axes) {
  Value maximum = layer.builder.reduce(layer.name, nn::ReduceKind::Max, input,
                                       axes, /*keepDims=*/true);
  return layer.builder.binary(layer.name, nn::BinaryKind::Sub, input, maximum);
}

static Value composeSoftmax(Layer &layer, Value input, ArrayRef<int64_t> axes) {
  ModelBuilder &builder = layer.builder;
  SmallVector<int64_t> positions = locateAxes(layer, input, axes);
  if (positions.size() == 1)
    return builder.softmax(layer.name, input, positions.front());
  Value exponentials =
      builder.activation(layer.name, subtractMaximum(layer, input, positions),
                         ActivationKind::Exp);
  Value sum = builder.reduce(layer.name, nn::ReduceKind::Sum, exponentials,
                             positions, /*keepDims=*/true);
  return builder.binary(layer.name, nn::BinaryKind::Div, exponentials, sum);
}

static Value composeLogSoftmax(Layer &layer, Value input,
                               ArrayRef<int64_t> axes) {
  ModelBuilder &builder = layer.builder;
  SmallVector<int64_t> positions = locateAxes(layer, input, axes);
  Value shifted = subtractMaximum(layer, input, positions);
  Value sum = builder.reduce(
      layer.name, nn::ReduceKind::Sum,
      builder.activation(layer.name, shifted, ActivationKind::Exp), positions,
      /*keepDims=*/true);
  return builder.binary(
      layer.name, nn::BinaryKind::Sub, shifted,
      builder.activation(layer.name, sum, ActivationKind::Log));
}

/// log(sigmoid(x)) = -softplus(-x)
static Value composeLogSigmoid(Layer &layer, Value input, ArrayRef<int64_t>) {
  ModelBuilder &builder = layer.builder;
  Value softplus = builder.activation(
      layer.name, builder.scaleAndShift(layer.name, input, -1.0, 0.0),
      ActivationKind::Softplus);
  return builder.scaleAndShift(layer.name, softplus, -1.0, 0.0);
}

static Value composeTanhShrink(Layer &layer, Value input, ArrayRef<int64_t>) {
  return layer.builder.binary(
      layer.name, nn::BinaryKind::Sub, input,
      layer.builder.activation(layer.name, input, ActivationKind::Tanh));
}

/// x - clip(x, -0.5, 0.5)
static Value composeSoftShrink(Layer &layer, Value input, ArrayRef<int64_t>) {
  return layer.builder.binary(layer.name, nn::BinaryKind::Sub, input,
                              layer.builder.activation(layer.name, input,
                                                       ActivationKind::Clip,
                                                       -0.5, 0.5));
}

//===----------------------------------------------------------------------===//
// Activations with a config
//===----------------------------------------------------------------------===//

/// `x` above the threshold, `negative_slope * (x - threshold)` below, and never
/// more than `max_value`.
static Activation readRelu(Layer &layer) {
  const json *hasMaximum = layer.config.take("max_value");
  double maximum = layer.config.takeNumber("max_value", 0.0);
  double slope = layer.config.takeNumber("negative_slope", 0.0);
  double threshold = layer.config.takeNumber("threshold", 0.0);
  Activation activation;
  if (slope < 0.0 || maximum < 0.0 || threshold < 0.0) {
    layer.emitError() << "expects 'negative_slope', 'max_value' and "
                         "'threshold' not to be negative, but got "
                      << formatJson(slope) << ", " << formatJson(maximum)
                      << " and " << formatJson(threshold);
    return activation;
  }
  if (threshold != 0.0)
    activation.functions.push_back(
        get(layer, ActivationKind::ThresholdedRelu, slope, threshold));
  else if (slope != 0.0)
    activation.functions.push_back(
        get(layer, ActivationKind::LeakyRelu, slope));
  if (hasMaximum)
    activation.functions.push_back(get(
        layer, ActivationKind::Clip,
        activation.functions.empty() ? 0.0
                                     : -std::numeric_limits<double>::infinity(),
        maximum));
  if (activation.functions.empty())
    activation.functions.push_back(get(layer, ActivationKind::Relu));
  return activation;
}

static Activation readThresholdedRelu(Layer &layer) {
  return {{get(layer, ActivationKind::ThresholdedRelu, 0.0,
               layer.config.takeNumber("theta", 1.0))}};
}

static Activation readLeakyRelu(Layer &layer) {
  // Keras 3 renamed `alpha`.
  double alpha = layer.config.takeNumber("alpha", 0.3);
  double slope = layer.config.takeNumber("negative_slope", alpha);
  return {{get(layer, ActivationKind::LeakyRelu, slope)}};
}

static Activation readElu(Layer &layer) {
  return {
      {get(layer, ActivationKind::Elu, layer.config.takeNumber("alpha", 1.0))}};
}

static Activation readSoftmax(Layer &layer) {
  Activation activation{{}, composeSoftmax};
  activation.axes = layer.takeAxisList();
  if (activation.axes.empty() && !layer.config.hasFailed())
    layer.emitError() << "expects at least one axis of softmax";
  return activation;
}

using ReadActivationFn = Activation (*)(Layer &);

static ReadActivationFn findActivationClass(StringRef className) {
  if (className == "ReLU")
    return readRelu;
  if (className == "LeakyReLU")
    return readLeakyRelu;
  if (className == "ELU")
    return readElu;
  if (className == "Softmax")
    return readSoftmax;
  if (className == "ThresholdedReLU")
    return readThresholdedRelu;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Activations by name
//===----------------------------------------------------------------------===//

/// A function that the options replace. Nothing where they don't.
static std::optional<Activation> findReplaced(Layer &layer, StringRef name) {
  Replacements *replacements = layer.model.replacements;
  const Replacement *replacement =
      replacements ? replacements->find(name, /*path=*/"") : nullptr;
  if (!replacement)
    return std::nullopt;
  auto compose = [=](Layer &layer, Value input, ArrayRef<int64_t>) -> Value {
    if (layer.isChannelsFirst) {
      layer.emitError() << "unsupported replacement of a function whose "
                           "channels are first";
      return {};
    }
    json empty = json::object();
    ObjectReader config(empty, [&] { return layer.emitError(); });
    SmallVector<Value> outputs = replacements->import(
        *replacement, {layer.name, {{"", Tensor(input)}}, config, {}});
    if (outputs.size() == 1)
      return outputs.front();
    if (!outputs.empty())
      layer.emitError() << "expects a function of one output, but got "
                        << outputs.size();
    return {};
  };
  return Activation{{}, compose};
}

Activation keras::getActivation(Layer &layer, StringRef name) {
  if (name == "linear")
    return {};
  if (name == "softmax" || name == "softmax_v2")
    return {{}, composeSoftmax};
  if (name == "log_softmax")
    return {{}, composeLogSoftmax};
  if (name == "log_sigmoid")
    return {{}, composeLogSigmoid};
  if (name == "tanh_shrink")
    return {{}, composeTanhShrink};
  if (name == "soft_shrink")
    return {{}, composeSoftShrink};
  // Keras 3 changed the slope from 1/5 to 1/6; files mean what their writer
  // did.
  if (name == "hard_sigmoid")
    return {
        {get(layer, ActivationKind::HardSigmoid,
             layer.model.kerasVersion.getMajor() < 3 ? 0.2 : 1.0 / 6.0, 0.5)}};
  if (std::optional<nn::NamedActivation> known = nn::findKerasActivation(name))
    return {{get(layer, known->kind, known->alpha, known->beta)}};
  if (ReadActivationFn read = findActivationClass(name)) {
    json empty = json::object();
    ObjectReader config(empty, [&] { return layer.emitError(); });
    Layer nested{layer.model, layer.builder, config,
                 layer.name,  layer.path,    {}};
    return read(nested);
  }
  if (std::optional<Activation> replaced = findReplaced(layer, name))
    return *replaced;
  layer.emitError() << "unsupported activation '" << name << "'"
                    << suggestReplacement(getPlainName(name));
  return {};
}

Activation keras::takeActivation(Layer &layer, StringRef key) {
  const json *value = layer.config.take(key);
  if (!value)
    return {};
  if (value->is_string())
    return getActivation(layer, value->get<std::string>());
  ObjectReader object(*value, [&] { return layer.emitError(); });
  std::string className = object.takeString("class_name", "");
  const json *config = object.take("config");
  if (config &&
      config->is_string()) // {"class_name": "function", "config": "relu"}
    return getActivation(layer, config->get<std::string>());
  if (ReadActivationFn read = findActivationClass(className)) {
    json empty = json::object();
    ObjectReader reader(config ? *config : empty,
                        [&] { return layer.emitError(); });
    Layer nested{layer.model, layer.builder, reader,
                 layer.name,  layer.path,    {}};
    Activation activation = read(nested);
    ignoreHarmless(layer.builder, reader);
    reader.finish();
    return activation;
  }
  layer.emitError() << "unsupported activation "
                    << (className.empty() ? formatJson(*value)
                                          : "'" + className + "'");
  return {};
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

template <Activation (*read)(Layer &)>
static Value importPointwise(Layer &layer) {
  Activation activation = read(layer);
  return layer.config.hasFailed() ? Value()
                                  : activation.apply(layer, layer.getInput());
}

/// The mask that is passed to a softmax, of the input's rank: 1 where it is
/// above a half. Null where there is none.
static Value takeSoftmaxMask(Layer &layer) {
  ArrayRef<Value> given = layer.takeTensors("mask");
  if (given.empty() || !given.front() || !layer.getInput())
    return {};
  layer.takesMask = true;
  if (getShape(given.front()).size() != layer.getInputShape().size()) {
    layer.emitError() << "expects a mask of the input's rank, but got shape "
                      << formatShape(getShape(given.front()));
    return {};
  }
  return layer.builder.binaryWithWeights(layer.name, nn::BinaryKind::Less,
                                         given.front(), Array{{}, {0.5f}},
                                         /*isFirst=*/true);
}

static Value importSoftmax(Layer &layer) {
  Activation activation = readSoftmax(layer);
  Value mask = takeSoftmaxMask(layer), input = layer.getInput();
  std::optional<SmallVector<int64_t>> axes = layer.resolveAxes(activation.axes);
  if (layer.config.hasFailed() || !axes)
    return {};
  if (axes->front() == 0) {
    layer.emitError() << "expects axes other than the batch";
    return {};
  }
  Value output =
      activation.apply(layer, replaceMasked(layer, mask, input, -1e9f));
  return hasZerosWhereAllMasked(layer.model.kerasVersion)
             ? replaceMasked(layer, mask, output, 0.0f)
             : output;
}

static Value importActivation(Layer &layer) {
  Activation activation = takeActivation(layer, "activation");
  if (layer.config.hasFailed())
    return {};
  // The imported IR shows every layer of the file.
  if (activation.functions.empty() && !activation.compose)
    activation.functions.push_back(get(layer, ActivationKind::Linear));
  return activation.apply(layer, layer.getInput());
}

/// Slopes that are repeated along `shared_axes`, which count from 1; Keras
/// counts others from the end of the axes behind the batch, as 0, -1, and so
/// on.
static Value importPRelu(Layer &layer) {
  SmallVector<int64_t> sharedAxes =
      layer.config.takeIntList("shared_axes", -int64_t(maxRank));
  if (!layer.checkRank(2, maxRank) || layer.config.hasFailed())
    return {};
  SmallVector<int64_t> shape(layer.getInputShape());
  shape.front() = 1;
  int64_t rank = shape.size();
  for (int64_t axis : sharedAxes) {
    int64_t position = axis > 0 ? axis : axis + rank - 1;
    if (position < 1 || position >= rank) {
      layer.emitError() << "expects 'shared_axes' below " << rank
                        << ", but got " << axis;
      return {};
    }
    shape[position] = 1;
  }
  SmallVector<int64_t> stored(ArrayRef(shape).drop_front());
  SmallVector<ElementsAttr> weights =
      layer.readWeights(WeightSpec{"alpha", stored, shape});
  return layer.builder.prelu(layer.name, layer.getInput(), weights.front());
}

ArrayRef<LayerClass> keras::getActivationLayers() {
  static const LayerClass classes[] = {
      {"Activation", importActivation},
      {"ELU", importPointwise<readElu>},
      {"LeakyReLU", importPointwise<readLeakyRelu>},
      {"PReLU", importPRelu},
      {"ReLU", importPointwise<readRelu>},
      {"Softmax", importSoftmax},
      {"ThresholdedReLU", importPointwise<readThresholdedRelu>},
  };
  return classes;
}
