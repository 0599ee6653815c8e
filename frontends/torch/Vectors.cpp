//===- Vectors.cpp - PyTorch's operators on vectors -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::ActivationKind;
using nn::BinaryKind;
using nn::ReduceKind;

/// The two vectors, or the matrix and the vector, of a product.
static std::optional<std::pair<Tensor, Tensor>>
takeFactors(Node &node, StringRef key, size_t rank) {
  Tensor lhs = node.takeTensor("self"), rhs = node.takeTensor(key);
  if (!lhs || !rhs)
    return std::nullopt;
  if (lhs.getShape().size() == rank && rhs.getShape().size() == 1)
    return std::pair(lhs, rhs);
  node.emitError() << "expects a factor of rank " << rank
                   << " and a vector, but got shapes "
                   << formatShape(lhs.getShape()) << " and "
                   << formatShape(rhs.getShape());
  return std::nullopt;
}

/// Of a matrix and a vector.
static Tensors importMatrixVector(Node &node) {
  auto factors = takeFactors(node, "vec", 2);
  if (!factors)
    return {{}};
  auto &[matrix, vector] = *factors;
  Tensor column = reshape(node, vector, {vector.getShape()[0], 1});
  Tensor product = multiply(node, matrix, column);
  return {reshape(node, product, matrix.getShape()[0])};
}

/// A number.
static Tensors importDot(Node &node) {
  auto factors = takeFactors(node, node.has("tensor") ? "tensor" : "other", 1);
  if (!factors)
    return {{}};
  auto &[lhs, rhs] = *factors;
  Tensor product = multiply(node, reshape(node, lhs, {1, lhs.getShape()[0]}),
                            reshape(node, rhs, {rhs.getShape()[0], 1}));
  return {reshape(node, product, {})};
}

static Tensors importOuter(Node &node) {
  auto factors = takeFactors(node, "vec2", 1);
  if (!factors)
    return {{}};
  auto &[lhs, rhs] = *factors;
  return {combinePromoted(node, BinaryKind::Mul,
                          reshape(node, lhs, {lhs.getShape()[0], 1}),
                          reshape(node, rhs, {1, rhs.getShape()[0]}))};
}

//===----------------------------------------------------------------------===//
// Norms
//===----------------------------------------------------------------------===//

/// `g v / |v|`, with a norm of each position of `dim`, or of all elements where
/// it is -1. Constants, as trained weights are.
static Tensors importWeightNorm(Node &node) {
  auto v = node.takeConstant("v"), g = node.takeConstant("g");
  int64_t axis = node.takeInt("dim", 0);
  node.expectUnused(1);
  if (!v || !g || node.hasFailed())
    return {{}};
  int64_t rank = v->shape.size();
  if (axis < -1 || axis >= rank) {
    node.emitError() << "expects an axis of " << rank << ", but got " << axis;
    return {{}};
  }
  int64_t count = axis < 0 ? 1 : v->shape[axis], inner = 1;
  for (int64_t i = axis + 1; axis >= 0 && i < rank; ++i)
    inner *= v->shape[i];
  if (int64_t(g->values.size()) != count) {
    node.emitError() << "expects 'g' of " << count << " elements, but got "
                     << g->values.size();
    return {{}};
  }
  auto position = [&](int64_t index) { return index / inner % count; };
  std::vector<double> squares(count, 0.0);
  for (auto [index, value] : enumerate(v->values))
    squares[position(index)] += value * value;
  Constant result = *v;
  for (auto [index, value] : enumerate(result.values))
    value = roundTo(value * g->values[position(index)] /
                        std::sqrt(squares[position(index)]),
                    result.type);
  return {result};
}

/// The sum along an axis, which stays with size 1.
static Tensor sumAlong(Node &node, const Tensor &input, int64_t axis) {
  Value value = node.makeValue(input);
  return Tensor(
      node.builder.reduce(node.name, ReduceKind::Sum, value, axis, true));
}

static Tensor dropAxis(Node &node, const Tensor &input, int64_t axis) {
  if (!input)
    return {};
  SmallVector<int64_t> shape(input.getShape());
  shape.erase(shape.begin() + axis);
  return reshape(node, input, shape);
}

/// `x1 · x2 / (max(|x1|, eps) max(|x2|, eps))` along an axis.
static Tensors importCosineSimilarity(Node &node) {
  Tensor lhs = node.takeTensor("x1"), rhs = node.takeTensor("x2");
  double epsilon = node.takeNumber("eps", 1e-8);
  if (!lhs || !rhs)
    return {{}};
  auto shape = broadcast(lhs.getShape(), rhs.getShape());
  if (!shape) {
    node.emitError() << "expects shapes that broadcast, but got "
                     << formatShape(lhs.getShape()) << " and "
                     << formatShape(rhs.getShape());
    return {{}};
  }
  auto axis = node.takeAxis("dim", 1, shape->size());
  if (!axis)
    return {{}};
  lhs = repeat(node, lhs, *shape);
  rhs = repeat(node, rhs, *shape);
  auto product = [&](const Tensor &a, const Tensor &b) {
    return sumAlong(node, combineAny(node, BinaryKind::Mul, a, b), *axis);
  };
  Tensor least(Constant{DataType::Float, {}, {epsilon}});
  auto norm = [&](const Tensor &input) {
    Tensor root(node.builder.activation(node.name, product(input, input).value,
                                        ActivationKind::Sqrt));
    return combineAny(node, BinaryKind::Maximum, root, least);
  };
  Tensor norms = combineAny(node, BinaryKind::Mul, norm(lhs), norm(rhs));
  return {dropAxis(node,
                   combineAny(node, BinaryKind::Div, product(lhs, rhs), norms),
                   *axis)};
}

/// The norm of `x1 - x2 + eps` along the last axis, of order 1 or 2.
static Tensors importPairwiseDistance(Node &node) {
  Tensor lhs = node.takeTensor("x1"), rhs = node.takeTensor("x2");
  double order = node.takeNumber("p", 2.0);
  double epsilon = node.takeNumber("eps", 1e-6);
  bool keepsAxis = node.takeBool("keepdim", false);
  if (order != 1.0 && order != 2.0)
    node.emitError() << "unsupported value of 'p', expects 1 or 2, but got "
                     << order;
  if (!lhs || !rhs || node.hasFailed())
    return {{}};
  Tensor difference = combineAny(node, BinaryKind::Add,
                                 combineAny(node, BinaryKind::Sub, lhs, rhs),
                                 Constant{DataType::Float, {}, {epsilon}});
  Value value = node.makeValue(difference);
  if (!value || frieze::getShape(value).empty())
    return {{}};
  int64_t axis = frieze::getShape(value).size() - 1;
  bool isRoot = order == 2.0;
  Tensor sum =
      sumAlong(node,
               Tensor(node.builder.activation(node.name, value,
                                              isRoot ? ActivationKind::Square
                                                     : ActivationKind::Abs)),
               axis);
  if (isRoot)
    sum = Tensor(
        node.builder.activation(node.name, sum.value, ActivationKind::Sqrt));
  return {keepsAxis ? sum : dropAxis(node, sum, axis)};
}

ArrayRef<Operator> frieze::torch::getVectorOperators() {
  static const Operator operators[] = {
      {"_weight_norm.default", importWeightNorm},
      {"_weight_norm_interface.default", importWeightNorm},
      {"cosine_similarity.default", importCosineSimilarity},
      {"dot.default", importDot},
      {"mv.default", importMatrixVector},
      {"outer.default", importOuter},
      {"pairwise_distance.default", importPairwiseDistance},
      {"vdot.default", importDot},
  };
  return operators;
}
