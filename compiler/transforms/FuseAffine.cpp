//===- FuseAffine.cpp - Move an affine into an epilogue ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"

namespace frieze::nn {
#define GEN_PASS_DEF_FUSEAFFINEPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Whether the producer may take an affine along `axis` into its epilogue.
static bool mayTake(EpilogueOpInterface kernel, int64_t axis) {
  Operation *op = kernel;
  if (!op->hasOneUse())
    return false;
  // Kernels run along channels; only nn.identity runs along any one axis.
  int64_t rank = cast<ShapedType>(op->getResult(0).getType()).getRank();
  if (!isa<IdentityOp>(op))
    return axis == rank - 1;
  return llvm::all_of(kernel.getEpilogueStages(), [&](Attribute stage) {
    auto affine = dyn_cast<AffineStageAttr>(stage);
    return !affine || affine.getAxis() == axis;
  });
}

/// Makes an activation without a kernel before it the epilogue of one.
static IdentityOp makeKernel(ActivationOp activation) {
  OpBuilder builder(activation);
  auto identity = IdentityOp::create(
      builder, activation.getLoc(), activation.getType(), activation.getInput(),
      builder.getArrayAttr({activation.getFunction()}));
  activation.replaceAllUsesWith(identity.getOutput());
  activation.erase();
  return identity;
}

static LogicalResult fuse(AffineOp affine) {
  Operation *producer = affine.getInput().getDefiningOp();
  auto activation = dyn_cast_or_null<ActivationOp>(producer);
  if (activation && activation->hasOneUse()) {
    // An activation that has a kernel before it is fused into that first, and
    // the affine in a later round.
    auto before = activation.getInput().getDefiningOp<EpilogueOpInterface>();
    if (before && before->hasOneUse())
      return failure();
    producer = makeKernel(activation);
  }
  auto stage = AffineStageAttr::get(affine.getContext(), affine.getAxis(),
                                    affine.getScale(), affine.getShift());
  auto kernel = dyn_cast_or_null<EpilogueOpInterface>(producer);
  if (kernel && mayTake(kernel, affine.getAxis())) {
    kernel.appendEpilogueStage(stage);
    std::string why = "backward: " + getLayerName(producer) +
                      " is not linear up to there, or has no weights";
    if (auto refused = affine->getAttrOfType<StringAttr>("nn.refused"))
      why += "; forward: " + refused.getValue().str();
    emitDecision(affine.getLoc(), getSubject(affine),
                 "fused into the epilogue of " + getLayerName(producer), why);
    affine.replaceAllUsesWith(affine.getInput());
    affine.erase();
    return success();
  }
  OpBuilder builder(affine);
  auto identity =
      IdentityOp::create(builder, affine.getLoc(), affine.getType(),
                         affine.getInput(), builder.getArrayAttr({stage}));
  emitDecision(affine.getLoc(), getSubject(affine), "is a kernel of its own",
               !producer                ? "its input is an input of the model"
               : !producer->hasOneUse() ? "its input has other uses"
                                        : "no kernel makes its input");
  affine.replaceAllUsesWith(identity.getOutput());
  affine.erase();
  return success();
}

namespace {
struct FuseAffinePass : frieze::nn::impl::FuseAffinePassBase<FuseAffinePass> {
  void runOnOperation() override {
    getOperation()->walk([&](AffineOp affine) {
      if (succeeded(fuse(affine)))
        ++fused;
    });
  }
};
} // namespace
