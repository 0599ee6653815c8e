//===- Matrices.cpp - ONNX matrix products ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// A dense layer of `input` with a constant kernel of rank 2. Null, and
/// reported, where they do not fit.
static Value addDense(Node &node, Value input, const Constant &kernel,
                      ElementsAttr bias) {
  return node.builder.dense(
      node.name, input,
      node.builder.addWeights(node.name, "kernel", kernel.toArray()), bias);
}

static Constant scale(const Constant &constant, double factor) {
  Constant scaled = constant;
  for (double &value : scaled.values)
    value = float(value * factor);
  return scaled;
}

/// The bias of a Gemm with `columns`, for `beta` and a constant of shape (),
/// (1), (columns), (1, 1) or (1, columns). Null, and reported, for others.
static ElementsAttr readBias(Node &node, const Constant &constant, double beta,
                             int64_t columns) {
  int64_t size = constant.values.size();
  if ((size != 1 && size != columns) || constant.shape.size() > 2 ||
      (size != 1 && constant.shape.back() != columns)) {
    node.emitError() << "unsupported shape of input 2 of Gemm, expects ("
                     << columns << "), but got " << formatShape(constant.shape);
    return {};
  }
  Constant bias = scale(constant, beta);
  bias.shape = {columns};
  if (size == 1)
    bias.values.assign(columns, bias.values[0]);
  return node.builder.addWeights(node.name, "bias", bias.toArray());
}

/// `alpha A' B' + beta C`, where `B'` is constant.
static Tensors importGemm(Node &node) {
  double alpha = node.takeFloat("alpha", 1.0);
  double beta = node.takeFloat("beta", 1.0);
  bool transA = node.takeBool("transA", false);
  bool transB = node.takeBool("transB", false);
  if (!node.getConstant(1))
    return {{}};
  Tensor input(node.getValue()), kernel = node.getInput(1);
  if (!input)
    return {{}};
  if (kernel.getShape().size() != 2 || input.getShape().size() != 2) {
    node.emitError() << "expects matrices, but got shapes "
                     << formatShape(input.getShape()) << " and "
                     << formatShape(kernel.getShape());
    return {{}};
  }
  if (transA)
    input = transpose(node, input, {1, 0});
  if (transB)
    kernel = transpose(node, kernel, {1, 0});
  ElementsAttr bias;
  Tensor added = node.hasInput(2) ? node.getInput(2) : Tensor();
  if (added.constant)
    bias = readBias(node, *added.constant, beta, kernel.getShape()[1]);
  if (node.hasFailed())
    return {{}};
  Value product =
      addDense(node, input.value, scale(*kernel.constant, alpha), bias);
  if (!product || !added.value)
    return {product};
  if (added.getShape().size() != 2) {
    node.emitError() << "unsupported shape of input 2 of Gemm: "
                     << formatShape(added.getShape());
    return {{}};
  }
  return {node.builder.binary(
      node.name, nn::BinaryKind::Add, product,
      beta == 1.0
          ? added.value
          : node.builder.scaleAndShift(node.name, added.value, beta, 0.0))};
}

/// Swaps the last two axes.
static Tensor swapLast(Node &node, const Tensor &input) {
  SmallVector<int64_t> permutation;
  int64_t rank = input.getShape().size();
  for (int64_t axis = 0; axis < rank - 2; ++axis)
    permutation.push_back(axis);
  permutation.append({rank - 1, rank - 2});
  return transpose(node, input, permutation);
}

/// The product of two values, or of a value and constants that differ for
/// leading axes. Those that one of them lacks have size 1.
static Tensor multiplyValues(Node &node) {
  size_t rank = std::max(node.getShape(0).size(), node.getShape(1).size());
  Value operands[2];
  for (size_t index : {0, 1}) {
    SmallVector<int64_t> shape(node.getShape(index));
    if (shape.size() < 2) {
      node.emitError() << "unsupported product of shapes "
                       << formatShape(node.getShape(0)) << " and "
                       << formatShape(node.getShape(1));
      return {};
    }
    shape.insert(shape.begin(), rank - shape.size(), 1);
    Tensor value = reshape(node, Tensor(node.getValue(index)), shape);
    operands[index] = value.value;
  }
  return {node.builder.matmul(node.name, operands[0], operands[1])};
}

static Tensors importMatMul(Node &node) {
  Tensor lhs = node.getInput(0), rhs = node.getInput(1);
  // A vector is a matrix of one column, whose axis the result lacks.
  if (lhs.value && rhs.constant && rhs.getShape().size() == 1) {
    Tensor column = reshape(node, rhs, {rhs.getShape()[0], 1});
    Tensor product(addDense(node, lhs.value, *column.constant, {}));
    return {reshape(node, product, lhs.getShape().drop_back())};
  }
  // A B = (B' A')'.
  bool isSwapped = lhs.constant && rhs.value;
  if (isSwapped)
    std::swap(lhs, rhs);
  ArrayRef<int64_t> shape = rhs.getShape();
  if (!lhs.value || !rhs.constant || shape.size() != 2 ||
      (isSwapped && lhs.getShape().size() < 2))
    return {multiplyValues(node)};
  if (!isSwapped)
    return {addDense(node, lhs.value, *rhs.constant, {})};
  Tensor turned = swapLast(node, lhs), kernel = swapLast(node, rhs);
  if (!turned)
    return {{}};
  Value product = addDense(node, turned.value, *kernel.constant, {});
  return {product ? swapLast(node, Tensor(product)) : Tensor()};
}

ArrayRef<Operator> frieze::onnx::getMatrixOperators() {
  static const Operator operators[] = {
      {"Gemm", importGemm, 2, 3},
      {"MatMul", importMatMul, 2, 2},
  };
  return operators;
}
