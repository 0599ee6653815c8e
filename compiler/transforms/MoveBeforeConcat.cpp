//===- MoveBeforeConcat.cpp - Pointwise layers on the parts -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"

namespace frieze::nn {
#define GEN_PASS_DEF_MOVEBEFORECONCATPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// The concatenation that makes `value`, if layers with weights make all of its
/// parts, and nothing else reads any of them; else null.
static ConcatOp findConcat(Value value) {
  auto concat = value.getDefiningOp<ConcatOp>();
  bool areParts = concat && value.hasOneUse() &&
                  concat.getEpilogueStages().empty() &&
                  llvm::all_of(concat.getInputs(), [](Value part) {
                    return part.hasOneUse() &&
                           isa_and_nonnull<ConvOp, ConvTransposeOp, DenseOp>(
                               part.getDefiningOp());
                  });
  return areParts ? concat : nullptr;
}

static void moveActivation(ActivationOp activation, ConcatOp concat) {
  OpBuilder builder(concat);
  for (OpOperand &part : concat->getOpOperands()) {
    Value x = part.get();
    part.set(ActivationOp::create(builder, activation.getLoc(), x.getType(), x,
                                  activation.getFunctionAttr()));
  }
}

/// Gives each part the parameters of its own channels.
static LogicalResult moveAffine(AffineOp affine, ConcatOp concat) {
  FailureOr<AffineParameters> parameters = AffineParameters::read(affine);
  // Layers with weights have their channels last.
  int64_t axis = affine.getAxis();
  if (axis + 1 != affine.getType().getRank() || failed(parameters))
    return failure();
  bool isSplit = axis == int64_t(concat.getAxis());
  OpBuilder builder(concat);
  int64_t first = 0;
  for (OpOperand &part : concat->getOpOperands()) {
    Value x = part.get();
    int64_t size = cast<ShapedType>(x.getType()).getDimSize(axis);
    auto take = [&](ElementsAttr original, ArrayRef<double> values) {
      return replaceWeights(original, original, {size},
                            values.slice(isSplit ? first : 0, size));
    };
    part.set(AffineOp::create(builder, affine.getLoc(), x.getType(), x,
                              affine.getAxisAttr(),
                              take(affine.getScale(), parameters->scale),
                              take(affine.getShift(), parameters->shift)));
    first += size;
  }
  return success();
}

static LogicalResult moveBefore(Operation *op) {
  auto affine = dyn_cast<AffineOp>(op);
  auto activation = dyn_cast<ActivationOp>(op);
  ConcatOp concat =
      affine || activation ? findConcat(op->getOperand(0)) : nullptr;
  if (!concat)
    return failure();
  if (activation)
    moveActivation(activation, concat);
  else if (failed(moveAffine(affine, concat)))
    return failure();
  emitDecision(op->getLoc(), affine ? getSubject(affine) : "activation",
               "computed on the parts of " + getLayerName(concat));
  op->replaceAllUsesWith(concat);
  op->erase();
  return success();
}

namespace {
struct MoveBeforeConcatPass
    : frieze::nn::impl::MoveBeforeConcatPassBase<MoveBeforeConcatPass> {
  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (succeeded(moveBefore(op)))
        ++moved;
    });
  }
};
} // namespace
