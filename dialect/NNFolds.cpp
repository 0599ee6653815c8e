//===- NNFolds.cpp - Folding and canonicalisation of the nn ops -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/Weights.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace frieze::nn;

namespace {
/// A transposed convolution without strides is a convolution with its window
/// the other way round.
struct UseConvWithoutStrides : OpRewritePattern<ConvTransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ConvTransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto kernel = readWeights(op.getKernel());
    if (failed(kernel) ||
        llvm::any_of(op.getStrideValues(), [](int64_t s) { return s != 1; }))
      return failure();
    ArrayRef<int64_t> shape = op.getKernel().getShapedType().getShape();
    SmallVector<int64_t> padding = op.getPaddingValues();
    for (auto [side, value] : llvm::enumerate(padding)) {
      value = (shape[side / 2] - 1) * op.getDilationValues()[side / 2] - value;
      if (value < 0)
        return failure();
    }
    int64_t tap = shape[shape.size() - 2] * shape.back();
    SmallVector<double> reversed;
    for (int64_t first = (int64_t)kernel->size() - tap; first >= 0;
         first -= tap)
      reversed.append(kernel->begin() + first, kernel->begin() + first + tap);
    auto weights = createWeightsLike(op.getKernel(), shape, reversed);
    rewriter.replaceOpWithNewOp<ConvOp>(
        op, op.getType(), op.getInput(), weights, op.getBiasAttr(),
        DenseI64ArrayAttr(), rewriter.getDenseI64ArrayAttr(padding),
        ElementsAttr(), op.getDilationsAttr(), op.getGroupsAttr(),
        DenseI64ArrayAttr(), DenseI64ArrayAttr(), op.getEpilogueAttr());
    return success();
  }
};
} // namespace

void ConvTransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                                  MLIRContext *context) {
  patterns.add<UseConvWithoutStrides>(context);
}

namespace {
/// A state of zeros is what a layer begins with.
template <typename OpT> struct DropZeroState : OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    SmallVector<MutableOperandRange, 2> states{op.getInitialMutable()};
    if constexpr (std::is_same_v<OpT, LSTMOp>)
      states.push_back(op.getInitialCellMutable());
    for (MutableOperandRange state : states)
      if (!state.empty() && isZero(state[0].get())) {
        rewriter.modifyOpInPlace(op, [&] { state.clear(); });
        return success();
      }
    return failure();
  }

private:
  static bool isZero(Value value) {
    auto constant = value.getDefiningOp<ConstantOp>();
    if (!constant)
      return false;
    auto values = readWeights(constant.getValue());
    return succeeded(values) &&
           llvm::all_of(*values, [](double entry) { return entry == 0; });
  }
};
} // namespace

void GRUOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<DropZeroState<GRUOp>>(context);
}

void LSTMOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                         MLIRContext *context) {
  patterns.add<DropZeroState<LSTMOp>>(context);
}

void RNNOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                        MLIRContext *context) {
  patterns.add<DropZeroState<RNNOp>>(context);
}

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
