//===- Pooling.cpp - ONNX poolings ------------------------------*- C++ -*-===//
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

static Tensors importPool(Node &node, PoolKind kind) {
  SmallVector<int64_t> window =
      node.takeInts("kernel_shape").value_or(SmallVector<int64_t>());
  if (!checkRank(node, window.size()))
    return {{}};
  window = node.takeInts("kernel_shape", window.size(), 1);
  WindowGeometry geometry = takeWindow(node, window, window.size());
  takePadding(node, geometry, node.getShape());
  if (!llvm::all_of(geometry.dilations, [](int64_t d) { return d == 1; }))
    node.emitError() << "unsupported value of 'dilations', expects 1, but got "
                     << formatShape(geometry.dilations);
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
                                     geometry, ceilMode, countsPadding))};
}

static Tensors importMaxPool(Node &node) {
  return importPool(node, PoolKind::Max);
}

static Tensors importAveragePool(Node &node) {
  return importPool(node, PoolKind::Avg);
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

ArrayRef<Operator> frieze::onnx::getPoolingOperators() {
  static const Operator operators[] = {
      {"AveragePool", importAveragePool},
      {"GlobalAveragePool", importGlobalPool<PoolKind::Avg>},
      {"GlobalMaxPool", importGlobalPool<PoolKind::Max>},
      {"MaxPool", importMaxPool},
  };
  return operators;
}
