//===- CarryStates.cpp - Sequences step by step -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/Samples.h"
#include "compiler/transforms/StreamBuilder.h"
#include "compiler/transforms/StreamedModel.h"
#include "dialect/Axes.h"
#include "dialect/Remarks.h"
#include "dialect/StreamFunctions.h"
#include "dialect/Weights.h"
#include "mlir/IR/Verifier.h"
#include "llvm/ADT/TypeSwitch.h"

namespace frieze::nn {
#define GEN_PASS_DEF_CARRYSTATESPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Steps of a block, for which the values of an ordinary model fit into the
/// second-level cache.
static constexpr int64_t blockSteps = 512;

namespace {
/// Makes one function for the next `steps` steps from the model.
class StepBuilder {
public:
  StepBuilder(func::FuncOp model, int64_t steps)
      : model(model), builder(model), steps(steps),
        length(cast<ShapedType>(model.getArgument(0).getType()).getDimSize(1)) {
  }

  FailureOr<func::FuncOp> build(StringRef name);

  /// Layers whose state is carried from call to call.
  SmallVector<Operation *> carrying;

private:
  LogicalResult visit(Operation *op);
  /// Each computes the new steps of `op`, where it is of that kind: false
  /// where it is not, or cannot be taken in steps.
  template <typename OpT> bool carry(OpT op);
  bool convolve(ConvOp op);
  bool takeLast(SliceOp op);
  bool computePointwise(Operation *op);
  /// Computes `op` for each step, as a batch.
  LogicalResult computePerStep(Operation *op);

  bool isLine(Value value) const { return lines.contains(value); }
  /// `value` for each step, as a batch; null where it is all of a sequence.
  Value getPerStep(Value value);
  /// `steps` rows as a batch, each of type `sample`.
  Value separate(Value rows, Type sample);
  /// `rows` and `before` rows before them.
  Value addHistory(Value rows, int64_t before);
  Operation *cloneOp(Operation *op, ValueRange operands,
                     llvm::function_ref<void(Operation *)> change);

