//===- Activations.cpp - TensorFlow Lite pointwise functions ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;
using nn::ActivationKind;

Value frieze::tflite::takeActivation(Node &node, unsigned number, Value value) {
  int64_t code = node.takeEnum({number, "fused_activation_function"});
  if (!value)
    return {};
  auto apply = [&](ActivationKind kind, double alpha = 0, double beta = 0) {
    return node.builder.activation(node.name, value, kind, alpha, beta);
  };
  switch (code) {
  case 0:
    return value;
  case 1:
    return apply(ActivationKind::Relu);
  case 2:
    return apply(ActivationKind::Clip, -1.0, 1.0);
  case 3:
    return apply(ActivationKind::Clip, 0.0, 6.0);
  case 4:
    return apply(ActivationKind::Tanh);
  default:
    node.emitError() << "unsupported value of 'fused_activation_function': "
                     << code;
    return {};
  }
}

template <ActivationKind kind> static Tensors importPlain(Node &node) {
  return {node.builder.activation(node.name, node.getValue(), kind)};
}

template <int low, int high> static Tensors importClip(Node &node) {
  return {node.builder.activation(node.name, node.getValue(),
                                  ActivationKind::Clip, low, high)};
}

static Tensors importElu(Node &node) {
  return {node.builder.activation(node.name, node.getValue(),
                                  ActivationKind::Elu, 1.0)};
}

static Tensors importGelu(Node &node) {
  bool isApproximate = node.takeBool({0, "approximate"});
  return {node.builder.activation(node.name, node.getValue(),
                                  isApproximate ? ActivationKind::GeluTanh
                                                : ActivationKind::Gelu)};
}

static Tensors importLeakyRelu(Node &node) {
  return {node.builder.activation(node.name, node.getValue(),
                                  ActivationKind::LeakyRelu,
                                  node.takeFloat({0, "alpha"}, 0.0f))};
}

static Tensors importPrelu(Node &node) {
  const Constant *slope = node.getConstant(1);
  Value input = node.getValue();
  if (!slope || !input)
    return {{}};
  DoubleArray slopes = slope->toArray();
  size_t rank = node.getShape().size();
  if (slopes.shape.size() < rank)
    slopes.shape.insert(slopes.shape.begin(), rank - slopes.shape.size(), 1);
  return {node.builder.prelu(
      node.name, input, node.builder.addWeights(node.name, "slope", slopes))};
}

/// The last axis of a value, which has one for the batch before it; nothing,
/// and reported, for others.
static std::optional<int64_t> getLastAxis(Node &node) {
  int64_t rank = node.getShape().size();
  if (rank >= 2)
    return rank - 1;
  node.emitError() << "expects an input with an axis behind that of the batch, "
                      "but got shape "
                   << formatShape(node.getShape());
  return std::nullopt;
}

static Tensors importSoftmax(Node &node) {
  double beta = node.takeFloat({0, "beta"}, 0.0f);
  Value input = node.getValue();
  std::optional<int64_t> axis = getLastAxis(node);
  if (!axis)
    return {{}};
  if (beta != 1.0)
    input = node.builder.scaleAndShift(node.name, input, beta, 0.0);
  return {node.builder.softmax(node.name, input, *axis)};
}

static Tensors importLogSoftmax(Node &node) {
  std::optional<int64_t> axis = getLastAxis(node);
  return {axis ? logSoftmax(node, node.getValue(), *axis) : Value()};
}

/// `x / sqrt(max(sum(x^2), epsilon^2))`, over the last axis.
static Tensors importL2Normalization(Node &node) {
  std::optional<int64_t> axis = getLastAxis(node);
  if (!axis)
    return {{}};
  return {takeActivation(
      node, 0,
      node.builder.normalize(node.name, nn::NormalizeKind::L2, node.getValue(),
                             *axis, /*epsilon=*/1e-12))};
}

template <UnaryFn function, ActivationKind... kinds>
static Tensors importFunction(Node &node) {
  return {applyFunction(node, node.getInput(), function, {kinds...})};
}

static Tensors importNeg(Node &node) { return {negate(node, node.getInput())}; }

ArrayRef<Operator> frieze::tflite::getActivationOperators() {
  static const Operator operators[] = {
      {"ABS", 78, importFunction<std::fabs, ActivationKind::Abs>},
      {"ELU", 0, importElu},
      {"EXP", 33, importFunction<std::exp, ActivationKind::Exp>},
      {"GELU", 116, importGelu},
      {"HARD_SWISH", 91, importPlain<ActivationKind::HardSilu>},
      {"L2_NORMALIZATION", 12, importL2Normalization},
      {"LEAKY_RELU", 75, importLeakyRelu},
      {"LOG", 0, importFunction<std::log, ActivationKind::Log>},
      {"LOGISTIC", 0, importPlain<ActivationKind::Sigmoid>},
      {"LOG_SOFTMAX", 36, importLogSoftmax},
      {"NEG", 42, importNeg},
      {"PRELU", 0, importPrelu, 2, 2},
      {"RELU", 0, importPlain<ActivationKind::Relu>},
      {"RELU6", 0, importClip<0, 6>},
      {"RELU_0_TO_1", 0, importClip<0, 1>},
      {"RELU_N1_TO_1", 0, importClip<-1, 1>},
      {"RSQRT", 0,
       importFunction<reciprocalRoot, ActivationKind::Sqrt,
                      ActivationKind::Reciprocal>},
      {"SOFTMAX", 9, importSoftmax},
      {"SQRT", 0, importFunction<std::sqrt, ActivationKind::Sqrt>},
      {"SQUARE", 66, importFunction<square, ActivationKind::Square>},
      {"TANH", 0, importPlain<ActivationKind::Tanh>},
  };
  return operators;
}
