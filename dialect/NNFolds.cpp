//===- NNFolds.cpp - Folding and canonicalisation of the nn ops -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace frieze::nn;

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getOutput().getType())
    return getInput();
  return {};
}

namespace {
/// A reshape of a reshape is one reshape.
struct MergeReshapes : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto producer = op.getInput().getDefiningOp<ReshapeOp>();
    if (!producer)
      return failure();
    rewriter.modifyOpInPlace(
        op, [&] { op.getInputMutable().assign(producer.getInput()); });
    return success();
  }
};
} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                            MLIRContext *context) {
  patterns.add<MergeReshapes>(context);
}

OpFoldResult ResizeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getOutput().getType() && !getScales() &&
      !getEpilogueAttr())
    return getInput();
  return {};
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  // Every element, and none backwards.
  if (getInput().getType() == getOutput().getType() && !getEpilogueAttr() &&
      llvm::all_of(getBegin(), [](int64_t begin) { return begin == 0; }))
    return getInput();
  return {};
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  for (auto [position, axis] : llvm::enumerate(getPermutation()))
    if ((int64_t)position != axis)
      return {};
  return getInput();
}
