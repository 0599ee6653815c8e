//===- FoldTransposeIntoDense.cpp - Order the rows of a kernel --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

#include <numeric>

namespace frieze::nn {
#define GEN_PASS_DEF_FOLDTRANSPOSEINTODENSEPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;
/// Element k of the last axis is element `order[k]` of another value.
using Order = SmallVector<int64_t>;

static int64_t getLastSize(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape().back();
}

/// The transpose whose elements `reshape` flattens into its last axis, if it
/// permutes them within each row.
static TransposeOp findTranspose(ReshapeOp reshape, Order &order) {
  auto transpose = reshape.getInput().getDefiningOp<TransposeOp>();
  if (!transpose)
    return nullptr;
  ArrayRef<int64_t> shape = transpose.getType().getShape();
  ArrayRef<int64_t> permutation = transpose.getPermutation();
  // The axes that are flattened are the last of both sides.
  size_t first = shape.size();
  int64_t size = 1, rowSize = getLastSize(reshape);
  while (first > 0 && size < rowSize)
    size *= shape[--first];
  if (size != rowSize)
    return nullptr;
  for (size_t axis = 0; axis < first; ++axis)
    if (permutation[axis] != int64_t(axis))
      return nullptr;
  ArrayRef<int64_t> source = transpose.getInput().getType().getShape();
  SmallVector<int64_t> strides(source.size(), 1);
  for (size_t axis = source.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * source[axis];
  for (int64_t k = 0; k < rowSize; ++k) {
    int64_t rest = k, position = 0;
    for (size_t axis = shape.size(); axis-- > first;) {
      position += rest % shape[axis] * strides[permutation[axis]];
      rest /= shape[axis];
    }
    order.push_back(position);
  }
  return transpose;
}

static bool hasData(Operation *op) {
  return succeeded(forEachWeights(op, [](StringRef, ElementsAttr weights) {
    return success(frieze::nn::hasData(weights));
  }));
}

/// Ops between a transpose and a dense layer, at most.
static constexpr unsigned maxDepth = 32;

/// Whether the last axis of `value` can be put into another order, and which,
/// by changing ops whose results nothing else reads. `depth` ops lie between it
/// and the dense layer.
static bool findOrder(Value value, Order &order, unsigned depth = 0) {
  Operation *op = value.getDefiningOp();
  if (!op || !value.hasOneUse() || depth > maxDepth)
    return false;
  if (auto kernel = dyn_cast<EpilogueOpInterface>(op);
      kernel && !kernel.getEpilogueStages().empty())
    return false;
  int64_t last = cast<RankedTensorType>(value.getType()).getRank() - 1;
  if (auto reshape = dyn_cast<ReshapeOp>(op))
    return bool(findTranspose(reshape, order));
  if (auto layer = dyn_cast<LayerOpInterface>(op);
      layer && layer.isElementwise() && op->getNumOperands() == 1)
    return findOrder(op->getOperand(0), order, depth + 1);
  if (auto affine = dyn_cast<AffineOp>(op))
    return int64_t(affine.getAxis()) == last && hasData(op) &&
           findOrder(affine.getInput(), order, depth + 1);
  if (auto norm = dyn_cast<BatchNormOp>(op))
    return int64_t(norm.getAxis()) == last && hasData(op) &&
           findOrder(norm.getInput(), order, depth + 1);
  auto concat = dyn_cast<ConcatOp>(op);
  if (!concat || int64_t(concat.getAxis()) != last)
    return false;
  bool isAny = false;
  for (Value operand : concat.getInputs()) {
    Order own;
    if (findOrder(operand, own, depth + 1)) {
      isAny = true;
    } else {
      own.resize(getLastSize(operand));
      std::iota(own.begin(), own.end(), 0);
    }
    int64_t begin = order.size();
    for (int64_t k : own)
      order.push_back(begin + k);
  }
  return isAny;
}

/// `weights`, rows of `order.size()` in the first axis, in that order.
static ElementsAttr reorder(ElementsAttr weights, ArrayRef<int64_t> order) {
  SmallVector<double> values = *readWeights(weights);
  SmallVector<double> moved(values.size());
  int64_t columns = values.size() / order.size();
  for (auto [k, position] : llvm::enumerate(order))
    std::copy_n(values.begin() + k * columns, columns,
                moved.begin() + position * columns);
  return createWeightsLike(weights, weights.getShapedType().getShape(), moved);
}

/// Puts the last axis of `value` into the order that findOrder() found.
static void applyOrder(Value value, unsigned depth = 0) {
  Order order;
  if (!findOrder(value, order, depth))
    return;
  Operation *op = value.getDefiningOp();
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    Order ignored;
    TransposeOp transpose = findTranspose(reshape, ignored);
    reshape.getInputMutable().assign(transpose.getInput());
    if (transpose->use_empty())
      transpose.erase();
    return;
  }
  for (Value operand : op->getOperands())
    applyOrder(operand, depth + 1);
  if (auto affine = dyn_cast<AffineOp>(op)) {
    affine.setScaleAttr(reorder(affine.getScale(), order));
    affine.setShiftAttr(reorder(affine.getShift(), order));
  } else if (auto norm = dyn_cast<BatchNormOp>(op)) {
    norm.setMeanAttr(reorder(norm.getMean(), order));
    norm.setVarianceAttr(reorder(norm.getVariance(), order));
    if (norm.getGammaAttr())
      norm.setGammaAttr(reorder(norm.getGammaAttr(), order));
    if (norm.getBetaAttr())
      norm.setBetaAttr(reorder(norm.getBetaAttr(), order));
  }
}

namespace {
struct FoldTransposeIntoDensePass
    : frieze::nn::impl::FoldTransposeIntoDensePassBase<
          FoldTransposeIntoDensePass> {
  void runOnOperation() override {
    getOperation()->walk([&](DenseOp op) {
      Order order;
      if (!findOrder(op.getInput(), order) || !hasData(op))
        return;
      applyOrder(op.getInput());
      op.setKernelAttr(reorder(op.getKernel(), order));
      emitDecision(op.getLoc(), "transpose",
                   "folded into the rows of the kernel of " + getLayerName(op));
      ++folded;
    });
  }
};
} // namespace
