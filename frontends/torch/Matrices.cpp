//===- Matrices.cpp - PyTorch's matrix products -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

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

/// The scores where `mask` is not 0, else a number whose exponential is 0.
static Tensor applyMask(Node &node, const Tensor &scores,
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

/// `softmax(scale query key' + mask) value`.
static Tensors importAttention(Node &node) {
  Tensor query = node.takeTensor("query"), key = node.takeTensor("key"),
         value = node.takeTensor("value");
  Tensor mask = node.takeOptional("attn_mask");
  if (double rate = node.takeNumber("dropout_p", 0.0))
    node.emitError() << "unsupported value of 'dropout_p', expects 0, but got "
                     << rate << "; export the module after eval()";
  bool isCausal = node.takeBool("is_causal", false);
  node.expectAbsent("enable_gqa");
  if (!query || !key || !value)
    return {{}};
  ArrayRef<int64_t> shape = query.getShape(), keys = key.getShape();
  if (shape.size() < 2 || keys.size() < 2 || value.getShape().size() < 2) {
    node.emitError() << "expects matrices, but got shape "
                     << formatShape(shape);
    return {{}};
  }
  double factor =
      node.takeNumber("scale", 1.0 / std::sqrt(double(shape.back())));
  Tensor scores =
      scale(node, multiply(node, query, swapLast(node, key)), factor);
  if (!scores || node.hasFailed())
    return {{}};
  if (isCausal) {
    int64_t rows = shape[shape.size() - 2], columns = keys[keys.size() - 2];
    if (!checkFolded(node, {rows, columns}))
      return {{}};
    Constant lower{DataType::Bool, {rows, columns}, {}};
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column)
        lower.values.push_back(column <= row);
    scores = applyMask(node, scores, lower);
  }
  if (mask.value && mask.valueType != DataType::Float) {
    node.emitError() << "unsupported 'attn_mask', a value of another type than "
                        "float32";
    return {{}};
  }
  if (mask.constant && mask.constant->type == DataType::Bool) {
    scores = applyMask(node, scores, *mask.constant);
  } else if (mask) {
    // What is -inf in it is a position that does not count.
    Constant allowed{DataType::Bool, {}, {}}, added;
    if (mask.constant) {
      added = *mask.constant;
      allowed.shape = added.shape;
      for (double &number : added.values) {
        allowed.values.push_back(number !=
                                 -std::numeric_limits<double>::infinity());
        number = allowed.values.back() ? number : 0.0;
      }
      mask = Tensor(added);
    }
    scores = combinePromoted(node, BinaryKind::Add, scores, mask);
    if (llvm::is_contained(allowed.values, 0.0))
      scores = applyMask(node, scores, allowed);
  }
  if (!scores)
    return {{}};
  int64_t axis = scores.getShape().size() - 1;
  return {
      multiply(node, addSoftmax(node, scores, axis, /*isLog=*/false), value)};
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
