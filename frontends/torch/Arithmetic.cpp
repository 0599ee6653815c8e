//===- Arithmetic.cpp - PyTorch's arithmetic --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::ActivationKind;
using nn::BinaryKind;

Tensor frieze::torch::combinePromoted(Node &node, BinaryKind kind,
                                      const Tensor &lhs, const Tensor &rhs) {
  if (!lhs.constant || !rhs.constant || isFloat(lhs.getType()) ||
      (!isFloat(rhs.getType()) && kind != BinaryKind::Div))
    return combineAny(node, kind, lhs, rhs);
  Constant first = *lhs.constant;
  first.type = DataType::Float;
  return combineAny(node, kind, first, rhs);
}

Tensor frieze::torch::scale(Node &node, const Tensor &input, double factor) {
  if (factor == 1.0 || !input)
    return input;
  if (input.constant)
    return combineAny(node, BinaryKind::Mul, input,
                      Constant{input.getType(), {}, {factor}});
  return node.builder.scaleAndShift(node.name, input.value, factor, 0.0);
}

/// The type of a result; nothing, and reported, where float32 would not hold
/// what PyTorch computes.
static std::optional<DataType> promote(Node &node, BinaryKind kind,
                                       const Tensor &lhs, const Tensor &rhs) {
  if (kind >= BinaryKind::Equal)
    return DataType::Bool;
  DataType types[] = {lhs.getType(), rhs.getType()};
  if (llvm::any_of(types, isFloat) || kind == BinaryKind::Div)
    return DataType::Float;
  auto isWide = [](DataType type) {
    return type == DataType::Int32 || type == DataType::Int64;
  };
  auto isTruth = [](DataType type) { return type == DataType::Bool; };
  if (llvm::all_of(types, isTruth) && kind == BinaryKind::Mul)
    return DataType::Bool;
  if (llvm::any_of(types, isWide) && kind != BinaryKind::Pow &&
      llvm::all_of(types, [&](DataType t) { return isWide(t) || isTruth(t); }))
    return DataType::Int64;
  node.emitError() << "unsupported types of " << node.target
                   << ", expects float32, or integers of 32 or 64 bits";
  return std::nullopt;
}

/// `self` and `other`, which is multiplied by `alpha` where there is one.
template <BinaryKind kind, bool isSwapped = false>
static Tensors importBinary(Node &node) {
  // Either may be a number.
  Tensor lhs = node.takeOperand("self", Tensor());
  Tensor rhs = node.takeOperand("other", lhs);
  // A number beside truth values makes them numbers.
  if (lhs.value && lhs.valueType == DataType::Bool && rhs.constant &&
      rhs.constant->shape.empty()) {
    Constant number = *rhs.constant;
    number.type = isFloat(number.type) ? number.type : DataType::Int64;
    rhs = number;
  }
  std::optional<DataType> type;
  if (lhs && rhs && (lhs.value || rhs.value) &&
      !(type = promote(node, kind, lhs, rhs)))
    return {{}};
  if (kind == BinaryKind::Add || kind == BinaryKind::Sub) {
    double alpha = node.takeNumber("alpha", 1.0);
    (isSwapped ? lhs : rhs) = scale(node, isSwapped ? lhs : rhs, alpha);
  }
  Tensor result = isSwapped ? combinePromoted(node, kind, rhs, lhs)
                            : combinePromoted(node, kind, lhs, rhs);
  if (result.value && type)
    result.valueType = *type;
  return {result};
}

/// A quotient rounded down or towards zero: by a constant that divides exactly,
/// as another one may be rounded to a whole number before.
template <bool isFloor> static Tensors importWholeQuotient(Node &node) {
  Tensor lhs = node.takeTensor("self");
  Tensor rhs = node.takeOperand("other", lhs);
  std::string mode = isFloor ? "floor" : node.takeString("rounding_mode", "");
  if (!lhs || !rhs || node.hasFailed())
    return {{}};
  if (mode.empty())
    return {combinePromoted(node, BinaryKind::Div, lhs, rhs)};
  if (mode != "floor" && mode != "trunc")
    node.emitError() << "unsupported value of 'rounding_mode': '" << mode
                     << "'";
  if (!rhs.constant || !llvm::all_of(rhs.constant->values, dividesExactly))
    node.emitError() << "unsupported 'other' of " << node.target
                     << ", expects a constant that is a whole number times a "
                        "power of two, by which quotients are exact";
  if (node.hasFailed())
    return {{}};
  Tensor quotient = combinePromoted(node, BinaryKind::Div, lhs, rhs);
  Tensor whole =
      mode == "floor"
          ? applyFunction(node, quotient, std::floor, ActivationKind::Floor)
          : applyFunction(node, quotient, std::trunc, ActivationKind::Trunc);
  if (!whole.constant || isFloat(lhs.getType()) || isFloat(rhs.getType()))
    return {whole};
  Constant integers = *whole.constant;
  integers.type = lhs.getType();
  return {integers};
}

static Tensors importNeg(Node &node) {
  return {scale(node, node.takeTensor("self"), -1.0)};
}

static Tensors importPow(Node &node) {
  Tensor input = node.takeTensor("self");
  Tensor exponent = node.takeOperand("exponent", input);
  if (!input || !exponent)
    return {{}};
  if (exponent.value) {
    node.emitError() << "unsupported exponent, expects a constant";
    return {{}};
  }
  if (input.constant)
    return {combinePromoted(node, BinaryKind::Pow, input, exponent)};
  return {power(node, input, *exponent.constant)};
}

