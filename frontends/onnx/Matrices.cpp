//===- Matrices.cpp - ONNX matrix products ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Attention.h"
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

/// (batch, positions, heads channels) as (batch, heads, positions, channels),
/// which is how one of rank 4 has them.
static Tensor splitHeads(Node &node, const Tensor &input, int64_t heads) {
  ArrayRef<int64_t> shape = input.getShape();
  if (shape.size() == 4)
    return input;
  if (shape.size() != 3 || heads < 1 || shape[2] % heads != 0) {
    node.emitError() << "expects 4 axes, or 3 of which the last is that of "
                     << heads << " heads, but got shape " << formatShape(shape);
    return {};
  }
  Tensor split =
      reshape(node, input, {shape[0], shape[1], heads, shape[2] / heads});
  return transpose(node, split, {0, 2, 1, 3});
}

static Tensors importAttention(Node &node) {
  Attention attention;
  attention.isCausal = node.takeBool("is_causal", false);
  if (node.hasAttribute("scale"))
    attention.scale = node.takeFloat("scale", 1.0);
  if (double cap = node.takeFloat("softcap", 0.0))
    node.emitError() << "unsupported value of 'softcap', expects 0, but got "
                     << cap;
  int64_t heads = node.takeInt("q_num_heads", 0);
  int64_t keyHeads = node.takeInt("kv_num_heads", 0);
  // Of an output that must not be used, and of half precision.
  node.ignore("qk_matmul_output_mode");
  node.ignore("softmax_precision");
  for (size_t index : {4, 5})
    if (node.hasInput(index))
      node.emitError() << "unsupported input " << index
                       << " of Attention, positions of calls before";
  for (size_t index : {1, 2, 3})
    if (node.isUsed(index))
      node.emitError() << "unsupported output " << index << " of Attention";
  if (attention.isCausal && node.hasInput(3) && node.getInput(3).constant)
    node.emitError() << "unsupported constant mask beside 'is_causal', expects "
                        "one of both";
  bool isSplit = node.getShape().size() == 4;
  attention.query = splitHeads(node, node.getInput(0), heads);
  attention.key = splitHeads(node, node.getInput(1), keyHeads);
  attention.value = splitHeads(node, node.getInput(2), keyHeads);
  if (node.hasInput(3))
    attention.mask = node.getInput(3);
  if (!attention.query || !attention.key || !attention.value ||
      node.hasFailed())
    return {{}};
  if (attention.query.getShape()[1] != attention.key.getShape()[1]) {
    node.emitError() << "unsupported number of heads, expects as many of the "
                        "key, but got "
                     << attention.query.getShape()[1] << " and "
                     << attention.key.getShape()[1];
    return {{}};
  }
  Tensor result = addAttention(node, attention);
  if (isSplit || !result)
    return {result};
  ArrayRef<int64_t> shape = result.getShape();
  SmallVector<int64_t> joined{shape[0], shape[2], shape[1] * shape[3]};
  return {reshape(node, transpose(node, result, {0, 2, 1, 3}), joined)};
}

ArrayRef<Operator> frieze::onnx::getMatrixOperators() {
  static const Operator operators[] = {
      {"Attention", importAttention, 3, 6},
      {"Einsum", importEinsum, 1, SIZE_MAX},
      {"Gemm", importGemm, 2, 3},
      {"MatMul", importMatMul, 2, 2},
  };
  return operators;
}
