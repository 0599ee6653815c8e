//===- Activations.cpp - PyTorch's pointwise functions ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

#include <limits>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::ActivationKind;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Takes `self` as a value.
static Value takeSelf(Node &node) {
  return node.makeValue(node.takeTensor("self"));
}

template <ActivationKind kind> static Tensors importPlain(Node &node) {
  return {node.builder.activation(node.name, takeSelf(node), kind)};
}

static Tensors importGelu(Node &node) {
  std::string mode = node.takeString("approximate", "none");
  if (mode != "none" && mode != "tanh")
    node.emitError() << "unsupported value of 'approximate': '" << mode << "'";
  return {node.builder.activation(node.name, takeSelf(node),
                                  mode == "tanh" ? ActivationKind::GeluTanh
                                                 : ActivationKind::Gelu)};
}

static Tensors importLeakyRelu(Node &node) {
  return {node.builder.activation(node.name, takeSelf(node),
                                  ActivationKind::LeakyRelu,
                                  node.takeNumber("negative_slope", 0.01))};
}

/// Reports a number that is not `value`.
static void expectNumber(Node &node, StringRef key, double value) {
  double given = node.takeNumber(key, value);
  if (given != value)
    node.emitError() << "unsupported value of '" << key << "', expects "
                     << value << ", but got " << given;
}

static Tensors importElu(Node &node) {
  double factor = node.takeNumber("scale", 1.0);
  expectNumber(node, "input_scale", 1.0);
  Tensor result(node.builder.activation(node.name, takeSelf(node),
                                        ActivationKind::Elu,
                                        node.takeNumber("alpha", 1.0)));
  return {scale(node, result, factor)};
}

static Tensors importExpm1(Node &node) {
  return {node.builder.scaleAndShift(
      node.name,
      node.builder.activation(node.name, takeSelf(node), ActivationKind::Exp),
      1.0, -1.0)};
}

static Tensors importLog1p(Node &node) {
  Value more = node.builder.scaleAndShift(node.name, takeSelf(node), 1.0, 1.0);
  return {node.builder.activation(node.name, more, ActivationKind::Log)};
}

static Tensors importCelu(Node &node) {
  return {node.builder.activation(node.name, takeSelf(node),
                                  ActivationKind::Celu,
                                  node.takeNumber("alpha", 1.0))};
}

/// `log(1 + exp(x))`; beyond the threshold it is x, which rounds to the same.
static Tensors importSoftplus(Node &node) {
  expectNumber(node, "beta", 1.0);
  double threshold = node.takeNumber("threshold", 20.0);
  if (threshold < 17.0)
    node.emitError() << "unsupported value of 'threshold', expects 20, but got "
                     << threshold;
  return {node.builder.activation(node.name, takeSelf(node),
                                  ActivationKind::Softplus)};
}

/// `-softplus(-x)`.
static Tensors importLogSigmoid(Node &node) {
  Value negative =
      node.builder.scaleAndShift(node.name, takeSelf(node), -1.0, 0.0);
  return {node.builder.scaleAndShift(
      node.name,
      node.builder.activation(node.name, negative, ActivationKind::Softplus),
      -1.0, 0.0)};
}

static Tensors importHardSigmoid(Node &node) {
  return {node.builder.activation(node.name, takeSelf(node),
                                  ActivationKind::HardSigmoid, 1.0 / 6, 0.5)};
}

static Tensors clip(Node &node, double low, double high) {
  Tensor input = node.takeTensor("self");
  if (low > high) {
    // PyTorch has the upper bound then.
    low = high;
  }
  if (const auto &constant = input.constant) {
    Constant result = *constant;
    for (double &value : result.values)
      value = roundTo(std::min(std::max(value, low), high), result.type);
    return {result};
  }
  return {node.builder.activation(node.name, input.value, ActivationKind::Clip,
                                  low, high)};
}

static Tensors importHardTanh(Node &node) {
  double low = node.takeNumber("min_val", -1.0);
  return clip(node, low, node.takeNumber("max_val", 1.0));
}

static Tensors importRelu6(Node &node) { return clip(node, 0.0, 6.0); }

static Tensors importClamp(Node &node) {
  double low = node.takeNumber("min", -infinity);
  return clip(node, low, node.takeNumber("max", infinity));
}

static Tensors importPrelu(Node &node) {
  Tensor input = node.takeTensor("self");
  auto slope = node.takeConstant("weight");
  Value value = node.makeValue(input);
  if (!slope || !value)
    return {{}};
  // One for all, or one for each channel, axis 1.
  DoubleArray slopes = slope->toArray();
  size_t rank = input.getShape().size();
  int64_t count = slopes.values.size();
  slopes.shape.assign(rank, 1);
  if (count != 1 && rank >= 2)
    slopes.shape[1] = count;
  return {node.builder.prelu(
      node.name, value, node.builder.addWeights(node.name, "slope", slopes))};
}

template <UnaryFn function, ActivationKind... kinds>
static Tensors importFunction(Node &node) {
  Tensor input = node.takeTensor("self");
  // Of integers, these two are integers.
  static constexpr ActivationKind whole[] = {ActivationKind::Abs,
                                             ActivationKind::Square};
  if (input.constant && !isFloat(input.getType()) &&
      !(llvm::is_contained(whole, kinds) && ...)) {
    Constant constant = *input.constant;
    constant.type = DataType::Float;
    input = constant;
  }
  return {applyFunction(node, input, function, {kinds...})};
}

ArrayRef<Operator> frieze::torch::getActivationOperators() {
  static const Operator operators[] = {
      {"abs.default", importFunction<std::fabs, ActivationKind::Abs>},
      {"celu.default", importCelu},
      {"clamp.default", importClamp},
      {"clamp_max.default", importClamp},
      {"clamp_min.default", importClamp},
      {"elu.default", importElu},
      {"erf.default", importPlain<ActivationKind::Erf>},
      {"exp.default", importFunction<std::exp, ActivationKind::Exp>},
      {"expm1.default", importExpm1},
      {"gelu.default", importGelu},
      {"hardsigmoid.default", importHardSigmoid},
      {"hardswish.default", importPlain<ActivationKind::HardSilu>},
      {"hardtanh.default", importHardTanh},
      {"leaky_relu.default", importLeakyRelu},
      {"log.default", importFunction<std::log, ActivationKind::Log>},
      {"log1p.default", importLog1p},
      {"log_sigmoid.default", importLogSigmoid},
      {"mish.default", importPlain<ActivationKind::Mish>},
      {"prelu.default", importPrelu},
      {"reciprocal.default",
       importFunction<reciprocal, ActivationKind::Reciprocal>},
      {"relu.default", importFunction<relu, ActivationKind::Relu>},
      {"relu6.default", importRelu6},
      {"rsqrt.default", importFunction<reciprocalRoot, ActivationKind::Sqrt,
                                       ActivationKind::Reciprocal>},
      {"selu.default", importPlain<ActivationKind::Selu>},
      {"sigmoid.default", importFunction<sigmoid, ActivationKind::Sigmoid>},
      {"silu.default", importPlain<ActivationKind::Silu>},
      {"softplus.default", importSoftplus},
      {"sqrt.default", importFunction<std::sqrt, ActivationKind::Sqrt>},
      {"square.default", importFunction<square, ActivationKind::Square>},
      {"tanh.default", importFunction<std::tanh, ActivationKind::Tanh>},
  };
  return operators;
}
