//===- MoveTransposes.cpp - Transposes towards where they end ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/Axes.h"
#include "dialect/Limits.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"

namespace frieze::nn {
#define GEN_PASS_DEF_MOVETRANSPOSESPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// The input where nothing is left to do, and a constant of a constant.
static Value createTranspose(OpBuilder &builder, Location loc, Value input,
                             ArrayRef<int64_t> permutation) {
  if (llvm::is_sorted(permutation))
    return input;
  if (auto constant = input.getDefiningOp<ConstantOp>())
    if (auto moved = transposeWeights(constant.getValue(), permutation);
        succeeded(moved))
      return ConstantOp::create(
          builder, loc, permute(constant.getType(), permutation), *moved);
  return TransposeOp::create(builder, loc,
                             permute(input.getType(), permutation), input,
                             builder.getDenseI64ArrayAttr(permutation));
}

/// Whether a transpose of `type` moves axes of size 1 only, past others: no
/// element moves.
static bool movesNothing(Type type, ArrayRef<int64_t> permutation) {
  int64_t last = -1;
  for (int64_t axis : permutation) {
    if (cast<RankedTensorType>(type).getDimSize(axis) == 1)
      continue;
    if (axis < last)
      return false;
    last = axis;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Ops that a transpose can pass
//===----------------------------------------------------------------------===//

/// Whether a transpose by `permutation` can move from the operands of `op` to
/// its result.
static bool canPass(Operation *op, ArrayRef<int64_t> permutation) {
  if (auto kernel = dyn_cast<EpilogueOpInterface>(op);
      kernel && !kernel.getEpilogueStages().empty())
    return false;
  auto layer = dyn_cast<LayerOpInterface>(op);
  return layer && layer.canPermuteAxes(permutation);
}

/// `op` on `operands`, of which those of `op` are transposes by `permutation`,
/// transposed like that.
static Value createPassed(OpBuilder &builder, Operation *op,
                          ValueRange operands, ArrayRef<int64_t> permutation) {
  Operation *passed = builder.clone(*op);
  passed->setOperands(operands);
  cast<LayerOpInterface>(passed).permuteAxes(permutation);
  passed->getResult(0).setType(
      permute(op->getResult(0).getType(), invert(permutation)));
  return passed->getResult(0);
}

/// A transpose of `value` by `permutation` that is there already, before `op`.
static Value findTranspose(Value value, ArrayRef<int64_t> permutation,
                           Operation *op) {
  for (Operation *user : value.getUsers())
    if (auto transpose = dyn_cast<TransposeOp>(user);
        transpose && transpose.getPermutation() == permutation &&
        transpose->isBeforeInBlock(op))
      return transpose;
  return nullptr;
}

/// Whether transposing `value` before `op` takes no time: nothing moves, it is
/// done already, or is done once.
static bool isFree(Value value, ArrayRef<int64_t> permutation, Operation *op) {
  return movesNothing(value.getType(), permutation) ||
         value.getDefiningOp<ConstantOp>() ||
         findTranspose(value, permutation, op);
}

/// Moves transposes of operands of `op` behind it, if that makes them fewer.
static bool moveBehind(Operation *op) {
  TransposeOp first;
  for (Value operand : op->getOperands())
    if (auto transpose = operand.getDefiningOp<TransposeOp>();
        transpose && !first)
      first = transpose;
  if (!first || !canPass(op, first.getPermutation()))
    return false;
  Permutation permutation(first.getPermutation());
  Permutation inverse = invert(permutation);
  int64_t gone = 0, added = 0;
  for (Value operand : op->getOperands()) {
    auto transpose = operand.getDefiningOp<TransposeOp>();
    if (transpose && transpose.getPermutation() == first.getPermutation())
      ++gone;
    else if (!isFree(operand, inverse, op))
      ++added;
  }
  if (added >= gone)
    return false;
  OpBuilder builder(op);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    auto transpose = operand.getDefiningOp<TransposeOp>();
    if (transpose && transpose.getPermutation() == first.getPermutation())
      operands.push_back(transpose.getInput());
    else if (Value existing = findTranspose(operand, inverse, op))
      operands.push_back(existing);
    else
      operands.push_back(
          createTranspose(builder, op->getLoc(), operand, inverse));
  }
  Value passed = createPassed(builder, op, operands, permutation);
  op->getResult(0).replaceAllUsesWith(
      createTranspose(builder, first.getLoc(), passed, permutation));
  op->erase();
  return true;
}

//===----------------------------------------------------------------------===//
// Reshapes
//===----------------------------------------------------------------------===//

namespace {
/// Neighbouring axes of the input of a reshape that become neighbouring axes of
/// its result.
struct AxisGroup {
  SmallVector<int64_t> from, to;
  /// Where it stands before the transpose.
  int64_t place = 0;
};
} // namespace

/// The smallest groups, from the first axes to the last.
static SmallVector<AxisGroup> groupAxes(ArrayRef<int64_t> from,
                                        ArrayRef<int64_t> to) {
  SmallVector<AxisGroup> groups;
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    AxisGroup group;
    int64_t fromSize = 1, toSize = 1;
    auto takeFrom = [&] {
      fromSize *= from[i];
      group.from.push_back(i++);
    };
    auto takeTo = [&] {
      toSize *= to[j];
      group.to.push_back(j++);
    };
    // One of each, so that axes of size 1, such as the batch, have one too.
    if (i < from.size())
      takeFrom();
    if (j < to.size())
      takeTo();
    while (fromSize != toSize)
      fromSize < toSize ? takeFrom() : takeTo();
    groups.push_back(std::move(group));
  }
  return groups;
}

/// Moves a transpose behind a reshape that splits and joins no axes but those
/// that are neighbours before the transpose as well.
static bool moveBehindReshape(ReshapeOp reshape) {
  auto transpose = reshape.getInput().getDefiningOp<TransposeOp>();
  if (!transpose)
    return false;
  ArrayRef<int64_t> before = transpose.getInput().getType().getShape();
  ArrayRef<int64_t> after = reshape.getType().getShape();
  // The place of each axis among those that are longer than 1.
  SmallVector<int64_t> places;
  for (int64_t size : before)
    places.push_back((places.empty() ? 0 : places.back()) + (size > 1));
  SmallVector<AxisGroup> groups =
      groupAxes(transpose.getType().getShape(), after);
  int64_t place = 0;
  for (AxisGroup &group : groups) {
    int64_t last = -1;
    for (int64_t axis : group.from) {
      int64_t source = transpose.getPermutation()[axis];
      if (before[source] == 1)
        continue;
      if (last >= 0 && places[source] != last + 1)
        return false;
      if (last < 0)
        place = places[source];
      last = places[source];
    }
    // Axes of size 1 stay with what is before them.
    group.place = place;
  }
  SmallVector<const AxisGroup *> ordered;
  for (const AxisGroup &group : groups)
    ordered.push_back(&group);
  llvm::sort(ordered, [](const AxisGroup *a, const AxisGroup *b) {
    return std::pair(a->place, a) < std::pair(b->place, b);
  });
  SmallVector<int64_t> shape;
  Permutation axes;
  for (const AxisGroup *group : ordered)
    for (int64_t axis : group->to) {
      shape.push_back(after[axis]);
      axes.push_back(axis);
    }
  OpBuilder builder(reshape);
  Value result =
      ReshapeOp::create(builder, reshape.getLoc(),
                        reshape.getType().clone(shape), transpose.getInput());
  reshape.replaceAllUsesWith(
      createTranspose(builder, transpose.getLoc(), result, invert(axes)));
  reshape.erase();
  return true;
}

//===----------------------------------------------------------------------===//
// Ops that channels last make simpler
//===----------------------------------------------------------------------===//

/// The one number that `weights` hold, or nothing.
static std::optional<double> getOnlyValue(ElementsAttr weights) {
  auto values = readWeights(weights);
  if (failed(values) || !llvm::all_equal(*values))
    return std::nullopt;
  return values->front();
}

/// An affine that treats all elements alike is one along the last axis, whose
/// channels the folds know.
static void scaleLastAxis(AffineOp op) {
  int64_t last = op.getType().getRank() - 1;
  if (int64_t(op.getAxis()) == last ||
      op.getType().getDimSize(last) > maxChannels)
    return;
  std::optional<double> scale = getOnlyValue(op.getScale());
  std::optional<double> shift = getOnlyValue(op.getShift());
  if (!scale || !shift)
    return;
  int64_t channels = op.getType().getDimSize(last);
  SmallVector<double> scales(channels, *scale), shifts(channels, *shift);
  op.setAxis(last);
  op.setScaleAttr(createWeightsLike(op.getScale(), channels, scales));
  op.setShiftAttr(createWeightsLike(op.getShift(), channels, shifts));
}

/// A mean or maximum over all spatial axes is a global pooling: of the same
/// elements in the same order.
static void poolSpatialAxes(ReduceOp op) {
  int64_t rank = op.getInput().getType().getRank();
  bool isMean = op.getKind() == ReduceKind::Mean;
  if ((rank != 3 && rank != 4) ||
      (!isMean && op.getKind() != ReduceKind::Max) ||
      op.getAxes() !=
          ArrayRef(llvm::to_vector(llvm::seq<int64_t>(1, rank - 1))))
    return;
  OpBuilder builder(op);
  auto pool = GlobalPoolOp::create(builder, op.getLoc(), op.getType(),
                                   isMean ? PoolKind::Avg : PoolKind::Max,
                                   op.getInput(), op.getKeepDims(),
                                   /*epilogue=*/nullptr);
  op.replaceAllUsesWith(pool.getResult());
  op.erase();
}

//===----------------------------------------------------------------------===//
// Transposes
//===----------------------------------------------------------------------===//

/// Two transposes in a row are one.
static bool compose(TransposeOp second) {
  auto first = second.getInput().getDefiningOp<TransposeOp>();
  if (!first)
    return false;
  Permutation permutation;
  for (int64_t axis : second.getPermutation())
    permutation.push_back(first.getPermutation()[axis]);
  if (llvm::is_sorted(permutation)) {
    second.replaceAllUsesWith(first.getInput());
    second.erase();
    return true;
  }
  second.setPermutation(permutation);
  second.getInputMutable().assign(first.getInput());
  return true;
}

/// Moves a transpose before the ops between an input of the model and itself.
static bool moveToInput(TransposeOp transpose) {
  Permutation permutation(transpose.getPermutation());
  Permutation inverse = invert(permutation);
  SmallVector<Operation *> passed;
  Value value = transpose.getInput();
  while (Operation *op = value.getDefiningOp()) {
    if (op->getNumOperands() != 1 || !value.hasOneUse() ||
        !canPass(op, inverse))
      return false;
    passed.push_back(op);
    value = op->getOperand(0);
  }
  if (passed.empty())
    return false;
  OpBuilder builder(transpose);
  value = createTranspose(builder, transpose.getLoc(), value, permutation);
  for (Operation *op : llvm::reverse(passed))
    value = createPassed(builder, op, value, inverse);
  transpose.replaceAllUsesWith(value);
  transpose.erase();
  for (Operation *op : passed)
    op->erase();
  return true;
}

/// A transpose that only renames axes is a reshape.
static void becomeReshape(TransposeOp op) {
  if (!movesNothing(op.getInput().getType(), op.getPermutation()))
    return;
  OpBuilder builder(op);
  op.replaceAllUsesWith(
      ReshapeOp::create(builder, op.getLoc(), op.getType(), op.getInput())
          .getResult());
  op.erase();
}

namespace {
struct MoveTransposesPass
    : frieze::nn::impl::MoveTransposesPassBase<MoveTransposesPass> {
  void runOnOperation() override {
    // One walk down: what is moved behind an op is before the next one then.
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa_and_nonnull<NNDialect>(op->getDialect()))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      if (auto transpose = dyn_cast<TransposeOp>(op))
        moved += compose(transpose);
      else if (auto reshape = dyn_cast<ReshapeOp>(op))
        moved += moveBehindReshape(reshape);
      else
        moved += moveBehind(op);
    }
    eraseUnread();
    forEach<TransposeOp>(becomeReshape);
    forEach<TransposeOp>([&](TransposeOp op) { moved += moveToInput(op); });
    shareTransposes();
    forEach<TransposeOp>(becomeReshape);
    forEach<AffineOp>(scaleLastAxis);
    forEach<ReduceOp>(poolSpatialAxes);
  }

  template <typename OpT> void forEach(llvm::function_ref<void(OpT)> function) {
    SmallVector<OpT> ops;
    getOperation()->walk([&](OpT op) { ops.push_back(op); });
    for (OpT op : ops)
      function(op);
  }

  /// Branches that begin with one transpose of one value have one.
  void shareTransposes() {
    DenseMap<std::pair<Value, Attribute>, TransposeOp> known;
    forEach<TransposeOp>([&](TransposeOp op) {
      auto [first, isNew] =
          known.try_emplace({op.getInput(), op.getPermutationAttr()}, op);
      if (isNew)
        return;
      op.replaceAllUsesWith(first->second.getResult());
      op.erase();
    });
  }

  void eraseUnread() {
    SmallVector<Operation *> unread;
    getOperation()->walk([&](Operation *op) {
      if (isa<TransposeOp, ReshapeOp>(op))
        unread.push_back(op);
    });
    for (Operation *op : llvm::reverse(unread))
      if (op->use_empty())
        op->erase();
  }
};
} // namespace
