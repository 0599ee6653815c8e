//===- Arithmetic.cpp - PyTorch's arithmetic --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

#include <limits>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::ActivationKind;
using nn::BinaryKind;
using nn::ReduceKind;

static constexpr double infinity = std::numeric_limits<double>::infinity();

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

/// `self` and `other`, which is multiplied by `alpha` where there is one.
template <BinaryKind kind, bool isSwapped = false>
static Tensors importBinary(Node &node) {
  // Either may be a number.
  Tensor lhs = node.takeOperand("self", Tensor());
  Tensor rhs = node.takeOperand("other", lhs);
  if (kind == BinaryKind::Add || kind == BinaryKind::Sub) {
    double alpha = node.takeNumber("alpha", 1.0);
    (isSwapped ? lhs : rhs) = scale(node, isSwapped ? lhs : rhs, alpha);
  }
  return {isSwapped ? combinePromoted(node, kind, rhs, lhs)
                    : combinePromoted(node, kind, lhs, rhs)};
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

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

namespace {
struct Reduction {
  Tensor input;
  SmallVector<int64_t> axes;
  /// Of the result, and with axes of size 1 where it has none.
  SmallVector<int64_t> shape;
};
} // namespace

/// Takes `self`, `dim` and `keepdim`. No axes are all. Nothing where a problem
/// was reported.
static std::optional<Reduction> takeReduction(Node &node) {
  Reduction result;
  result.input = node.takeTensor("self");
  if (!result.input)
    return std::nullopt;
  ArrayRef<int64_t> shape = result.input.getShape();
  int64_t rank = shape.size();
  bool keepsAxes = node.takeBool("keepdim", false);
  auto given = node.takeInts("dim").value_or(SmallVector<int64_t>());
  auto axes = node.resolveAxes(given, rank);
  if (std::optional<DataType> type = node.takeType("dtype", DataType::Float);
      type && *type != DataType::Float)
    node.emitError() << "unsupported 'dtype' of " << node.target
                     << ", expects float32";
  if (!axes || node.hasFailed())
    return std::nullopt;
  result.axes = *axes;
  if (axes->empty())
    llvm::append_range(result.axes, llvm::seq<int64_t>(0, rank));
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(result.axes, axis))
      result.shape.push_back(shape[axis]);
    else if (keepsAxes)
      result.shape.push_back(1);
  return result;
}

static Tensor reduce(Node &node, ReduceKind kind, const Reduction &how) {
  if (how.axes.empty())
    return how.input;
  if (how.input.value)
    return reshape(node,
                   Tensor(node.builder.reduce(node.name, kind, how.input.value,
                                              how.axes, /*keepDims=*/true)),
                   how.shape);
  static constexpr BinaryFn functions[] = {
      [](double a, double b) { return a + b; },
      [](double a, double b) { return a + b; },
      [](double a, double b) { return std::max(a, b); },
      [](double a, double b) { return std::min(a, b); },
  };
  double initial = kind == ReduceKind::Max   ? -infinity
                   : kind == ReduceKind::Min ? infinity
                                             : 0.0;
  return reduceConstant(node, *how.input.constant, how.axes, how.shape, initial,
                        functions[int(kind)], kind == ReduceKind::Mean);
}

template <ReduceKind kind> static Tensors importReduce(Node &node) {
  node.expectUnused(1);
  std::optional<Reduction> how = takeReduction(node);
  return {how ? reduce(node, kind, *how) : Tensor()};
}

/// The norms of order 1, 2 and infinity.
static Tensors importNorm(Node &node) {
  double order = node.takeNumber("ord", 2.0);
  std::optional<Reduction> how = takeReduction(node);
  if (!how)
    return {{}};
  auto apply = [&](const Tensor &input, UnaryFn function, ActivationKind kind) {
    return applyFunction(node, input, function, kind);
  };
  if (order == 2.0) {
    how->input = apply(how->input, square, ActivationKind::Square);
    return {apply(reduce(node, ReduceKind::Sum, *how), std::sqrt,
                  ActivationKind::Sqrt)};
  }
  if (order != 1.0 && order != infinity) {
    node.emitError() << "unsupported value of 'ord', expects 1, 2 or infinity, "
                        "but got "
                     << order;
    return {{}};
  }
  how->input = apply(how->input, std::fabs, ActivationKind::Abs);
  return {reduce(node, order == 1.0 ? ReduceKind::Sum : ReduceKind::Max, *how)};
}

/// `sum((x - mean)^2) / (n - correction)`, and its root.
template <bool isRoot> static Tensors importVariance(Node &node) {
  std::optional<Reduction> how = takeReduction(node);
  double correction = node.takeNumber("correction", 1.0);
  if (!node.takeBool("unbiased", true))
    correction = 0.0;
  if (!how)
    return {{}};
  Value input = node.makeValue(how->input);
  if (!input)
    return {{}};
  double count = 1.0;
  for (int64_t axis : how->axes)
    count *= how->input.getShape()[axis];
  if (!(count - correction > 0.0)) {
    node.emitError() << "expects more than " << correction
                     << " elements, but got " << count;
    return {{}};
  }
  ModelBuilder &builder = node.builder;
  Value mean =
      builder.reduce(node.name, ReduceKind::Mean, input, how->axes, true);
  Value squares = builder.activation(
      node.name, builder.binary(node.name, BinaryKind::Sub, input, mean),
      ActivationKind::Square);
  Value variance = builder.scaleAndShift(
      node.name,
      builder.reduce(node.name, ReduceKind::Mean, squares, how->axes, true),
      count / (count - correction), 0.0);
  if (isRoot)
    variance = builder.activation(node.name, variance, ActivationKind::Sqrt);
  return {reshape(node, Tensor(variance), how->shape)};
}

