//===- Normalizations.cpp - PyTorch's normalisations ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;

/// In inference; `training` says whether it is.
static Tensors importBatchNorm(Node &node) {
  Tensor input = node.takeTensor("input");
  // Of training.
  node.ignore("momentum");
  node.ignore("cudnn_enabled");
  if (node.takeBool("training", false))
    node.emitError() << "unsupported value of 'training', expects false, but "
                        "got true; export the module after eval()";
  double epsilon = node.takeNumber("eps", 1e-5);
  node.expectUnused(1);
  static constexpr std::pair<StringLiteral, StringLiteral> names[] = {
      {"weight", "gamma"},
      {"bias", "beta"},
      {"running_mean", "mean"},
      {"running_var", "variance"}};
  ElementsAttr parameters[4];
  for (auto [index, name] : enumerate(names)) {
    // Scale and shift may be absent.
    if (index < 2 && !node.has(name.first)) {
      node.ignore(name.first);
      continue;
    }
    auto constant = node.takeConstant(name.first);
    if (!constant)
      return {{}};
    parameters[index] =
        node.builder.addWeights(node.name, name.second, constant->toArray());
  }
  Value value = node.makeValue(input);
  if (!value || node.hasFailed())
    return {{}};
  if (input.getShape().size() < 2) {
    node.emitError() << "expects an input with channels, but got rank "
                     << input.getShape().size();
    return {{}};
  }
  Tensors outputs{Tensor(
      node.builder.batchNorm(node.name, value, 1, parameters[0], parameters[1],
                             parameters[2], parameters[3], epsilon))};
  return outputs;
}

/// A scale or shift: `kind` with the constant `key`, which may be absent, under
/// `shape`, which repeats.
static Value applyParameter(Node &node, nn::BinaryKind kind, Value value,
                            StringRef key, ArrayRef<int64_t> shape) {
  if (!value || !node.has(key)) {
    node.ignore(key);
    return value;
  }
  auto constant = node.takeConstant(key);
  if (!constant)
    return {};
  DoubleArray array = constant->toArray();
  if (countElements(shape) != int64_t(array.values.size())) {
    node.emitError() << "expects '" << key << "' to have "
                     << countElements(shape).value_or(0)
                     << " elements, but got shape " << formatShape(array.shape);
    return {};
  }
  array.shape.assign(shape.begin(), shape.end());
  return node.builder.binaryWithWeights(node.name, kind, value, array);
}

template <nn::NormalizeKind kind> static Tensors importLayerNorm(Node &node) {
  Tensor input = node.takeTensor("input");
  auto shape = node.takeInts("normalized_shape");
  // PyTorch's own choice where there is none.
  double epsilon =
      node.takeNumber("eps", kind == nn::NormalizeKind::Rms ? 0x1p-23 : 1e-5);
  node.ignore("cudnn_enable");
  node.expectUnused(1);
  Value value = node.makeValue(input);
  if (!shape || !value || node.hasFailed())
    return {{}};
  size_t rank = input.getShape().size();
  if (shape->empty() || shape->size() > rank ||
      input.getShape().take_back(shape->size()) != ArrayRef<int64_t>(*shape)) {
    node.emitError() << "expects an input that ends with "
                     << formatShape(*shape) << ", but got "
                     << formatShape(input.getShape());
    return {{}};
  }
  SmallVector<int64_t> axes;
  for (size_t axis = rank - shape->size(); axis < rank; ++axis)
    axes.push_back(axis);
  value = node.builder.normalize(node.name, kind, value, axes, epsilon);
  value = applyParameter(node, nn::BinaryKind::Mul, value, "weight", *shape);
  return {applyParameter(node, nn::BinaryKind::Add, value, "bias", *shape)};
}

