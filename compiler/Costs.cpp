//===- Costs.cpp - What a layer costs ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Costs.h"
#include "dialect/NNOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace frieze::nn;

int64_t frieze::countMACs(Operation *op) {
  // The last axis of a kernel counts output channels.
  auto count = [](int64_t outputs, ElementsAttr kernel) {
    return outputs *
           (kernel.getNumElements() / kernel.getShapedType().getShape().back());
  };
  if (auto conv = dyn_cast<ConvOp>(op)) {
    // Of a convolution that is pooled, only the positions that are read.
    int64_t outputs = conv.getType().getNumElements();
    for (Attribute stage : conv.getEpilogueStages())
      if (auto pool = dyn_cast<PoolStageAttr>(stage))
        for (int64_t size : pool.getWindow().asArrayRef())
          outputs *= size;
    return count(outputs, conv.getKernel());
  }
  if (auto conv = dyn_cast<ConvTransposeOp>(op))
    // Each position of the input meets the whole kernel.
    return conv.getInput().getType().getNumElements() /
           conv.getInput().getType().getShape().back() *
           conv.getKernel().getNumElements();
  if (auto dense = dyn_cast<DenseOp>(op))
    return count(dense.getType().getNumElements(), dense.getKernel());
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return matmul.getType().getNumElements() *
           matmul.getLhs().getType().getShape().back();
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case<GRUOp, LSTMOp, RNNOp>([](auto layer) {
        ArrayRef<int64_t> shape = layer.getInput().getType().getShape();
        return shape[0] * shape[1] *
               (layer.getKernel().getNumElements() +
                layer.getRecurrent().getNumElements());
      })
      .Default(int64_t(0));
}
