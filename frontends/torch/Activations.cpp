//===- Activations.cpp - PyTorch's pointwise functions ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
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

/// `log(1 + exp(beta x)) / beta`; beyond the threshold it is x, which rounds to
/// the same.
static Tensors importSoftplus(Node &node) {
  double beta = node.takeNumber("beta", 1.0);
  if (!(beta > 0.0 && beta < infinity))
    node.emitError() << "expects 'beta' to be positive, but got " << beta;
  double threshold = node.takeNumber("threshold", 20.0);
  if (threshold < 17.0)
    node.emitError() << "unsupported value of 'threshold', expects 20, but got "
                     << threshold;
  if (node.hasFailed())
    return {{}};
  Tensor input = scale(node, Tensor(takeSelf(node)), beta);
  Tensor result(node.builder.activation(node.name, input.value,
                                        ActivationKind::Softplus));
  return {scale(node, result, 1.0 / beta)};
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
  if (!input)
    return {{}};
  auto isWhole = [](double bound) {
    return std::isinf(bound) || bound == std::trunc(bound);
  };
  if (!isFloat(input.getType()) && !(isWhole(low) && isWhole(high))) {
    node.emitError() << "unsupported bounds of integers, expects integers";
    return {{}};
  }
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
  return {Tensor(node.builder.activation(node.name, input.value,
                                         ActivationKind::Clip, low, high),
                 input.valueType)};
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

//===----------------------------------------------------------------------===//
// By cases
//===----------------------------------------------------------------------===//

/// What is not beyond a bound is zero; what is NaN stays so.
template <bool isSoft> static Tensors importShrink(Node &node) {
  ModelBuilder &builder = node.builder;
  Value input = takeSelf(node);
  double bound = node.takeNumber("lambd", 0.5);
  if (!input || node.hasFailed())
    return {{}};
  Value shrunk = shrink(builder, node.name, input, isSoft ? bound : 0.0, bound);
  return {builder.select(node.name, findNaN(builder, node.name, input), input,
                         shrunk)};
}

/// `value` where x is at most the threshold.
static Tensors importThreshold(Node &node) {
  ModelBuilder &builder = node.builder;
  Value input = takeSelf(node);
  double bound = node.takeNumber("threshold", std::nullopt);
  double value = node.takeNumber("value", std::nullopt);
  if (!input || node.hasFailed())
    return {{}};
  Value isBelow = builder.binary(node.name, nn::BinaryKind::LessEqual, input,
                                 makeNumber(builder, node.name, input, bound));
  return {builder.select(node.name, isBelow,
                         makeNumber(builder, node.name, input, value), input)};
}

/// Leaky ReLU, with the mean of the slopes that are drawn in training.
static Tensors importRrelu(Node &node) {
  double lower = node.takeNumber("lower", 1.0 / 8);
  double upper = node.takeNumber("upper", 1.0 / 3);
  node.expectAbsent("training");
  node.ignore("generator");
  return {node.builder.activation(node.name, takeSelf(node),
                                  ActivationKind::LeakyRelu,
                                  (lower + upper) / 2)};
}

/// Finite numbers in the place of others: 0, and the largest ones.
static Tensors importFinite(Node &node) {
  constexpr double largest = std::numeric_limits<float>::max();
  ModelBuilder &builder = node.builder;
  Value input = takeSelf(node);
  double nan = node.takeNumber("nan", 0.0);
  double high = node.takeNumber("posinf", largest);
  double low = node.takeNumber("neginf", -largest);
  if (!input || node.hasFailed())
    return {{}};
  Value result = input;
  auto replace = [&](Value where, double number) {
    result =
        builder.select(node.name, where,
                       makeNumber(builder, node.name, input, number), result);
  };
  replace(findNaN(builder, node.name, input), nan);
  replace(findInfinity(builder, node.name, input, false, true), high);
  replace(findInfinity(builder, node.name, input, true, false), low);
  return {result};
}

/// The first half of an axis by the sigmoid of the second.
static Tensors importGlu(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  auto axis = node.takeAxis("dim", -1, input.getShape().size());
  if (!axis)
    return {{}};
  int64_t size = input.getShape()[*axis];
  if (size % 2 != 0) {
    node.emitError() << "expects an even size of the axis, but got " << size;
    return {{}};
  }
  Tensors halves = split(node, input, *axis, {size / 2, size / 2}, 2,
                         [](size_t) { return true; });
  Tensor gate(node.builder.activation(node.name, node.makeValue(halves[1]),
                                      ActivationKind::Sigmoid));
  return {combineAny(node, nn::BinaryKind::Mul, halves[0], gate)};
}

//===----------------------------------------------------------------------===//
// Of one operand
//===----------------------------------------------------------------------===//

template <bool isCosine> static Tensors importWave(Node &node) {
  Tensor input = node.takeTensor("self");
  if (input.constant && !isFloat(input.constant->type)) {
    Constant floats = *input.constant;
    floats.type = DataType::Float;
    input = floats;
  }
  return {applyWave(node, input, isCosine)};
}

/// The logarithm of another base.
template <UnaryFn function, int base>
static Tensors importLogarithm(Node &node) {
  Tensor input = node.takeTensor("self");
  if (input.constant)
    return {mapConstant(*input.constant, function)};
  Tensor natural(
      node.builder.activation(node.name, input.value, ActivationKind::Log));
  return {scale(node, natural, 1.0 / std::log(double(base)))};
}

static Tensors importErfc(Node &node) {
  Value erf =
      node.builder.activation(node.name, takeSelf(node), ActivationKind::Erf);
  return {node.builder.scaleAndShift(node.name, erf, -1.0, 1.0)};
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
      {"ceil.default", importFunction<std::ceil, ActivationKind::Ceil>},
      {"celu.default", importCelu},
      {"clamp.default", importClamp, ValueTypes::Own},
      {"clamp_max.default", importClamp, ValueTypes::Own},
      {"clamp_min.default", importClamp, ValueTypes::Own},
      {"cos.default", importWave<true>},
      {"elu.default", importElu},
      {"erf.default", importPlain<ActivationKind::Erf>},
      {"erfc.default", importErfc},
      {"exp.default", importFunction<std::exp, ActivationKind::Exp>},
      {"expm1.default", importExpm1},
      {"floor.default", importFunction<std::floor, ActivationKind::Floor>},
      {"gelu.default", importGelu},
      {"glu.default", importGlu},
      {"hardshrink.default", importShrink<false>},
      {"hardsigmoid.default", importHardSigmoid},
      {"hardswish.default", importPlain<ActivationKind::HardSilu>},
      {"hardtanh.default", importHardTanh},
      {"leaky_relu.default", importLeakyRelu},
      {"log.default", importFunction<std::log, ActivationKind::Log>},
      {"log10.default", importLogarithm<std::log10, 10>},
      {"log1p.default", importLog1p},
      {"log2.default", importLogarithm<std::log2, 2>},
      {"log_sigmoid.default", importLogSigmoid},
      {"mish.default", importPlain<ActivationKind::Mish>},
      {"nan_to_num.default", importFinite},
      {"prelu.default", importPrelu},
      {"reciprocal.default",
       importFunction<reciprocal, ActivationKind::Reciprocal>},
      {"relu.default", importFunction<relu, ActivationKind::Relu>},
      {"relu6.default", importRelu6},
      {"round.default", importFunction<std::nearbyint, ActivationKind::Round>},
      {"rrelu.default", importRrelu},
      {"rsqrt.default", importFunction<reciprocalRoot, ActivationKind::Sqrt,
                                       ActivationKind::Reciprocal>},
      {"selu.default", importPlain<ActivationKind::Selu>},
      {"sigmoid.default", importFunction<sigmoid, ActivationKind::Sigmoid>},
      {"sign.default", importFunction<sign, ActivationKind::Sign>},
      {"silu.default", importPlain<ActivationKind::Silu>},
      {"sin.default", importWave<false>},
      {"softplus.default", importSoftplus},
      {"softshrink.default", importShrink<true>},
      {"sqrt.default", importFunction<std::sqrt, ActivationKind::Sqrt>},
      {"square.default", importFunction<square, ActivationKind::Square>},
      {"threshold.default", importThreshold},
      {"trunc.default", importFunction<std::trunc, ActivationKind::Trunc>},
      {"tanh.default", importFunction<std::tanh, ActivationKind::Tanh>},
  };
  return operators;
}
