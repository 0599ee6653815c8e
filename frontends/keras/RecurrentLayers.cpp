//===- RecurrentLayers.cpp - Keras recurrent layers -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ModelConfig.h"
#include "frontends/keras/RecurrentCells.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

namespace {
/// What a recurrent layer consists of: its cells, of which each takes the
/// states of the one before, and how its steps run.
struct RecurrentConfig {
  SmallVector<Cell, 1> cells;
  bool sequences = false, backwards = false, reversed = false,
       zeroMasked = false, returnsState = false;
  Value mask;

  bool isCuDNN() const { return cells.front().recurrentClass.isCuDNN; }
  size_t countStates() const {
    size_t count = 0;
    for (const Cell &cell : cells)
      count += cell.countStates();
    return count;
  }
};

/// The result of a layer, and its states after the last step, in Keras's order:
/// those of each cell, of an LSTM h and then c.
struct Outputs {
  Value result;
  SmallVector<Value> states;
};
} // namespace

//===----------------------------------------------------------------------===//
// Configs
//===----------------------------------------------------------------------===//

/// Takes how the steps of a layer run.
static void takeSteps(Layer &layer, RecurrentConfig &config) {
  config.sequences = layer.config.takeBool("return_sequences", false);
  config.backwards = layer.config.takeBool("go_backwards", false);
  config.returnsState = layer.config.takeBool("return_state", false);
  layer.config.expectOnly("time_major", false);
  if (layer.config.takeBool("stateful", false))
    layer.builder.emitWarning(layer.name)
        << "the layer is stateful, but each call starts from the state that a "
           "reset leaves; --stream-steps goes on from call to call";
  config.zeroMasked = layer.config.takeBool("zero_output_for_mask", false);
  // How to compute, and what follows from the input.
  for (StringRef key : {"unroll", "use_cudnn", "input_dim", "input_length"})
    layer.config.ignore(key);
}

/// Takes the config of a layer of class `className`, which is known, or `RNN`
/// of a cell or several. There are no cells where that fails.
static RecurrentConfig takeConfig(Layer &layer, StringRef className) {
  RecurrentConfig config;
  if (std::optional<RecurrentClass> known = findRecurrentClass(className))
    config.cells.push_back(takeCell(layer, *known));
  else
    config.cells = takeCells(layer, layer.config.take("cell"));
  takeSteps(layer, config);
  return config;
}

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

/// The states before the first step, one after the other: tensors that follow
/// the input or are passed by keyword, or constants there. None where they are
/// left out; nothing where a problem was reported.
static std::optional<SmallVector<Value>> takeInitial(Layer &layer,
                                                     size_t count) {
  constexpr StringLiteral keyword = "initial_state";
  SmallVector<Value> states(ArrayRef(layer.inputs).drop_front());
  llvm::append_range(states, layer.takeTensors(keyword));
  for (CallArgument &argument : layer.arguments) {
    if (argument.keyword != keyword || !argument.constant ||
        argument.constant->is_null())
      continue;
    argument.isTaken = true;
    const json &constant = *argument.constant;
    // A list of arrays, or one of them: rows of numbers.
    bool isList = constant.is_array() && !constant.empty() &&
                  constant[0].is_array() && !constant[0].empty() &&
                  constant[0][0].is_array();
    for (const json &array : isList ? constant : json::array({constant})) {
      Array values{{}, {}};
      for (const json &row : array)
        for (const json &number : row)
          if (number.is_number())
            values.values.push_back(number.get<float>());
      int64_t rows = array.is_array() ? array.size() : 0;
      int64_t elements = values.values.size();
      values.shape = {rows, rows > 0 ? elements / rows : 0};
      if (rows == 0 || elements == 0 || elements % rows != 0) {
        layer.emitError() << "expects '" << keyword
                          << "' to have an array of shape (batch, units) for "
                             "each state";
        return std::nullopt;
      }
      states.push_back(layer.builder.constant(
          layer.name, layer.builder.addWeights(layer.name, "initial", values)));
    }
  }
  if (states.empty() || states.size() == count)
    return states;
  layer.emitError() << "expects " << count
                    << (count == 1 ? " initial state" : " initial states")
                    << ", but got " << states.size();
  return std::nullopt;
}

/// Builds the layer from `initial` states, or zeros where there are none.
/// Fails where the config did.
static std::optional<Outputs> build(Layer &layer, RecurrentConfig &config,
                                    ArrayRef<Value> initial) {
  if (!layer.checkRank(3, 3) || layer.config.hasFailed())
    return std::nullopt;
  if (config.mask && config.cells.size() > 1 && config.backwards) {
    layer.emitError() << "unsupported mask of several cells that run backwards";
    return std::nullopt;
  }
  // TensorFlow has zeros before the first step that counts, JAX the state.
  if (config.mask && !initial.empty() && !config.zeroMasked) {
    layer.emitError()
        << "unsupported mask with an initial state, as backends of Keras have "
           "different results before the first step that counts, expects "
           "'zero_output_for_mask'";
    return std::nullopt;
  }
  Outputs outputs{layer.getInput(), {}};
  for (Cell &cell : config.cells) {
    bool isFirst = &cell == &config.cells.front(),
         isLast = &cell == &config.cells.back();
    if (failed(readParameters(layer, cell,
                              isFirst ? layer.getInputShape().back()
                                      : (&cell - 1)->units)))
      return std::nullopt;
    RecurrentParameters &parameters = cell.parameters;
    parameters.mask = config.mask;
    parameters.zeroMasked = isLast && config.zeroMasked;
    // Those behind the first take the steps as they come.
    parameters.backwards = isFirst && config.backwards;
    parameters.reversed = isLast && config.reversed;
    parameters.sequences = !isLast || config.sequences;
    if (!initial.empty()) {
      parameters.initial = initial.front();
      if (cell.countStates() > 1)
        parameters.initialCell = initial[1];
      initial = initial.drop_front(cell.countStates());
    }
    RecurrentKind kind = cell.recurrentClass.kind;
    if (!config.returnsState) {
      outputs.result =
          layer.builder.recurrent(layer.name, kind, outputs.result, parameters);
      continue;
    }
    RecurrentResults results = layer.builder.recurrentWithState(
        layer.name, kind, outputs.result, parameters);
    outputs.result = results.output;
    outputs.states.push_back(results.state);
    if (results.cell)
      outputs.states.push_back(results.cell);
  }
  return outputs;
}

