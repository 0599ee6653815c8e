//===- RecurrentLayers.cpp - Keras recurrent layers -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Weights.h"
#include "frontends/keras/ModelConfig.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;
using nn::ActivationKind;

namespace {
enum class RecurrentKind { GRU, LSTM, RNN };

/// A recurrent layer, or the cell of one.
struct RecurrentClass {
  RecurrentKind kind;
  /// Whether its weights are laid out for cuDNN, which has no options.
  bool isCuDNN = false;
};

/// What a recurrent layer consists of, but for its weights.
struct RecurrentConfig {
  RecurrentClass recurrentClass;
  int64_t units = 1;
  bool useBias = true, returnsState = false;
  RecurrentParameters parameters{};
};
} // namespace

static std::optional<RecurrentClass> findRecurrentClass(StringRef className) {
  className.consume_back("Cell");
  return llvm::StringSwitch<std::optional<RecurrentClass>>(className)
      .Case("CuDNNGRU", RecurrentClass{RecurrentKind::GRU, true})
      .Case("CuDNNLSTM", RecurrentClass{RecurrentKind::LSTM, true})
      .Case("GRU", RecurrentClass{RecurrentKind::GRU})
      .Case("LSTM", RecurrentClass{RecurrentKind::LSTM})
      .Case("SimpleRNN", RecurrentClass{RecurrentKind::RNN})
      .Default(std::nullopt);
}

//===----------------------------------------------------------------------===//
// Configs
//===----------------------------------------------------------------------===//

/// Takes an activation of a recurrent layer, which must be one function.
static nn::ActivationAttr takeFunction(Layer &layer, StringRef key,
                                       ActivationKind fallback) {
  MLIRContext *context = layer.builder.getBuilder().getContext();
  bool isGiven = layer.config.getObject().contains(key);
  Activation activation = takeActivation(layer, key);
  if (!isGiven)
    return nn::ActivationAttr::get(context, fallback);
  if (activation.compose || activation.functions.size() > 1) {
    layer.emitError() << "unsupported value of '" << key
                      << "', expects one pointwise function";
    return {};
  }
  return activation.functions.empty()
             ? nn::ActivationAttr::get(context, ActivationKind::Linear)
             : activation.functions.front();
}

/// Takes what a cell has of its own.
static RecurrentConfig takeCell(Layer &layer, RecurrentClass recurrentClass) {
  RecurrentConfig config{recurrentClass};
  config.units = layer.config.takeInt("units", {});
  if (!recurrentClass.isCuDNN)
    config.useBias = layer.config.takeBool("use_bias", true);
  RecurrentParameters &parameters = config.parameters;
  parameters.activation =
      takeFunction(layer, "activation", ActivationKind::Tanh);
  if (recurrentClass.kind != RecurrentKind::RNN)
    parameters.recurrentActivation =
        takeFunction(layer, "recurrent_activation", ActivationKind::Sigmoid);
  // Before Keras had the option, the gate came first.
  if (recurrentClass.kind == RecurrentKind::GRU)
    parameters.resetAfter =
        recurrentClass.isCuDNN || layer.config.takeBool("reset_after", false);
  // What acts in training, and how to compute.
  for (StringRef key : {"dropout", "recurrent_dropout", "seed",
                        "unit_forget_bias", "implementation"})
    layer.config.ignore(key);
  return config;
}

/// Takes how the steps of a layer run.
static void takeSteps(Layer &layer, RecurrentConfig &config) {
  config.parameters.sequences =
      layer.config.takeBool("return_sequences", false);
  config.parameters.backwards = layer.config.takeBool("go_backwards", false);
  config.returnsState = layer.config.takeBool("return_state", false);
  for (StringRef key : {"stateful", "time_major"})
    layer.config.expectOnly(key, false);
  config.parameters.zeroMasked =
      layer.config.takeBool("zero_output_for_mask", false);
  // How to compute, and what follows from the input.
  for (StringRef key : {"unroll", "use_cudnn", "input_dim", "input_length"})
    layer.config.ignore(key);
}

