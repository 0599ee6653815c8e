//===- MoveReshapes.cpp - Reshapes behind pointwise ops ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"

#include <numeric>

namespace frieze::nn {
#define GEN_PASS_DEF_MOVERESHAPESPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// The axis of `from` whose positions are those of axis `axis` of `to`, of as
/// many elements: as many axes before it, and its size. Nothing where there is
/// none.
static std::optional<int64_t> findAxis(ArrayRef<int64_t> from,
                                       ArrayRef<int64_t> to, int64_t axis) {
  auto count = [](ArrayRef<int64_t> sizes) {
    return std::accumulate(sizes.begin(), sizes.end(), int64_t(1),
                           std::multiplies<>());
  };
  for (size_t i = 0; i < from.size(); ++i)
    if (from[i] == to[axis] &&
        count(from.take_front(i)) == count(to.take_front(axis)))
      return i;
  return std::nullopt;
}

/// Whether `op` means the same on operands of shape `from` in place of `to`.
/// Names the axis that it then has.
static bool canPass(Operation *op, ArrayRef<int64_t> from, ArrayRef<int64_t> to,
                    std::optional<int64_t> &axis) {
  if (auto affine = dyn_cast<AffineOp>(op))
    axis = findAxis(from, to, affine.getAxis());
  else if (auto norm = dyn_cast<BatchNormOp>(op))
    axis = findAxis(from, to, norm.getAxis());
  else if (auto layer = dyn_cast<LayerOpInterface>(op))
    return layer.isElementwise();
  return axis.has_value();
}

/// Moves the reshapes that all operands of `op` are behind it, if they agree.
static bool moveBehind(Operation *op) {
  if (op->getNumOperands() == 0 || op->getNumResults() != 1)
    return false;
  if (auto kernel = dyn_cast<EpilogueOpInterface>(op);
      kernel && !kernel.getEpilogueStages().empty())
    return false;
  SmallVector<Value> sources;
  for (Value operand : op->getOperands()) {
    auto reshape = operand.getDefiningOp<ReshapeOp>();
    // Both results would be read, and the layer before could not take the op.
    if (!reshape || !reshape->hasOneUse())
      return false;
    sources.push_back(reshape.getInput());
    if (sources.back().getType() != sources.front().getType() ||
        operand.getType() != op->getResult(0).getType())
      return false;
  }
  auto from = cast<RankedTensorType>(sources.front().getType());
  auto to = cast<RankedTensorType>(op->getResult(0).getType());
  std::optional<int64_t> axis;
  if (!canPass(op, from.getShape(), to.getShape(), axis))
    return false;
  OpBuilder builder(op);
  Operation *passed = builder.clone(*op);
  passed->setOperands(sources);
  passed->getResult(0).setType(from);
  if (auto affine = dyn_cast<AffineOp>(passed))
    affine.setAxis(*axis);
  else if (auto norm = dyn_cast<BatchNormOp>(passed))
    norm.setAxis(*axis);
  SmallVector<Operation *> reshapes;
  for (Value operand : op->getOperands())
    reshapes.push_back(operand.getDefiningOp());
  auto result = ReshapeOp::create(builder, reshapes.front()->getLoc(), to,
                                  passed->getResult(0));
  op->getResult(0).replaceAllUsesWith(result.getResult());
  op->erase();
  for (Operation *reshape : reshapes)
    reshape->erase();
  return true;
}

/// Two reshapes in a row are one, or none.
static void compose(ReshapeOp second) {
  auto first = second.getInput().getDefiningOp<ReshapeOp>();
  if (!first)
    return;
  second.getInputMutable().assign(first.getInput());
  if (first->use_empty())
    first->erase();
  if (second.getInput().getType() != second.getType())
    return;
  second.replaceAllUsesWith(second.getInput());
  second->erase();
}

namespace {
struct MoveReshapesPass
    : frieze::nn::impl::MoveReshapesPassBase<MoveReshapesPass> {
  void runOnOperation() override {
    // One walk down: what is moved behind an op is before the next one then.
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa_and_nonnull<NNDialect>(op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      if (auto reshape = dyn_cast<ReshapeOp>(op))
        compose(reshape);
      else
        moved += moveBehind(op);
    }
  }
};
} // namespace