template <const char *className> static Value importRecurrent(Layer &layer) {
  RecurrentConfig config = takeConfig(layer, className);
  if (config.cells.empty())
    return {};
  if (!config.isCuDNN())
    config.mask = layer.takeMask();
  std::optional<SmallVector<Value>> initial =
      takeInitial(layer, config.countStates());
  std::optional<Outputs> outputs;
  if (initial)
    outputs = build(layer, config, *initial);
  if (!outputs)
    return {};
  layer.moreOutputs = outputs->states;
  return outputs->result;
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
  ignoreHarmless(layer.builder, reader);
  RecurrentConfig config = takeConfig(inner, className);
  reader.finish();
  if (config.cells.empty())
    return std::nullopt;
  return config;
}

/// Builds the direction that is the wrapper's attribute `member`.
static std::optional<Outputs> buildDirection(Layer &layer, StringRef member,
                                             RecurrentConfig &config,
                                             ArrayRef<Value> initial) {
  Layer inner{layer.model, layer.builder, layer.config,
              layer.name,  layer.path,    layer.inputs};
  inner.path.push_back({"", member.str(), 0, /*isMember=*/true});
  return build(inner, config, initial);
}

/// The results of both directions as `mode` joins them.
static Value merge(Layer &layer, StringRef mode, Value first, Value second) {
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
    backward->backwards = !backward->backwards;
  if (!forward || !backward || layer.config.hasFailed())
    return {};
  if (forward->backwards == backward->backwards ||
      forward->sequences != backward->sequences ||
      forward->returnsState != backward->returnsState)
    layer.emitError() << "expects layers that differ in 'go_backwards' and "
                         "agree in 'return_sequences' and 'return_state'";
  // The second result is turned around.
  backward->reversed = backward->sequences;
  if (!forward->isCuDNN() && !backward->isCuDNN()) {
    Value mask = layer.takeMask();
    // Earlier ones repeat the last result in a step that doesn't count.
    if (mask && forward->sequences &&
        layer.model.kerasVersion < VersionTuple(2, 4))
      layer.emitError() << "unsupported mask of sequences in a file of Keras "
                        << layer.model.kerasVersion.getAsString()
                        << ", expects 2.4 or later";
    for (RecurrentConfig *config : {&*forward, &*backward}) {
      config->mask = mask;
      config->zeroMasked = true;
    }
  }
  std::optional<SmallVector<Value>> initial =
      takeInitial(layer, forward->countStates() + backward->countStates());
  if (!initial)
    return {};
  size_t own = std::min(initial->size(), forward->countStates());
  std::optional<Outputs> first = buildDirection(
      layer, "forward_layer", *forward, ArrayRef(*initial).take_front(own));
  std::optional<Outputs> second = buildDirection(
      layer, "backward_layer", *backward, ArrayRef(*initial).drop_front(own));
  if (layer.config.hasFailed() || !first || !second || !first->result ||
      !second->result)
    return {};
  if (isApart)
    layer.moreOutputs.push_back(second->result);
  llvm::append_range(layer.moreOutputs, first->states);
  llvm::append_range(layer.moreOutputs, second->states);
  return isApart ? first->result
                 : merge(layer, mode, first->result, second->result);
}

static constexpr char cuDNNGRU[] = "CuDNNGRU", cuDNNLSTM[] = "CuDNNLSTM",
                      gru[] = "GRU", lstm[] = "LSTM", rnn[] = "RNN",
                      simpleRNN[] = "SimpleRNN";

ArrayRef<LayerClass> keras::getRecurrentLayers() {
  static const LayerClass classes[] = {
      {"Bidirectional", importBidirectional, /*takesMany=*/true},
      {"CuDNNGRU", importRecurrent<cuDNNGRU>, /*takesMany=*/true},
      {"CuDNNLSTM", importRecurrent<cuDNNLSTM>, /*takesMany=*/true},
      {"GRU", importRecurrent<gru>, /*takesMany=*/true},
      {"LSTM", importRecurrent<lstm>, /*takesMany=*/true},
      {"RNN", importRecurrent<rnn>, /*takesMany=*/true},
      {"SimpleRNN", importRecurrent<simpleRNN>, /*takesMany=*/true},
  };
  return classes;
}
