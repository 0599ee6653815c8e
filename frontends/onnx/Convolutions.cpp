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

/// The axes after the batch and the channels, one or two; nothing, and
/// reported, otherwise.
static std::optional<size_t> getSpatialRank(Node &node) {
  size_t rank = node.getShape().size();
  if (rank == 3 || rank == 4)
    return rank - 2;
  node.emitError() << "expects an input of rank 3 or 4, but got rank " << rank;
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

static Tensors importConv(Node &node) {
  std::optional<size_t> spatialRank = getSpatialRank(node);
  int64_t groups = node.takeInt("group", 1, 1);
  const Constant *kernel = node.getConstant(1);
  if (!spatialRank || !kernel)
    return {{}};
  if (kernel->shape.size() != *spatialRank + 2) {
    node.emitError() << "expects a kernel of rank " << *spatialRank + 2
                     << ", but got shape " << formatShape(kernel->shape);
    return {{}};
  }
  ArrayRef<int64_t> window = ArrayRef(kernel->shape).drop_front(2);
  if (auto shape = node.takeInts("kernel_shape"); shape && *shape != window) {
    node.emitError() << "expects 'kernel_shape' to be that of the kernel, "
                     << formatShape(window) << ", but got "
                     << formatShape(*shape);
    return {{}};
  }
  WindowGeometry geometry = takeWindow(node, window, *spatialRank);
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

ArrayRef<Operator> frieze::onnx::getConvolutionOperators() {
  static const Operator operators[] = {{"Conv", importConv, 2, 3}};
  return operators;
}
