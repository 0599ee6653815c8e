//===- Reductions.cpp - TensorFlow Lite reductions --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Node.h"

#include <limits>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;
using nn::ReduceKind;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Without `kind`, a product, of constants alone.
static Tensors importReduce(Node &node, std::optional<ReduceKind> kind,
                            double initial, BinaryFn combine) {
  bool keepsAxes = node.takeBool({0, "keep_dims"});
  std::optional<SmallVector<int64_t>> given = node.getIntegers(1);
  if (!given)
    return {{}};
  int64_t rank = node.getShape().size();
  // TensorFlow lets an axis stand there twice.
  SmallVector<int64_t> distinct;
  for (int64_t axis : *given)
    if (int64_t position = axis < 0 ? axis + rank : axis;
        !llvm::is_contained(distinct, position))
      distinct.push_back(position);
  auto axes = node.resolveAxes(distinct, rank);
  if (!axes)
    return {{}};
  if (axes->empty())
    return {node.getInput()};
  SmallVector<int64_t> shape;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(*axes, axis))
      shape.push_back(node.getShape()[axis]);
    else if (keepsAxes)
      shape.push_back(1);
  if (const auto &constant = node.getInput().constant)
    return {reduceConstant(node, *constant, *axes, shape, initial, combine,
                           kind == ReduceKind::Mean)};
  if (!kind) {
    node.emitError() << "unsupported product of values that are not constant";
    return {{}};
  }
  Value reduced = node.builder.reduce(node.name, *kind, node.getValue(), *axes,
                                      /*keepDims=*/true);
  return {reshape(node, Tensor(reduced), shape)};
}

static double add(double a, double b) { return a + b; }

static Tensors importMean(Node &node) {
  return importReduce(node, ReduceKind::Mean, 0.0, add);
}

static Tensors importSum(Node &node) {
  return importReduce(node, ReduceKind::Sum, 0.0, add);
}

static Tensors importMax(Node &node) {
  return importReduce(node, ReduceKind::Max, -infinity,
                      [](double a, double b) { return std::max(a, b); });
}

static Tensors importMin(Node &node) {
  return importReduce(node, ReduceKind::Min, infinity,
                      [](double a, double b) { return std::min(a, b); });
}

static Tensors importProduct(Node &node) {
  return importReduce(node, std::nullopt, 1.0,
                      [](double a, double b) { return a * b; });
}

/// Whether any truth value is 1, or all are.
template <ReduceKind kind> static Tensors importTruth(Node &node) {
  if (node.getInput().getType() != DataType::Bool) {
    node.emitError() << "expects an input of type BOOL";
    return {{}};
  }
  Tensors results = kind == ReduceKind::Max ? importMax(node) : importMin(node);
  for (Tensor &result : results)
    result.valueType = DataType::Bool;
  return results;
}

ArrayRef<Operator> frieze::tflite::getReductionOperators() {
  static const Operator operators[] = {
      {"MEAN", 27, importMean, 2, 2},
      {"REDUCE_ALL", 27, importTruth<ReduceKind::Min>, 2, 2, ValueTypes::Own},
      {"REDUCE_ANY", 27, importTruth<ReduceKind::Max>, 2, 2, ValueTypes::Own},
      {"REDUCE_MAX", 27, importMax, 2, 2, ValueTypes::Whole},
      {"REDUCE_MIN", 27, importMin, 2, 2, ValueTypes::Whole},
      {"REDUCE_PROD", 27, importProduct, 2, 2},
      {"SUM", 27, importSum, 2, 2, ValueTypes::Whole},
  };
  return operators;
}
