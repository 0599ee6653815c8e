//===- FuseActivation.cpp - Move an activation into its producer -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"

namespace frieze::nn {
#define GEN_PASS_DEF_FUSEACTIVATIONPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Appends `activation` to the epilogue of `producer`, a conv or dense.
template <typename LayerOp>
static LogicalResult fuseInto(LayerOp producer, ActivationOp activation) {
  if (!producer || !producer->hasOneUse())
    return failure();
  SmallVector<Attribute> stages;
  if (ArrayAttr epilogue = producer.getEpilogueAttr())
    llvm::append_range(stages, epilogue);
  stages.push_back(activation.getFunction());
  producer.setEpilogueAttr(ArrayAttr::get(activation.getContext(), stages));
  activation.replaceAllUsesWith(producer.getOutput());
  activation.erase();
  return success();
}

namespace {
struct FuseActivationPass
    : frieze::nn::impl::FuseActivationPassBase<FuseActivationPass> {
  void runOnOperation() override {
    getOperation()->walk([&](ActivationOp activation) {
      Operation *producer = activation.getInput().getDefiningOp();
      if (succeeded(fuseInto(dyn_cast_or_null<ConvOp>(producer), activation)) ||
          succeeded(fuseInto(dyn_cast_or_null<DenseOp>(producer), activation)))
        ++fused;
    });
  }
};
} // namespace
