//===- PoolBeforeActivation.cpp - Fewer activations -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Activations.h"
#include "dialect/Remarks.h"

namespace frieze::nn {
#define GEN_PASS_DEF_POOLBEFOREACTIVATIONPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

static LogicalResult swapWithActivation(Operation *pool) {
  auto activation = pool->getOperand(0).getDefiningOp<ActivationOp>();
  if (!activation || !activation->hasOneUse() ||
      !getFacts(activation.getFunction()).isMonotone)
    return failure();
  pool->setOperand(0, activation.getInput());
  OpBuilder builder(pool->getContext());
  builder.setInsertionPointAfter(pool);
  auto moved = ActivationOp::create(
      builder, activation.getLoc(), pool->getResult(0).getType(),
      pool->getResult(0), activation.getFunctionAttr());
  pool->getResult(0).replaceAllUsesExcept(moved.getOutput(), moved);
  emitDecision(activation.getLoc(), "activation",
               "computed after " + getLayerName(pool));
  activation.erase();
  return success();
}

namespace {
struct PoolBeforeActivationPass
    : frieze::nn::impl::PoolBeforeActivationPassBase<PoolBeforeActivationPass> {
  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      bool isMax = isa<MaxPoolOp>(op);
      if (auto pool = dyn_cast<GlobalPoolOp>(op))
        isMax = pool.getKind() == PoolKind::Max;
      if (isMax && succeeded(swapWithActivation(op)))
        ++swapped;
    });
  }
};
} // namespace
