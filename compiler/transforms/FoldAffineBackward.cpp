//===- FoldAffineBackward.cpp - Fold into the layer before ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

namespace frieze::nn {
#define GEN_PASS_DEF_FOLDAFFINEBACKWARDPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

namespace {
/// Where an affine may go: the layer with weights that makes its input, perhaps
/// through layers that it commutes with, and its parameters there.
struct BackwardPath {
  Operation *producer;
  AffineParameters parameters;
};
} // namespace

/// The parameters before a reshape that leaves them on the last axis:
/// flattening needs equal ones at all positions of a channel.
static LogicalResult moveBefore(ReshapeOp reshape,
                                AffineParameters &parameters) {
  RankedTensorType input = reshape.getInput().getType();
  if (input.getRank() == 0)
    return failure();
  size_t channels = input.getShape().back();
  if (parameters.axis != reshape.getType().getRank() - 1 ||
      parameters.size() % channels != 0)
    return failure();
  for (size_t i = channels; i < parameters.size(); ++i)
    if (parameters.scale[i] != parameters.scale[i % channels] ||
        parameters.shift[i] != parameters.shift[i % channels])
      return failure();
  parameters.axis = input.getRank() - 1;
  parameters.scale.resize(channels);
  parameters.shift.resize(channels);
  return success();
}

/// The parameters before a slice: what it leaves out is not read, and gets the
/// identity.
static void moveBefore(SliceOp slice, AffineParameters &parameters) {
  int64_t axis = parameters.axis;
  int64_t channels = slice.getInput().getType().getDimSize(axis);
  AffineParameters before{axis, SmallVector<double>(channels, 1.0),
                          SmallVector<double>(channels, 0.0)};
  for (size_t i = 0; i < parameters.size(); ++i) {
    int64_t c = slice.getBegin()[axis] + i * slice.getStrideValues()[axis];
    before.scale[c] = parameters.scale[i];
    before.shift[c] = parameters.shift[i];
  }
  parameters = std::move(before);
}

/// Follows the affine's input upwards. Every value on the way has one use, so
/// that nothing else sees it change.
static FailureOr<BackwardPath> findPath(AffineOp affine) {
  auto parameters = AffineParameters::read(affine);
  if (failed(parameters))
    return failure();
  Value value = affine.getInput();
  while (true) {
    Operation *producer = value.getDefiningOp();
    if (!producer || !value.hasOneUse())
      return failure();
    if (auto kernel = dyn_cast<EpilogueOpInterface>(producer);
        kernel && !kernel.getEpilogueStages().empty())
      return failure();
    if (auto reshape = dyn_cast<ReshapeOp>(producer)) {
      if (failed(moveBefore(reshape, *parameters)))
        return failure();
      value = reshape.getInput();
      continue;
    }
    if (auto slice = dyn_cast<SliceOp>(producer)) {
      moveBefore(slice, *parameters);
      value = slice.getInput();
      continue;
    }
    if (isRearrangement(producer, parameters->axis)) {
      value = producer->getOperand(0);
      continue;
    }
    // Means of positions inside the input commute with an affine.
    bool mayPass = isa<AvgPoolOp>(producer);
    if (auto pool = dyn_cast<GlobalPoolOp>(producer))
      mayPass = pool.getKind() == PoolKind::Avg;
    if (parameters->axis !=
        cast<ShapedType>(producer->getResult(0).getType()).getRank() - 1)
      return failure();
    if (!mayPass)
      return BackwardPath{producer, std::move(*parameters)};
    value = producer->getOperand(0);
    parameters->axis = cast<ShapedType>(value.getType()).getRank() - 1;
  }
}

template <typename LayerOp>
static LogicalResult foldIntoKernel(LayerOp layer, AffineOp affine,
                                    const AffineParameters &parameters,
                                    UnusedWeights *unused) {
  size_t channels = parameters.size();
  auto kernel = readWeights(layer.getKernel());
  auto bias = readWeightsOrZeros(layer.getBiasAttr(), channels);
  if (failed(kernel) || failed(bias))
    return failure();
  for (auto [index, weight] : llvm::enumerate(*kernel))
    weight *= parameters.scale[index % channels];
  for (size_t c = 0; c < channels; ++c)
    (*bias)[c] = parameters.scale[c] * (*bias)[c] + parameters.shift[c];
  ElementsAttr original = layer.getKernel();
  layer.setKernelAttr(createWeightsLike(
      original, original.getShapedType().getShape(), std::move(*kernel)));
  if (unused)
    unused->add(original);
  layer.setBiasAttr(replaceWeights(layer.getBiasAttr(), affine.getShift(),
                                   {(int64_t)channels}, *bias));
  return success();
}

static LogicalResult foldIntoTable(EmbeddingOp layer,
                                   const AffineParameters &parameters) {
  auto table = readWeights(layer.getTable());
  if (failed(table))
    return failure();
  for (auto [index, entry] : llvm::enumerate(*table)) {
    size_t c = index % parameters.size();
    entry = parameters.scale[c] * entry + parameters.shift[c];
  }
  layer.setTableAttr(createWeightsLike(
      layer.getTable(), layer.getTable().getShapedType().getShape(), *table));
  return success();
}

/// `unused` learns what is replaced, where it is given.
static LogicalResult foldBackward(AffineOp affine, UnusedWeights *unused) {
  FailureOr<BackwardPath> path = findPath(affine);
  if (failed(path))
    return failure();
  LogicalResult folded = failure();
  if (auto conv = dyn_cast<ConvOp>(path->producer))
    folded = foldIntoKernel(conv, affine, path->parameters, unused);
  else if (auto conv = dyn_cast<ConvTransposeOp>(path->producer))
    folded = foldIntoKernel(conv, affine, path->parameters, unused);
  else if (auto dense = dyn_cast<DenseOp>(path->producer))
    folded = foldIntoKernel(dense, affine, path->parameters, unused);
  else if (auto embedding = dyn_cast<EmbeddingOp>(path->producer))
    folded = foldIntoTable(embedding, path->parameters);
  if (failed(folded))
    return failure();
  emitDecision(affine.getLoc(), getSubject(affine),
               "folded backward into " + getLayerName(path->producer));
  affine.replaceAllUsesWith(affine.getInput());
  affine.erase();
  return success();
}

namespace {
struct FoldAffineBackwardPass
    : frieze::nn::impl::FoldAffineBackwardPassBase<FoldAffineBackwardPass> {
  using FoldAffineBackwardPassBase::FoldAffineBackwardPassBase;

  void runOnOperation() override {
    UnusedWeights unused(getOperation());
    getOperation()->walk([&](AffineOp affine) {
      if (succeeded(foldBackward(affine, freesWeights ? &unused : nullptr)))
        ++folded;
    });
    if (freesWeights)
      unused.free();
  }
};
} // namespace
