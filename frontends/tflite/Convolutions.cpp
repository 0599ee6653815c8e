//===- Convolutions.cpp - TensorFlow Lite windows ---------------*- C++ -*-===//
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
using nn::PoolKind;

/// Whether input `index` has `rank` axes; reported if not.
static bool checkRank(Node &node, size_t index, size_t rank) {
  if (node.getShape(index).size() == rank)
    return true;
  node.emitError() << "expects input " << index << " to be of rank " << rank
                   << ", but got shape " << formatShape(node.getShape(index));
  return false;
}

/// Takes `padding`, `stride_w` and `stride_h`, which the options of all windows
/// begin with. Nothing, and reported, for an unknown padding.
static std::optional<StringRef> takeWindow(Node &node,
                                           WindowGeometry &geometry) {
  int64_t padding = node.takeEnum({0, "padding"});
  int64_t width = node.takeSize({1, "stride_w"}, 0);
  geometry.strides = {node.takeSize({2, "stride_h"}, 0), width};
  geometry.dilations = {1, 1};
  if (padding == 0 || padding == 1)
    return padding == 0 ? "same" : "valid";
  node.emitError() << "unsupported value of 'padding': " << padding;
  return std::nullopt;
}

/// Input `index` as a bias, null where there is none. Nothing where it is not
/// constant.
static std::optional<ElementsAttr> readBias(Node &node, size_t index) {
  if (!node.hasInput(index))
    return ElementsAttr();
  const Constant *bias = node.getConstant(index);
  if (!bias)
    return std::nullopt;
  return node.builder.addWeights(node.name, "bias", bias->toArray());
}

/// A convolution whose weights have become `kernel` (height, width, channels of
/// a group, filters). The fields of its activation and of its dilations follow
/// each other from `number` on.
static Tensors addConv(Node &node, const Tensor &kernel, int64_t groups,
                       unsigned number) {
  WindowGeometry geometry;
  std::optional<StringRef> padding = takeWindow(node, geometry);
  int64_t width = node.takeSize({number + 1, "dilation_w_factor"}, 1);
  geometry.dilations = {node.takeSize({number + 2, "dilation_h_factor"}, 1),
                        width};
  std::optional<ElementsAttr> bias = readBias(node, 2);
  Value input = node.getValue();
  if (!padding || !bias || !input || !kernel || node.hasFailed())
    return {{}};
  geometry.window.assign(kernel.getShape().begin(),
                         kernel.getShape().begin() + 2);
  geometry.padding = getPadding(*padding, node.getShape(), geometry);
  Value result = node.builder.conv(
      node.name, input,
      node.builder.addWeights(node.name, "kernel", kernel.constant->toArray()),
      *bias, geometry, groups);
  return {takeActivation(node, number, result)};
}

/// Whether weights are a constant of four axes, none of them empty; reported if
/// not.
static bool checkKernel(Node &node) {
  if (!checkRank(node, 0, 4) || !node.getConstant(1) || !checkRank(node, 1, 4))
    return false;
  if (!llvm::is_contained(node.getShape(1), 0))
    return true;
  node.emitError() << "expects weights, but got shape "
                   << formatShape(node.getShape(1));
  return false;
}

static Tensors importConv(Node &node) {
  // Of quantised tensors.
  node.ignore({6, "quantized_bias_type"});
  if (!checkKernel(node))
    return {{}};
  int64_t channels = node.getShape()[3], inGroup = node.getShape(1)[3];
  if (channels % inGroup != 0) {
    node.emitError() << "expects weights for " << channels
                     << " channels, but got shape "
                     << formatShape(node.getShape(1));
    return {{}};
  }
  // (filters, height, width, channels) to (height, width, channels, filters).
  return addConv(node, transpose(node, node.getInput(1), {1, 2, 3, 0}),
                 channels / inGroup, 3);
}

/// Each channel is a group of its own.
static Tensors importDepthwiseConv(Node &node) {
  int64_t multiplier = node.takeInt({3, "depth_multiplier"}, 0);
  if (!checkKernel(node))
    return {{}};
  int64_t channels = node.getShape()[3];
  ArrayRef<int64_t> shape = node.getShape(1);
  // Runtimes go by the weights, and some files hold 0.
  if (shape[0] != 1 || shape[3] % channels != 0 ||
      (multiplier != 0 && shape[3] != channels * multiplier)) {
    node.emitError() << "expects weights for " << channels << " channels, each "
                     << multiplier << " times, but got shape "
                     << formatShape(shape);
    return {{}};
  }
  return addConv(
      node, reshape(node, node.getInput(1), {shape[1], shape[2], 1, shape[3]}),
      channels, 4);
}

