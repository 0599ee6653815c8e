//===- Activations.cpp - ONNX pointwise functions ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Activations.h"
#include "frontends/Compositions.h"
#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::ActivationKind;

static Tensors apply(Node &node, ActivationKind kind, double alpha = 0.0,
                     double beta = 0.0) {
  return {
      node.builder.activation(node.name, node.getValue(), kind, alpha, beta)};
}

/// An operator without attributes, which the table of activations names.
static Tensors importPlain(Node &node) {
  return apply(node, *nn::findOnnxActivation(node.proto.op_type()));
}

/// One that tables of weights are computed with, too.
template <UnaryFn function, ActivationKind kind>
static Tensors importFunction(Node &node) {
  return {applyFunction(node, node.getInput(), function, kind)};
}

static Tensors importLeakyRelu(Node &node) {
  return apply(node, ActivationKind::LeakyRelu, node.takeFloat("alpha", 0.01));
}

static Tensors importElu(Node &node) {
  return apply(node, ActivationKind::Elu, node.takeFloat("alpha", 1.0));
}

/// nn has the constants of the paper, which are the default.
static Tensors importSelu(Node &node) {
  for (auto [key, value] : {std::pair<StringRef, double>{"alpha", 1.67326319},
                            {"gamma", 1.05070102}}) {
    double given = node.takeFloat(key, value);
    if (std::fabs(given - value) > 1e-6)
      node.emitError() << "unsupported value of '" << key << "', expects "
                       << value << ", but got " << given;
  }
  return apply(node, ActivationKind::Selu);
}

static Tensors importHardSigmoid(Node &node) {
  double alpha = node.takeFloat("alpha", 0.2);
  return apply(node, ActivationKind::HardSigmoid, alpha,
               node.takeFloat("beta", 0.5));
}

static Tensors importGelu(Node &node) {
  std::string mode = node.takeString("approximate", "none");
  if (mode != "none" && mode != "tanh")
    node.emitError() << "unsupported value of 'approximate': '" << mode << "'";
  return apply(node, mode == "tanh" ? ActivationKind::GeluTanh
                                    : ActivationKind::Gelu);
}

static Tensors importSwish(Node &node) {
  double alpha = node.takeFloat("alpha", 1.0);
  if (alpha != 1.0)
    node.emitError() << "unsupported value of 'alpha', expects 1, but got "
                     << alpha;
  return apply(node, ActivationKind::Silu);
}

static Tensors importClip(Node &node) {
  double bounds[] = {-std::numeric_limits<double>::infinity(),
                     std::numeric_limits<double>::infinity()};
  for (size_t i = 0; i < 2; ++i) {
    if (node.opset < 11) {
      bounds[i] = node.takeFloat(i == 0 ? "min" : "max", bounds[i]);
    } else if (node.hasInput(i + 1)) {
      const Constant *bound = node.getConstant(i + 1);
      if (!bound)
        return {{}};
      if (bound->values.size() != 1) {
        node.emitError() << "expects the bounds of Clip to be scalars";
        return {{}};
      }
      bounds[i] = bound->values[0];
    }
  }
  // ONNX has the upper bound alone then, everywhere.
  bounds[0] = std::min(bounds[0], bounds[1]);
  if (node.areAllConstant()) {
    Constant result = *node.getInput().constant;
    for (double &value : result.values)
      value = std::min(std::max(value, bounds[0]), bounds[1]);
    return {result};
  }
  return apply(node, ActivationKind::Clip, bounds[0], bounds[1]);
}

static Tensors importThresholdedRelu(Node &node) {
  return apply(node, ActivationKind::ThresholdedRelu, 0.0,
               node.takeFloat("alpha", 1.0));
}

static Tensors importCelu(Node &node) {
  return apply(node, ActivationKind::Celu, node.takeFloat("alpha", 1.0));
}

/// `x` less or more a bias, and 0 between the bounds.
static Tensors importShrink(Node &node) {
  double bias = node.takeFloat("bias", 0.0);
  double bound = node.takeFloat("lambd", 0.5);
  Value input = node.getValue();
  if (!input || node.hasFailed())
    return {{}};
  return {shrink(node.builder, node.name, input, bias, bound)};
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

/// Before opset 13, all axes from `axis` on are one.
template <bool isLog> static Tensors importSoftmax(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(node.opset < 13 ? 1 : -1);
  Value input = node.getValue();
  if (!axis || !input)
    return {{}};
  auto add = [&](Value value, int64_t along) {
    return isLog ? logSoftmax(node, value, along)
                 : node.builder.softmax(node.name, value, along);
  };
  SmallVector<int64_t> shape(node.getShape());
  int64_t rank = shape.size();
  bool isFlat = node.opset < 13 && *axis != rank - 1;
  if (!isFlat && *axis > 0)
    return {add(input, *axis)};
  // With an axis of the batch before that of the sum.
  SmallVector<int64_t> sizes{1, 1, 1};
  for (auto [position, size] : enumerate(shape))
    sizes[int64_t(position) < *axis              ? 0
          : int64_t(position) == *axis || isFlat ? 1
                                                 : 2] *= size;
  Tensor result = reshape(node, Tensor(input), sizes);
  if (!result)
    return {{}};
  return {reshape(node, Tensor(add(result.value, 1)), shape)};
}

ArrayRef<Operator> frieze::onnx::getActivationOperators() {
  static const std::vector<Operator> operators = [] {
    std::vector<Operator> all{
        {"Celu", importCelu},
        {"Clip", importClip, 1, 3, ValueTypes::Whole},
        {"Elu", importElu},
        {"Gelu", importGelu},
        {"HardSigmoid", importHardSigmoid},
        {"LeakyRelu", importLeakyRelu},
        {"LogSoftmax", importSoftmax</*isLog=*/true>},
        {"PRelu", importPrelu, 2, 2},
        {"Relu", importFunction<relu, ActivationKind::Relu>},
        {"Selu", importSelu},
        {"Shrink", importShrink},
        {"Sigmoid", importFunction<sigmoid, ActivationKind::Sigmoid>},
        {"Softmax", importSoftmax</*isLog=*/false>},
        {"Swish", importSwish},
        {"Tanh", importFunction<std::tanh, ActivationKind::Tanh>},
        {"ThresholdedRelu", importThresholdedRelu},
    };
    for (unsigned i = 0; i <= nn::getMaxEnumValForActivationKind(); ++i)
      if (auto name = nn::getOnnxName(ActivationKind(i));
          !name.empty() && llvm::none_of(all, [&](const Operator &known) {
            return known.name == name;
          }))
        all.push_back({name, importPlain});
    return all;
  }();
  return operators;
}
