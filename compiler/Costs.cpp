//===- Costs.cpp - What a layer costs ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Costs.h"
#include "dialect/NNOps.h"

using namespace mlir;
using namespace frieze::nn;

int64_t frieze::countMACs(Operation *op) {
  ElementsAttr kernel;
  if (auto conv = dyn_cast<ConvOp>(op))
    kernel = conv.getKernel();
  else if (auto dense = dyn_cast<DenseOp>(op))
    kernel = dense.getKernel();
  else
    return 0;
  int64_t outputs = cast<ShapedType>(op->getResult(0).getType()).getNumElements();
  // The last axis of a kernel counts output channels.
  return outputs * (kernel.getNumElements() / kernel.getShapedType().getShape().back());
}
