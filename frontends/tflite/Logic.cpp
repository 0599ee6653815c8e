//===- Logic.cpp - TensorFlow Lite's logic and whole numbers ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Truth values, positions along an axis, and functions whose results are whole
// numbers.
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;
using nn::ActivationKind;
using nn::BinaryKind;

//===----------------------------------------------------------------------===//
// Truth values
//===----------------------------------------------------------------------===//

/// Reports inputs of other types.
static bool checkTruth(Node &node) {
  for (const Tensor &input : node.getInputs())
    if (input.getType() != DataType::Bool) {
      node.emitError() << "expects inputs of type BOOL";
      return false;
    }
  return true;
}

template <BinaryKind kind> static Tensors importLogical(Node &node) {
  if (!checkTruth(node))
    return {{}};
  return {combineTruth(node, kind, node.getInput(0), node.getInput(1))};
}

static Tensors importNot(Node &node) {
  if (!checkTruth(node))
    return {{}};
  return {negateTruth(node, node.getInput())};
}

/// The condition has the shape of what is chosen from, or one element for each
/// row of it.
static Tensors importSelect(Node &node) {
  SmallVector<int64_t> shape(node.getShape(1));
  SmallVector<int64_t> condition(node.getShape());
  if (condition.size() < shape.size() && condition.size() <= 1)
    condition.resize(shape.size(), 1);
  if (node.getShape(2) != ArrayRef(shape) ||
      broadcast(condition, shape) != shape) {
    node.emitError() << "expects a condition of shape " << formatShape(shape)
                     << " or of its rows, but got "
                     << formatShape(node.getShape());
    return {{}};
  }
  Value chosen = node.getValue(1), other = node.getValue(2);
  Value value = reshape(node, Tensor(node.getValue()), condition).value;
  return {Tensor(node.builder.select(node.name, value, chosen, other),
                 node.getInput(1).getType())};
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

template <bool isLargest> static Tensors importArg(Node &node) {
  node.ignore({0, "output_type"});
  std::optional<SmallVector<int64_t>> given = node.getIntegers(1);
  Value input = node.getValue();
  if (!given || !input)
    return {{}};
  if (given->size() != 1) {
    node.emitError() << "expects one axis";
    return {{}};
  }
  auto axis = node.resolveAxis(given->front(), node.getShape().size());
  if (!axis)
    return {{}};
  SmallVector<int64_t> shape(node.getShape());
  shape.erase(shape.begin() + *axis);
  Value found = findPosition(node.builder, node.name, input, *axis, isLargest);
  return {reshape(node, Tensor(found, DataType::Int64), shape)};
}

static Tensors importCumsum(Node &node) {
  bool isExclusive = node.takeBool({0, "exclusive"});
  bool isReverse = node.takeBool({1, "reverse"});
  std::optional<SmallVector<int64_t>> given = node.getIntegers(1);
  Value input = node.getValue();
  if (!given || !input)
    return {{}};
  auto axis = node.resolveAxis(given->empty() ? 0 : given->front(),
                               node.getShape().size());
  if (!axis)
    return {{}};
  return {accumulate(node.builder, node.name, BinaryKind::Add, input, *axis,
                     isExclusive, isReverse)};
}

//===----------------------------------------------------------------------===//
// Whole numbers
//===----------------------------------------------------------------------===//

template <UnaryFn function, ActivationKind kind>
static Tensors importFunction(Node &node) {
  return {applyFunction(node, node.getInput(), function, kind)};
}

template <bool isCosine> static Tensors importWave(Node &node) {
  return {applyWave(node, node.getInput(), isCosine)};
}

/// Of constants, or of values that are whole: the quotient of others, rounded
/// before it is cut off, may be another.
template <bool isRemainder> static Tensors importFloorDiv(Node &node) {
  if (node.areAllConstant())
    return {combineConstants(
        node,
        isRemainder
            ? [](double a, double b) { return a - b * std::floor(a / b); }
            : [](double a, double b) { return std::floor(a / b); },
        *node.getInput(0).constant, *node.getInput(1).constant)};
  size_t rank = std::max(node.getShape(0).size(), node.getShape(1).size());
  if (!isInteger(node.getInput(0).getType()) ||
      !isInteger(node.getInput(1).getType())) {
    node.emitError() << "unsupported operands, expects constants or integers";
    return {{}};
  }
  Value lhs = addAxes(node, node.getValue(0), rank);
  Value rhs = addAxes(node, node.getValue(1), rank);
  return {isRemainder ? takeRemainder(node.builder, node.name, lhs, rhs,
                                      /*isDown=*/true)
                      : divideWhole(node.builder, node.name, lhs, rhs,
                                    /*isDown=*/true)};
}

static Tensors importZerosLike(Node &node) {
  if (!checkFolded(node, node.getShape()))
    return {{}};
  return {Constant{
      node.getInput().getType(), SmallVector<int64_t>(node.getShape()),
      std::vector<double>(countElements(node.getShape()).value_or(0), 0.0)}};
}

/// The shape that two shapes are broadcast to.
static Tensors importBroadcastArgs(Node &node) {
  auto first = node.getIntegers(0), second = node.getIntegers(1);
  if (!first || !second)
    return {{}};
  auto shape = broadcast(*first, *second);
  if (!shape) {
    node.emitError() << "expects shapes that broadcast, but got "
                     << formatShape(*first) << " and " << formatShape(*second);
    return {{}};
  }
  Constant result = makeIntegers(*shape);
  result.type = node.getInput().getType();
  return {result};
}

ArrayRef<Operator> frieze::tflite::getLogicOperators() {
  static const Operator operators[] = {
      {"ARG_MAX", 40, importArg<true>, 2, 2, ValueTypes::Own},
      {"ARG_MIN", 57, importArg<false>, 2, 2, ValueTypes::Own},
      {"BROADCAST_ARGS", 0, importBroadcastArgs, 2, 2, ValueTypes::Own},
      {"CEIL", 0, importFunction<std::ceil, ActivationKind::Ceil>},
      {"COS", 84, importWave<true>},
      {"CUMSUM", 102, importCumsum, 2, 2, ValueTypes::Whole},
      {"FLOOR", 0, importFunction<std::floor, ActivationKind::Floor>},
      {"FLOOR_DIV", 65, importFloorDiv<false>, 2, 2, ValueTypes::Whole},
      {"FLOOR_MOD", 72, importFloorDiv<true>, 2, 2, ValueTypes::Whole},
      {"LOGICAL_AND", 62, importLogical<BinaryKind::Minimum>, 2, 2,
       ValueTypes::Own},
      {"LOGICAL_NOT", 63, importNot, 1, 1, ValueTypes::Own},
      {"LOGICAL_OR", 60, importLogical<BinaryKind::Maximum>, 2, 2,
       ValueTypes::Own},
      {"ROUND", 0, importFunction<std::nearbyint, ActivationKind::Round>},
      {"SELECT", 47, importSelect, 3, 3, ValueTypes::Own},
      {"SIGN", 123, importFunction<sign, ActivationKind::Sign>, 1, 1,
       ValueTypes::Whole},
      {"SIN", 0, importWave<false>},
      {"ZEROS_LIKE", 67, importZerosLike, 1, 1, ValueTypes::Own},
  };
  return operators;
}
