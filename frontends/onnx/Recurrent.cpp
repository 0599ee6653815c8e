//===- Recurrent.cpp - ONNX recurrent layers --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Activations.h"
#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ActivationKind;

namespace {
/// What the recurrent operators have in common.
struct RecurrentNode {
  int64_t units = 0, directions = 1;
  bool isReverse = false, isBatchFirst = false;
  /// Of each direction in turn.
  SmallVector<nn::ActivationAttr> activations;
};
} // namespace

static nn::ActivationAttr readActivation(Node &node, StringRef name) {
  std::optional<ActivationKind> kind = nn::findOnnxActivation(name);
  if (!kind) {
    node.emitError() << "unsupported activation '" << name << "'";
    return {};
  }
  return nn::ActivationAttr::get(node.builder.getBuilder().getContext(), *kind);
}

/// Takes the attributes and checks the inputs of a layer with `gates` times its
/// units in a kernel, whose functions are `defaults`. Nothing where a problem
/// was reported.
static std::optional<RecurrentNode>
takeRecurrent(Node &node, int64_t gates, ArrayRef<StringRef> defaults) {
  RecurrentNode layer;
  std::string direction = node.takeString("direction", "forward");
  layer.isReverse = direction == "reverse";
  layer.directions = direction == "bidirectional" ? 2 : 1;
  if (direction != "forward" && !layer.isReverse && layer.directions == 1)
    node.emitError() << "unsupported value of 'direction': '" << direction
                     << "'";
  layer.isBatchFirst = node.takeBool("layout", false);
  if (node.hasAttribute("clip"))
    node.emitError() << "unsupported attribute 'clip'";
  node.ignore("clip");
  for (StringRef key : {"activation_alpha", "activation_beta"})
    if (!node.takeFloats(key).empty())
      node.emitError() << "unsupported attribute '" << key << "'";
  SmallVector<std::string> names = node.takeStrings("activations");
  if (names.empty())
    for (int64_t i = 0; i < layer.directions; ++i)
      llvm::append_range(names, defaults);
  if (names.size() != defaults.size() * layer.directions)
    node.emitError() << "expects 'activations' to name "
                     << defaults.size() * layer.directions
                     << " functions, but got " << names.size();
  for (StringRef name : names)
    layer.activations.push_back(readActivation(node, name));

  const Constant *kernel = node.getConstant(1),
                 *recurrent = node.getConstant(2);
  if (!kernel || !recurrent)
    return std::nullopt;
  layer.units = recurrent->shape.empty() ? 0 : recurrent->shape.back();
  if (node.takeInt("hidden_size", layer.units, 1) != layer.units)
    node.emitError() << "expects 'hidden_size' to be " << layer.units;
  if (node.getShape().size() != 3) {
    node.emitError() << "expects an input of rank 3, but got "
                     << formatShape(node.getShape());
    return std::nullopt;
  }
  int64_t channels = node.getShape()[2], rows = gates * layer.units;
  SmallVector<SmallVector<int64_t>> shapes{
      {layer.directions, rows, channels},
      {layer.directions, rows, layer.units},
      {layer.directions, 2 * rows}};
  for (auto [index, shape] : enumerate(shapes)) {
    if (!node.hasInput(index + 1))
      continue;
    const Constant *constant = node.getConstant(index + 1);
    if (constant && constant->shape != shape)
      node.emitError() << "expects input " << index + 1 << " to be of shape "
                       << formatShape(shape) << ", but got "
                       << formatShape(constant->shape);
  }
  if (node.hasInput(4)) {
    int64_t steps = node.getShape()[layer.isBatchFirst ? 1 : 0];
    auto lengths = node.getIntegers(4);
    if (lengths && !llvm::all_of(*lengths, [&](int64_t length) {
          return length == steps;
        }))
      node.emitError() << "unsupported 'sequence_lens', expects " << steps
                       << " steps in every sequence";
  }
  // The states before the first step.
  for (size_t index : {5, 6})
    if (node.hasInput(index)) {
      const Constant *state = node.getConstant(index);
      if (state &&
          !llvm::all_of(state->values, [](double value) { return value == 0; }))
        node.emitError() << "unsupported initial state, expects zeros";
    }
  if (node.hasFailed())
    return std::nullopt;
  return layer;
}

