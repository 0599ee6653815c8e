//===- Arithmetic.cpp - ONNX elementwise arithmetic -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/onnx/Operands.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ActivationKind;
using nn::BinaryKind;

//===----------------------------------------------------------------------===//
// Of two operands or more
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

/// The operands of a division of integers as values of one rank.
static std::optional<std::pair<Value, Value>> getWholeOperands(Node &node) {
  auto shape = broadcastInputs(node);
  if (!shape)
    return std::nullopt;
  return std::pair(getOperand(node, 0, shape->size()),
                   getOperand(node, 1, shape->size()));
}

/// Of integers, without what follows the point.
static Tensors importDiv(Node &node) {
  if (node.areAllConstant() || !isInteger(node.getInput(0).getType()))
    return importBinary<BinaryKind::Div>(node);
  auto operands = getWholeOperands(node);
  if (!operands)
    return {{}};
  return {divideWhole(node.builder, node.name, operands->first,
                      operands->second, /*isDown=*/false)};
}

/// The rest of a division has the sign of the divisor, with `fmod` that of the
/// dividend.
static Tensors importMod(Node &node) {
  bool isDividend = node.takeBool("fmod", false);
  if (node.areAllConstant())
    return {combineConstants(
        node,
        isDividend
            ? [](double a, double b) { return std::fmod(a, b); }
            : [](double a, double b) { return a - b * std::floor(a / b); },
        *node.getInput(0).constant, *node.getInput(1).constant)};
  const Tensor &divisor = node.getInput(1);
  bool isExact = isInteger(divisor.getType()) ||
                 (divisor.constant &&
                  llvm::all_of(divisor.constant->values, dividesExactly));
  if (!isExact) {
    node.emitError() << "unsupported divisor of Mod, expects integers or a "
                        "constant that is one times a power of two, by which "
                        "quotients are exact";
    return {{}};
  }
  auto operands = getWholeOperands(node);
  if (!operands)
    return {{}};
  return {takeRemainder(node.builder, node.name, operands->first,
                        operands->second, /*isDown=*/!isDividend)};
}

static Tensors importMean(Node &node) {
  Tensor sum = importBinary<BinaryKind::Add>(node).front();
  Constant factor{DataType::Float, {}, {1.0 / node.getNumInputs()}};
  if (!sum || sum.value)
    return {combine(node, BinaryKind::Mul, sum, factor)};
  return {combineConstants(
      node, [](double a, double b) { return a * b; }, *sum.constant, factor)};
}

static Tensors importPow(Node &node) {
  const Tensor &base = node.getInput(0), &exponent = node.getInput(1);
  if (node.areAllConstant())
    return {combineConstants(
        node, [](double a, double b) { return std::pow(a, b); }, *base.constant,
        *exponent.constant)};
  if (base.value && exponent.constant)
    return {power(node, base, *exponent.constant)};
  return {combine(node, BinaryKind::Pow, base, exponent)};
}

//===----------------------------------------------------------------------===//
// Of one operand
//===----------------------------------------------------------------------===//

template <typename Fn> static Tensors mapConstant(Node &node, Fn function) {
  Constant result = *node.getInput().constant;
  for (double &value : result.values)
    value = roundTo(function(value), result.type);
  return {std::move(result)};
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

static Tensors importCeil(Node &node) {
  return importUnary(
      node, [](double x) { return std::ceil(x); }, ActivationKind::Ceil);
}

static Tensors importCos(Node &node) {
  return importUnary(node, [](double x) { return std::cos(x); });
}

static Tensors importErf(Node &node) {
  return importUnary(
      node, [](double x) { return std::erf(x); }, ActivationKind::Erf);
}

static Tensors importExp(Node &node) {
  return importUnary(
      node, [](double x) { return std::exp(x); }, ActivationKind::Exp);
}

static Tensors importFloor(Node &node) {
  return importUnary(
      node, [](double x) { return std::floor(x); }, ActivationKind::Floor);
}

static Tensors importLog(Node &node) {
  return importUnary(
      node, [](double x) { return std::log(x); }, ActivationKind::Log);
}

static Tensors importReciprocal(Node &node) {
  return importUnary(
      node, [](double x) { return 1.0 / x; }, ActivationKind::Reciprocal);
}

static Tensors importRound(Node &node) {
  return importUnary(
      node, [](double x) { return std::nearbyint(x); }, ActivationKind::Round);
}

static Tensors importSign(Node &node) {
  return importUnary(
      node, [](double x) { return x > 0   ? 1.0
                                  : x < 0 ? -1.0
                                          : x; },
      ActivationKind::Sign);
}

static Tensors importSin(Node &node) {
  return importUnary(node, [](double x) { return std::sin(x); });
}

static Tensors importSqrt(Node &node) {
  return importUnary(
      node, [](double x) { return std::sqrt(x); }, ActivationKind::Sqrt);
}

//===----------------------------------------------------------------------===//
// Repetition
//===----------------------------------------------------------------------===//

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
      {"Ceil", importCeil},
      {"Cos", importCos},
      {"Div", importDiv, 2, 2, ValueTypes::Whole},
      {"Erf", importErf},
      {"Exp", importExp},
      {"Expand", importExpand, 2, 2, ValueTypes::Any},
      {"Floor", importFloor},
      {"Log", importLog},
      {"Max", importBinary<BinaryKind::Maximum>, 1, SIZE_MAX,
       ValueTypes::Whole},
      {"Mean", importMean, 1, SIZE_MAX},
      {"Min", importBinary<BinaryKind::Minimum>, 1, SIZE_MAX,
       ValueTypes::Whole},
      {"Mod", importMod, 2, 2, ValueTypes::Whole},
      {"Mul", importBinary<BinaryKind::Mul>, 2, 2, ValueTypes::Whole},
      {"Neg", importNeg, 1, 1, ValueTypes::Whole},
      {"Pow", importPow, 2, 2},
      {"Reciprocal", importReciprocal},
      {"Round", importRound},
      {"Sign", importSign, 1, 1, ValueTypes::Whole},
      {"Sin", importSin},
      {"Sqrt", importSqrt},
      {"Sub", importBinary<BinaryKind::Sub>, 2, 2, ValueTypes::Whole},
      {"Sum", importBinary<BinaryKind::Add>, 1, SIZE_MAX, ValueTypes::Whole},
      {"Tile", importTile, 2, 2, ValueTypes::Any},
  };
  return operators;
}
