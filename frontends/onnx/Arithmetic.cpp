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
  Tensor result = node.getInput();
  for (const Tensor &input : node.getInputs().drop_front())
    result = combineAny(node, kind, result, input);
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
  return {combineAny(node, BinaryKind::Mul, sum, factor)};
}

static Tensors importPow(Node &node) {
  const Tensor &base = node.getInput(0), &exponent = node.getInput(1);
  if (base.value && exponent.constant)
    return {power(node, base, *exponent.constant)};
  return {combineAny(node, BinaryKind::Pow, base, exponent)};
}

//===----------------------------------------------------------------------===//
// Of one operand
//===----------------------------------------------------------------------===//

static Tensors importNeg(Node &node) { return {negate(node, node.getInput())}; }

template <UnaryFn function, ActivationKind kind>
static Tensors importFunction(Node &node) {
  return {applyFunction(node, node.getInput(), function, kind)};
}

template <bool isCosine> static Tensors importWave(Node &node) {
  return {applyWave(node, node.getInput(), isCosine)};
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
      {"Abs", importFunction<std::fabs, ActivationKind::Abs>, 1, 1,
       ValueTypes::Whole},
      {"Add", importBinary<BinaryKind::Add>, 2, 2, ValueTypes::Whole},
      {"Ceil", importFunction<std::ceil, ActivationKind::Ceil>},
      {"Cos", importWave<true>},
      {"Div", importDiv, 2, 2, ValueTypes::Whole},
      {"Erf", importFunction<std::erf, ActivationKind::Erf>},
      {"Exp", importFunction<std::exp, ActivationKind::Exp>},
      {"Expand", importExpand, 2, 2, ValueTypes::Any},
      {"Floor", importFunction<std::floor, ActivationKind::Floor>},
      {"Log", importFunction<std::log, ActivationKind::Log>},
      {"Max", importBinary<BinaryKind::Maximum>, 1, SIZE_MAX,
       ValueTypes::Whole},
      {"Mean", importMean, 1, SIZE_MAX},
      {"Min", importBinary<BinaryKind::Minimum>, 1, SIZE_MAX,
       ValueTypes::Whole},
      {"Mod", importMod, 2, 2, ValueTypes::Whole},
      {"Mul", importBinary<BinaryKind::Mul>, 2, 2, ValueTypes::Whole},
      {"Neg", importNeg, 1, 1, ValueTypes::Whole},
      {"Pow", importPow, 2, 2},
      {"Reciprocal", importFunction<reciprocal, ActivationKind::Reciprocal>},
      {"Round", importFunction<std::nearbyint, ActivationKind::Round>},
      {"Sign", importFunction<sign, ActivationKind::Sign>, 1, 1,
       ValueTypes::Whole},
      {"Sin", importWave<false>},
      {"Sqrt", importFunction<std::sqrt, ActivationKind::Sqrt>},
      {"Sub", importBinary<BinaryKind::Sub>, 2, 2, ValueTypes::Whole},
      {"Sum", importBinary<BinaryKind::Add>, 1, SIZE_MAX, ValueTypes::Whole},
      {"Tile", importTile, 2, 2, ValueTypes::Any},
  };
  return operators;
}