/// The rows of `direction` of a kernel or recurrent kernel, as the columns of
/// nn, with its gates at the places that `order` has.
static ElementsAttr readKernel(Node &node, size_t index, StringRef name,
                               int64_t direction, int64_t units,
                               ArrayRef<int64_t> order) {
  const Constant &constant = *node.getConstant(index);
  int64_t rows = order.size() * units, columns = constant.shape.back();
  Array array{{columns, rows}, std::vector<float>(rows * columns)};
  for (auto [gate, from] : enumerate(order))
    for (int64_t unit = 0; unit < units; ++unit)
      for (int64_t column = 0; column < columns; ++column)
        array.values[column * rows + gate * units + unit] =
            constant.values[((direction * order.size() + from) * units + unit) *
                                columns +
                            column];
  return node.builder.addWeights(node.name, name, array);
}

/// Half `half` of the bias of `direction`: 0 is that of the kernel, 1 that of
/// the recurrent kernel.
static std::vector<double> readBias(Node &node, int64_t direction, int64_t half,
                                    int64_t units, ArrayRef<int64_t> order) {
  std::vector<double> bias(order.size() * units, 0.0);
  if (!node.hasInput(3))
    return bias;
  const std::vector<double> &values = node.getConstant(3)->values;
  for (auto [gate, from] : enumerate(order))
    for (int64_t unit = 0; unit < units; ++unit)
      bias[gate * units + unit] =
          values[((direction * 2 + half) * order.size() + from) * units + unit];
  return bias;
}

/// The input as nn has it: (batch, steps, channels).
static Value getSequence(Node &node, const RecurrentNode &layer) {
  Value input = node.getValue();
  if (layer.isBatchFirst || !input)
    return input;
  return node.builder.transpose(node.name, input, {1, 0, 2});
}

/// Joins what `build` makes of each direction, for the outputs that are used:
/// all steps `(steps, directions, batch, units)`, and the state after the last
/// one `(directions, batch, units)`.
static Tensors joinDirections(
    Node &node, const RecurrentNode &layer, int64_t numOutputs,
    llvm::function_ref<Value(int64_t direction, bool sequences)> build) {
  Tensors outputs(numOutputs);
  for (size_t index : {0, 1}) {
    if (!node.isUsed(index))
      continue;
    SmallVector<Value> values;
    for (int64_t direction = 0; direction < layer.directions; ++direction) {
      Value value = build(direction, /*sequences=*/index == 0);
      if (!value)
        return outputs;
      SmallVector<int64_t> shape(frieze::getShape(value));
      shape.insert(shape.end() - 1, 1);
      values.push_back(node.builder.reshapeWithBatch(node.name, value, shape));
    }
    // (batch, steps, directions, units) or (batch, directions, units).
    int64_t axis = index == 0 ? 2 : 1;
    Value joined = values.size() == 1
                       ? values.front()
                       : node.builder.concat(node.name, values, axis);
    if (!layer.isBatchFirst && joined)
      joined = index == 0
                   ? node.builder.transpose(node.name, joined, {1, 2, 0, 3})
                   : node.builder.transpose(node.name, joined, {1, 0, 2});
    outputs[index] = Tensor(joined);
  }
  return outputs;
}

