//===- Logic.cpp - ONNX operators on truth values ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Truth values are 1 and 0.
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/onnx/Operands.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::BinaryKind;

static Tensor asTruth(Value value) { return {value, DataType::Bool}; }

/// `isSwapped` compares the second input with the first.
template <BinaryKind kind, bool isSwapped = false>
static Tensors importComparison(Node &node) {
  return {combineAny(node, kind, node.getInput(isSwapped ? 1 : 0),
                     node.getInput(isSwapped ? 0 : 1))};
}

/// Whether all inputs are truth values; reported if not.
static bool checkTruth(Node &node) {
  for (const Tensor &input : node.getInputs())
    if (input.getType() != DataType::Bool) {
      node.emitError() << "expects truth values, but got type "
                       << getTypeName(input.getType());
      return false;
    }
  return true;
}

template <BinaryKind kind> static Tensors importLogical(Node &node) {
  if (!checkTruth(node))
    return {{}};
  return {combineTruth(node, kind, node.getInput(0), node.getInput(1))};
}

/// A question about each element, of a constant or of a value.
template <typename Answer, typename Build>
static Tensors importQuestion(Node &node, Answer answer, Build build) {
  if (!node.getInput().constant)
    return {asTruth(build(node.getInput().value))};
  Constant result = *node.getInput().constant;
  result.type = DataType::Bool;
  for (double &value : result.values)
    value = answer(value);
  return {std::move(result)};
}

static Tensors importNot(Node &node) {
  if (!checkTruth(node))
    return {{}};
  return {negateTruth(node, node.getInput())};
}

static Tensors importIsNaN(Node &node) {
  return importQuestion(
      node, [](double x) { return std::isnan(x); },
      [&](Value value) { return findNaN(node.builder, node.name, value); });
}

static Tensors importIsInf(Node &node) {
  bool isNegative = node.takeBool("detect_negative", true);
  bool isPositive = node.takeBool("detect_positive", true);
  return importQuestion(
      node,
      [&](double x) {
        return std::isinf(x) && (x < 0 ? isNegative : isPositive);
      },
      [&](Value value) {
        return findInfinity(node.builder, node.name, value, isNegative,
                            isPositive);
      });
}

/// What is not chosen does not matter, so that a constant may be infinite.
static Tensors importWhere(Node &node) {
  auto shape = broadcastInputs(node);
  if (!shape)
    return {{}};
  if (node.getInput().getType() != DataType::Bool) {
    node.emitError() << "expects a condition of truth values, but got type "
                     << getTypeName(node.getInput().getType());
    return {{}};
  }
  DataType type = node.getInput(1).getType();
  if (!node.areAllConstant()) {
    size_t rank = shape->size();
    return {
        Tensor(node.builder.select(node.name, getOperand(node, 0, rank),
                                   getOperand(node, 1, rank, /*isMask=*/true),
                                   getOperand(node, 2, rank, /*isMask=*/true)),
               type)};
  }
  if (!checkFolded(node, *shape))
    return {{}};
  Constant result{type, *shape, expand(*node.getInput(1).constant, *shape)};
  std::vector<double> others = expand(*node.getInput(2).constant, *shape);
  std::vector<double> conditions = expand(*node.getInput(0).constant, *shape);
  for (size_t i = 0; i < others.size(); ++i)
    if (conditions[i] == 0)
      result.values[i] = others[i];
  return {result};
}

ArrayRef<Operator> frieze::onnx::getLogicOperators() {
  static const Operator operators[] = {
      {"And", importLogical<BinaryKind::Minimum>, 2, 2, ValueTypes::Own},
      {"Equal", importComparison<BinaryKind::Equal>, 2, 2, ValueTypes::Own},
      {"Greater", importComparison<BinaryKind::Less, true>, 2, 2,
       ValueTypes::Own},
      {"GreaterOrEqual", importComparison<BinaryKind::LessEqual, true>, 2, 2,
       ValueTypes::Own},
      {"IsInf", importIsInf, 1, 1, ValueTypes::Own},
      {"IsNaN", importIsNaN, 1, 1, ValueTypes::Own},
      {"Less", importComparison<BinaryKind::Less>, 2, 2, ValueTypes::Own},
      {"LessOrEqual", importComparison<BinaryKind::LessEqual>, 2, 2,
       ValueTypes::Own},
      {"Not", importNot, 1, 1, ValueTypes::Own},
      {"Or", importLogical<BinaryKind::Maximum>, 2, 2, ValueTypes::Own},
      {"Where", importWhere, 3, 3, ValueTypes::Own},
      {"Xor", importLogical<BinaryKind::NotEqual>, 2, 2, ValueTypes::Own},
  };
  return operators;
}
