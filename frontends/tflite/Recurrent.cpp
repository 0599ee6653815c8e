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

/// Where the inputs of an LSTM begin that have one for each gate. The gates
/// follow in nn's order: input, forget, cell, output.
static constexpr size_t kernels = 1, recurrentKernels = 5, biases = 12;
static constexpr size_t numGates = 4, numInputs = 24;

/// The weights of all gates, each `(units, columns)`, as nn has them:
/// `(columns, gates units)`. Null where one of them does not fit, which is
/// reported.
static ElementsAttr readGates(Node &node, size_t first, StringRef parameter,
                              ArrayRef<int64_t> shape) {
  int64_t units = shape[0], columns = shape.size() == 2 ? shape[1] : 1;
  int64_t rows = int64_t(numGates) * units;
  Array array{{columns, rows}, std::vector<float>(columns * rows)};
  if (shape.size() == 1)
    array.shape = {rows};
  for (size_t gate = 0; gate < numGates; ++gate) {
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

/// All steps of a layer that begins with states of zero. (A runtime keeps the
/// states for the next call unless it is told to reset them.)
static Tensors importLstm(Node &node) {
  int64_t function = node.takeEnum({0, "fused_activation_function"});
  if (function != 4)
    node.emitError() << "unsupported value of 'fused_activation_function', "
                        "expects TANH, but got "
                     << function;
  double cellClip = node.takeFloat({1, "cell_clip"}, 0.0f);
  if (double clip = node.takeFloat({2, "proj_clip"}, 0.0f))
    node.emitError() << "unsupported value of 'proj_clip', expects 0, but got "
                     << clip;
  bool isTimeMajor = node.takeBool({3, "time_major"});
  // Of quantised tensors.
  node.ignore({4, "asymmetric_quantize_inputs"});
  if (node.takeBool({5, "diagonal_recurrent_tensors"}))
    node.emitError() << "unsupported value of 'diagonal_recurrent_tensors', "
                        "expects 0, but got 1";
  for (size_t index = 9; index < node.getNumInputs(); ++index) {
    bool isState = index == 18 || index == 19;
    bool isBias = index >= biases && index < biases + numGates;
    if (!isState && !isBias && node.hasInput(index))
      node.emitError() << "unsupported input " << index
                       << " of UNIDIRECTIONAL_SEQUENCE_LSTM: peepholes, "
                          "projections and normalised gates are not read";
  }
  for (size_t gate = 0; gate < numGates; ++gate)
    if (!node.hasInput(kernels + gate) ||
        !node.hasInput(recurrentKernels + gate) ||
        !node.hasInput(biases + gate)) {
      node.emitError() << "expects weights of 4 gates";
      return {{}};
    }
  // Nothing but zeros is what its states begin with.
  for (size_t index : {18, 19})
    if (node.hasInput(index) &&
        (node.getInput(index).value ||
         !llvm::all_of(node.getInput(index).constant->values,
                       [](double value) { return value == 0.0; }))) {
      node.emitError() << "unsupported initial state, expects zeros";
      return {{}};
    }
  ArrayRef<int64_t> shape = node.getShape();
  ArrayRef<int64_t> recurrent = node.getShape(recurrentKernels);
  if (shape.size() != 3 || recurrent.size() != 2) {
    node.emitError() << "expects a sequence and weights, but got shapes "
                     << formatShape(shape) << " and " << formatShape(recurrent);
    return {{}};
  }
  // A step adds less than 1 to a cell.
  int64_t units = recurrent[0], steps = shape[isTimeMajor ? 0 : 1];
  if (cellClip != 0.0 && !(cellClip >= double(steps)))
    node.emitError() << "unsupported value of 'cell_clip': cells of " << steps
                     << " steps may reach " << cellClip
                     << "; give the Keras file itself";
  RecurrentParameters parameters;
  parameters.kernel = readGates(node, kernels, "kernel", {units, shape[2]});
  parameters.recurrent =
      readGates(node, recurrentKernels, "recurrent", {units, units});
  parameters.bias = readGates(node, biases, "bias", {units});
  Value input = node.getValue();
  if (!parameters.bias || !input || node.hasFailed())
    return {{}};
  MLIRContext *context = node.builder.getBuilder().getContext();
  parameters.activation =
      nn::ActivationAttr::get(context, ActivationKind::Tanh);
  parameters.recurrentActivation =
      nn::ActivationAttr::get(context, ActivationKind::Sigmoid);
  parameters.sequences = true;
  if (isTimeMajor)
    input = node.builder.transpose(node.name, input, {1, 0, 2});
  Value output =
      node.builder.recurrent(node.name, RecurrentKind::LSTM, input, parameters);
  if (isTimeMajor)
    output = node.builder.transpose(node.name, output, {1, 0, 2});
  return {output};
}

ArrayRef<Operator> frieze::tflite::getRecurrentOperators() {
  static const Operator operators[] = {
      {"UNIDIRECTIONAL_SEQUENCE_LSTM", 71, importLstm, 1, numInputs},
  };
  return operators;
}
