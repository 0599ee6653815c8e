//===- SampleAxis.cpp - What ops do to the axis of samples ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/SampleAxis.h"
#include "dialect/NNOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace frieze::nn;

bool frieze::nn::keepsSamplesApart(Operation *op) {
  // Stages along the samples treat each differently.
  if (auto kernel = dyn_cast<EpilogueOpInterface>(op))
    for (Attribute stage : kernel.getEpilogueStages())
      if (auto affine = dyn_cast<AffineStageAttr>(stage))
        if (affine.getAxis() == 0)
          return false;
  auto hasSamples = [](ArrayRef<int64_t> axes) {
    return llvm::is_contained(axes, 0);
  };
  return llvm::TypeSwitch<Operation *, bool>(op)
      // Their constraints keep axis 0 out of it.
      .Case<ActivationOp, IdentityOp, DropoutOp, PreluOp, SoftmaxOp, ConcatOp,
            ConvOp, ConvTransposeOp, MaxPoolOp, AvgPoolOp, GlobalPoolOp,
            ResizeOp, GRUOp, LSTMOp, RNNOp, EmbeddingOp>(
          [](auto) { return true; })
      .Case<AddOp, SubOp, MulOp, DivOp, MaximumOp, MinimumOp>(
          [](auto op) { return op.getType().getRank() > 0; })
      .Case<AffineOp, BatchNormOp>([](auto op) { return op.getAxis() > 0; })
      .Case<DenseOp>([](auto op) { return op.getType().getRank() > 1; })
      .Case<MatmulOp>([](auto op) { return op.getType().getRank() > 2; })
      .Case<NormalizeOp, ReduceOp>(
          [&](auto op) { return !hasSamples(op.getAxes()); })
      .Case<PadOp>([](PadOp op) {
        return op.getLow().front() == 0 && op.getHigh().front() == 0;
      })
      .Case<ReshapeOp>([](ReshapeOp op) {
        auto from = op.getInput().getType(), to = op.getType();
        return from.getRank() > 0 && to.getRank() > 0 &&
               from.getDimSize(0) == to.getDimSize(0);
      })
      .Case<SliceOp>([](SliceOp op) {
        return op.getBegin().front() == 0 &&
               op.getStrideValues().front() == 1 &&
               op.getSize().front() == op.getInput().getType().getDimSize(0);
      })
      .Case<TransposeOp>(
          [](TransposeOp op) { return op.getPermutation().front() == 0; })
      .Default([](Operation *) { return false; });
}
