//===- MicroBatch.cpp - Several calls of a model at once --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/MicroBatch.h"
#include "compiler/codegen/cpu/RegisterTile.h"
#include "compiler/conversion/MemoryPlan.h"
#include "dialect/NNOps.h"

using namespace mlir;
using namespace frieze;

/// Half of a first-level cache of 48 KiB: the rest is for the values.
static constexpr int64_t sharedWeightsBytes = 24 << 10;
static constexpr int64_t mostCalls = 8;
static constexpr int64_t mostArenaBytes = 1 << 20;

bool frieze::isSharedInMicroBatch(Operation *op) {
  auto dense = dyn_cast<nn::DenseOp>(op);
  // A constant exists once, not once for each call.
  if (!dense ||
      MemoryPlan::getStorage(dense.getInput()).getDefiningOp<nn::ConstantOp>())
    return false;
  ArrayRef<int64_t> kernel = dense.getKernel().getShapedType().getShape();
  int64_t inputs = kernel[0], outputs = kernel[1];
  // A single output is a dot product, which has no tile of several rows.
  if (outputs == 1 || dense.getType().getNumElements() != outputs)
    return false;
  int64_t padded = llvm::alignTo(outputs, getColumnPadding(outputs));
  return inputs * padded * (int64_t)sizeof(float) > sharedWeightsBytes;
}

int64_t frieze::chooseMicroBatch(func::FuncOp function) {
  if (llvm::none_of(function.getBody().front(),
                    [](Operation &op) { return isSharedInMicroBatch(&op); }))
    return 1;
  int64_t calls = mostCalls;
  while (calls > 1 &&
         MemoryPlan::create(function, calls).arenaBytes > mostArenaBytes)
    calls /= 2;
  return calls;
}

SmallVector<SmallVector<Operation *>> frieze::getSteps(func::FuncOp function,
                                                       int64_t calls) {
  SmallVector<SmallVector<Operation *>> steps;
  bool isOpen = false;
  for (Operation &op : function.getBody().front()) {
    bool isShared = calls > 1 && isSharedInMicroBatch(&op);
    if (isShared || !isOpen)
      steps.emplace_back();
    steps.back().push_back(&op);
    isOpen = !isShared;
  }
  return steps;
}