/// Takes the config of a layer of class `className`, which is known, or `RNN`
/// of a cell.
static RecurrentConfig takeConfig(Layer &layer, StringRef className) {
  RecurrentConfig config;
  if (std::optional<RecurrentClass> known = findRecurrentClass(className)) {
    config = takeCell(layer, *known);
  } else {
    const json *cell = layer.config.take("cell");
    const json *cellConfig = cell ? findMember(*cell, "config") : nullptr;
    std::string cellName = cellConfig ? getClassName(*cell) : "";
    known = findRecurrentClass(cellName);
    if (!known || !StringRef(cellName).ends_with("Cell")) {
      layer.emitError() << "unsupported class '" << cellName << "' of a cell";
      takeSteps(layer, config);
      return config;
    }
    ObjectReader reader(*cellConfig, [&] { return layer.emitError(); });
    Layer cellLayer{layer.model, layer.builder, reader,
                    layer.name,  layer.path,    {}};
    ignoreHarmless(reader);
    config = takeCell(cellLayer, *known);
    reader.finish();
  }
  takeSteps(layer, config);
  return config;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// From cuDNN's layout of a kernel with `gates` blocks of columns: each block
/// is transposed. That of the input has its columns one after the other; in
/// that of the state, the file has rows for columns.
static ElementsAttr fromCuDNN(ElementsAttr kernel, int64_t gates,
                              bool isRecurrent) {
  FailureOr<SmallVector<double>> values = nn::readWeights(kernel);
  if (failed(values))
    return {};
  int64_t rows = kernel.getShapedType().getDimSize(0);
  int64_t columns = kernel.getShapedType().getDimSize(1);
  int64_t units = columns / gates;
  SmallVector<double> result;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      int64_t unit = column % units, block = column - unit;
      int64_t position = row + unit * rows;
      int64_t from =
          isRecurrent ? unit * columns + block + row
                      : position / units * columns + block + position % units;
      result.push_back((*values)[from]);
    }
  return nn::createWeightsLike(kernel, {rows, columns}, result);
}

/// Reads the weights into `parameters`. Fails where the config did.
static LogicalResult readParameters(Layer &layer, RecurrentConfig &config) {
  auto [kind, isCuDNN] = config.recurrentClass;
  RecurrentParameters &parameters = config.parameters;
  if (!layer.checkRank(3, 3) || layer.config.hasFailed())
    return failure();
  int64_t units = config.units, channels = layer.getInputShape().back();
  int64_t gates = kind == RecurrentKind::GRU    ? 3
                  : kind == RecurrentKind::LSTM ? 4
                                                : 1;
  int64_t columns = gates * units;
  SmallVector<WeightSpec, 3> specs{{"kernel", {channels, columns}},
                                   {"recurrent_kernel", {units, columns}}};
  // One bias for the input and one for the state.
  bool hasTwo = isCuDNN || parameters.resetAfter;
  if (config.useBias && isCuDNN)
    specs.push_back({"bias", {2 * columns}});
  else if (config.useBias && hasTwo)
    specs.push_back({"bias", {2, columns}});
  else if (config.useBias)
    specs.push_back({"bias", {columns}});
  SmallVector<ElementsAttr> weights =
      layer.readWeights(specs, isCuDNN ? "" : "cell");
  if (llvm::is_contained(weights, ElementsAttr()))
    return failure();
  parameters.kernel = isCuDNN
                          ? fromCuDNN(weights[0], gates, /*isRecurrent=*/false)
                          : weights[0];
  parameters.recurrent =
      isCuDNN ? fromCuDNN(weights[1], gates, /*isRecurrent=*/true) : weights[1];
  if (!config.useBias)
    return success();
  parameters.bias = weights[2];
  if (!hasTwo)
    return success();
  FailureOr<SmallVector<double>> both = nn::readWeights(weights[2]);
  if (failed(both))
    return failure();
  // Only where a reset gate comes between them do the two not add up.
  ArrayRef<double> second = ArrayRef(*both).drop_front(columns);
  int64_t added = kind == RecurrentKind::GRU ? columns - units : columns;
  SmallVector<double> bias(ArrayRef(*both).take_front(columns));
  for (int64_t i = 0; i < added; ++i)
    bias[i] += second[i];
  parameters.bias = nn::createWeightsLike(weights[2], {columns}, bias);
  if (kind == RecurrentKind::GRU)
    parameters.recurrentBias = layer.builder.addWeights(
        layer.name, "recurrent_bias", second.drop_front(added));
  return success();
}

/// Builds the layer and, with `return_state`, its last state.
static Value build(Layer &layer, RecurrentConfig &config) {
  if (config.returnsState &&
      (config.parameters.sequences ||
       config.recurrentClass.kind == RecurrentKind::LSTM))
    layer.emitError() << "unsupported value of 'return_state', expects false, "
                         "but got true";
  if (failed(readParameters(layer, config)))
    return {};
  Value output;
  switch (config.recurrentClass.kind) {
  case RecurrentKind::GRU:
    output = layer.builder.gru(layer.name, layer.getInput(), config.parameters);
    break;
  case RecurrentKind::LSTM:
    output =
        layer.builder.lstm(layer.name, layer.getInput(), config.parameters);
    break;
  case RecurrentKind::RNN:
    output = layer.builder.rnn(layer.name, layer.getInput(), config.parameters);
    break;
  }
  if (config.returnsState)
    layer.moreOutputs = {output};
  return output;
}

template <const char *className> static Value importRecurrent(Layer &layer) {
  RecurrentConfig config = takeConfig(layer, className);
  if (!config.recurrentClass.isCuDNN)
    config.parameters.mask = layer.takeMask();
  return build(layer, config);
}

//===----------------------------------------------------------------------===//
// Both directions
//===----------------------------------------------------------------------===//

