//===- GatedProducts.cpp - Functions that files spell out -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Weights.h"
#include "frontends/GraphNode.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nn::ActivationKind;

/// The function of `value`, where it is an activation.
static nn::ActivationAttr getActivation(Value value) {
  auto op = value.getDefiningOp<nn::ActivationOp>();
  return op ? op.getFunction() : nn::ActivationAttr();
}

/// The input, scale and shift of an affine that treats all elements alike.
static std::optional<std::tuple<Value, double, double>>
matchAffine(Value value) {
  auto affine = value.getDefiningOp<nn::AffineOp>();
  if (!affine)
    return std::nullopt;
  auto scale = nn::readWeights(affine.getScale());
  auto shift = nn::readWeights(affine.getShift());
  if (failed(scale) || failed(shift) || !llvm::all_equal(*scale) ||
      !llvm::all_equal(*shift))
    return std::nullopt;
  return std::tuple(affine.getInput(), scale->front(), shift->front());
}

/// `x (1 + erf(x / sqrt 2))`, which is twice GELU, for an `input` of x or a
/// multiple. Null where the product is another one.
static Value importErfProduct(GraphNode &node, Value input, Value gate) {
  auto outer = matchAffine(gate);
  if (!outer)
    return {};
  auto [erf, outerScale, outerShift] = *outer;
  nn::ActivationAttr function = getActivation(erf);
  if (!function || function.getKind() != ActivationKind::Erf ||
      outerScale != outerShift)
    return {};
  auto inner = matchAffine(erf.getDefiningOp()->getOperand(0));
  if (!inner)
    return {};
  auto [x, innerScale, innerShift] = *inner;
  if (std::fabs(innerScale - M_SQRT1_2) > 1e-6 || innerShift != 0.0)
    return {};
  double factor = 1.0;
  if (input != x) {
    auto multiple = matchAffine(input);
    if (!multiple || std::get<0>(*multiple) != x ||
        std::get<2>(*multiple) != 0.0)
      return {};
    factor = std::get<1>(*multiple);
  }
  Value gelu = node.builder.activation(node.name, x, ActivationKind::Gelu);
  return node.builder.scaleAndShift(node.name, gelu, 2.0 * factor * outerScale,
                                    0.0);
}

Value frieze::importGatedProduct(GraphNode &node, Value input, Value gate) {
  if (Value product = importErfProduct(node, input, gate))
    return product;
  nn::ActivationAttr function = getActivation(gate);
  if (!function || gate.getDefiningOp()->getOperand(0) != input)
    return {};
  std::optional<ActivationKind> kind;
  if (function.getKind() == ActivationKind::Sigmoid)
    kind = ActivationKind::Silu;
  else if (function.getKind() == ActivationKind::HardSigmoid &&
           float(function.getAlpha()) == 1.0f / 6 && function.getBeta() == 0.5)
    kind = ActivationKind::HardSilu;
  if (!kind)
    return {};
  return node.builder.activation(node.name, input, *kind);
}