/// `self + value tensor1 tensor2`.
static Tensors importAddProduct(Node &node) {
  Tensor input = node.takeTensor("self"), first = node.takeTensor("tensor1");
  Tensor second = node.takeTensor("tensor2");
  double factor = node.takeNumber("value", 1.0);
  Tensor product = combinePromoted(node, BinaryKind::Mul, first, second);
  return {combinePromoted(node, BinaryKind::Add, input,
                          scale(node, product, factor))};
}

/// Elements of `self` where the condition is not 0, else of `other`.
static Tensor choose(Node &node, const Tensor &condition, const Tensor &chosen,
                     const Tensor &other) {
  if (!condition || !chosen || !other)
    return {};
  if (condition.constant && chosen.constant && other.constant) {
    auto shape = broadcast(chosen.getShape(), other.getShape());
    if (shape)
      shape = broadcast(*shape, condition.getShape());
    if (!shape) {
      node.emitError() << "expects shapes that broadcast";
      return {};
    }
    if (!checkFolded(node, *shape))
      return {};
    Constant result{chosen.constant->type, *shape,
                    expand(*chosen.constant, *shape)};
    std::vector<double> others = expand(*other.constant, *shape);
    std::vector<double> conditions = expand(*condition.constant, *shape);
    for (size_t i = 0; i < others.size(); ++i)
      if (conditions[i] == 0)
        result.values[i] = others[i];
    return result;
  }
  size_t rank = std::max({condition.getShape().size(), chosen.getShape().size(),
                          other.getShape().size(), size_t(1)});
  const Tensor *tensors[] = {&condition, &chosen, &other};
  Value operands[3];
  for (auto [operand, tensor] : zip_equal(operands, tensors)) {
    Value value = node.makeValue(*tensor);
    if (!value)
      return {};
    operand = addAxes(node, value, rank);
  }
  return node.builder.select(node.name, operands[0], operands[1], operands[2]);
}

static Tensors importWhere(Node &node) {
  Tensor condition = node.takeTensor("condition");
  Tensor chosen = node.takeOperand("self", Tensor());
  return {choose(node, condition, chosen, node.takeOperand("other", chosen))};
}

static Tensors importMaskedFill(Node &node) {
  Tensor input = node.takeTensor("self"), mask = node.takeTensor("mask");
  return {choose(node, mask, node.takeOperand("value", input), input)};
}

ArrayRef<Operator> frieze::torch::getArithmeticOperators() {
  static const Operator operators[] = {
      {"add.Scalar", importBinary<BinaryKind::Add>, ValueTypes::Own},
      {"add.Tensor", importBinary<BinaryKind::Add>, ValueTypes::Own},
      {"addcmul.default", importAddProduct},
      {"div.Scalar", importBinary<BinaryKind::Div>, ValueTypes::Own},
      {"div.Tensor", importBinary<BinaryKind::Div>, ValueTypes::Own},
      {"div.Scalar_mode", importWholeQuotient<false>},
      {"div.Tensor_mode", importWholeQuotient<false>},
      {"eq.Scalar", importBinary<BinaryKind::Equal>, ValueTypes::Own},
      {"eq.Tensor", importBinary<BinaryKind::Equal>, ValueTypes::Own},
      {"floor_divide.default", importWholeQuotient<true>},
      {"ge.Scalar", importBinary<BinaryKind::LessEqual, true>, ValueTypes::Own},
      {"ge.Tensor", importBinary<BinaryKind::LessEqual, true>, ValueTypes::Own},
      {"gt.Scalar", importBinary<BinaryKind::Less, true>, ValueTypes::Own},
      {"gt.Tensor", importBinary<BinaryKind::Less, true>, ValueTypes::Own},
      {"le.Scalar", importBinary<BinaryKind::LessEqual>, ValueTypes::Own},
      {"le.Tensor", importBinary<BinaryKind::LessEqual>, ValueTypes::Own},
      {"lt.Scalar", importBinary<BinaryKind::Less>, ValueTypes::Own},
      {"lt.Tensor", importBinary<BinaryKind::Less>, ValueTypes::Own},
      {"masked_fill.Scalar", importMaskedFill, ValueTypes::Own},
      {"masked_fill.Tensor", importMaskedFill, ValueTypes::Own},
      {"max.other", importBinary<BinaryKind::Maximum>, ValueTypes::Own},
      {"maximum.default", importBinary<BinaryKind::Maximum>, ValueTypes::Own},
      {"min.other", importBinary<BinaryKind::Minimum>, ValueTypes::Own},
      {"minimum.default", importBinary<BinaryKind::Minimum>, ValueTypes::Own},
      {"mul.Scalar", importBinary<BinaryKind::Mul>, ValueTypes::Own},
      {"mul.Tensor", importBinary<BinaryKind::Mul>, ValueTypes::Own},
      {"ne.Scalar", importBinary<BinaryKind::NotEqual>, ValueTypes::Own},
      {"ne.Tensor", importBinary<BinaryKind::NotEqual>, ValueTypes::Own},
      {"neg.default", importNeg},
      {"pow.Tensor_Scalar", importPow},
      {"pow.Tensor_Tensor", importPow},
      {"rsub.Scalar", importBinary<BinaryKind::Sub, true>, ValueTypes::Own},
      {"rsub.Tensor", importBinary<BinaryKind::Sub, true>, ValueTypes::Own},
      {"sub.Scalar", importBinary<BinaryKind::Sub>, ValueTypes::Own},
      {"sub.Tensor", importBinary<BinaryKind::Sub>, ValueTypes::Own},
      {"where.ScalarOther", importWhere, ValueTypes::Own},
      {"where.ScalarSelf", importWhere, ValueTypes::Own},
      {"where.self", importWhere, ValueTypes::Own},
  };
  return operators;
}