/// Normalises each of `groups` groups of channels; then come a scale and a
/// shift of each channel.
static Tensors normalizeGroups(Node &node, const Tensor &input, int64_t groups,
                               double epsilon) {
  if (!input || node.hasFailed())
    return {{}};
  SmallVector<int64_t> shape(input.getShape());
  if (shape.size() < 2 || groups < 1 || shape[1] % groups != 0) {
    node.emitError() << "expects an input with groups of channels, but got "
                     << formatShape(shape);
    return {{}};
  }
  SmallVector<int64_t> grouped(shape), axes, channels(shape.size(), 1);
  grouped[1] /= groups;
  grouped.insert(grouped.begin() + 1, groups);
  for (int64_t axis = 2, rank = grouped.size(); axis < rank; ++axis)
    axes.push_back(axis);
  Tensor parts = reshape(node, Tensor(node.makeValue(input)), grouped);
  if (!parts)
    return {{}};
  Tensor value = reshape(
      node,
      Tensor(node.builder.normalize(node.name, nn::NormalizeKind::Standard,
                                    parts.value, axes, epsilon)),
      shape);
  channels[1] = shape[1];
  Value scaled = applyParameter(node, nn::BinaryKind::Mul, value.value,
                                "weight", channels);
  return {applyParameter(node, nn::BinaryKind::Add, scaled, "bias", channels)};
}

static Tensors importGroupNorm(Node &node) {
  Tensor input = node.takeTensor("input");
  node.ignore("cudnn_enabled");
  double epsilon = node.takeNumber("eps", 1e-5);
  node.expectUnused(1);
  // What the decomposed operator has beside.
  for (StringRef key : {"N", "C", "HxW"})
    node.ignore(key);
  int64_t groups =
      node.takeInt(node.has("group") ? "group" : "num_groups", std::nullopt);
  return normalizeGroups(node, input, groups, epsilon);
}

static Tensors importInstanceNorm(Node &node) {
  Tensor input = node.takeTensor("input");
  node.ignore("momentum");
  node.ignore("cudnn_enabled");
  node.ignore("running_mean");
  node.ignore("running_var");
  if (!node.takeBool("use_input_stats", true)) {
    node.emitError() << "unsupported value of 'use_input_stats', expects true, "
                        "but got false";
    return {{}};
  }
  double epsilon = node.takeNumber("eps", 1e-5);
  int64_t channels =
      input && input.getShape().size() > 1 ? input.getShape()[1] : 0;
  return normalizeGroups(node, input, channels, epsilon);
}

/// By the mean and variance of each channel over the whole batch, which is what
/// a normalisation of instances becomes.
static Tensors importBatchStatistics(Node &node) {
  Tensor input = node.takeTensor("input");
  node.ignore("momentum");
  node.expectUnused(1);
  double epsilon = node.takeNumber("eps", 1e-5);
  if (!node.takeBool("training", true) ||
      (input && (input.getShape().size() < 2 || input.getShape()[0] != 1))) {
    node.emitError() << "unsupported normalisation over a batch of more than "
                        "one sample; export the module after eval()";
    return {{}};
  }
  return normalizeGroups(node, input, input ? input.getShape()[1] : 0, epsilon);
}

/// Does nothing at inference.
static Tensors importDropout(Node &node) {
  Tensor input = node.takeTensor(node.has("self") ? "self" : "input");
  node.takeNumber("p", 0.5);
  if (node.takeBool("train", true))
    node.emitError() << "unsupported value of 'train', expects false, but got "
                        "true; export the module after eval()";
  return {input};
}

ArrayRef<Operator> frieze::torch::getNormalizationOperators() {
  using nn::NormalizeKind;
  static const Operator operators[] = {
      {"_native_batch_norm_legit.no_stats", importBatchStatistics},
      {"_native_batch_norm_legit_no_training.default", importBatchNorm},
      {"alpha_dropout.default", importDropout, ValueTypes::View},
      {"batch_norm.default", importBatchNorm},
      {"dropout.default", importDropout, ValueTypes::View},
      {"feature_dropout.default", importDropout, ValueTypes::View},
      {"group_norm.default", importGroupNorm},
      {"instance_norm.default", importInstanceNorm},
      {"layer_norm.default", importLayerNorm<NormalizeKind::Standard>},
      {"native_group_norm.default", importGroupNorm},
      {"native_layer_norm.default", importLayerNorm<NormalizeKind::Standard>},
      {"rms_norm.default", importLayerNorm<NormalizeKind::Rms>},
  };
  return operators;
}
