//===- Recurrent.cpp - PyTorch's recurrent layers ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::ActivationKind;

namespace {
/// What the layers have in common, which one operator stacks.
struct Stack {
  Tensor input;
  /// Before the first step, and the cells of an LSTM: (layers directions,
  /// batch, units) whatever the order of the input's axes.
  Tensors states;
  Tensors parameters;
  bool hasBiases = true, isBidirectional = false, isBatchFirst = false;
  int64_t layers = 1;

  int64_t getDirections() const { return isBidirectional ? 2 : 1; }
  int64_t getBatch() const { return input.getShape()[isBatchFirst ? 0 : 1]; }
};
} // namespace

/// Nothing where a problem was reported.
static std::optional<Stack> takeStack(Node &node, size_t numStates) {
  Stack stack;
  stack.input = node.takeTensor("input");
  stack.states =
      numStates == 1 ? Tensors{node.takeTensor("hx")} : node.takeTensors("hx");
  stack.parameters = node.takeTensors("params");
  stack.hasBiases = node.takeBool("has_biases", true);
  stack.layers = node.takeInt("num_layers", 1);
  // Does nothing at inference.
  node.ignore("dropout");
  if (node.takeBool("train", false))
    node.emitError() << "unsupported value of 'train', expects false, but got "
                        "true; export the module after eval()";
  stack.isBidirectional = node.takeBool("bidirectional", false);
  stack.isBatchFirst = node.takeBool("batch_first", false);
  int64_t count =
      stack.layers * stack.getDirections() * (stack.hasBiases ? 4 : 2);
  if (stack.layers < 1 || stack.layers > maxElements ||
      int64_t(stack.parameters.size()) != count)
    node.emitError() << "expects " << (stack.hasBiases ? 4 : 2)
                     << " parameters for each direction of each layer, but got "
                     << stack.parameters.size() << " for " << stack.layers
                     << " layers; projections are not supported";
  if (!stack.input || node.hasFailed())
    return std::nullopt;
  if (stack.input.getShape().size() != 3) {
    node.emitError() << "expects an input of rank 3 with the batch, but got "
                        "shape "
                     << formatShape(stack.input.getShape());
    return std::nullopt;
  }
  if (stack.states.size() != numStates)
    node.emitError() << "expects 'hx' of " << numStates << " tensors, but got "
                     << stack.states.size();
  for (const Tensor &state : stack.states)
    if (state && (state.getShape().size() != 3 ||
                  state.getShape()[0] != stack.layers * stack.getDirections() ||
                  state.getShape()[1] != stack.getBatch()))
      node.emitError() << "expects an initial state of shape ("
                       << stack.layers * stack.getDirections() << ", "
                       << stack.getBatch() << ", units), but got "
                       << formatShape(state.getShape());
  if (node.hasFailed())
    return std::nullopt;
  return stack;
}

/// The state of direction `number` before the first step: (batch, units), or
/// null where it is zero.
static Value readState(Node &node, const Tensor &states, int64_t number) {
  bool isZero =
      states.constant &&
      llvm::all_of(states.constant->values, [](double x) { return x == 0; });
  if (!states || isZero)
    return {};
  Slice one(states.getShape());
  one.begin[0] = number;
  one.size[0] = 1;
  SmallVector<int64_t> shape(states.getShape().drop_front());
  return node.makeValue(reshape(node, slice(node, states, one), shape));
}

/// A kernel (gates units, columns) as nn has it, (columns, gates units) with
/// gate i from `order[i]`. Null, and reported, where it does not fit.
static ElementsAttr readKernel(Node &node, const Tensor &tensor,
                               StringRef parameter, int64_t units,
                               int64_t columns, ArrayRef<int64_t> order) {
  int64_t rows = order.size() * units;
  if (!tensor.constant ||
      tensor.getShape() != ArrayRef<int64_t>{rows, columns}) {
    node.emitError() << "expects a constant " << parameter << " of shape "
                     << formatShape({rows, columns});
    return {};
  }
  DoubleArray array{{columns, rows}, std::vector<double>(rows * columns)};
  for (auto [gate, from] : enumerate(order))
    for (int64_t unit = 0; unit < units; ++unit)
      for (int64_t column = 0; column < columns; ++column)
        array.values[column * rows + gate * units + unit] =
            tensor.constant->values[(from * units + unit) * columns + column];
  return node.builder.addWeights(node.name, parameter, array);
}

/// A bias in the order of nn; empty, and reported, where it does not fit.
static std::vector<double> readBias(Node &node, const Tensor &tensor,
                                    int64_t units, ArrayRef<int64_t> order) {
  int64_t rows = order.size() * units;
  if (!tensor.constant || tensor.getShape() != ArrayRef<int64_t>{rows}) {
    node.emitError() << "expects a constant bias of shape "
                     << formatShape({rows});
    return {};
  }
  std::vector<double> bias;
  for (int64_t from : order)
    for (int64_t unit = 0; unit < units; ++unit)
      bias.push_back(tensor.constant->values[from * units + unit]);
  return bias;
}

