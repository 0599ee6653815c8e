//===- Arithmetic.cpp - ONNX elementwise arithmetic -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ActivationKind;
using nn::BinaryKind;

//===----------------------------------------------------------------------===//
// On constants
//===----------------------------------------------------------------------===//

template <typename Fn> static Tensors mapConstant(Node &node, Fn function) {
  Constant result = *node.getInput().constant;
  for (double &value : result.values)
    value = roundTo(function(value), result.type);
  return {std::move(result)};
}

//===----------------------------------------------------------------------===//
// On values
//===----------------------------------------------------------------------===//

/// Of all inputs, from the first to the last.
template <BinaryKind kind> static Tensors importBinary(Node &node) {
  static constexpr BinaryFn functions[] = {
      [](double a, double b) { return a + b; },
      [](double a, double b) { return a - b; },
      [](double a, double b) { return a * b; },
      [](double a, double b) { return a / b; },
      [](double a, double b) { return std::max(a, b); },
      [](double a, double b) { return std::min(a, b); },
  };
  Tensor result = node.getInput();
  for (const Tensor &input : node.getInputs().drop_front())
    result = result.constant && input.constant
                 ? combineConstants(node, functions[int(kind)],
                                    *result.constant, *input.constant)
                 : combine(node, kind, result, input);
  return {result};
}

static Tensors importMean(Node &node) {
  Tensor sum = importBinary<BinaryKind::Add>(node).front();
  Constant factor{DataType::Float, {}, {1.0 / node.getNumInputs()}};
  if (!sum || sum.value)
    return {combine(node, BinaryKind::Mul, sum, factor)};
  return {combineConstants(
      node, [](double a, double b) { return a * b; }, *sum.constant, factor)};
}

static Tensors importNeg(Node &node) {
  if (node.areAllConstant())
    return mapConstant(node, [](double x) { return -x; });
  return {node.builder.scaleAndShift(node.name, node.getValue(), -1.0, 0.0)};
}

/// A function of a constant, or of a value where `kind` is one of nn's.
static Tensors importUnary(Node &node, double (*function)(double),
                           std::optional<ActivationKind> kind = {}) {
  if (kind && !node.areAllConstant())
    return {node.builder.activation(node.name, node.getValue(), *kind)};
  if (!node.getConstant(0))
    return {{}};
  return mapConstant(node, function);
}

static Tensors importAbs(Node &node) {
  return importUnary(
      node, [](double x) { return std::fabs(x); }, ActivationKind::Abs);
}

static Tensors importLog(Node &node) {
  return importUnary(
      node, [](double x) { return std::log(x); }, ActivationKind::Log);
}

static Tensors importReciprocal(Node &node) {
  return importUnary(
      node, [](double x) { return 1.0 / x; }, ActivationKind::Reciprocal);
}

static Tensors importSqrt(Node &node) {
  return importUnary(
      node, [](double x) { return std::sqrt(x); }, ActivationKind::Sqrt);
}

//===----------------------------------------------------------------------===//
// On constants alone
//===----------------------------------------------------------------------===//

static Tensors importCeil(Node &node) {
  return importUnary(node, [](double x) { return std::ceil(x); });
}

static Tensors importFloor(Node &node) {
  return importUnary(node, [](double x) { return std::floor(x); });
}

static Tensors importNot(Node &node) {
  return importUnary(node, [](double x) { return double(x == 0); });
}

template <int index, bool isComparison>
static Tensors importConstantPair(Node &node) {
  static constexpr BinaryFn functions[] = {
      [](double a, double b) { return double(a == b); },
      [](double a, double b) { return double(a > b); },
      [](double a, double b) { return double(a >= b); },
      [](double a, double b) { return double(a < b); },
      [](double a, double b) { return double(a <= b); },
      [](double a, double b) { return double(a && b); },
      [](double a, double b) { return double(a || b); },
      // The sign of the divisor.
      [](double a, double b) { return a - b * std::floor(a / b); },
  };
  if (index == 7)
    node.expectOnly("fmod", 0);
  const Constant *lhs = node.getConstant(0), *rhs = node.getConstant(1);
  if (!lhs || !rhs)
    return {{}};
  return {combineConstants(node, functions[index], *lhs, *rhs, isComparison)};
}

