//===- FoldAffineBackward.cpp - Fold an affine into the layer before it -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"

namespace frieze::nn {
#define GEN_PASS_DEF_FOLDAFFINEBACKWARDPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Folds `affine` into `producer`, a conv or dense whose channels are last.
template <typename LayerOp>
static LogicalResult foldInto(LayerOp producer, AffineOp affine) {
  if (!producer || !producer->hasOneUse() || producer.getEpilogueAttr() ||
      (int64_t)affine.getAxis() != affine.getType().getRank() - 1)
    return failure();
  auto scale = readWeights(affine.getScale());
  auto shift = readWeights(affine.getShift());
  auto kernel = readWeights(producer.getKernel());
  size_t channels = affine.getType().getShape().back();
  FailureOr<SmallVector<double>> bias = SmallVector<double>(channels, 0.0);
  if (ElementsAttr attribute = producer.getBiasAttr())
    bias = readWeights(attribute);
  if (failed(scale) || failed(shift) || failed(kernel) || failed(bias))
    return failure();

  for (auto [index, weight] : llvm::enumerate(*kernel))
    weight *= (*scale)[index % channels];
  for (size_t channel = 0; channel < channels; ++channel)
    (*bias)[channel] = (*scale)[channel] * (*bias)[channel] + (*shift)[channel];

  producer.setKernelAttr(createWeightsLike(
      producer.getKernel(), producer.getKernel().getShapedType().getShape(),
      *kernel));
  ElementsAttr biasLike =
      producer.getBiasAttr() ? producer.getBiasAttr() : affine.getShift();
  producer.setBiasAttr(
      createWeightsLike(biasLike, {(int64_t)channels}, *bias));
  affine.replaceAllUsesWith(producer.getOutput());
  affine.erase();
  return success();
}

namespace {
struct FoldAffineBackwardPass
    : frieze::nn::impl::FoldAffineBackwardPassBase<FoldAffineBackwardPass> {
  void runOnOperation() override {
    getOperation()->walk([&](AffineOp affine) {
      Operation *producer = affine.getInput().getDefiningOp();
      if (succeeded(foldInto(dyn_cast_or_null<ConvOp>(producer), affine)) ||
          succeeded(foldInto(dyn_cast_or_null<DenseOp>(producer), affine)))
        ++folded;
    });
  }
};
} // namespace
