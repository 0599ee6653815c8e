//===- Convolutions.cpp - PyTorch's convolutions ----------------*- C++ -*-===//
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

namespace {
/// What the convolutions have in common.
struct Convolution {
  Tensor input;
  std::shared_ptr<const Constant> weight;
  ElementsAttr bias;
  WindowGeometry geometry;
  int64_t groups = 1;
};
} // namespace

/// Takes all but the padding. Nothing where a problem was reported.
static std::optional<Convolution> takeConvolution(Node &node) {
  Convolution result;
  result.input = node.takeTensor("input");
  result.weight = node.takeConstant("weight");
  Tensor bias = node.takeOptional("bias");
  result.groups = node.takeInt("groups", 1);
  if (!result.input || !result.weight || node.hasFailed())
    return std::nullopt;
  ArrayRef<int64_t> shape = result.weight->shape;
  size_t rank = result.input.getShape().size();
  if (rank < 3 || rank > 5 || shape.size() != rank ||
      llvm::is_contained(shape, 0) || result.groups < 1) {
    node.emitError() << "expects an input of rank 3 to 5 with the batch, and "
                        "weights of that rank, but got shapes "
                     << formatShape(result.input.getShape()) << " and "
                     << formatShape(shape);
    return std::nullopt;
  }
  if (bias.value) {
    node.emitError() << "unsupported 'bias' of " << node.target
                     << ", expects a constant";
    return std::nullopt;
  }
  if (bias)
    result.bias =
        node.builder.addWeights(node.name, "bias", bias.constant->toArray());
  result.geometry.window.assign(shape.begin() + 2, shape.end());
  result.geometry.strides = node.takeInts("stride", rank - 2, 1);
  result.geometry.dilations = node.takeInts("dilation", rank - 2, 1);
  return result;
}

/// Builds on channels last, as nn has it.
template <typename BuildFn>
static Tensors addLayer(Node &node, const Convolution &conv,
                        const Tensor &kernel, BuildFn build) {
  Value input = node.makeValue(conv.input);
  if (!kernel || !input || node.hasFailed())
    return {{}};
  ElementsAttr weights =
      node.builder.addWeights(node.name, "kernel", kernel.constant->toArray());
  return {toChannelsFirst(node, build(toChannelsLast(node, input), weights))};
}

/// (filters, channels, window...) to (window..., channels, filters).
static Tensors addConv(Node &node, const Convolution &conv) {
  SmallVector<int64_t> permutation;
  for (size_t axis = 0; axis < conv.geometry.window.size(); ++axis)
    permutation.push_back(axis + 2);
  permutation.append({1, 0});
  Tensor kernel = transpose(node, Tensor(Constant(*conv.weight)), permutation);
  return addLayer(node, conv, kernel, [&](Value input, ElementsAttr weights) {
    return node.builder.conv(node.name, input, weights, conv.bias,
                             conv.geometry, conv.groups);
  });
}

/// The same from (channels, filters of a group, window...).
static Tensors addTransposed(Node &node, Convolution &conv) {
  size_t axes = conv.geometry.window.size();
  SmallVector<int64_t> padding = node.takeInts("padding", axes, 0, 0);
  SmallVector<int64_t> more = node.takeInts("output_padding", axes, 0, 0);
  for (size_t axis = 0; axis < axes; ++axis)
    conv.geometry.padding.append({padding[axis], padding[axis] - more[axis]});
  int64_t channels = conv.weight->shape[0], filters = conv.weight->shape[1],
          groups = conv.groups;
  if (channels != conv.input.getShape()[1] || channels % groups != 0) {
    node.emitError() << "expects weights for " << conv.input.getShape()[1]
                     << " channels in " << groups << " groups, but got shape "
                     << formatShape(conv.weight->shape);
    return {{}};
  }
  // (groups, channels of one, filters of one, window...) to (window...,
  // channels of one, groups, filters of one).
  SmallVector<int64_t> split{groups, channels / groups, filters}, permutation;
  SmallVector<int64_t> shape(conv.geometry.window);
  llvm::append_range(split, conv.geometry.window);
  for (size_t axis = 0; axis < axes; ++axis)
    permutation.push_back(axis + 3);
  permutation.append({1, 0, 2});
  shape.append({channels / groups, groups * filters});
  Tensor kernel = reshape(
      node,
      transpose(node, reshape(node, Tensor(Constant(*conv.weight)), split),
                permutation),
      shape);
  return addLayer(node, conv, kernel, [&](Value input, ElementsAttr weights) {
    return node.builder.convTranspose(node.name, input, weights, conv.bias,
                                      conv.geometry, groups);
  });
}

static Tensors importConv(Node &node) {
  std::optional<Convolution> conv = takeConvolution(node);
  if (!conv)
    return {{}};
  if (node.takeBool("transposed", false))
    return addTransposed(node, *conv);
  size_t axes = conv->geometry.window.size();
  for (int64_t pad : node.takeInts("padding", axes, 0, 0))
    conv->geometry.padding.append({pad, pad});
  // Of those that are transposed.
  node.ignore("output_padding");
  return addConv(node, *conv);
}

/// With `same` or `valid` padding, of which the first puts what is odd behind.
static Tensors importNamedPadding(Node &node) {
  std::optional<Convolution> conv = takeConvolution(node);
  std::string mode = node.takeString("padding", "valid");
  if (!conv)
    return {{}};
  if (mode != "same" && mode != "valid")
    node.emitError() << "unsupported value of 'padding': '" << mode << "'";
  for (auto [window, dilation] :
       zip_equal(conv->geometry.window, conv->geometry.dilations)) {
    int64_t total = mode == "same" ? (window - 1) * dilation : 0;
    conv->geometry.padding.append({total / 2, total - total / 2});
  }
  return addConv(node, *conv);
}

static Tensors importConvTranspose(Node &node) {
  std::optional<Convolution> conv = takeConvolution(node);
  return conv ? addTransposed(node, *conv) : Tensors(1);
}

ArrayRef<Operator> frieze::torch::getConvolutionOperators() {
  static const Operator operators[] = {
      {"conv1d.default", importConv},
      {"conv1d.padding", importNamedPadding},
      {"conv2d.default", importConv},
      {"conv2d.padding", importNamedPadding},
      {"conv3d.default", importConv},
      {"conv3d.padding", importNamedPadding},
      {"conv_transpose1d.default", importConvTranspose},
      {"conv_transpose2d.input", importConvTranspose},
      {"conv_transpose3d.input", importConvTranspose},
      {"convolution.default", importConv},
  };
  return operators;
}
