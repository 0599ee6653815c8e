//===- Pooling.cpp - ONNX poolings ------------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/onnx/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::PoolKind;

/// Whether input and window fit together; reported if not.
static bool checkRank(Node &node, size_t windowRank) {
  size_t rank = node.getShape().size();
  if (rank == windowRank + 2 && rank >= 3 && rank <= 5)
    return true;
  node.emitError() << "expects an input of rank 3 to 5 with a window of 2 axes "
                      "less, but got rank "
                   << rank << " and " << windowRank;
  return false;
}

/// Reports what is understood in two ways beside windows with gaps: ONNX
/// Runtime makes a result smaller than ONNX says.
static void checkGaps(Node &node, const WindowGeometry &geometry) {
  bool hasGaps =
      llvm::any_of(geometry.dilations, [](int64_t d) { return d > 1; });
  if (hasGaps &&
      StringRef(node.takeString("auto_pad", "NOTSET")).starts_with("SAME"))
    node.emitError() << "unsupported 'auto_pad' beside 'dilations', expects "
                        "'pads'";
}

/// The window with its padding. Nothing where a problem was reported.
static std::optional<WindowGeometry> takePoolWindow(Node &node) {
  SmallVector<int64_t> window =
      node.takeInts("kernel_shape").value_or(SmallVector<int64_t>());
  if (!checkRank(node, window.size()))
    return std::nullopt;
  window = node.takeInts("kernel_shape", window.size(), 1);
  WindowGeometry geometry = takeWindow(node, window, window.size());
  takePadding(node, geometry, node.getShape());
  checkGaps(node, geometry);
  return geometry;
}

static Tensors importPool(Node &node, PoolKind kind) {
  std::optional<WindowGeometry> geometry = takePoolWindow(node);
  if (!geometry)
    return {{}};
  bool ceilMode = node.takeBool("ceil_mode", false);
  bool countsPadding =
      kind == PoolKind::Avg && node.takeBool("count_include_pad", false);
  // The order of the indices, below.
  node.ignore("storage_order");
  if (node.isUsed(1))
    node.emitError() << "unsupported output 'Indices' of MaxPool";
  Value input = node.getValue();
  if (!input || node.hasFailed())
    return {{}};
  return {toChannelsFirst(node, pool(node, kind, toChannelsLast(node, input),
                                     *geometry, ceilMode, countsPadding))};
}

static Tensors importMaxPool(Node &node) {
  return importPool(node, PoolKind::Max);
}

static Tensors importAveragePool(Node &node) {
  return importPool(node, PoolKind::Avg);
}

/// The root of the sum of powers; padding adds nothing.
static Tensors importLpPool(Node &node) {
  int64_t power = node.takeInt("p", 2, 1, 64);
  std::optional<WindowGeometry> geometry = takePoolWindow(node);
  if (!geometry)
    return {{}};
  bool ceilMode = node.takeBool("ceil_mode", false);
  Value input = toChannelsLast(node, node.getValue());
  if (!input || node.hasFailed())
    return {{}};
  if (ceilMode)
    padForCeiling(*geometry, frieze::getShape(input));
  ModelBuilder &builder = node.builder;
  Value powers = raiseTo(
      builder, node.name,
      builder.activation(node.name, input, nn::ActivationKind::Abs), power);
  powers = padExplicitly(node, powers, *geometry, 0.0);
  Value mean = builder.pool(node.name, PoolKind::Avg, powers, *geometry);
  int64_t count = 1;
  for (int64_t size : geometry->window)
    count *= size;
  Value sum = builder.scaleAndShift(node.name, mean, count, 0.0);
  return {toChannelsFirst(node, raiseTo(builder, node.name, sum, 1.0 / power))};
}

//===----------------------------------------------------------------------===//
// Over whole axes
//===----------------------------------------------------------------------===//

template <PoolKind kind> static Tensors importGlobalPool(Node &node) {
  size_t rank = node.getShape().size();
  if (!checkRank(node, std::max<size_t>(rank, 2) - 2))
    return {{}};
  Value input = toChannelsLast(node, node.getValue());
  return {toChannelsFirst(node, node.builder.globalPool(node.name, kind, input,
                                                        /*keepDims=*/true))};
}

static Tensors importGlobalLpPool(Node &node) {
  int64_t power = node.takeInt("p", 2, 1, 64), rank = node.getShape().size();
  Value input = node.getValue();
  if (!checkRank(node, std::max<int64_t>(rank, 2) - 2) || !input)
    return {{}};
  ModelBuilder &builder = node.builder;
  Value powers = raiseTo(
      builder, node.name,
      builder.activation(node.name, input, nn::ActivationKind::Abs), power);
  Value sum = builder.reduce(node.name, nn::ReduceKind::Sum, powers,
                             to_vector(llvm::seq<int64_t>(2, rank)),
                             /*keepDims=*/true);
  return {raiseTo(builder, node.name, sum, 1.0 / power)};
}

ArrayRef<Operator> frieze::onnx::getPoolingOperators() {
  static const Operator operators[] = {
      {"AveragePool", importAveragePool},
      {"GlobalAveragePool", importGlobalPool<PoolKind::Avg>},
      {"GlobalLpPool", importGlobalLpPool},
      {"GlobalMaxPool", importGlobalPool<PoolKind::Max>},
      {"LpPool", importLpPool},
      {"MaxPool", importMaxPool},
  };
  return operators;
}
