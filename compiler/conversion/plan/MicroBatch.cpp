//===- MicroBatch.cpp - Several calls of a model at once --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/MicroBatch.h"
#include "compiler/conversion/plan/ElementType.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/WindowsInPlace.h"
#include "dialect/NNOps.h"

using namespace mlir;
using namespace frieze;

bool frieze::isSharedInMicroBatch(const Target &target, Operation *op) {
  auto dense = dyn_cast<nn::DenseOp>(op);
  // A constant exists once, not once for each call; and windows that are read
  // in place are in the step of their rows.
  if (!dense || findWindowsInPlace(dense) ||
      MemoryPlan::getStorage(dense.getInput()).getDefiningOp<nn::ConstantOp>())
    return false;
  ArrayRef<int64_t> kernel = dense.getKernel().getShapedType().getShape();
  int64_t inputs = kernel[0], outputs = kernel[1];
  // A single output is a dot product, which has no tile of several rows.
  if (outputs == 1 || dense.getType().getNumElements() != outputs)
    return false;
  return inputs * target.padColumns(outputs) * accumulatorBytes >
         target.limits.sharedWeightsBytes;
}

int64_t frieze::chooseMicroBatch(func::FuncOp function,
                                 const KernelPlans &kernels) {
  const Target &target = kernels.getTarget();
  auto isShared = [&](Operation &op) {
    return isSharedInMicroBatch(target, &op);
  };
  if (llvm::none_of(function.getBody().front(), isShared))
    return 1;
  int64_t calls = target.getCallsTogether();
  while (calls > 1 && MemoryPlan::create(function, kernels, calls).arenaBytes >
                          target.limits.arenaBytes)
    calls /= 2;
  return calls;
}

SmallVector<SmallVector<Operation *>>
frieze::getSteps(const Target &target, func::FuncOp function, int64_t calls) {
  SmallVector<SmallVector<Operation *>> steps;
  bool isOpen = false;
  for (Operation &op : function.getBody().front()) {
    bool isShared = calls > 1 && isSharedInMicroBatch(target, &op);
    if (isShared || !isOpen)
      steps.emplace_back();
    steps.back().push_back(&op);
    isOpen = !isShared;
  }
  return steps;
}