/// The parameters of a direction, of which `separate` gates at the end have a
/// bias of their own in the recurrent kernel. Nothing where a problem was
/// reported.
static std::optional<RecurrentParameters>
readParameters(Node &node, const Stack &stack, int64_t number, int64_t columns,
               ArrayRef<int64_t> order, int64_t separate) {
  ArrayRef<Tensor> given =
      ArrayRef<Tensor>(stack.parameters)
          .slice(number * (stack.hasBiases ? 4 : 2), stack.hasBiases ? 4 : 2);
  if (given[1].getShape().size() != 2) {
    node.emitError() << "expects a matrix of recurrent weights";
    return std::nullopt;
  }
  int64_t units = given[1].getShape()[1];
  RecurrentParameters result;
  result.kernel = readKernel(node, given[0], "kernel", units, columns, order);
  result.recurrent =
      readKernel(node, given[1], "recurrent", units, units, order);
  if (node.hasFailed())
    return std::nullopt;
  std::vector<double> bias(order.size() * units, 0.0), recurrentBias = bias;
  if (stack.hasBiases) {
    bias = readBias(node, given[2], units, order);
    recurrentBias = readBias(node, given[3], units, order);
  }
  if (node.hasFailed())
    return std::nullopt;
  size_t added = bias.size() - separate * units;
  for (size_t i = 0; i < added; ++i)
    bias[i] += recurrentBias[i];
  result.bias = node.builder.addWeights(node.name, "bias", bias);
  if (separate)
    result.recurrentBias = node.builder.addWeights(
        node.name, "recurrent_bias", ArrayRef(recurrentBias).drop_front(added));
  return result;
}

/// All steps, and the state after the last one of each direction of each layer,
/// and the cells of an LSTM: `(layers directions, batch, units)`. Those which
/// `isUsed` says are read.
static Tensors addStack(Node &node, const Stack &stack, ArrayRef<int64_t> order,
                        int64_t separate, ActivationKind function,
                        RecurrentKind kind,
                        llvm::function_ref<bool(size_t)> isUsed) {
  ModelBuilder &builder = node.builder;
  MLIRContext *context = builder.getBuilder().getContext();
  Value value = node.makeValue(stack.input);
  if (!stack.isBatchFirst)
    value = toBatchFirst(node, value);
  bool hasCell = kind == RecurrentKind::LSTM;
  Tensors states, cells;
  for (int64_t layer = 0; layer < stack.layers; ++layer) {
    SmallVector<Value> outputs;
    for (int64_t direction = 0; direction < stack.getDirections();
         ++direction) {
      if (!value)
        return Tensors(3);
      int64_t number = layer * stack.getDirections() + direction;
      std::optional<RecurrentParameters> parameters = readParameters(
          node, stack, number, frieze::getShape(value)[2], order, separate);
      if (!parameters)
        return Tensors(3);
      parameters->activation = nn::ActivationAttr::get(context, function);
      parameters->recurrentActivation =
          nn::ActivationAttr::get(context, ActivationKind::Sigmoid);
      parameters->sequences = true;
      parameters->backwards = parameters->reversed = direction == 1;
      parameters->resetAfter = separate > 0;
      parameters->initial = readState(node, stack.states[0], number);
      if (hasCell)
        parameters->initialCell = readState(node, stack.states[1], number);
      RecurrentResults results;
      if (isUsed(1) || (hasCell && isUsed(2)))
        results =
            builder.recurrentWithState(node.name, kind, value, *parameters);
      else
        results.output = builder.recurrent(node.name, kind, value, *parameters);
      if (!results.output)
        return Tensors(3);
      outputs.push_back(results.output);
      auto keep = [&](Tensors &all, Value state, size_t index) {
        if (!isUsed(index) || !state)
          return;
        SmallVector<int64_t> shape(frieze::getShape(state));
        shape.insert(shape.begin(), 1);
        all.push_back(reshape(node, Tensor(state), shape));
      };
      keep(states, results.state, 1);
      keep(cells, results.cell, 2);
    }
    value = outputs.size() == 1 ? outputs.front()
                                : builder.concat(node.name, outputs, 2);
  }
  if (!stack.isBatchFirst && value)
    value = builder.transpose(node.name, value, {1, 0, 2});
  auto join = [&](ArrayRef<Tensor> parts) {
    return parts.empty() ? Tensor() : concat(node, parts, 0);
  };
  Tensors tensors{Tensor(value), join(states)};
  if (hasCell)
    tensors.push_back(join(cells));
  return tensors;
}

