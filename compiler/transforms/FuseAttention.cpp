//===- FuseAttention.cpp - Products around a softmax ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

#include <numeric>

namespace frieze::nn {
#define GEN_PASS_DEF_FUSEATTENTIONPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Queries lie in the lanes of vectors: fewer would leave most of them idle.
static constexpr int64_t minQueries = 8;

/// The factor that the epilogue of `scores` multiplies all of them by; nothing
/// where it does something else.
static std::optional<double> findScale(MatmulOp scores) {
  ArrayRef<Attribute> stages = scores.getEpilogueStages();
  if (stages.empty())
    return 1.0;
  auto affine = dyn_cast<AffineStageAttr>(stages.front());
  if (stages.size() > 1 || !affine)
    return std::nullopt;
  auto scale = readWeights(affine.getScale()),
       shift = readWeights(affine.getShift());
  if (failed(scale) || failed(shift) || !llvm::all_equal(*scale) ||
      llvm::any_of(*shift, [](double value) { return value != 0; }))
    return std::nullopt;
  return scale->front();
}

/// `value` with its last two axes in each other's place.
static Value swapLastAxes(OpBuilder &builder, Location loc, Value value) {
  SmallVector<int64_t> permutation(
      cast<RankedTensorType>(value.getType()).getRank());
  std::iota(permutation.begin(), permutation.end(), 0);
  if (auto transpose = value.getDefiningOp<TransposeOp>()) {
    permutation.assign(transpose.getPermutation().begin(),
                       transpose.getPermutation().end());
    value = transpose.getInput();
  }
  std::swap(permutation.back(), permutation[permutation.size() - 2]);
  if (llvm::is_sorted(permutation))
    return value;
  return TransposeOp::create(builder, loc, value, permutation);
}

/// Makes one op of `results`, what makes its left operand, and what makes that.
static bool fuse(MatmulOp results) {
  auto weights = results.getLhs().getDefiningOp<SoftmaxOp>();
  if (!weights || !weights->hasOneUse() || !results.getEpilogueStages().empty())
    return false;
  int64_t rank = results.getType().getRank();
  if (results.getType().getDimSize(rank - 2) < minQueries)
    return false;
  auto scores = weights.getInput().getDefiningOp<MatmulOp>();
  if (!scores || !scores->hasOneUse() || int64_t(weights.getAxis()) != rank - 1)
    return false;
  auto getLeading = [](Value value) {
    return cast<ShapedType>(value.getType()).getShape().drop_back(2);
  };
  ArrayRef<int64_t> leading = getLeading(results);
  for (Value operand : {scores.getLhs(), scores.getRhs(), results.getRhs()})
    if (getLeading(operand) != leading)
      return false;
  std::optional<double> scale = findScale(scores);
  if (!scale)
    return false;
  OpBuilder builder(results);
  Location loc = results.getLoc();
  auto attention = AttentionOp::create(
      builder, loc, scores.getLhs(),
      swapLastAxes(builder, scores.getLoc(), scores.getRhs()), results.getRhs(),
      builder.getF64FloatAttr(*scale));
  emitDecision(loc, "attention", "computed for a block of queries at a time");
  results.replaceAllUsesWith(attention.getResult());
  results->erase();
  weights->erase();
  Operation *keys = scores.getRhs().getDefiningOp<TransposeOp>();
  scores->erase();
  if (keys && keys->use_empty())
    keys->erase();
  return true;
}

namespace {
struct FuseAttentionPass
    : frieze::nn::impl::FuseAttentionPassBase<FuseAttentionPass> {
  void runOnOperation() override {
    SmallVector<MatmulOp> products;
    getOperation()->walk([&](MatmulOp op) {
      if (op.getLhs().getDefiningOp<SoftmaxOp>())
        products.push_back(op);
    });
    // In order: a product whose scores are one of these comes after it.
    for (MatmulOp op : products)
      fused += fuse(op);
  }
};
} // namespace
