//===- MatrixProducts.cpp - Products of constants and values ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphNode.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

Value frieze::dense(GraphNode &node, Value input, const Constant &kernel,
                    ElementsAttr bias) {
  return node.builder.dense(
      node.name, input,
      node.builder.addWeights(node.name, "kernel", kernel.toArray()), bias);
}

/// Swaps the last two axes.
static Tensor swapLast(GraphNode &node, const Tensor &input) {
  SmallVector<int64_t> permutation;
  int64_t rank = input.getShape().size();
  for (int64_t axis = 0; axis < rank - 2; ++axis)
    permutation.push_back(axis);
  permutation.append({rank - 1, rank - 2});
  return transpose(node, input, permutation);
}

/// The product of two values, or of a value and constants that differ for
/// leading axes. Those that one of them lacks have size 1.
static Tensor multiplyValues(GraphNode &node, const Tensor &lhs,
                             const Tensor &rhs) {
  size_t rank = std::max(lhs.getShape().size(), rhs.getShape().size());
  Value operands[2];
  for (size_t index : {0, 1}) {
    const Tensor &operand = index == 0 ? lhs : rhs;
    SmallVector<int64_t> shape(operand.getShape());
    if (shape.size() < 2) {
      node.emitError() << "unsupported product of shapes "
                       << formatShape(lhs.getShape()) << " and "
                       << formatShape(rhs.getShape());
      return {};
    }
    shape.insert(shape.begin(), rank - shape.size(), 1);
    Tensor value = reshape(node, Tensor(node.makeValue(operand)), shape);
    operands[index] = value.value;
  }
  return {node.builder.matmul(node.name, operands[0], operands[1])};
}

/// The product of a constant, whose last axis is that of its rows, and a
/// matrix. Null where it is none of these, or much work.
static Tensor multiplyConstants(const Constant &lhs, const Constant &rhs) {
  static constexpr int64_t maxProducts = int64_t(1) << 24;
  if (lhs.shape.empty() || rhs.shape.size() != 2 ||
      lhs.shape.back() != rhs.shape[0] || rhs.shape[0] == 0 ||
      int64_t(lhs.values.size()) >
          maxProducts / std::max<int64_t>(1, rhs.shape[1]))
    return {};
  int64_t inner = rhs.shape[0], columns = rhs.shape[1];
  int64_t rows = int64_t(lhs.values.size()) / inner;
  Constant result{lhs.type, lhs.shape, std::vector<double>(rows * columns)};
  result.shape.back() = columns;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t k = 0; k < inner; ++k)
      for (int64_t column = 0; column < columns; ++column)
        result.values[row * columns + column] +=
            lhs.values[row * inner + k] * rhs.values[k * columns + column];
  for (double &value : result.values)
    value = roundTo(value, lhs.type);
  return result;
}

Tensor frieze::multiply(GraphNode &node, Tensor lhs, Tensor rhs) {
  if (!lhs || !rhs)
    return {};
  if (lhs.constant && rhs.constant)
    if (Tensor product = multiplyConstants(*lhs.constant, *rhs.constant))
      return product;
  // A vector is a matrix of one column, whose axis the result lacks.
  if (lhs.value && rhs.constant && rhs.getShape().size() == 1) {
    Tensor column = reshape(node, rhs, {rhs.getShape()[0], 1});
    Tensor product(dense(node, lhs.value, *column.constant, {}));
    return reshape(node, product, lhs.getShape().drop_back());
  }
  // A B = (B' A')'.
  bool isSwapped = lhs.constant && rhs.value;
  if (isSwapped)
    std::swap(lhs, rhs);
  ArrayRef<int64_t> shape = rhs.getShape();
  if (!lhs.value || !rhs.constant || shape.size() != 2 ||
      (isSwapped && lhs.getShape().size() < 2))
    return multiplyValues(node, isSwapped ? rhs : lhs, isSwapped ? lhs : rhs);
  if (!isSwapped)
    return dense(node, lhs.value, *rhs.constant, {});
  Tensor turned = swapLast(node, lhs), kernel = swapLast(node, rhs);
  if (!turned)
    return {};
  Value product = dense(node, turned.value, *kernel.constant, {});
  return product ? swapLast(node, Tensor(product)) : Tensor();
}
