//===- Convolutions.cpp - ONNX convolutions ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// The axes after the batch and the channels, one to three; nothing, and
/// reported, otherwise.
static std::optional<size_t> getSpatialRank(Node &node) {
  size_t rank = node.getShape().size();
  if (rank >= 3 && rank <= 5)
    return rank - 2;
  node.emitError() << "expects an input of rank 3 to 5, but got rank " << rank;
  return std::nullopt;
}

/// The bias, null where there is none. Nothing where it is not constant.
static std::optional<ElementsAttr> readBias(Node &node) {
  if (!node.hasInput(2))
    return ElementsAttr();
  const Constant *bias = node.getConstant(2);
  if (!bias)
    return std::nullopt;
  return node.builder.addWeights(node.name, "bias", bias->toArray());
}

/// The kernel, of shape (_, _, window...); null where it is no constant or does
/// not fit, which is reported.
static const Constant *readKernel(Node &node, size_t spatialRank) {
  const Constant *kernel = node.getConstant(1);
  if (!kernel)
    return nullptr;
  if (kernel->shape.size() != spatialRank + 2) {
    node.emitError() << "expects a kernel of rank " << spatialRank + 2
                     << ", but got shape " << formatShape(kernel->shape);
    return nullptr;
  }
  ArrayRef<int64_t> window = ArrayRef(kernel->shape).drop_front(2);
  if (auto shape = node.takeInts("kernel_shape"); shape && *shape != window) {
    node.emitError() << "expects 'kernel_shape' to be that of the kernel, "
                     << formatShape(window) << ", but got "
                     << formatShape(*shape);
    return nullptr;
  }
  return kernel;
}

static Tensors importConv(Node &node) {
  std::optional<size_t> spatialRank = getSpatialRank(node);
  int64_t groups = node.takeInt("group", 1, 1);
  const Constant *kernel =
      spatialRank ? readKernel(node, *spatialRank) : nullptr;
  if (!kernel)
    return {{}};
  WindowGeometry geometry =
      takeWindow(node, ArrayRef(kernel->shape).drop_front(2), *spatialRank);
  takePadding(node, geometry, node.getShape());
  std::optional<ElementsAttr> bias = readBias(node);
  // (filters, channels, window...) to (window..., channels, filters).
  SmallVector<int64_t> permutation;
  for (size_t axis = 0; axis < *spatialRank; ++axis)
    permutation.push_back(axis + 2);
  permutation.append({1, 0});
  Tensor weights = transpose(node, node.getInput(1), permutation);
  Value input = node.getValue();
  if (!bias || !input || node.hasFailed())
    return {{}};
  ElementsAttr attribute =
      node.builder.addWeights(node.name, "kernel", weights.constant->toArray());
  Value output = node.builder.conv(node.name, toChannelsLast(node, input),
                                   attribute, *bias, geometry, groups);
  return {toChannelsFirst(node, output)};
}

/// Takes the padding of a transposed convolution: what is cut from its result,
/// or follows from `output_shape`.
static void takeCutPadding(Node &node, WindowGeometry &geometry) {
  size_t axes = geometry.window.size();
  ArrayRef<int64_t> sizes = node.getShape().drop_front(2);
  SmallVector<int64_t> pads = node.takeInts("pads", 2 * axes, 0, 0);
  SmallVector<int64_t> more = node.takeInts("output_padding", axes, 0, 0);
  std::string mode = takeAutoPad(node, pads);
  bool isSame = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (!isSame && mode != "NOTSET" && mode != "VALID")
    node.emitError() << "unsupported value of 'auto_pad': '" << mode << "'";
  bool hasShape = node.hasAttribute("output_shape");
  SmallVector<int64_t> shape = node.takeInts("output_shape", axes, 1);
  for (size_t axis = 0; axis < axes; ++axis) {
    int64_t low = pads[axis], high = pads[axis + axes];
    if (isSame || hasShape) {
      int64_t stride = geometry.strides[axis];
      int64_t size = hasShape ? shape[axis] : sizes[axis] * stride;
      int64_t excess = (sizes[axis] - 1) * stride + more[axis] +
                       geometry.dilations[axis] * (geometry.window[axis] - 1) +
                       1 - size;
      int64_t total = std::max<int64_t>(excess, 0);
      low = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
      high = total - low;
      // Beyond the last window comes bias alone.
      if (hasShape)
        high += std::min<int64_t>(excess, 0);
    }
    geometry.padding.append({low, high - more[axis]});
  }
}

static Tensors importConvTranspose(Node &node) {
  std::optional<size_t> spatialRank = getSpatialRank(node);
  int64_t groups = node.takeInt("group", 1, 1);
  const Constant *kernel =
      spatialRank ? readKernel(node, *spatialRank) : nullptr;
  if (!kernel)
    return {{}};
  ArrayRef<int64_t> window = ArrayRef(kernel->shape).drop_front(2);
  int64_t channels = kernel->shape[0], filters = kernel->shape[1];
  if (channels != node.getShape()[1] || channels % groups != 0) {
    node.emitError() << "expects a kernel for " << node.getShape()[1]
                     << " channels in " << groups << " groups, but got shape "
                     << formatShape(kernel->shape);
    return {{}};
  }
  WindowGeometry geometry = takeWindow(node, window, *spatialRank);
  takeCutPadding(node, geometry);
  std::optional<ElementsAttr> bias = readBias(node);
  // (groups, channels of one, filters of one, window...) to (window...,
  // channels of one, groups, filters of one).
  SmallVector<int64_t> split{groups, channels / groups, filters}, permutation;
  SmallVector<int64_t> shape(window);
  llvm::append_range(split, window);
  for (size_t axis = 0; axis < *spatialRank; ++axis)
    permutation.push_back(axis + 3);
  permutation.append({1, 0, 2});
  shape.append({channels / groups, groups * filters});
  Tensor weights = reshape(
      node,
      transpose(node, reshape(node, node.getInput(1), split), permutation),
      shape);
  Value input = node.getValue();
  if (!bias || !input || node.hasFailed())
    return {{}};
  ElementsAttr attribute =
      node.builder.addWeights(node.name, "kernel", weights.constant->toArray());
  Value output =
      node.builder.convTranspose(node.name, toChannelsLast(node, input),
                                 attribute, *bias, geometry, groups);
  return {toChannelsFirst(node, output)};
}

ArrayRef<Operator> frieze::onnx::getConvolutionOperators() {
  static const Operator operators[] = {
      {"Conv", importConv, 2, 3},
      {"ConvTranspose", importConvTranspose, 2, 3},
  };
  return operators;
}