  func::FuncOp model;
  OpBuilder builder;
  /// Of a call, and of the sequence of the model.
  const int64_t steps, length;
  /// By the values of the model: what has the axis of the steps, as the rows of
  /// this call, and what each step has for itself.
  llvm::DenseMap<Value, Value> lines, perStep;
  /// Numbers of the rows that are remembered.
  llvm::DenseMap<Value, int64_t> numbers;
  bool failed = false;
};
} // namespace

Operation *StepBuilder::cloneOp(Operation *op, ValueRange operands,
                                llvm::function_ref<void(Operation *)> change) {
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  change(copy);
  failed |= mlir::failed(inferResultTypes(copy));
  return copy;
}

Value StepBuilder::separate(Value rows, Type sample) {
  return ReshapeOp::create(builder, rows.getLoc(),
                           changeSamples(sample, /*from=*/1, steps), rows);
}

Value StepBuilder::getPerStep(Value value) {
  if (Value known = perStep.lookup(value))
    return known;
  // A sequence of one step is that step.
  Value rows = lines.lookup(value);
  if (!rows || length != 1)
    return nullptr;
  return perStep[value] = separate(rows, value.getType());
}

Value StepBuilder::addHistory(Value rows, int64_t before) {
  // Under another shape, the same rows.
  Value stored = rows;
  while (auto reshape = stored.getDefiningOp<ReshapeOp>())
    stored = reshape.getInput();
  int64_t number = numbers.try_emplace(stored, numbers.size()).first->second;
  return HistoryOp::create(builder, rows.getLoc(), rows, number,
                           builder.getDenseI64ArrayAttr({-before, steps}));
}

/// `stages` of a result with one axis more in front of the last.
static ArrayAttr addAxis(ArrayAttr stages) {
  if (!stages)
    return stages;
  return ArrayAttr::get(
      stages.getContext(),
      llvm::map_to_vector(stages, [](Attribute stage) -> Attribute {
        auto affine = dyn_cast<AffineStageAttr>(stage);
        return affine
                   ? AffineStageAttr::get(affine.getContext(),
                                          affine.getAxis() + 1,
                                          affine.getScale(), affine.getShift())
                   : stage;
      }));
}

template <typename OpT> bool StepBuilder::carry(OpT op) {
  Value mask = op.getMask();
  SmallVector<Value, 2> operands{lines.lookup(op.getInput())};
  if (mask)
    operands.push_back(lines.lookup(mask));
  if (op.getBackwards() || op.getReversed() ||
      op->getNumOperands() != operands.size() ||
      llvm::is_contained(operands, Value()))
    return false;
  Operation *copy = cloneOp(op, operands, [&](Operation *copy) {
    auto layer = cast<OpT>(copy);
    layer.setCarried(carrying.size());
    if (!layer.getSequences())
      layer.setEpilogueAttr(addAxis(layer.getEpilogueAttr()));
    layer.setSequences(true);
  });
  carrying.push_back(op);
  Value rows = copy->getResult(0), result = op.getOutput();
  if (op.getSequences())
    lines[result] = rows;
  else if (!failed)
    perStep[result] = separate(rows, result.getType());
  return true;
}

bool StepBuilder::convolve(ConvOp op) {
  if (op.getSpatialRank() != 1 || op.getWinograd() ||
      op.getStrideValues()[0] != 1 ||
      llvm::any_of(op.getEpilogueStages(),
                   [](Attribute stage) { return isa<PoolStageAttr>(stage); }))
    return false;
  int64_t before = (op.getKernel().getShapedType().getDimSize(0) - 1) *
                   op.getDilationValues()[0];
  if (op.getPaddingValues() != ArrayRef({before, int64_t(0)}))
    return false;
  // The steps before the first one are zero.
  if (auto border = op.getBorderAttr()) {
    auto values = readWeights(border);
    if (mlir::failed(values) ||
        llvm::any_of(*values, [](double value) { return value != 0; }))
      return false;
  }
  Value rows = lines.lookup(op.getInput());
  if (before > 0)
    rows = addHistory(rows, before);
  Operation *copy = cloneOp(op, rows, [](Operation *copy) {
    auto conv = cast<ConvOp>(copy);
    conv.removePaddingAttr();
    conv.removeBorderAttr();
  });
  lines[op.getOutput()] = copy->getResult(0);
  return true;
}

bool StepBuilder::takeLast(SliceOp op) {
  RankedTensorType type = op.getInput().getType();
  SmallVector<int64_t> begin(type.getRank()), size(type.getShape());
  begin[1] = length - 1;
  size[1] = 1;
  if (op.getBegin() != ArrayRef(begin) || op.getSize() != ArrayRef(size) ||
      !op.getEpilogueStages().empty())
    return false;
  perStep[op.getOutput()] = separate(lines.lookup(op.getInput()), op.getType());
  return true;
}

/// Whether `value` is a parameter that is the same in all steps.
static bool isSameInAllSteps(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  return constant && constant.getType().getRank() > 1 &&
         constant.getType().getDimSize(1) == 1;
}

bool StepBuilder::computePointwise(Operation *op) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || type.getRank() < 2 || type.getDimSize(1) != length ||
      !keepsSamplesApart(op) || !keepsPositionsApart(op, 1))
    return false;
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    if (Value rows = lines.lookup(operand))
      operands.push_back(rows);
    else if (isSameInAllSteps(operand))
      operands.push_back(perStep.lookup(operand));
    else
      return false;
  Operation *copy = cloneOp(op, operands, [&](Operation *copy) {
    SmallVector<int64_t> shape(type.getShape());
    shape[1] = steps;
    if (isa<ReshapeOp>(copy))
      copy->getResult(0).setType(type.clone(shape));
    if (auto slice = dyn_cast<SliceOp>(copy))
      slice.setSize(shape);
  });
  lines[op->getResult(0)] = copy->getResult(0);
  return true;
}

LogicalResult StepBuilder::computePerStep(Operation *op) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    operands.push_back(getPerStep(operand));
    if (!operands.back())
      return op->emitError("expects a layer whose steps need those before them "
                           "alone, to take one after the other, but got one "
                           "that reads all ")
             << length << " steps; --stream-hop has windows of so many";
  }
  if (steps > 1 && !keepsWindowsApart(op))
    return op->emitError("expects a layer that keeps the steps apart, to "
                         "compute several of them together; --stream-block=1 "
                         "does not");
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  failed |= mlir::failed(changeSamples(copy, /*from=*/1, steps));
  perStep[op->getResult(0)] = copy->getResult(0);
  return success();
}

