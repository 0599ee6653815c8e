//===- Reductions.cpp - PyTorch's reductions of axes ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
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

/// Sums of integers and truth values are integers.
template <ReduceKind kind> static Tensors importReduce(Node &node) {
  node.expectUnused(1);
  std::optional<Reduction> how = takeReduction(node);
  if (!how)
    return {{}};
  Tensor result = reduce(node, kind, *how);
  DataType type = how->input.getType();
  if (result.value)
    result.valueType =
        kind == ReduceKind::Sum && !isFloat(type) ? DataType::Int64 : type;
  return {result};
}

/// The extreme along one axis, and its position.
template <bool isLargest> static Tensors importExtreme(Node &node) {
  std::optional<Reduction> how = takeReduction(node);
  if (!how)
    return Tensors(2);
  Tensor extreme =
      reduce(node, isLargest ? ReduceKind::Max : ReduceKind::Min, *how);
  if (extreme.value)
    extreme.valueType = how->input.getType();
  if (!node.isUsed(1))
    return {extreme, Tensor()};
  Value found =
      findPosition(node.builder, node.name, node.makeValue(how->input),
                   how->axes.front(), isLargest);
  return {extreme, reshape(node, Tensor(found, DataType::Int64), how->shape)};
}

/// Whether any truth value is 1, or all are.
template <ReduceKind kind> static Tensors importTruth(Node &node) {
  std::optional<Reduction> how = takeReduction(node);
  if (!how)
    return {{}};
  if (how->input.getType() != DataType::Bool) {
    node.emitError() << "unsupported type of " << node.target
                     << ", expects bool";
    return {{}};
  }
  Tensor result = reduce(node, kind, *how);
  result.valueType = DataType::Bool;
  return {result};
}

static Tensors importLogSumExp(Node &node) {
  std::optional<Reduction> how = takeReduction(node);
  if (!how)
    return {{}};
  return {reshape(node,
                  Tensor(addLogSumExp(node.builder, node.name,
                                      node.makeValue(how->input), how->axes)),
                  how->shape)};
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

/// `sum((x - mean)^2) / (n - correction)`, and its root; then the mean.
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
  return {reshape(node, Tensor(variance), how->shape),
          node.isUsed(1) ? reshape(node, Tensor(mean), how->shape) : Tensor()};
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

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

ArrayRef<Operator> frieze::torch::getReductionOperators() {
  static const Operator operators[] = {
      {"_log_softmax.default", importSoftmax<true>},
      {"_softmax.default", importSoftmax<false>},
      {"all.default", importTruth<ReduceKind::Min>, ValueTypes::Own},
      {"all.dim", importTruth<ReduceKind::Min>, ValueTypes::Own},
      {"amax.default", importReduce<ReduceKind::Max>, ValueTypes::Own},
      {"amin.default", importReduce<ReduceKind::Min>, ValueTypes::Own},
      {"any.default", importTruth<ReduceKind::Max>, ValueTypes::Own},
      {"any.dim", importTruth<ReduceKind::Max>, ValueTypes::Own},
      {"linalg_vector_norm.default", importNorm},
      {"log_softmax.int", importSoftmax<true>},
      {"logsumexp.default", importLogSumExp},
      {"max.default", importReduce<ReduceKind::Max>, ValueTypes::Own},
      {"max.dim", importExtreme<true>, ValueTypes::Own},
      {"mean.default", importReduce<ReduceKind::Mean>},
      {"mean.dim", importReduce<ReduceKind::Mean>},
      {"min.default", importReduce<ReduceKind::Min>, ValueTypes::Own},
      {"min.dim", importExtreme<false>, ValueTypes::Own},
      {"softmax.int", importSoftmax<false>},
      {"std.correction", importVariance<true>},
      {"std.default", importVariance<true>},
      {"std.dim", importVariance<true>},
      {"std_mean.correction", importVariance<true>},
      {"std_mean.dim", importVariance<true>},
      {"sum.default", importReduce<ReduceKind::Sum>, ValueTypes::Own},
      {"sum.dim_IntList", importReduce<ReduceKind::Sum>, ValueTypes::Own},
      {"var.correction", importVariance<false>},
      {"var.default", importVariance<false>},
      {"var.dim", importVariance<false>},
      {"var_mean.correction", importVariance<false>},
      {"var_mean.dim", importVariance<false>},
  };
  return operators;
}
