//===- Products.cpp - Products of matrices between Keras layers -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Einsum.h"
#include "frontends/keras/Operands.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// The last two axes change places.
static Value turn(Layer &layer, Value value) {
  if (!value)
    return {};
  auto permutation = to_vector(llvm::seq<int64_t>(0, getShape(value).size()));
  std::swap(permutation.back(), permutation.end()[-2]);
  return layer.builder.transpose(layer.name, value, permutation);
}

/// The product of two values, or of a value and a constant matrix.
static Value multiply(Layer &layer, Operand lhs, Operand rhs, bool turnLhs,
                      bool turnRhs) {
  if (!lhs || !rhs)
    return {};
  size_t rank = lhs.value ? getShape(lhs.value).size() : 0;
  bool isDense = lhs.value && rhs.constant && rhs.constant->shape.size() == 2;
  if (isDense && rank >= 2 && !(turnLhs && rank == 2)) {
    Array kernel = *rhs.constant;
    if (turnRhs) {
      std::swap(kernel.shape[0], kernel.shape[1]);
      kernel.values = readStrided<float>(rhs.constant->values, kernel.shape,
                                         {1, kernel.shape[0]});
    }
    return layer.builder.dense(
        layer.name, turnLhs ? turn(layer, lhs.value) : lhs.value,
        layer.builder.addWeights(layer.name, "kernel", kernel), {});
  }
  size_t other = rhs.value ? getShape(rhs.value).size() : 0;
  rank = std::max(rank, other);
  // The batch is not multiplied.
  if (rank < 3) {
    layer.emitError() << "unsupported product, expects matrices behind the "
                         "batch, or a constant matrix on the right";
    return {};
  }
  Value x = getValueOf(layer, lhs, rank), y = getValueOf(layer, rhs, rank);
  return layer.builder.matmul(layer.name, turnLhs ? turn(layer, x) : x,
                              turnRhs ? turn(layer, y) : y);
}

static Value importMatmul(Layer &layer) {
  Operand lhs = takeOperand(layer, "x1"), rhs = takeOperand(layer, "x2");
  return multiply(layer, lhs, rhs, false, false);
}

/// As a product of matrices, but for values of which both have several axes.
static Value importDot(Layer &layer) {
  Operand lhs = takeOperand(layer, "x1"), rhs = takeOperand(layer, "x2");
  if (lhs && rhs && !rhs.constant) {
    layer.emitError() << "unsupported product of tensors, expects a constant";
    return {};
  }
  return multiply(layer, lhs, rhs, false, false);
}

static Value importTensorFlowMatmul(Layer &layer) {
  for (StringRef key : {"adjoint_a", "adjoint_b", "a_is_sparse", "b_is_sparse"})
    layer.config.expectOnly(key, false);
  layer.config.expectOnly("output_type", json());
  bool turnLhs = layer.config.takeBool("transpose_a", false);
  bool turnRhs = layer.config.takeBool("transpose_b", false);
  Operand lhs = takeOperand(layer, "a"), rhs = takeOperand(layer, "b");
  return multiply(layer, lhs, rhs, turnLhs, turnRhs);
}

static Value importEinsum(Layer &layer) {
  std::string equation = layer.config.takeString("subscripts", std::nullopt);
  if (layer.config.hasFailed())
    return {};
  std::vector<EinsumOperand> operands;
  size_t count = llvm::count(StringRef(equation).split("->").first, ',') + 1;
  static constexpr StringLiteral keys[] = {"x", "y", "z"};
  if (count > std::size(keys)) {
    layer.emitError() << "unsupported equation '" << equation
                      << "', expects up to " << std::size(keys) << " operands";
    return {};
  }
  for (StringRef key : ArrayRef(keys).take_front(count)) {
    Operand operand = takeOperand(layer, key);
    if (!operand)
      return {};
    operands.push_back({operand.value, operand.constant.value_or(Array())});
  }
  Value product = addEinsum(layer.builder, layer.name, equation, operands);
  if (product && !layer.checkBatch(!getShape(product).empty()))
    return {};
  return product;
}

ArrayRef<LayerClass> keras::getProducts() {
  static const LayerClass classes[] = {
      {"ops.Dot", importDot, false, "x1,x2"},
      {"ops.Einsum", importEinsum, false, "x,y,z,subscripts"},
      {"ops.Matmul", importMatmul, false, "x1,x2"},
      {"tf.linalg.matmul", importTensorFlowMatmul, false,
       "a,b,transpose_a,transpose_b,adjoint_a,adjoint_b,a_is_sparse,"
       "b_is_sparse,output_type"},
  };
  return classes;
}
