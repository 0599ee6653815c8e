//===- Matrices.cpp - PyTorch's matrix products -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Attention.h"
#include "frontends/Einsum.h"
#include "frontends/torch/Node.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::BinaryKind;

static Tensor swapLast(Node &node, const Tensor &input) {
  int64_t rank = input ? input.getShape().size() : 0;
  if (rank < 2)
    return {};
  SmallVector<int64_t> permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(permutation[rank - 1], permutation[rank - 2]);
  return transpose(node, input, permutation);
}

/// `input weight' + bias`, where `weight` is (columns, rows).
static Tensor addLinear(Node &node, const Tensor &input, const Tensor &weight,
                        const Tensor &bias) {
  if (!input || !weight)
    return {};
  if (weight.getShape().size() != 2 || input.getShape().empty()) {
    node.emitError() << "expects a matrix of weights, but got shape "
                     << formatShape(weight.getShape());
    return {};
  }
  Tensor kernel = swapLast(node, weight);
  if (!input.value || !kernel.constant || bias.value) {
    Tensor product = multiply(node, input, kernel);
    return bias ? combinePromoted(node, BinaryKind::Add, product, bias)
                : product;
  }
  ElementsAttr added;
  if (bias) {
    int64_t columns = kernel.getShape()[1];
    DoubleArray array = bias.constant->toArray();
    if (array.values.size() == 1)
      array.values.resize(columns, array.values.front());
    array.shape = {int64_t(array.values.size())};
    added = node.builder.addWeights(node.name, "bias", array);
  }
  // A vector is a matrix of one row.
  SmallVector<int64_t> shape(input.getShape());
  Tensor rows = shape.size() == 1 ? reshape(node, input, {1, shape[0]}) : input;
  Tensor result(dense(node, rows.value, *kernel.constant, added));
  return shape.size() == 1 ? reshape(node, result, {kernel.getShape()[1]})
                           : result;
}

static Tensors importLinear(Node &node) {
  Tensor input = node.takeTensor("input"), weight = node.takeTensor("weight");
  return {addLinear(node, input, weight, node.takeOptional("bias"))};
}

static Tensors importEinsum(Node &node) {
  std::string equation = node.takeString("equation", "");
  std::vector<EinsumOperand> operands;
  for (const Tensor &tensor : node.takeTensors("tensors"))
    if (tensor)
      operands.push_back({tensor.value, tensor.constant
                                            ? tensor.constant->toArray()
                                            : DoubleArray()});
  // The order of the products.
  node.ignore("path");
  llvm::erase(equation, ' ');
  return {node.hasFailed()
              ? Value()
              : addEinsum(node.builder, node.name, equation, operands)};
}

template <bool isBatch> static Tensors importProduct(Node &node) {
  Tensor lhs = node.takeTensor("self");
  return {multiply(node, lhs, node.takeTensor(isBatch ? "mat2" : "other"))};
}

/// `beta self + alpha lhs rhs`.
template <bool isBatch> static Tensors importAddProduct(Node &node) {
  Tensor added = node.takeTensor("self");
  Tensor lhs = node.takeTensor(isBatch ? "batch1" : "mat1");
  Tensor rhs = node.takeTensor(isBatch ? "batch2" : "mat2");
  double alpha = node.takeNumber("alpha", 1.0);
  double beta = node.takeNumber("beta", 1.0);
  if (!added || !lhs || !rhs || node.hasFailed())
    return {{}};
  added = scale(node, added, beta);
  bool isRow = added.constant && (added.getShape().size() == 1 ||
                                  added.constant->values.size() == 1);
  if (!isBatch && lhs.value && rhs.constant && isRow &&
      rhs.getShape().size() == 2)
    return {
        addLinear(node, lhs, swapLast(node, scale(node, rhs, alpha)), added)};
  Tensor product = scale(node, multiply(node, lhs, rhs), alpha);
  return {combinePromoted(node, BinaryKind::Add, added, product)};
}

/// `softmax(scale query key' + mask) value`.
static Tensors importAttention(Node &node) {
  Attention attention{node.takeTensor("query"),
                      node.takeTensor("key"),
                      node.takeTensor("value"),
                      node.takeOptional("attn_mask"),
                      std::nullopt,
                      false};
  if (double rate = node.takeNumber("dropout_p", 0.0))
    node.emitError() << "unsupported value of 'dropout_p', expects 0, but got "
                     << rate << "; export the module after eval()";
  attention.isCausal = node.takeBool("is_causal", false);
  node.expectAbsent("enable_gqa");
  if (node.has("scale"))
    attention.scale = node.takeNumber("scale", std::nullopt);
  if (!attention.query || !attention.key || !attention.value ||
      node.hasFailed())
    return {{}};
  return {addAttention(node, attention)};
}

ArrayRef<Operator> frieze::torch::getMatrixOperators() {
  static const Operator operators[] = {
      {"addmm.default", importAddProduct<false>},
      {"baddbmm.default", importAddProduct<true>},
      {"bmm.default", importProduct<true>},
      {"einsum.default", importEinsum},
      {"linear.default", importLinear},
      {"matmul.default", importProduct<false>},
      {"mm.default", importProduct<true>},
      {"scaled_dot_product_attention.default", importAttention},
  };
  return operators;
}
