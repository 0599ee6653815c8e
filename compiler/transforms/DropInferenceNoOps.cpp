//===- DropInferenceNoOps.cpp - Remove training layers ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/Activations.h"
#include "dialect/NNOps.h"

namespace frieze::nn {
#define GEN_PASS_DEF_DROPINFERENCENOOPSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// The value that `op` passes on unchanged, or null.
static Value getPassedOn(Operation *op) {
  if (auto dropout = dyn_cast<DropoutOp>(op))
    return dropout.getInput();
  if (auto activation = dyn_cast<ActivationOp>(op))
    if (getFacts(activation.getFunction()).isIdentity)
      return activation.getInput();
  if (auto pad = dyn_cast<PadOp>(op))
    if (pad.getInput().getType() == pad.getOutput().getType())
      return pad.getInput();
  return nullptr;
}

namespace {
struct DropInferenceNoOpsPass
    : frieze::nn::impl::DropInferenceNoOpsPassBase<DropInferenceNoOpsPass> {
  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      Value input = getPassedOn(op);
      if (!input)
        return;
      op->getResult(0).replaceAllUsesWith(input);
      op->erase();
      ++dropped;
    });
  }
};
} // namespace