/// The kernels and biases of `direction`, whose gates nn has in `order`.
/// `separate` gates at the end have a bias of their own in the recurrent
/// kernel.
static RecurrentParameters
readParameters(Node &node, const RecurrentNode &layer, int64_t direction,
               ArrayRef<int64_t> order, int64_t separate = 0) {
  RecurrentParameters parameters;
  parameters.kernel =
      readKernel(node, 1, "kernel", direction, layer.units, order);
  parameters.recurrent =
      readKernel(node, 2, "recurrent", direction, layer.units, order);
  std::vector<double> bias = readBias(node, direction, 0, layer.units, order);
  std::vector<double> recurrentBias =
      readBias(node, direction, 1, layer.units, order);
  size_t added = bias.size() - separate * layer.units;
  for (size_t i = 0; i < added; ++i)
    bias[i] += recurrentBias[i];
  parameters.bias = node.builder.addWeights(node.name, "bias", bias);
  if (separate)
    parameters.recurrentBias = node.builder.addWeights(
        node.name, "recurrent_bias", ArrayRef(recurrentBias).drop_front(added));
  parameters.backwards = layer.isReverse || direction == 1;
  return parameters;
}

/// All steps stand in the order of the input, whatever the direction.
static void setSequences(RecurrentParameters &parameters, bool sequences) {
  parameters.sequences = sequences;
  parameters.reversed = sequences && parameters.backwards;
}

static Tensors importGru(Node &node) {
  // z, r, h in both.
  static constexpr int64_t order[] = {0, 1, 2};
  bool resetAfter = node.takeBool("linear_before_reset", false);
  std::optional<RecurrentNode> layer =
      takeRecurrent(node, 3, {"Sigmoid", "Tanh"});
  Value input = layer ? getSequence(node, *layer) : Value();
  if (!input)
    return Tensors(2);
  return joinDirections(
      node, *layer, 2, [&](int64_t direction, bool sequences) {
        RecurrentParameters parameters =
            readParameters(node, *layer, direction, order, resetAfter ? 1 : 0);
        parameters.recurrentActivation = layer->activations[2 * direction];
        parameters.activation = layer->activations[2 * direction + 1];
        parameters.resetAfter = resetAfter;
        setSequences(parameters, sequences);
        return node.builder.gru(node.name, input, parameters);
      });
}

static Tensors importLstm(Node &node) {
  // ONNX has i, o, f, g and nn i, f, g, o.
  static constexpr int64_t order[] = {0, 2, 3, 1};
  node.expectOnly("input_forget", 0);
  std::optional<RecurrentNode> layer =
      takeRecurrent(node, 4, {"Sigmoid", "Tanh", "Tanh"});
  if (node.hasInput(7))
    node.emitError() << "unsupported peephole weights";
  if (node.isUsed(2))
    node.emitError() << "unsupported output 'Y_c' of LSTM";
  for (int64_t direction = 0; layer && direction < layer->directions;
       ++direction)
    if (layer->activations[3 * direction + 1] !=
        layer->activations[3 * direction + 2])
      node.emitError() << "unsupported 'activations', expects one function "
                          "before and after the cell";
  Value input = layer ? getSequence(node, *layer) : Value();
  if (!input || node.hasFailed())
    return Tensors(3);
  return joinDirections(
      node, *layer, 3, [&](int64_t direction, bool sequences) {
        RecurrentParameters parameters =
            readParameters(node, *layer, direction, order);
        parameters.recurrentActivation = layer->activations[3 * direction];
        parameters.activation = layer->activations[3 * direction + 1];
        setSequences(parameters, sequences);
        return node.builder.lstm(node.name, input, parameters);
      });
}

static Tensors importRnn(Node &node) {
  static constexpr int64_t order[] = {0};
  std::optional<RecurrentNode> layer = takeRecurrent(node, 1, {"Tanh"});
  Value input = layer ? getSequence(node, *layer) : Value();
  if (!input)
    return Tensors(2);
  return joinDirections(node, *layer, 2,
                        [&](int64_t direction, bool sequences) {
                          RecurrentParameters parameters =
                              readParameters(node, *layer, direction, order);
                          parameters.activation = layer->activations[direction];
                          setSequences(parameters, sequences);
                          return node.builder.rnn(node.name, input, parameters);
                        });
}

ArrayRef<Operator> frieze::onnx::getRecurrentOperators() {
  static const Operator operators[] = {
      {"GRU", importGru, 3, 6},
      {"LSTM", importLstm, 3, 8},
      {"RNN", importRnn, 3, 6},
  };
  return operators;
}