/// Takes the config of the layer `wrapped` of a Bidirectional one. Nothing
/// where that fails.
static std::optional<RecurrentConfig> takeDirection(Layer &layer,
                                                    const json *wrapped) {
  const json *wrappedConfig =
      wrapped ? findMember(*wrapped, "config") : nullptr;
  std::string className = wrappedConfig ? getClassName(*wrapped) : "";
  if (!findRecurrentClass(className) && className != "RNN") {
    layer.emitError() << "unsupported layer class '" << className
                      << "' in both directions";
    return std::nullopt;
  }
  ObjectReader reader(*wrappedConfig, [&] { return layer.emitError(); });
  Layer inner{layer.model, layer.builder, reader, layer.name, layer.path, {}};
  ignoreHarmless(reader);
  RecurrentConfig config = takeConfig(inner, className);
  if (config.returnsState)
    layer.emitError() << "unsupported value of 'return_state', expects false, "
                         "but got true";
  reader.finish();
  return config;
}

/// Builds the direction that is the wrapper's attribute `member`.
static Value buildDirection(Layer &layer, StringRef member,
                            RecurrentConfig &config) {
  Layer inner{layer.model, layer.builder, layer.config,
              layer.name,  layer.path,    layer.inputs};
  inner.path.push_back({"", member.str(), 0, /*isMember=*/true});
  return build(inner, config);
}

static Value importBidirectional(Layer &layer) {
  // `null` leaves the two results apart.
  const json &object = layer.config.getObject();
  bool isApart =
      object.contains("merge_mode") && object["merge_mode"].is_null();
  std::string mode = layer.config.takeString("merge_mode", "concat");
  std::optional<RecurrentConfig> forward =
      takeDirection(layer, layer.config.take("layer"));
  std::optional<RecurrentConfig> backward = forward;
  if (const json *given = layer.config.take("backward_layer"))
    backward = takeDirection(layer, given);
  else if (backward)
    backward->parameters.backwards = !backward->parameters.backwards;
  if (!forward || !backward || layer.config.hasFailed())
    return {};
  if (forward->parameters.backwards == backward->parameters.backwards ||
      forward->parameters.sequences != backward->parameters.sequences)
    layer.emitError() << "expects layers that differ in 'go_backwards' and "
                         "agree in 'return_sequences'";
  // The second result is turned around.
  backward->parameters.reversed = backward->parameters.sequences;
  if (!forward->recurrentClass.isCuDNN && !backward->recurrentClass.isCuDNN) {
    Value mask = layer.takeMask();
    // Earlier ones repeat the last result in a step that doesn't count.
    if (mask && forward->parameters.sequences &&
        layer.model.kerasVersion < VersionTuple(2, 4))
      layer.emitError() << "unsupported mask of sequences in a file of Keras "
                        << layer.model.kerasVersion.getAsString()
                        << ", expects 2.4 or later";
    for (RecurrentConfig *config : {&*forward, &*backward}) {
      config->parameters.mask = mask;
      config->parameters.zeroMasked = true;
    }
  }
  Value first = buildDirection(layer, "forward_layer", *forward);
  Value second = buildDirection(layer, "backward_layer", *backward);
  if (layer.config.hasFailed() || !first || !second)
    return {};
  if (isApart) {
    layer.moreOutputs = {second};
    return first;
  }
  if (mode == "concat")
    return layer.builder.concat(layer.name, {first, second},
                                getShape(first).size() - 1);
  if (getShape(first) != getShape(second)) {
    layer.emitError() << "expects results of one shape, but got "
                      << formatShape(getShape(first)) << " and "
                      << formatShape(getShape(second));
    return {};
  }
  if (mode == "sum")
    return layer.builder.add(layer.name, {first, second});
  if (mode == "mul")
    return layer.builder.binary(layer.name, nn::BinaryKind::Mul, first, second);
  if (mode == "ave")
    return layer.builder.scaleAndShift(
        layer.name, layer.builder.add(layer.name, {first, second}), 0.5, 0.0);
  layer.emitError() << "unsupported value of 'merge_mode', '" << mode << "'";
  return {};
}

static constexpr char cuDNNGRU[] = "CuDNNGRU", cuDNNLSTM[] = "CuDNNLSTM",
                      gru[] = "GRU", lstm[] = "LSTM", rnn[] = "RNN",
                      simpleRNN[] = "SimpleRNN";

ArrayRef<LayerClass> keras::getRecurrentLayers() {
  static const LayerClass classes[] = {
      {"Bidirectional", importBidirectional},
      {"CuDNNGRU", importRecurrent<cuDNNGRU>},
      {"CuDNNLSTM", importRecurrent<cuDNNLSTM>},
      {"GRU", importRecurrent<gru>},
      {"LSTM", importRecurrent<lstm>},
      {"RNN", importRecurrent<rnn>},
      {"SimpleRNN", importRecurrent<simpleRNN>},
  };
  return classes;
}
