//===- FoldScaleThroughRelu.cpp - Scale before a ReLU -----------*- C++ -*-===//
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
#define GEN_PASS_DEF_FOLDSCALETHROUGHRELUPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Moves the scale of `affine` before the activation that makes its input, into
/// an affine of its own: `s relu(x) + t = relu(s x) + t` for s > 0.
static LogicalResult moveScale(AffineOp affine) {
  auto activation = affine.getInput().getDefiningOp<ActivationOp>();
  if (!activation || !activation->hasOneUse() ||
      !getFacts(activation.getFunction()).isHomogeneous)
    return failure();
  // Only where the scale then disappears into the weights of a layer.
  Operation *producer = activation.getInput().getDefiningOp();
  if (!isa_and_present<ConvOp, ConvTransposeOp, DenseOp>(producer) ||
      !producer->hasOneUse() ||
      !cast<EpilogueOpInterface>(producer).getEpilogueStages().empty())
    return failure();
  FailureOr<AffineParameters> parameters = AffineParameters::read(affine);
  if (failed(parameters) ||
      parameters->axis != affine.getType().getRank() - 1 ||
      !llvm::all_of(parameters->scale, [](double s) { return s > 0; }) ||
      llvm::all_of(parameters->scale, [](double s) { return s == 1; }))
    return failure();

  OpBuilder builder(activation);
  auto before = AffineOp::create(builder, affine.getLoc(), affine.getType(),
                                 activation.getInput(), affine.getAxisAttr(),
                                 affine.getScale(), affine.getShift());
  AffineParameters scaleOnly = *parameters, shiftOnly = *parameters;
  for (size_t c = 0; c < parameters->size(); ++c) {
    scaleOnly.shift[c] = 0.0;
    shiftOnly.scale[c] = 1.0;
  }
  writeAffine(before, scaleOnly);
  activation.getInputMutable().assign(before.getOutput());
  writeAffine(affine, shiftOnly);
  return success();
}

namespace {
struct FoldScaleThroughReluPass
    : frieze::nn::impl::FoldScaleThroughReluPassBase<FoldScaleThroughReluPass> {
  void runOnOperation() override {
    SmallVector<AffineOp> affines;
    getOperation()->walk([&](AffineOp op) { affines.push_back(op); });
    for (AffineOp op : affines)
      if (succeeded(moveScale(op)))
        ++moved;
  }
};
} // namespace
