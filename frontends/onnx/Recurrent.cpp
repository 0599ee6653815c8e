//===- Recurrent.cpp - ONNX recurrent layers --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/RecurrentNode.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// The rows of `direction` of a kernel or recurrent kernel, as the columns of
/// nn, with its gates at the places that `order` has.
static ElementsAttr readKernel(Node &node, size_t index, StringRef name,
                               int64_t direction, int64_t units,
                               ArrayRef<int64_t> order) {
  const Constant &constant = *node.getConstant(index);
  int64_t rows = order.size() * units, columns = constant.shape.back();
  DoubleArray array({columns, rows}, std::vector<double>(rows * columns));
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

/// `values` of each direction side by side, on axis 2 of all steps and axis 1
/// of a state, in the order of axes that the file has.
static Tensor joinDirections(Node &node, const RecurrentNode &layer,
                             ArrayRef<Value> values, bool areSequences) {
  SmallVector<Value> parts;
  for (Value value : values) {
    if (!value)
      return {};
    SmallVector<int64_t> shape(frieze::getShape(value));
    shape.insert(shape.end() - 1, 1);
    parts.push_back(node.builder.reshapeWithBatch(node.name, value, shape));
  }
  Value joined = parts.size() == 1 ? parts.front()
                                   : node.builder.concat(node.name, parts,
                                                         areSequences ? 2 : 1);
  if (!layer.isBatchFirst && joined)
    joined = areSequences
                 ? node.builder.transpose(node.name, joined, {1, 2, 0, 3})
                 : node.builder.transpose(node.name, joined, {1, 0, 2});
  return Tensor(joined);
}

/// The outputs that are used: all steps `(steps, directions, batch, units)`,
/// and the state and the cell after the last one `(directions, batch, units)`.
/// `read` gives the parameters of a direction.
static Tensors
build(Node &node, const RecurrentNode &layer, RecurrentKind kind,
      llvm::function_ref<RecurrentParameters(int64_t direction)> read) {
  SmallVector<Value> outputs, states, cells;
  for (int64_t direction = 0; direction < layer.directions; ++direction) {
    RecurrentParameters parameters = read(direction);
    parameters.sequences = node.isUsed(0);
    // All steps stand in the order of the input, whatever the direction.
    parameters.reversed = parameters.sequences && parameters.backwards;
    RecurrentResults results;
    if ((node.isUsed(0) && node.isUsed(1)) || node.isUsed(2))
      results = node.builder.recurrentWithState(node.name, kind, layer.input,
                                                parameters);
    else
      results.output = results.state =
          node.builder.recurrent(node.name, kind, layer.input, parameters);
    outputs.push_back(results.output);
    states.push_back(results.state);
    cells.push_back(results.cell);
  }
  bool hasCell = kind == RecurrentKind::LSTM;
  Tensors tensors(hasCell ? 3 : 2);
  if (node.isUsed(0))
    tensors[0] = joinDirections(node, layer, outputs, /*areSequences=*/true);
  if (node.isUsed(1))
    tensors[1] = joinDirections(node, layer, states, /*areSequences=*/false);
  if (hasCell && node.isUsed(2))
    tensors[2] = joinDirections(node, layer, cells, /*areSequences=*/false);
  return tensors;
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
  parameters.clip = layer.clip;
  parameters.mask = layer.mask;
  parameters.zeroMasked = true;
  parameters.initial = readState(node, layer, 5, direction);
  return parameters;
}

static Tensors importGru(Node &node) {
  // z, r, h in both.
  static constexpr int64_t order[] = {0, 1, 2};
  bool resetAfter = node.takeBool("linear_before_reset", false);
  std::optional<RecurrentNode> layer =
      takeRecurrent(node, 3, {"Sigmoid", "Tanh"});
  if (!layer)
    return Tensors(2);
  return build(node, *layer, RecurrentKind::GRU, [&](int64_t direction) {
    RecurrentParameters parameters =
        readParameters(node, *layer, direction, order, resetAfter ? 1 : 0);
    parameters.recurrentActivation = layer->activations[2 * direction];
    parameters.activation = layer->activations[2 * direction + 1];
    parameters.resetAfter = resetAfter;
    return parameters;
  });
}

/// The weights of the cell in the gates of `direction`. ONNX has i, o, f and nn
/// i, f, o.
static ElementsAttr readPeephole(Node &node, const RecurrentNode &layer,
                                 int64_t direction) {
  if (!node.hasInput(7))
    return {};
  std::vector<double> weights;
  for (int64_t gate : {0, 2, 1}) {
    auto first = node.getConstant(7)->values.begin() +
                 (direction * 3 + gate) * layer.units;
    weights.insert(weights.end(), first, first + layer.units);
  }
  return node.builder.addWeights(node.name, "peephole", weights);
}

static Tensors importLstm(Node &node) {
  // ONNX has i, o, f, g and nn i, f, g, o.
  static constexpr int64_t order[] = {0, 2, 3, 1};
  node.expectOnly("input_forget", 0);
  std::optional<RecurrentNode> layer =
      takeRecurrent(node, 4, {"Sigmoid", "Tanh", "Tanh"});
  if (layer && node.hasInput(7)) {
    const Constant *peephole = node.getConstant(7);
    SmallVector<int64_t> shape{layer->directions, 3 * layer->units};
    if (peephole && peephole->shape != shape)
      node.emitError() << "expects input 7 to be of shape "
                       << formatShape(shape) << ", but got "
                       << formatShape(peephole->shape);
  }
  if (!layer || node.hasFailed())
    return Tensors(3);
  return build(node, *layer, RecurrentKind::LSTM, [&](int64_t direction) {
    RecurrentParameters parameters =
        readParameters(node, *layer, direction, order);
    parameters.recurrentActivation = layer->activations[3 * direction];
    parameters.activation = layer->activations[3 * direction + 1];
    parameters.cellActivation = layer->activations[3 * direction + 2];
    parameters.initialCell = readState(node, *layer, 6, direction);
    parameters.peephole = readPeephole(node, *layer, direction);
    return parameters;
  });
}

static Tensors importRnn(Node &node) {
  static constexpr int64_t order[] = {0};
  std::optional<RecurrentNode> layer = takeRecurrent(node, 1, {"Tanh"});
  if (!layer)
    return Tensors(2);
  return build(node, *layer, RecurrentKind::RNN, [&](int64_t direction) {
    RecurrentParameters parameters =
        readParameters(node, *layer, direction, order);
    parameters.activation = layer->activations[direction];
    return parameters;
  });
}

ArrayRef<Operator> frieze::onnx::getRecurrentOperators() {
  static const Operator operators[] = {
      {"GRU", importGru, 3, 6, ValueTypes::Own},
      {"LSTM", importLstm, 3, 8, ValueTypes::Own},
      {"RNN", importRnn, 3, 6, ValueTypes::Own},
  };
  return operators;
}