static Tensors importLstm(Node &node) {
  std::optional<Stack> stack = takeStack(node, 2);
  if (!stack)
    return Tensors(3);
  // i, f, g, o in both.
  return addStack(node, *stack, {0, 1, 2, 3}, 0, ActivationKind::Tanh,
                  RecurrentKind::LSTM,
                  [&](size_t index) { return node.isUsed(index); });
}

static Tensors importGru(Node &node) {
  std::optional<Stack> stack = takeStack(node, 1);
  if (!stack)
    return Tensors(2);
  // PyTorch has r, z, n and nn z, r, n.
  return addStack(node, *stack, {1, 0, 2}, 1, ActivationKind::Tanh,
                  RecurrentKind::GRU,
                  [&](size_t index) { return node.isUsed(index); });
}

template <ActivationKind function> static Tensors importRnn(Node &node) {
  std::optional<Stack> stack = takeStack(node, 1);
  if (!stack)
    return Tensors(2);
  return addStack(node, *stack, {0}, 0, function, RecurrentKind::RNN,
                  [&](size_t index) { return node.isUsed(index); });
}

//===----------------------------------------------------------------------===//
// One step
//===----------------------------------------------------------------------===//

/// A step as a layer of one: of (batch, channels), from states (batch, units).
static std::optional<Stack> takeCell(Node &node, size_t numStates) {
  Stack stack;
  stack.isBatchFirst = true;
  stack.input = node.takeTensor("input");
  stack.states =
      numStates == 1 ? Tensors{node.takeTensor("hx")} : node.takeTensors("hx");
  stack.parameters = {node.takeTensor("w_ih"), node.takeTensor("w_hh")};
  Tensor bias = node.takeOptional("b_ih"), more = node.takeOptional("b_hh");
  stack.hasBiases = bias && more;
  if (stack.hasBiases)
    stack.parameters.append({bias, more});
  if (node.hasFailed() || !stack.input || stack.states.size() != numStates ||
      llvm::any_of(stack.states, [](const Tensor &state) { return !state; }))
    return std::nullopt;
  ArrayRef<int64_t> shape = stack.input.getShape();
  bool fits = shape.size() == 2 && bool(bias) == bool(more);
  for (const Tensor &state : stack.states)
    fits =
        fits && state.getShape().size() == 2 && state.getShape()[0] == shape[0];
  if (!fits) {
    node.emitError() << "expects an input and states with the batch, and two "
                        "biases or none, but got an input of shape "
                     << formatShape(shape);
    return std::nullopt;
  }
  stack.input = reshape(node, stack.input, {shape[0], 1, shape[1]});
  for (Tensor &state : stack.states) {
    SmallVector<int64_t> sizes{1};
    llvm::append_range(sizes, state.getShape());
    state = reshape(node, state, sizes);
  }
  return stack;
}

/// The state after the step, and the cell of an LSTM: (batch, units).
static Tensors addCell(Node &node, const std::optional<Stack> &stack,
                       ArrayRef<int64_t> order, int64_t separate,
                       ActivationKind function, RecurrentKind kind) {
  if (!stack)
    return Tensors(2);
  bool hasCell = kind == RecurrentKind::LSTM && node.isUsed(1);
  Tensors results =
      addStack(node, *stack, order, separate, function, kind,
               [&](size_t index) { return hasCell && index == 2; });
  Tensors states;
  for (const Tensor &result :
       {results.front(), hasCell ? results[2] : Tensor()}) {
    if (!result) {
      states.push_back({});
      continue;
    }
    ArrayRef<int64_t> shape = result.getShape();
    states.push_back(reshape(node, result, {stack->getBatch(), shape.back()}));
  }
  return states;
}

static Tensors importLstmCell(Node &node) {
  return addCell(node, takeCell(node, 2), {0, 1, 2, 3}, 0, ActivationKind::Tanh,
                 RecurrentKind::LSTM);
}

static Tensors importGruCell(Node &node) {
  return addCell(node, takeCell(node, 1), {1, 0, 2}, 1, ActivationKind::Tanh,
                 RecurrentKind::GRU);
}

template <ActivationKind function> static Tensors importRnnCell(Node &node) {
  return addCell(node, takeCell(node, 1), {0}, 0, function, RecurrentKind::RNN);
}

ArrayRef<Operator> frieze::torch::getRecurrentOperators() {
  static const Operator operators[] = {
      {"gru.input", importGru},
      {"gru_cell.default", importGruCell},
      {"lstm.input", importLstm},
      {"lstm_cell.default", importLstmCell},
      {"rnn_relu.input", importRnn<ActivationKind::Relu>},
      {"rnn_relu_cell.default", importRnnCell<ActivationKind::Relu>},
      {"rnn_tanh.input", importRnn<ActivationKind::Tanh>},
      {"rnn_tanh_cell.default", importRnnCell<ActivationKind::Tanh>},
  };
  return operators;
}
