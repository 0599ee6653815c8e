//===- Matrices.cpp - ONNX matrix products ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Einsum.h"
#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

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
      dense(node, input.value, scale(*kernel.constant, alpha), bias);
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

static Tensors importMatMul(Node &node) {
  return {multiply(node, node.getInput(0), node.getInput(1))};
}

static Tensors importEinsum(Node &node) {
  std::string equation = node.takeString("equation", "");
  std::vector<EinsumOperand> operands;
  for (const Tensor &input : node.getInputs())
    operands.push_back({input.value, input.constant ? input.constant->toArray()
                                                    : DoubleArray()});
  return {addEinsum(node.builder, node.name, equation, operands)};
}

ArrayRef<Operator> frieze::onnx::getMatrixOperators() {
  static const Operator operators[] = {
      {"Einsum", importEinsum, 1, SIZE_MAX},
      {"Gemm", importGemm, 2, 3},
      {"MatMul", importMatMul, 2, 2},
  };
  return operators;
}