Tensor frieze::torch::addSoftmax(Node &node, const Tensor &input, int64_t axis,
                                 bool isLog) {
  Value value = node.makeValue(input);
  if (!value)
    return {};
  SmallVector<int64_t> shape(input.getShape());
  // One of the batch before that of the sum.
  if (axis == 0) {
    SmallVector<int64_t> sizes{1};
    llvm::append_range(sizes, shape);
    value = node.builder.reshapeWithBatch(node.name, value, sizes);
    axis = 1;
  }
  Value result = isLog ? logSoftmax(node, value, axis)
                       : node.builder.softmax(node.name, value, axis);
  return reshape(node, Tensor(result), shape);
}

template <bool isLog> static Tensors importSoftmax(Node &node) {
  Tensor input = node.takeTensor("self");
  node.expectAbsent("half_to_float");
  if (std::optional<DataType> type = node.takeType("dtype", DataType::Float);
      type && *type != DataType::Float)
    node.emitError() << "unsupported 'dtype' of " << node.target
                     << ", expects float32";
  if (!input)
    return {{}};
  std::optional<int64_t> axis =
      node.takeAxis("dim", std::nullopt, input.getShape().size());
  return {axis ? addSoftmax(node, input, *axis, isLog) : Tensor()};
}

ArrayRef<Operator> frieze::torch::getArithmeticOperators() {
  static const Operator operators[] = {
      {"_log_softmax.default", importSoftmax<true>},
      {"_softmax.default", importSoftmax<false>},
      {"add.Scalar", importBinary<BinaryKind::Add>},
      {"add.Tensor", importBinary<BinaryKind::Add>},
      {"amax.default", importReduce<ReduceKind::Max>},
      {"amin.default", importReduce<ReduceKind::Min>},
      {"div.Scalar", importBinary<BinaryKind::Div>},
      {"div.Tensor", importBinary<BinaryKind::Div>},
      {"eq.Scalar", importBinary<BinaryKind::Equal>},
      {"eq.Tensor", importBinary<BinaryKind::Equal>},
      {"ge.Scalar", importBinary<BinaryKind::LessEqual, true>},
      {"ge.Tensor", importBinary<BinaryKind::LessEqual, true>},
      {"gt.Scalar", importBinary<BinaryKind::Less, true>},
      {"gt.Tensor", importBinary<BinaryKind::Less, true>},
      {"le.Scalar", importBinary<BinaryKind::LessEqual>},
      {"le.Tensor", importBinary<BinaryKind::LessEqual>},
      {"linalg_vector_norm.default", importNorm},
      {"log_softmax.int", importSoftmax<true>},
      {"lt.Scalar", importBinary<BinaryKind::Less>},
      {"lt.Tensor", importBinary<BinaryKind::Less>},
      {"masked_fill.Scalar", importMaskedFill, ValueTypes::Own},
      {"max.default", importReduce<ReduceKind::Max>},
      {"max.dim", importReduce<ReduceKind::Max>},
      {"maximum.default", importBinary<BinaryKind::Maximum>},
      {"mean.default", importReduce<ReduceKind::Mean>},
      {"mean.dim", importReduce<ReduceKind::Mean>},
      {"min.default", importReduce<ReduceKind::Min>},
      {"min.dim", importReduce<ReduceKind::Min>},
      {"minimum.default", importBinary<BinaryKind::Minimum>},
      {"mul.Scalar", importBinary<BinaryKind::Mul>},
      {"mul.Tensor", importBinary<BinaryKind::Mul>},
      {"ne.Scalar", importBinary<BinaryKind::NotEqual>},
      {"ne.Tensor", importBinary<BinaryKind::NotEqual>},
      {"neg.default", importNeg},
      {"pow.Tensor_Scalar", importPow},
      {"pow.Tensor_Tensor", importPow},
      {"rsub.Scalar", importBinary<BinaryKind::Sub, true>},
      {"rsub.Tensor", importBinary<BinaryKind::Sub, true>},
      {"softmax.int", importSoftmax<false>},
      {"std.correction", importVariance<true>},
      {"std.dim", importVariance<true>},
      {"sub.Scalar", importBinary<BinaryKind::Sub>},
      {"sub.Tensor", importBinary<BinaryKind::Sub>},
      {"sum.default", importReduce<ReduceKind::Sum>},
      {"sum.dim_IntList", importReduce<ReduceKind::Sum>},
      {"var.correction", importVariance<false>},
      {"var.dim", importVariance<false>},
      {"where.ScalarOther", importWhere, ValueTypes::Own},
      {"where.ScalarSelf", importWhere, ValueTypes::Own},
      {"where.self", importWhere, ValueTypes::Own},
  };
  return operators;
}