LogicalResult StepBuilder::visit(Operation *op) {
  if (op->getNumResults() != 1)
    return op->emitError("expects layers of one result");
  bool isTaken = false;
  if (op->getNumOperands() > 0 && isLine(op->getOperand(0)))
    isTaken = llvm::TypeSwitch<Operation *, bool>(op)
                  .Case<GRUOp, LSTMOp, RNNOp>(
                      [&](auto layer) { return carry(layer); })
                  .Case<ConvOp>([&](auto conv) { return convolve(conv); })
                  .Case<SliceOp>([&](auto slice) { return takeLast(slice); })
                  .Default(false);
  if (!isTaken && isa<GRUOp, LSTMOp, RNNOp>(op))
    return op->emitError("expects a recurrent layer that runs forwards from a "
                         "state of zeros, with a mask of single steps if any, "
                         "to take one step after the other");
  isTaken = isTaken ||
            (llvm::any_of(op->getOperands(),
                          [&](Value operand) { return isLine(operand); }) &&
             computePointwise(op));
  if (!isTaken && isa<ConvOp>(op) && isLine(op->getOperand(0)))
    return op->emitError("expects a convolution with a stride of 1, causal "
                         "padding and no pooling behind it, to take one step "
                         "after the other");
  if (!isTaken && mlir::failed(computePerStep(op)))
    return failure();
  return success(!failed);
}

FailureOr<func::FuncOp> StepBuilder::build(StringRef name) {
  BlockArgument argument = model.getArgument(0);
  auto type = cast<RankedTensorType>(argument.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[1] = steps;
  auto ofSteps = [&](Type result) -> Type {
    return changeSamples(result, /*from=*/1, steps);
  };
  OwningOpRef<func::FuncOp> function = func::FuncOp::create(
      model.getLoc(), name,
      builder.getFunctionType(
          {type.clone(shape)},
          llvm::map_to_vector(model.getResultTypes(), ofSteps)));
  builder.setInsertionPointToStart(function->addEntryBlock());
  Value rows = function->getArgument(0);
  lines[argument] = rows;
  // The samples are the first time line, whether they are remembered or not.
  numbers[rows] = 0;
  Operation *terminator = model.getBody().front().getTerminator();
  for (Operation &op : model.getBody().front().without_terminator())
    if (mlir::failed(visit(&op)))
      return failure();
  SmallVector<Value> results;
  for (Value result : terminator->getOperands()) {
    results.push_back(getPerStep(result));
    if (!results.back())
      return emitError(result.getLoc(), "expects a result of the last step, to "
                                        "take one after the other, but got one "
                                        "of all ")
             << length << " steps; a model of one step has it for each";
  }
  func::ReturnOp::create(builder, terminator->getLoc(), results);
  if (mlir::failed(verify(*function)))
    return failure();
  return function.release();
}

namespace {
struct CarryStatesPass
    : frieze::nn::impl::CarryStatesPassBase<CarryStatesPass> {
  using CarryStatesPassBase::CarryStatesPassBase;

  void runOnOperation() override {
    if (mlir::failed(run()))
      signalPassFailure();
  }

  LogicalResult run() {
    ModuleOp module = getOperation();
    FailureOr<func::FuncOp> found =
        getStreamedModel(module, "steps", "take in steps");
    if (mlir::failed(found))
      return failure();
    func::FuncOp model = *found;
    if (block < 0 || block > maxElements)
      return model.emitError("expects a block that is not negative, but got ")
             << block.getValue();
    WalkResult walked = model.walk([](Operation *op) -> WalkResult {
      if (isa<HistoryOp>(op) || getCarried(op))
        return op->emitError("expects a model of whole sequences, which have "
                             "no calls before them");
      return WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return failure();
    int64_t together = block > 0 ? int64_t(block) : blockSteps;
    for (auto [name, count] : getStreamFunctions(together)) {
      StepBuilder builder(model, count);
      FailureOr<func::FuncOp> function = builder.build(name);
      if (mlir::failed(function))
        return failure();
      (*function)->setAttr(stepsName, UnitAttr::get(&getContext()));
      module.push_back(*function);
      if (count > 1)
        continue;
      carried = builder.carrying.size();
      for (Operation *layer : builder.carrying)
        emitDecision(layer->getLoc(), "state", "carried from call to call");
    }
    return success();
  }
};
} // namespace
