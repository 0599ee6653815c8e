//===- Recurrent.cpp - TensorFlow Lite recurrent layers ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;
using nn::ActivationKind;

namespace {
/// Which inputs of an operator are those of one direction: where those begin
/// that each gate has one of, in nn's order (input, forget, cell, output), and
/// the weights of the cell, of which the third gate has none; and the states.
struct Direction {
  size_t kernels, recurrentKernels, peepholes, biases, state, cell;

  bool has(size_t index) const {
    return isWithin(index, kernels, numGates) ||
           isWithin(index, recurrentKernels, numGates) ||
           isWithin(index, peepholes, numGates - 1) ||
           isWithin(index, biases, numGates) || index == state || index == cell;
  }

  static constexpr size_t numGates = 4;

private:
  static bool isWithin(size_t index, size_t first, size_t count) {
    return index >= first && index < first + count;
  }
};
} // namespace

static constexpr size_t numInputs = 24, numBidirectionalInputs = 48;
static constexpr Direction onlyDirection{1, 5, 9, 12, 18, 19};
static constexpr Direction directions[] = {{1, 5, 9, 12, 35, 36},
                                           {18, 22, 26, 29, 37, 38}};

/// Parameters of `count` gates, each of `shape`, as nn has them: kernels
/// `(units, columns)` become `(columns, gates units)`. Null where one of them
/// does not fit, which is reported.
static ElementsAttr readGates(Node &node, size_t first, size_t count,
                              StringRef parameter, ArrayRef<int64_t> shape) {
  int64_t units = shape[0], columns = shape.size() == 2 ? shape[1] : 1;
  int64_t rows = int64_t(count) * units;
  Array array{{columns, rows}, std::vector<float>(columns * rows)};
  if (shape.size() == 1)
    array.shape = {rows};
  for (size_t gate = 0; gate < count; ++gate) {
    if (!node.hasInput(first + gate)) {
      node.emitError() << "expects weights of " << count << " gates";
      return {};
    }
    const Constant *constant = node.getConstant(first + gate);
    if (!constant)
      return {};
    if (ArrayRef<int64_t>(constant->shape) != shape) {
      node.emitError() << "expects input " << first + gate << " to be of shape "
                       << formatShape(shape) << ", but got "
                       << formatShape(constant->shape);
      return {};
    }
    for (int64_t unit = 0; unit < units; ++unit)
      for (int64_t column = 0; column < columns; ++column)
        array.values[column * rows + gate * units + unit] =
            constant->values[unit * columns + column];
  }
  return node.builder.addWeights(node.name, parameter, array);
}

/// The weights of one direction on sequences of `channels`. Nothing where a
/// problem was reported.
static std::optional<RecurrentParameters>
readDirection(Node &node, const Direction &direction, int64_t channels) {
  // Nothing but zeros is what its states begin with.
  for (size_t index : {direction.state, direction.cell})
    if (node.hasInput(index) &&
        (node.getInput(index).value ||
         !llvm::all_of(node.getInput(index).constant->values,
                       [](double value) { return value == 0.0; }))) {
      node.emitError() << "unsupported initial state, expects zeros";
      return std::nullopt;
    }
  bool hasRecurrent = node.hasInput(direction.recurrentKernels);
  if (!hasRecurrent || node.getShape(direction.recurrentKernels).size() != 2) {
    node.emitError() << "expects a matrix of recurrent weights";
    return std::nullopt;
  }
  constexpr size_t gates = Direction::numGates;
  int64_t units = node.getShape(direction.recurrentKernels)[0];
  RecurrentParameters parameters;
  parameters.kernel =
      readGates(node, direction.kernels, gates, "kernel", {units, channels});
  parameters.recurrent = readGates(node, direction.recurrentKernels, gates,
                                   "recurrent", {units, units});
  parameters.bias = readGates(node, direction.biases, gates, "bias", {units});
  bool hasPeepholes = false;
  for (size_t gate = 0; gate < gates - 1; ++gate)
    hasPeepholes |= node.hasInput(direction.peepholes + gate);
  if (hasPeepholes)
    parameters.peephole =
        readGates(node, direction.peepholes, gates - 1, "peephole", {units});
  if (node.hasFailed())
    return std::nullopt;
  MLIRContext *context = node.builder.getBuilder().getContext();
  parameters.activation = parameters.cellActivation =
      nn::ActivationAttr::get(context, ActivationKind::Tanh);
  parameters.recurrentActivation =
      nn::ActivationAttr::get(context, ActivationKind::Sigmoid);
  parameters.sequences = true;
  return parameters;
}

