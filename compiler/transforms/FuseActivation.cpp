//===- FuseActivation.cpp - Move an activation into an epilogue -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"

namespace frieze::nn {
#define GEN_PASS_DEF_FUSEACTIVATIONPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Appends `activation` to the epilogue of the kernel before it, which nothing
/// else reads.
static LogicalResult fuse(ActivationOp activation) {
  auto kernel = activation.getInput().getDefiningOp<EpilogueOpInterface>();
  if (!kernel || !kernel->hasOneUse())
    return failure();
  kernel.appendEpilogueStage(activation.getFunction());
  emitDecision(activation.getLoc(), "activation",
               "fused into the epilogue of " + getLayerName(kernel));
  activation.replaceAllUsesWith(activation.getInput());
  activation.erase();
  return success();
}

namespace {
struct FuseActivationPass
    : frieze::nn::impl::FuseActivationPassBase<FuseActivationPass> {
  void runOnOperation() override {
    getOperation()->walk([&](ActivationOp activation) {
      if (succeeded(fuse(activation)))
        ++fused;
    });
  }
};
} // namespace
