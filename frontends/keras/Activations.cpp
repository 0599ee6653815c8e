//===- Activations.cpp - Keras activations ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"
#include "llvm/ADT/StringSwitch.h"

#include <limits>
#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;
using nn::ActivationKind;

static nn::ActivationAttr get(Layer &layer, ActivationKind kind,
                              double alpha = 0.0, double beta = 0.0) {
  return nn::ActivationAttr::get(layer.builder.getBuilder().getContext(), kind,
                                 alpha, beta);
}

Value Activation::apply(Layer &layer, Value input) const {
  for (nn::ActivationAttr function : functions)
    input = layer.builder.activation(layer.name, input, function);
  if (!isSoftmax || !input)
    return input;
  int64_t rank = getShape(input).size();
  return layer.builder.softmax(
      layer.name, input, softmaxAxis < 0 ? softmaxAxis + rank : softmaxAxis);
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
  if (threshold != 0.0) {
    layer.emitError() << "unsupported value of 'threshold', expects 0, but got "
                      << formatJson(threshold);
    return activation;
  }
  if (slope < 0.0 || maximum < 0.0) {
    layer.emitError() << "expects 'negative_slope' and 'max_value' not to be "
                         "negative, but got "
                      << formatJson(slope) << " and " << formatJson(maximum);
    return activation;
  }
  if (slope != 0.0)
    activation.functions.push_back(
        get(layer, ActivationKind::LeakyRelu, slope));
  if (hasMaximum)
    activation.functions.push_back(
        get(layer, ActivationKind::Clip,
            slope != 0.0 ? -std::numeric_limits<double>::infinity() : 0.0,
            maximum));
  if (activation.functions.empty())
    activation.functions.push_back(get(layer, ActivationKind::Relu));
  return activation;
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
  Activation activation;
  activation.isSoftmax = true;
  activation.softmaxAxis = layer.takeAxis();
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
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Activations by name
//===----------------------------------------------------------------------===//

Activation keras::getActivation(Layer &layer, StringRef name) {
  if (name == "linear")
    return {};
  if (name == "softmax" || name == "softmax_v2")
    return {{}, /*isSoftmax=*/true};
  if (name == "relu6")
    return {{get(layer, ActivationKind::Clip, 0.0, 6.0)}};
  if (name == "hard_tanh")
    return {{get(layer, ActivationKind::Clip, -1.0, 1.0)}};
  if (name == "leaky_relu")
    return {{get(layer, ActivationKind::LeakyRelu, 0.2)}};
  if (name == "elu")
    return {{get(layer, ActivationKind::Elu, 1.0)}};
  // Keras 3 changed the slope from 1/5 to 1/6; files mean what their writer
  // did.
  if (name == "hard_sigmoid")
    return {{get(layer, ActivationKind::HardSigmoid,
                 layer.model.kerasVersion < 3 ? 0.2 : 1.0 / 6.0, 0.5)}};
  std::optional<ActivationKind> kind =
      llvm::StringSwitch<std::optional<ActivationKind>>(name)
          .Case("relu", ActivationKind::Relu)
          .Case("selu", ActivationKind::Selu)
          .Case("exponential", ActivationKind::Exp)
          .Case("sigmoid", ActivationKind::Sigmoid)
          .Cases({"silu", "swish"}, ActivationKind::Silu)
          .Cases({"hard_silu", "hard_swish"}, ActivationKind::HardSilu)
          .Case("tanh", ActivationKind::Tanh)
          .Case("softplus", ActivationKind::Softplus)
          .Case("softsign", ActivationKind::Softsign)
          .Case("gelu", ActivationKind::Gelu)
          .Default(std::nullopt);
  if (kind)
    return {{get(layer, *kind)}};
  if (ReadActivationFn read = findActivationClass(name)) {
    json empty = json::object();
    ObjectReader config(empty, [&] { return layer.emitError(); });
    Layer nested{layer.model, layer.builder, config,
                 layer.name,  layer.path,    {}};
    return read(nested);
  }
  layer.emitError() << "unsupported activation '" << name << "'";
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
    ignoreHarmless(reader);
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

static Value importSoftmax(Layer &layer) {
  Activation activation = readSoftmax(layer);
  std::optional<int64_t> axis = layer.resolveAxis(activation.softmaxAxis);
  if (layer.config.hasFailed() || !axis)
    return {};
  return layer.builder.softmax(layer.name, layer.getInput(), *axis);
}

static Value importActivation(Layer &layer) {
  Activation activation = takeActivation(layer, "activation");
  if (layer.config.hasFailed())
    return {};
  // The imported IR shows every layer of the file.
  if (activation.functions.empty() && !activation.isSoftmax)
    activation.functions.push_back(get(layer, ActivationKind::Linear));
  return activation.apply(layer, layer.getInput());
}

ArrayRef<LayerClass> keras::getActivationLayers() {
  static const LayerClass classes[] = {
      {"Activation", importActivation},
      {"ELU", importPointwise<readElu>},
      {"LeakyReLU", importPointwise<readLeakyRelu>},
      {"ReLU", importPointwise<readRelu>},
      {"Softmax", importSoftmax},
  };
  return classes;
}
