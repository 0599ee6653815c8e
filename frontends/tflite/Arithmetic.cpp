//===- Arithmetic.cpp - TensorFlow Lite arithmetic --------------*- C++ -*-===//
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
using nn::BinaryKind;

/// `isSwapped` compares the second input with the first.
template <BinaryKind kind, bool isSwapped = false>
static Tensors importComparison(Node &node) {
  return {combineAny(node, kind, node.getInput(isSwapped ? 1 : 0),
                     node.getInput(isSwapped ? 0 : 1))};
}

/// The elements of input 1 where input 0 is not 0, else those of input 2.
static Tensors importSelect(Node &node) {
  size_t rank = 0;
  for (size_t index : {0, 1, 2})
    rank = std::max(rank, node.getShape(index).size());
  Value operands[3];
  for (size_t index : {0, 1, 2}) {
    Value value = node.getValue(index);
    operands[index] = value ? addAxes(node, value, rank) : value;
  }
  if (!llvm::all_of(operands, [](Value value) { return bool(value); }))
    return {{}};
  return {Tensor(
      node.builder.select(node.name, operands[0], operands[1], operands[2]),
      node.getInput(1).getType())};
}

/// With a fused function in the first field of the options.
template <BinaryKind kind> static Tensors importBinary(Node &node) {
  // Of quantised tensors, in ADD and SUB.
  if (kind == BinaryKind::Add || kind == BinaryKind::Sub)
    node.ignore({1, "pot_scale_int16"});
  Tensor result = combineAny(node, kind, node.getInput(0), node.getInput(1));
  if (!result.constant)
    return {takeActivation(node, 0, result.value)};
  if (node.takeEnum({0, "fused_activation_function"}) != 0)
    node.emitError() << "unsupported function of a constant";
  return {result};
}

template <BinaryKind kind> static Tensors importExtremum(Node &node) {
  return {combineAny(node, kind, node.getInput(0), node.getInput(1))};
}

static Tensors importAddN(Node &node) {
  Tensor sum = node.getInput();
  for (const Tensor &input : node.getInputs().drop_front())
    sum = sum ? combineAny(node, BinaryKind::Add, sum, input) : Tensor();
  return {sum};
}

static Tensors importSquaredDifference(Node &node) {
  Tensor difference =
      combineAny(node, BinaryKind::Sub, node.getInput(0), node.getInput(1));
  if (difference.constant)
    return {combineAny(node, BinaryKind::Mul, difference, difference)};
  return {node.builder.activation(node.name, difference.value,
                                  ActivationKind::Square)};
}

/// To a constant power.
static Tensors importPow(Node &node) {
  const Constant *exponent = node.getConstant(1);
  if (!exponent)
    return {{}};
  if (node.areAllConstant())
    return {combineAny(node, BinaryKind::Pow, node.getInput(), *exponent)};
  return {power(node, node.getInput(), *exponent)};
}

/// Of matrices on the last two axes, each of which may be transposed.
static Tensors importBatchMatMul(Node &node) {
  Tensor operands[2];
  // Of quantised tensors.
  node.ignore({2, "asymmetric_quantize_inputs"});
  for (unsigned index : {0, 1}) {
    operands[index] = node.getInput(index);
    int64_t rank = node.getShape(index).size();
    if (rank < 2) {
      node.emitError() << "expects matrices, but got shape "
                       << formatShape(node.getShape(index));
      return {{}};
    }
    if (!node.takeBool(index == 0 ? Field{0, "adj_x"} : Field{1, "adj_y"}))
      continue;
    SmallVector<int64_t> permutation =
        llvm::to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(permutation[rank - 1], permutation[rank - 2]);
    operands[index] = transpose(node, operands[index], permutation);
  }
  if (node.areAllConstant()) {
    node.emitError() << "unsupported product of constants";
    return {{}};
  }
  return {multiply(node, operands[0], operands[1])};
}

