//===- Normalizations.cpp - ONNX normalisations -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// The same of a mean and a variance that are computed, as tf2onnx has the
/// layer normalisation of Keras 2: `gamma (x - mean) / sqrt(variance + epsilon)
/// + beta`.
static Tensors normalizeByValues(Node &node, double epsilon) {
  SmallVector<int64_t> shape(node.getShape().size(), 1);
  shape[1] = node.getShape()[1];
  Tensor parameters[4];
  for (auto [index, parameter] : enumerate(parameters))
    parameter = reshape(node, node.getInput(index + 1), shape);
  const auto &[gamma, beta, mean, variance] = parameters;
  using nn::BinaryKind;
  Tensor deviation =
      applyFunction(node,
                    combineAny(node, BinaryKind::Add, variance,
                               Constant{DataType::Float, {}, {epsilon}}),
                    std::sqrt, nn::ActivationKind::Sqrt);
  Tensor centered = combineAny(node, BinaryKind::Sub, node.getInput(), mean);
  Tensor standard = combineAny(node, BinaryKind::Div, centered, deviation);
  return {combineAny(node, BinaryKind::Add,
                     combineAny(node, BinaryKind::Mul, standard, gamma), beta)};
}

static Tensors importBatchNormalization(Node &node) {
  // Of training.
  node.ignore("momentum");
  node.expectOnly("training_mode", 0);
  node.expectOnly("spatial", 1);
  double epsilon = node.takeFloat("epsilon", 1e-5);
  // Before there was that attribute, outputs beside the first one meant it.
  for (size_t index = 1; index < 5 && !node.hasFailed(); ++index)
    if (node.opset < 14 ? node.hasOutput(index) : node.isUsed(index))
      node.emitError() << "unsupported output " << index
                       << " of BatchNormalization, which is for training; "
                          "export the model for inference";
  static constexpr StringLiteral names[] = {"gamma", "beta", "mean",
                                            "variance"};
  if (node.getShape().size() < 2) {
    node.emitError() << "expects an input with channels, but got rank "
                     << node.getShape().size();
    return {{}};
  }
  for (const Tensor &parameter : node.getInputs().drop_front())
    if (parameter.value)
      return normalizeByValues(node, epsilon);
  ElementsAttr parameters[4];
  for (auto [index, name] : enumerate(names))
    parameters[index] = node.builder.addWeights(
        node.name, name, node.getConstant(index + 1)->toArray());
  return {node.builder.batchNorm(node.name, node.getValue(), 1, parameters[0],
                                 parameters[1], parameters[2], parameters[3],
                                 epsilon)};
}

/// A scale or shift of a value: `kind` with input `index`, which is constant
/// and may be absent, in a shape that repeats along the axes that it lacks.
static Value applyParameter(Node &node, nn::BinaryKind kind, Value value,
                            size_t index, ArrayRef<int64_t> shape = {}) {
  if (!value || !node.hasInput(index))
    return value;
  const Constant *constant = node.getConstant(index);
  if (!constant)
    return {};
  DoubleArray array = constant->toArray();
  if (!shape.empty()) {
    if (countElements(shape) != int64_t(array.values.size())) {
      node.emitError() << "expects input " << index << " to have "
                       << countElements(shape).value_or(0)
                       << " elements, but got shape "
                       << formatShape(array.shape);
      return {};
    }
    array.shape.assign(shape.begin(), shape.end());
  }
  return node.builder.binaryWithWeights(node.name, kind, value, array);
}

/// Normalises over the axes from `axis` on; then comes a scale, and a shift
/// with `standard`.
template <nn::NormalizeKind kind>
static Tensors importLayerNormalization(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(-1);
  double epsilon = node.takeFloat("epsilon", 1e-5);
  // The type of sums.
  node.expectOnly("stash_type", int(DataType::Float));
  for (size_t index : {1, 2})
    if (node.isUsed(index))
      node.emitError() << "unsupported output " << index << " of "
                       << node.proto.op_type();
  Value input = node.getValue();
  if (!axis || !input || node.hasFailed())
    return {{}};
  SmallVector<int64_t> axes;
  for (int64_t i = *axis, rank = node.getShape().size(); i < rank; ++i)
    axes.push_back(i);
  Value value = node.builder.normalize(node.name, kind, input, axes, epsilon);
  value = applyParameter(node, nn::BinaryKind::Mul, value, 1);
  return {applyParameter(node, nn::BinaryKind::Add, value, 2)};
}

/// Normalises each of `groups` groups of channels, or each channel with 0; then
/// come a scale and a shift of each channel.
static Tensors normalizeGroups(Node &node, int64_t groups) {
  double epsilon = node.takeFloat("epsilon", 1e-5);
  node.expectOnly("stash_type", int(DataType::Float));
  ArrayRef<int64_t> shape = node.getShape();
  if (shape.size() < 3 || (groups && shape[1] % groups != 0)) {
    node.emitError() << "expects an input with positions and "
                     << (groups ? "groups of " : "") << "channels, but got "
                     << formatShape(shape);
    return {{}};
  }
  SmallVector<int64_t> grouped(shape), axes, channels(shape.size(), 1);
  if (groups) {
    grouped[1] /= groups;
    grouped.insert(grouped.begin() + 1, groups);
  }
  for (int64_t axis = 2, rank = grouped.size(); axis < rank; ++axis)
    axes.push_back(axis);
  Tensor input = reshape(node, Tensor(node.getValue()), grouped);
  if (!input || node.hasFailed())
    return {{}};
  Tensor value = reshape(
      node,
      Tensor(node.builder.normalize(node.name, nn::NormalizeKind::Standard,
                                    input.value, axes, epsilon)),
      shape);
  channels[1] = shape[1];
  Value scaled =
      applyParameter(node, nn::BinaryKind::Mul, value.value, 1, channels);
  return {applyParameter(node, nn::BinaryKind::Add, scaled, 2, channels)};
}