/// The inputs are the shape of the result, weights and what is convolved. What
/// lies before the result of that shape is half of what is too much, rounded
/// down.
static Tensors importTransposeConv(Node &node) {
  // Of quantised tensors.
  node.ignore({4, "quantized_bias_type"});
  std::optional<SmallVector<int64_t>> shape = node.getIntegers(0);
  WindowGeometry geometry;
  std::optional<StringRef> padding = takeWindow(node, geometry);
  std::optional<ElementsAttr> bias = readBias(node, 3);
  if (!shape || !padding || !bias || !node.getConstant(1) ||
      !checkRank(node, 1, 4) || !checkRank(node, 2, 4))
    return {{}};
  ArrayRef<int64_t> kernelShape = node.getShape(1), input = node.getShape(2);
  if (shape->size() != 4 || (*shape)[0] != input[0] ||
      (*shape)[3] != kernelShape[0] || kernelShape[3] != input[3] ||
      llvm::is_contained(kernelShape, 0)) {
    node.emitError() << "expects weights and an input for a result of shape "
                     << formatShape(*shape) << ", but got shapes "
                     << formatShape(kernelShape) << " and "
                     << formatShape(input);
    return {{}};
  }
  geometry.window.assign(kernelShape.begin() + 1, kernelShape.begin() + 3);
  for (size_t axis : {0, 1}) {
    int64_t size = (*shape)[axis + 1], stride = geometry.strides[axis];
    int64_t window = geometry.window[axis], steps = input[axis + 1];
    bool isKnown = size >= 1 && size <= maxElements;
    int64_t reach = (steps - 1) * stride + window;
    if (!isKnown ||
        steps != (*padding == "same" ? int64_t(divideCeil(size, stride))
                                     : (size - window + stride) / stride)) {
      node.emitError() << "expects a size of axis " << axis + 1
                       << " that windows at " << steps
                       << " positions fit, but got " << size;
      return {{}};
    }
    int64_t low = std::max<int64_t>(reach - size, 0) / 2;
    geometry.padding.append({low, reach - size - low});
  }
  // (filters, height, width, channels) to (height, width, channels, filters).
  Tensor kernel = transpose(node, node.getInput(1), {1, 2, 3, 0});
  Value value = node.getValue(2);
  if (!kernel || !value || node.hasFailed())
    return {{}};
  Value result = node.builder.convTranspose(
      node.name, value,
      node.builder.addWeights(node.name, "kernel", kernel.constant->toArray()),
      *bias, geometry, /*groups=*/1);
  return {takeActivation(node, 3, result)};
}

template <PoolKind kind> static Tensors importPool(Node &node) {
  WindowGeometry geometry;
  std::optional<StringRef> padding = takeWindow(node, geometry);
  int64_t width = node.takeSize({3, "filter_width"}, 0);
  geometry.window = {node.takeSize({4, "filter_height"}, 0), width};
  Value input = node.getValue();
  if (!checkRank(node, 0, 4) || !padding || !input || node.hasFailed())
    return {{}};
  geometry.padding = getPadding(*padding, node.getShape(), geometry);
  return {takeActivation(node, 5,
                         node.builder.pool(node.name, kind, input, geometry))};
}

/// Where the samples of a resize lie, from two fields from `number` on.
static Tensors addResize(Node &node, nn::ResizeKind kind, unsigned number) {
  bool alignCorners = node.takeBool({number, "align_corners"});
  bool halfPixel = node.takeBool({number + 1, "half_pixel_centers"});
  std::optional<SmallVector<int64_t>> sizes = node.getIntegers(1);
  Value input = node.getValue();
  if (!sizes || !checkRank(node, 0, 4) || !input)
    return {{}};
  if ((alignCorners && halfPixel) || sizes->size() != 2 ||
      countElements(*sizes).value_or(0) == 0) {
    node.emitError() << "expects a height and a width, and one of "
                        "'align_corners' and 'half_pixel_centers' at most";
    return {{}};
  }
  nn::Coordinates coordinates = alignCorners ? nn::Coordinates::AlignCorners
                                : halfPixel  ? nn::Coordinates::HalfPixel
                                             : nn::Coordinates::Asymmetric;
  nn::Rounding rounding = nn::Rounding::Floor;
  if (kind == nn::ResizeKind::Nearest && (alignCorners || halfPixel))
    rounding = nn::Rounding::RoundPreferCeil;
  return {node.builder.resize(node.name, input, kind, *sizes, coordinates,
                              rounding, /*scales=*/{})};
}

static Tensors importResizeBilinear(Node &node) {
  return addResize(node, nn::ResizeKind::Linear, 2);
}

static Tensors importResizeNearest(Node &node) {
  return addResize(node, nn::ResizeKind::Nearest, 0);
}

ArrayRef<Operator> frieze::tflite::getConvolutionOperators() {
  static const Operator operators[] = {
      {"AVERAGE_POOL_2D", 5, importPool<PoolKind::Avg>},
      {"CONV_2D", 1, importConv, 2, 3},
      {"DEPTHWISE_CONV_2D", 2, importDepthwiseConv, 2, 3},
      {"MAX_POOL_2D", 5, importPool<PoolKind::Max>},
      {"RESIZE_BILINEAR", 15, importResizeBilinear, 2, 2},
      {"RESIZE_NEAREST_NEIGHBOR", 74, importResizeNearest, 2, 2},
      {"TRANSPOSE_CONV", 49, importTransposeConv, 3, 4},
  };
  return operators;
}