/// The rows of `weights` are those of the transposed kernel.
static Tensors importFullyConnected(Node &node) {
  if (int64_t format = node.takeEnum({1, "weights_format"}))
    node.emitError() << "unsupported value of 'weights_format': " << format;
  bool keepsAxes = node.takeBool({2, "keep_num_dims"});
  // Of quantised tensors.
  node.ignore({3, "asymmetric_quantize_inputs"});
  node.ignore({4, "quantized_bias_type"});
  ArrayRef<int64_t> shape = node.getShape(), kernelShape = node.getShape(1);
  int64_t elements = countElements(shape).value_or(0);
  if (kernelShape.size() != 2 || kernelShape[1] < 1 || shape.empty() ||
      (keepsAxes ? shape.back() != kernelShape[1]
                 : elements % kernelShape[1] != 0)) {
    node.emitError() << "expects a matrix of weights for an input of shape "
                     << formatShape(shape) << ", but got shape "
                     << formatShape(kernelShape);
    return {{}};
  }
  Tensor input(node.getValue());
  if (!keepsAxes)
    input = reshape(node, input, {elements / kernelShape[1], kernelShape[1]});
  else if (shape.size() == 1)
    input = reshape(node, input, {1, shape[0]});
  if (!input)
    return {{}};
  Tensor kernel = transpose(node, node.getInput(1), {1, 0});
  ElementsAttr bias;
  if (node.hasInput(2)) {
    const Constant *constant = node.getConstant(2);
    if (!constant)
      return {{}};
    bias = node.builder.addWeights(node.name, "bias", constant->toArray());
  }
  Tensor result;
  if (kernel.constant) {
    result = Tensor(dense(node, input.value, *kernel.constant, bias));
  } else if (bias) {
    node.emitError() << "unsupported bias beside computed weights";
  } else {
    result = multiply(node, input, kernel);
  }
  Value value = takeActivation(node, 0, result.value);
  if (!value || !keepsAxes || shape.size() != 1)
    return {value};
  return {reshape(node, Tensor(value), {kernelShape[0]})};
}

ArrayRef<Operator> frieze::tflite::getArithmeticOperators() {
  static const Operator operators[] = {
      {"ADD", 11, importBinary<BinaryKind::Add>, 2, 2, ValueTypes::Whole},
      {"ADD_N", 82, importAddN, 1, SIZE_MAX},
      {"BATCH_MATMUL", 101, importBatchMatMul, 2, 2},
      {"DIV", 29, importBinary<BinaryKind::Div>, 2, 2},
      {"EQUAL", 53, importComparison<BinaryKind::Equal>, 2, 2, ValueTypes::Own},
      {"FULLY_CONNECTED", 8, importFullyConnected, 2, 3},
      {"GREATER", 44, importComparison<BinaryKind::Less, true>, 2, 2,
       ValueTypes::Own},
      {"GREATER_EQUAL", 45, importComparison<BinaryKind::LessEqual, true>, 2, 2,
       ValueTypes::Own},
      {"LESS", 41, importComparison<BinaryKind::Less>, 2, 2, ValueTypes::Own},
      {"LESS_EQUAL", 46, importComparison<BinaryKind::LessEqual>, 2, 2,
       ValueTypes::Own},
      {"MAXIMUM", 39, importExtremum<BinaryKind::Maximum>, 2, 2,
       ValueTypes::Whole},
      {"MINIMUM", 39, importExtremum<BinaryKind::Minimum>, 2, 2,
       ValueTypes::Whole},
      {"MUL", 21, importBinary<BinaryKind::Mul>, 2, 2, ValueTypes::Whole},
      {"NOT_EQUAL", 54, importComparison<BinaryKind::NotEqual>, 2, 2,
       ValueTypes::Own},
      {"POW", 56, importPow, 2, 2},
      {"SELECT_V2", 98, importSelect, 3, 3, ValueTypes::Own},
      {"SQUARED_DIFFERENCE", 76, importSquaredDifference, 2, 2},
      {"SUB", 28, importBinary<BinaryKind::Sub>, 2, 2, ValueTypes::Whole},
  };
  return operators;
}