static Tensors importInstanceNormalization(Node &node) {
  return normalizeGroups(node, 0);
}

static Tensors importGroupNormalization(Node &node) {
  int64_t groups = node.takeInt("num_groups", 1, 1);
  if (node.opset < 21)
    node.emitError() << "unsupported GroupNormalization of version 18, whose "
                        "parameters are of groups";
  return normalizeGroups(node, groups);
}

static Tensors importLpNormalization(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(-1);
  int64_t power = node.takeInt("p", 2, 1, 2);
  Value input = node.getValue();
  if (!axis || !input)
    return {{}};
  ModelBuilder &builder = node.builder;
  if (power == 1) {
    Value sum = builder.reduce(
        node.name, nn::ReduceKind::Sum,
        builder.activation(node.name, input, nn::ActivationKind::Abs), *axis,
        /*keepDims=*/true);
    // A sum of zero divides zeros.
    sum = builder.select(node.name, sum, sum,
                         makeNumber(builder, node.name, input, 1.0f));
    return {builder.binary(node.name, nn::BinaryKind::Div, input, sum)};
  }
  // Nothing but zeros stays so.
  return {
      builder.normalize(node.name, nn::NormalizeKind::L2, input, *axis, 1e-12)};
}

/// Divides by a power of the squares of neighbouring channels (Krizhevsky et
/// al., "ImageNet Classification with Deep Convolutional Neural Networks",
/// 2012). Channels that there are not are zeros.
static Tensors importLrn(Node &node) {
  double alpha = node.takeFloat("alpha", 1e-4);
  double beta = node.takeFloat("beta", 0.75);
  double bias = node.takeFloat("bias", 1.0);
  if (!node.hasAttribute("size"))
    node.emitError() << "expects 'size'";
  int64_t size = node.takeInt("size", 1, 1, int64_t(1) << 16);
  Value input = node.getValue();
  ArrayRef<int64_t> shape = node.getShape();
  if (shape.size() < 2)
    node.emitError() << "expects an input with channels, but got rank "
                     << shape.size();
  if (!input || node.hasFailed())
    return {{}};
  ModelBuilder &builder = node.builder;
  SmallVector<int64_t> rows{shape[0], shape[1], 1};
  for (int64_t positions : shape.drop_front(2))
    rows[2] *= positions;
  Value squares =
      builder.activation(node.name, input, nn::ActivationKind::Square);
  squares = builder.pad(node.name, reshape(node, Tensor(squares), rows).value,
                        {0, (size - 1) / 2, 0}, {0, size / 2, 0}, 0.0);
  // Over channels as positions.
  WindowGeometry geometry{{size}, {1}, {1}, {0, 0}};
  Value mean = builder.pool(node.name, nn::PoolKind::Avg, squares, geometry);
  Value base = builder.scaleAndShift(node.name, mean, alpha, bias);
  Value factor = raiseTo(builder, node.name, base, -beta);
  if (!factor)
    return {{}};
  return {builder.binary(node.name, nn::BinaryKind::Mul, input,
                         reshape(node, Tensor(factor), shape).value)};
}

/// Does nothing at inference.
static Tensors importDropout(Node &node) {
  node.ignore("seed");
  double rate = node.takeFloat("ratio", 0.5);
  if (node.hasInput(1))
    if (const Constant *ratio = node.getConstant(1);
        ratio && ratio->values.size() == 1)
      rate = ratio->values[0];
  if (node.hasInput(2)) {
    const Constant *training = node.getConstant(2);
    if (training && llvm::is_contained(training->values, 1.0))
      node.emitError() << "unsupported value of 'training_mode', expects 0, "
                          "but got 1";
  }
  if (node.isUsed(1))
    node.emitError() << "unsupported output 'mask' of Dropout";
  if (node.areAllConstant())
    return {node.getInput()};
  return {node.builder.dropout(node.name, node.getValue(), rate)};
}

ArrayRef<Operator> frieze::onnx::getNormalizationOperators() {
  static const Operator operators[] = {
      {"BatchNormalization", importBatchNormalization, 5, 5},
      {"Dropout", importDropout, 1, 3},
      {"GroupNormalization", importGroupNormalization, 3, 3},
      {"InstanceNormalization", importInstanceNormalization, 3, 3},
      {"LayerNormalization",
       importLayerNormalization<nn::NormalizeKind::Standard>, 2, 3},
      {"LRN", importLrn},
      {"LpNormalization", importLpNormalization},
      {"RMSNormalization", importLayerNormalization<nn::NormalizeKind::Rms>, 2,
       2},
  };
  return operators;
}
