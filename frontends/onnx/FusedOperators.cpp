//===- FusedOperators.cpp - Operators that ONNX hasn't ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators of ONNX Runtime's own domain, which its optimiser writes into the
// models that it saves, in terms of those of ONNX. Their meaning is that of
// docs/ContribOperators.md there. And one that tf2onnx leaves as TensorFlow has
// it.
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ActivationKind;
using nn::BinaryKind;

namespace {
struct Activation {
  ActivationKind kind;
  double alpha, beta;
};
} // namespace

/// Takes the function `activation`, which has its numbers in `key`.
static std::optional<Activation> takeActivation(Node &node, StringRef key) {
  std::string name = node.takeString("activation", "");
  SmallVector<double> numbers = node.takeFloats(key);
  auto get = [&](size_t index, double fallback) {
    return index < numbers.size() ? numbers[index] : fallback;
  };
  size_t count = 0;
  std::optional<Activation> function;
  auto choose = [&](ActivationKind kind, size_t parameters, double alpha = 0,
                    double beta = 0) {
    count = parameters;
    function = {kind, alpha, beta};
  };
  if (name == "Relu")
    choose(ActivationKind::Relu, 0);
  else if (name == "Sigmoid")
    choose(ActivationKind::Sigmoid, 0);
  else if (name == "Tanh")
    choose(ActivationKind::Tanh, 0);
  else if (name == "LeakyRelu")
    choose(ActivationKind::LeakyRelu, 1, get(0, 0.01));
  else if (name == "Clip")
    choose(ActivationKind::Clip, 2, get(0, 0), get(1, 0));
  else if (name == "HardSigmoid")
    choose(ActivationKind::HardSigmoid, 2, get(0, 0.2), get(1, 0.5));
  if (!function || numbers.size() != count) {
    node.emitError() << "unsupported value of 'activation': '" << name
                     << "' with " << numbers.size() << " parameters";
    return std::nullopt;
  }
  return function;
}

/// A convolution, the sum with another value, and a function.
static Tensors importFusedConv(Node &node) {
  std::optional<Activation> function =
      takeActivation(node, "activation_params");
  Value output = findOperator("Conv")->import(node).front().value;
  if (output && node.hasInput(3))
    output = node.builder.add(node.name, {output, node.getValue(3)});
  if (!output || !function)
    return {{}};
  return {node.builder.activation(node.name, output, function->kind,
                                  function->alpha, function->beta)};
}

/// A product of matrices, of which either may be transposed, times `alpha`.
/// Their rows may come first, before the axes of different matrices.
static Tensors importFusedMatMul(Node &node) {
  double alpha = node.takeFloat("alpha", 1.0);
  for (size_t index : {0, 1}) {
    bool isSwapped = node.takeBool(index ? "transB" : "transA", false);
    bool hasRowsFirst =
        node.takeBool(index ? "transBatchB" : "transBatchA", false);
    size_t rank = node.getShape(index).size();
    if ((!isSwapped && !hasRowsFirst) || rank < 2)
      continue;
    auto permutation = to_vector(seq<int64_t>(0, rank));
    if (hasRowsFirst)
      std::rotate(permutation.begin(), permutation.begin() + 1,
                  permutation.end() - 1);
    if (isSwapped)
      std::swap(permutation[rank - 2], permutation[rank - 1]);
    node.replaceInput(index,
                      transpose(node, node.getInput(index), permutation));
  }
  Value product = findOperator("MatMul")->import(node).front().value;
  return {product && alpha != 1.0
              ? node.builder.scaleAndShift(node.name, product, alpha, 0.0)
              : product};
}

/// The first input plus input `index`, if there is one.
static Value addInput(Node &node, size_t index) {
  Value value = node.getValue();
  if (!value || !node.hasInput(index))
    return value;
  if (const auto &constant = node.getInput(index).constant)
    return node.builder.binaryWithWeights(node.name, BinaryKind::Add, value,
                                          constant->toArray());
  return node.builder.add(node.name, {value, node.getValue(index)});
}

template <ActivationKind kind> static Tensors importBiasActivation(Node &node) {
  return {node.builder.activation(node.name, addInput(node, 1), kind)};
}

/// `x sigmoid(alpha x)`.
static Tensors importQuickGelu(Node &node) {
  double alpha = node.takeFloat("alpha", 1.702);
  Value x = node.getValue();
  Value gate = node.builder.activation(
      node.name, node.builder.scaleAndShift(node.name, x, alpha, 0.0),
      ActivationKind::Sigmoid);
  return {node.builder.binary(node.name, BinaryKind::Mul, x, gate)};
}

/// Normalises the sum of two values and a bias, which is the fourth output.
/// Inputs: the two, gamma, beta where `hasBeta`, and the bias.
template <bool hasBeta> static Tensors importSkipNormalization(Node &node) {
  size_t bias = hasBeta ? 4 : 3;
  Value sum = addInput(node, 1);
  if (sum && node.hasInput(bias)) {
    node.replaceInput(0, Tensor(sum));
    sum = addInput(node, bias);
  }
  if (!sum)
    return {{}};
  node.replaceInput(0, Tensor(sum));
  node.replaceInput(1, node.getInput(2));
  node.replaceInput(2,
                    hasBeta && node.hasInput(3) ? node.getInput(3) : Tensor());
  StringRef plain = hasBeta ? "LayerNormalization" : "RMSNormalization";
  Value output = findOperator(plain)->import(node).front().value;
  return {output, {}, {}, sum};
}

static Tensors importSimplified(Node &node) {
  return findOperator("RMSNormalization")->import(node);
}

/// `1 - erf(x)`.
static Tensors importErfc(Node &node) {
  Value erf =
      node.builder.activation(node.name, node.getValue(), ActivationKind::Erf);
  return {node.builder.scaleAndShift(node.name, erf, -1.0, 1.0)};
}

ArrayRef<Operator> frieze::onnx::getFusedOperators() {
  static const Operator operators[] = {
      {"com.microsoft::BiasGelu", importBiasActivation<ActivationKind::Gelu>, 2,
       2},
      {"com.microsoft::FastGelu",
       importBiasActivation<ActivationKind::GeluTanh>, 1, 2},
      {"com.microsoft::FusedConv", importFusedConv, 2, 4},
      {"com.microsoft::FusedMatMul", importFusedMatMul, 2, 2},
      {"com.microsoft::Gelu", importBiasActivation<ActivationKind::Gelu>},
      {"com.microsoft::QuickGelu", importQuickGelu},
      {"com.microsoft::SkipLayerNormalization", importSkipNormalization<true>,
       3, 5},
      {"com.microsoft::SkipSimplifiedLayerNormalization",
       importSkipNormalization<false>, 3, 4},
      {"Erfc", importErfc},
      // ONNX Runtime has it in ONNX's domain, from before ONNX had it.
      {"SimplifiedLayerNormalization", importSimplified, 2, 2},
  };
  return operators;
}