/// All steps of each of `directions`, in the order of axes that the file has.
/// (A runtime keeps the states for the next call unless it is told to reset
/// them.)
static Tensors importDirections(Node &node, ArrayRef<Direction> directions,
                                bool isTimeMajor) {
  int64_t function = node.takeEnum({0, "fused_activation_function"});
  if (function != 4)
    node.emitError() << "unsupported value of 'fused_activation_function', "
                        "expects TANH, but got "
                     << function;
  double cellClip = node.takeFloat({1, "cell_clip"}, 0.0f);
  if (!(cellClip >= 0.0) || std::isinf(cellClip))
    node.emitError() << "expects 'cell_clip' to be 0 or positive, but got "
                     << cellClip;
  if (double clip = node.takeFloat({2, "proj_clip"}, 0.0f))
    node.emitError() << "unsupported value of 'proj_clip', expects 0, but got "
                     << clip;
  for (size_t index = 1; index < node.getNumInputs(); ++index)
    if (node.hasInput(index) &&
        llvm::none_of(directions, [&](const Direction &direction) {
          return direction.has(index);
        }))
      node.emitError() << "unsupported input " << index << " of "
                       << node.operatorName
                       << ": projections, normalised gates and auxiliary "
                          "inputs are not read";
  ArrayRef<int64_t> shape = node.getShape();
  if (shape.size() != 3) {
    node.emitError() << "expects a sequence of rank 3, but got shape "
                     << formatShape(shape);
    return {};
  }
  int64_t steps = shape[isTimeMajor ? 0 : 1], channels = shape[2];
  Value input = node.getValue();
  if (!input || node.hasFailed())
    return {};
  if (isTimeMajor)
    input = toBatchFirst(node, input);
  if (!input)
    return {};
  Tensors outputs;
  for (const Direction &direction : directions) {
    auto parameters = readDirection(node, direction, channels);
    if (!parameters)
      return {};
    parameters->backwards = parameters->reversed = !outputs.empty();
    // A step adds less than 1 to a cell.
    if (cellClip != 0.0 && cellClip < double(steps))
      parameters->cellClip = cellClip;
    Value output = node.builder.recurrent(node.name, RecurrentKind::LSTM, input,
                                          *parameters);
    if (isTimeMajor && output)
      output = node.builder.transpose(node.name, output, {1, 0, 2});
    outputs.emplace_back(output);
  }
  return outputs;
}

static Tensors importUnidirectional(Node &node) {
  bool isTimeMajor = node.takeBool({3, "time_major"});
  // Of quantised tensors.
  node.ignore({4, "asymmetric_quantize_inputs"});
  if (node.takeBool({5, "diagonal_recurrent_tensors"}))
    node.emitError() << "unsupported value of 'diagonal_recurrent_tensors', "
                        "expects 0, but got 1";
  return importDirections(node, onlyDirection, isTimeMajor);
}

static Tensors importBidirectional(Node &node) {
  bool isMerged = node.takeBool({3, "merge_outputs"});
  bool isTimeMajor = node.takeBool({4, "time_major"}, true);
  node.ignore({5, "asymmetric_quantize_inputs"});
  if (node.getNumOutputs() != (isMerged ? 1 : 2))
    node.emitError() << "expects " << (isMerged ? "1 output" : "2 outputs")
                     << ", but got " << node.getNumOutputs();
  Tensors outputs = importDirections(node, directions, isTimeMajor);
  if (isMerged && outputs.size() == 2)
    return {concat(node, outputs, 2)};
  return outputs;
}

ArrayRef<Operator> frieze::tflite::getRecurrentOperators() {
  static const Operator operators[] = {
      {"BIDIRECTIONAL_SEQUENCE_LSTM", 69, importBidirectional, 1,
       numBidirectionalInputs},
      {"UNIDIRECTIONAL_SEQUENCE_LSTM", 71, importUnidirectional, 1, numInputs},
  };
  return operators;
}
