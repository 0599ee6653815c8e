//===- Lowerings.cpp - The kernels of nn ops --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "compiler/conversion/plan/ElementType.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;

const Lowering *LoweringTable::find(Operation *op) const {
  auto found = lowerings.find(op->getName().getTypeID());
  return found == lowerings.end() ? nullptr : &found->second;
}

const LoweringTable &frieze::getLowerings() {
  static const LoweringTable lowerings = [] {
    LoweringTable table;
    for (auto addLowerings :
         {addAttentionLowerings, addConvLowerings, addConvTransposeLowerings,
          addDenseLowerings, addElementwiseLowerings, addEmbeddingLowerings,
          addLayoutLowerings, addMatmulLowerings, addPoolingLowerings,
          addRecurrentLowerings, addReductionLowerings, addResizeLowerings,
          addSoftmaxLowerings})
      addLowerings(table);
    return table;
  }();
  return lowerings;
}

/// The plan of an op that the kernel of another one computes.
static KernelPlan planInEpilogue() {
  KernelPlan plan;
  plan.form = "in the epilogue of its operand";
  return plan;
}

void frieze::planKernels(func::FuncOp function, KernelPlans &plans) {
  const Target &target = plans.getTarget();
  for (Operation &op : function.getBody().front())
    if (const Lowering *lowering = getLowerings().find(&op))
      for (const Machine &machine : target.machines)
        plans.add(&op, findComputing(&op) == &op
                           ? lowering->plan(target, machine, &op)
                           : planInEpilogue());
}

int64_t frieze::planArena(func::FuncOp function, const Target &target) {
  KernelPlans kernels(target);
  planKernels(function, kernels);
  return MemoryPlan::create(function, kernels).arenaBytes;
}

/// To read a weight from behind the second-level cache takes about as long as
/// ten multiply-adds: with fewer reads, calls would gain less than a thirtieth.
static constexpr double leastSharedReads = 1.0 / 300;
/// What an arena may grow by, beside a fixed size: this part of the weights.
static constexpr int64_t partOfWeights = 8;

MicroBatch frieze::planMicroBatch(func::FuncOp function,
                                  const KernelPlans &plans) {
  const Target &target = plans.getTarget();
  int64_t limit =
      target.limits.arenaBytes + MemoryPlan::create(function, plans).arenaBytes;
  for (Operation &op : function.getBody().front())
    limit += nn::countWeights(&op) * accumulatorBytes / partOfWeights;
  for (int64_t calls = target.getCallsTogether(); calls > 1; calls /= 2) {
    MicroBatch batch(function, plans, calls);
    if (batch.getLayers().getBody().front().empty() ||
        batch.getSharedReads(function, plans) < leastSharedReads)
      break;
    planKernels(batch.getLayers(), batch.plans);
    if (MemoryPlan::create(function, plans, batch).arenaBytes <= limit)
      return batch;
  }
  return MicroBatch(target);
}