/// To a constant power; of values, those that are products.
static Tensors importPow(Node &node) {
  const Constant *exponent = node.getConstant(1);
  if (!exponent)
    return {{}};
  if (node.areAllConstant())
    return {combineConstants(
        node, [](double a, double b) { return std::pow(a, b); },
        *node.getInput().constant, *exponent)};
  return {power(node, node.getInput(), *exponent)};
}

static Tensors importWhere(Node &node) {
  const Constant *condition = node.getConstant(0);
  const Constant *first = node.getConstant(1), *second = node.getConstant(2);
  if (!condition || !first || !second)
    return {{}};
  auto shape = broadcast(first->shape, second->shape);
  if (shape)
    shape = broadcast(*shape, condition->shape);
  if (!shape) {
    node.emitError() << "expects shapes that broadcast";
    return {{}};
  }
  if (!checkFolded(node, *shape))
    return {{}};
  Constant result{first->type, *shape, expand(*first, *shape)};
  std::vector<double> others = expand(*second, *shape);
  std::vector<double> conditions = expand(*condition, *shape);
  for (size_t i = 0; i < others.size(); ++i)
    if (conditions[i] == 0)
      result.values[i] = others[i];
  return {result};
}

/// Repeats along axes of size 1.
static Tensors importExpand(Node &node) {
  std::optional<SmallVector<int64_t>> given = node.getIntegers(1);
  if (!given)
    return {{}};
  auto shape = broadcast(node.getShape(), *given);
  if (!shape) {
    node.emitError() << "expects a shape that the input broadcasts to, but got "
                     << formatShape(node.getShape()) << " and "
                     << formatShape(*given);
    return {{}};
  }
  return {repeat(node, node.getInput(), *shape)};
}

static Tensors importTile(Node &node) {
  std::optional<SmallVector<int64_t>> repeats = node.getIntegers(1);
  return {repeats ? tile(node, node.getInput(), *repeats) : Tensor()};
}

ArrayRef<Operator> frieze::onnx::getArithmeticOperators() {
  static const Operator operators[] = {
      {"Abs", importAbs, 1, 1, ValueTypes::Whole},
      {"Add", importBinary<BinaryKind::Add>, 2, 2, ValueTypes::Whole},
      {"And", importConstantPair<5, true>, 2, 2},
      {"Ceil", importCeil},
      {"Div", importBinary<BinaryKind::Div>, 2, 2},
      {"Equal", importConstantPair<0, true>, 2, 2},
      {"Expand", importExpand, 2, 2, ValueTypes::Any},
      {"Floor", importFloor},
      {"Greater", importConstantPair<1, true>, 2, 2},
      {"GreaterOrEqual", importConstantPair<2, true>, 2, 2},
      {"Less", importConstantPair<3, true>, 2, 2},
      {"LessOrEqual", importConstantPair<4, true>, 2, 2},
      {"Log", importLog},
      {"Max", importBinary<BinaryKind::Maximum>, 1, SIZE_MAX,
       ValueTypes::Whole},
      {"Mean", importMean, 1, SIZE_MAX},
      {"Min", importBinary<BinaryKind::Minimum>, 1, SIZE_MAX,
       ValueTypes::Whole},
      {"Mod", importConstantPair<7, false>, 2, 2},
      {"Mul", importBinary<BinaryKind::Mul>, 2, 2, ValueTypes::Whole},
      {"Neg", importNeg, 1, 1, ValueTypes::Whole},
      {"Not", importNot},
      {"Or", importConstantPair<6, true>, 2, 2},
      {"Pow", importPow, 2, 2},
      {"Reciprocal", importReciprocal},
      {"Sqrt", importSqrt},
      {"Sub", importBinary<BinaryKind::Sub>, 2, 2, ValueTypes::Whole},
      {"Sum", importBinary<BinaryKind::Add>, 1, SIZE_MAX, ValueTypes::Whole},
      {"Tile", importTile, 2, 2, ValueTypes::Any},
      {"Where", importWhere, 3, 3},
  };
  return operators;
}
