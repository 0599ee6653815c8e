//===- Reductions.cpp - ONNX reductions -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ReduceKind;

namespace {
/// The axes that a node reduces, none where it leaves its input as it is, and
/// the shape of the result.
struct ReductionAxes {
  SmallVector<int64_t> axes, shape;
};
} // namespace

/// Takes the attributes of a reduction, whose axes are an input from opset
/// `since` on. Nothing where a problem was reported.
static std::optional<ReductionAxes> takeAxes(Node &node, int64_t since) {
  int64_t rank = node.getShape().size();
  bool keepDims = node.takeBool("keepdims", true);
  bool isNoOpWithoutAxes = node.takeBool("noop_with_empty_axes", false);
  auto given = node.takeIntegers("axes", 1, since);
  auto axes = node.resolveAxes(given.value_or(SmallVector<int64_t>()), rank);
  if (!axes || node.hasFailed())
    return std::nullopt;
  if (axes->empty() && !isNoOpWithoutAxes)
    llvm::append_range(*axes, llvm::seq<int64_t>(0, rank));
  ReductionAxes result{*axes, {}};
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(*axes, axis))
      result.shape.push_back(node.getShape()[axis]);
    else if (keepDims)
      result.shape.push_back(1);
  return result;
}

static Tensors importReduce(Node &node, ReduceKind kind, double initial,
                            double (*combine)(double, double), int64_t since) {
  std::optional<ReductionAxes> axes = takeAxes(node, since);
  if (!axes)
    return {{}};
  if (axes->axes.empty())
    return {node.getInput()};
  if (node.getInput().constant)
    return {reduceConstant(node, *node.getInput().constant, axes->axes,
                           axes->shape, initial, combine,
                           kind == ReduceKind::Mean)};
  // Axes that stay can be renamed.
  Value reduced = node.builder.reduce(node.name, kind, node.getValue(),
                                      axes->axes, /*keepDims=*/true);
  return {reshape(node, Tensor(reduced), axes->shape)};
}

static constexpr double infinity = std::numeric_limits<double>::infinity();

static Tensors importReduceMax(Node &node) {
  return importReduce(
      node, ReduceKind::Max, -infinity,
      [](double a, double b) { return std::max(a, b); }, 18);
}

static Tensors importReduceMean(Node &node) {
  return importReduce(
      node, ReduceKind::Mean, 0.0, [](double a, double b) { return a + b; },
      18);
}

static Tensors importReduceMin(Node &node) {
  return importReduce(
      node, ReduceKind::Min, infinity,
      [](double a, double b) { return std::min(a, b); }, 18);
}

static Tensors importReduceProd(Node &node) {
  return importReduce(
      node, ReduceKind::Prod, 1.0, [](double a, double b) { return a * b; },
      18);
}

static Tensors importReduceSum(Node &node) {
  return importReduce(
      node, ReduceKind::Sum, 0.0, [](double a, double b) { return a + b; }, 13);
}

/// The sum of `before` of each element, and `after` of that.
template <nn::ActivationKind before, nn::ActivationKind after>
static Tensors importSumOf(Node &node) {
  using nn::ActivationKind;
  std::optional<ReductionAxes> axes = takeAxes(node, 18);
  Value value = node.getValue();
  if (!axes || !value)
    return {{}};
  auto apply = [&](ActivationKind kind) {
    if (kind != ActivationKind::Linear)
      value = node.builder.activation(node.name, value, kind);
  };
  apply(before);
  if (!axes->axes.empty())
    value = node.builder.reduce(node.name, ReduceKind::Sum, value, axes->axes,
                                /*keepDims=*/true);
  apply(after);
  return {reshape(node, Tensor(value), axes->shape)};
}

static Tensors importReduceLogSumExp(Node &node) {
  std::optional<ReductionAxes> axes = takeAxes(node, 18);
  Value value = node.getValue();
  if (!axes || !value)
    return {{}};
  if (axes->axes.empty())
    return {node.getInput()}; // The logarithm of the exponential.
  Value sum = addLogSumExp(node.builder, node.name, value, axes->axes);
  return {sum ? reshape(node, Tensor(sum), axes->shape) : Tensor()};
}

ArrayRef<Operator> frieze::onnx::getReductionOperators() {
  using nn::ActivationKind;
  static const Operator operators[] = {
      {"ReduceL1", importSumOf<ActivationKind::Abs, ActivationKind::Linear>, 1,
       2},
      {"ReduceL2", importSumOf<ActivationKind::Square, ActivationKind::Sqrt>, 1,
       2},
      {"ReduceLogSum", importSumOf<ActivationKind::Linear, ActivationKind::Log>,
       1, 2},
      {"ReduceLogSumExp", importReduceLogSumExp, 1, 2},
      {"ReduceMax", importReduceMax, 1, 2, ValueTypes::Whole},
      {"ReduceMean", importReduceMean, 1, 2},
      {"ReduceMin", importReduceMin, 1, 2, ValueTypes::Whole},
      {"ReduceProd", importReduceProd, 1, 2},
      {"ReduceSum", importReduceSum, 1, 2, ValueTypes::Whole},
      {"ReduceSumSquare",
       importSumOf<ActivationKind::Square, ActivationKind::Linear>, 1, 2},
  };
  return operators;
}
