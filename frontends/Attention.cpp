//===- Attention.cpp - Attention of graph formats ------------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Attention.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nn::BinaryKind;

/// `scores` where `mask` is not 0, else a number whose exponential is 0.
static Tensor applyMask(GraphNode &node, const Tensor &scores,
                        const Constant &mask) {
  if (!scores)
    return {};
  // A row without any score has no softmax.
  int64_t length = mask.shape.empty() ? 1 : mask.shape.back();
  for (size_t row = 0; row < mask.values.size(); row += length)
    if (llvm::all_of(ArrayRef(mask.values).slice(row, length),
                     [](double value) { return value == 0.0; })) {
      node.emitError() << "unsupported mask, expects a position in each row";
      return {};
    }
  size_t rank = scores.getShape().size();
  Value condition = addAxes(node, node.makeValue(Tensor(Constant(mask))), rank);
  Value other =
      addAxes(node,
              node.builder.constant(
                  node.name,
                  node.builder.addWeights(
                      node.name, "lowest",
                      DoubleArray{{1}, {-std::numeric_limits<float>::max()}})),
              rank);
  return node.builder.select(node.name, condition, scores.value, other);
}

/// Adds a mask of numbers, of which those that are -inf are positions that do
/// not count, or applies one of booleans.
static Tensor addMask(GraphNode &node, const Tensor &scores,
                      const Tensor &mask) {
  if (mask.value)
    return combineAny(node, BinaryKind::Add, scores, mask);
  Constant added = *mask.constant;
  if (added.type == DataType::Bool)
    return applyMask(node, scores, added);
  Constant allowed{DataType::Bool, added.shape, {}};
  for (double &number : added.values) {
    allowed.values.push_back(number !=
                             -std::numeric_limits<double>::infinity());
    number = allowed.values.back() ? number : 0.0;
  }
  Tensor sum =
      combineAny(node, BinaryKind::Add, scores, Tensor(std::move(added)));
  return llvm::is_contained(allowed.values, 0.0) ? applyMask(node, sum, allowed)
                                                 : sum;
}

Tensor frieze::addAttention(GraphNode &node, const Attention &attention) {
  ArrayRef<int64_t> shape = attention.query.getShape(),
                    keys = attention.key.getShape();
  size_t rank = shape.size();
  if (rank < 2 || keys.size() < 2 || attention.value.getShape().size() < 2) {
    node.emitError() << "expects matrices, but got shape "
                     << formatShape(shape);
    return {};
  }
  const Tensor &mask = attention.mask;
  if (mask.value && mask.valueType != DataType::Float) {
    node.emitError() << "unsupported 'attn_mask', a value of another type than "
                        "float32";
    return {};
  }
  SmallVector<int64_t> turned =
      llvm::to_vector(llvm::seq<int64_t>(0, keys.size()));
  std::swap(turned[keys.size() - 1], turned[keys.size() - 2]);
  Tensor scores =
      multiply(node, attention.query, transpose(node, attention.key, turned));
  Value values = scores ? node.makeValue(scores) : Value();
  if (!values)
    return {};
  double factor =
      attention.scale.value_or(1.0 / std::sqrt(double(shape.back())));
  scores =
      factor == 1.0
          ? Tensor(values)
          : Tensor(node.builder.scaleAndShift(node.name, values, factor, 0.0));
  if (attention.isCausal) {
    int64_t rows = shape[rank - 2], columns = keys[keys.size() - 2];
    if (!checkFolded(node, {rows, columns}))
      return {};
    Constant lower{DataType::Bool, {rows, columns}, {}};
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column)
        lower.values.push_back(column <= row);
    scores = applyMask(node, scores, lower);
  }
  if (mask && scores)
    scores = addMask(node, scores, mask);
  if (!scores)
    return {};
  int64_t axis = scores.getShape().size() - 1;
  // Axis 0 is that of the batch, which no softmax sums over.
  return multiply(node,
                  Tensor(node.builder.softmax(node.name, scores.value, axis)),
                  attention.value);
}
