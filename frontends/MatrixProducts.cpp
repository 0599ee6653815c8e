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

Tensor frieze::multiply(GraphNode &node, Tensor lhs, Tensor rhs) {
  if (!lhs || !rhs)
    return {};
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
