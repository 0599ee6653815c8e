//===- StreamBuilder.cpp - Windows that share their work  -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/StreamBuilder.h"
#include "compiler/transforms/Samples.h"
#include "dialect/Axes.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

Operation *
StreamBuilder::cloneOp(Operation *op, ValueRange operands,
                       llvm::function_ref<void(Operation *)> change) {
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  if (change)
    change(copy);
  failed |= mlir::failed(inferResultTypes(copy));
  return copy;
}

Value StreamBuilder::takeRows(const TimeLine &input, int64_t length,
                              int64_t unit, Sliding sliding) {
  // Rows behind the last that is read give rows that nobody reads.
  if (given == StreamInput::AllSamples)
    return input.rows;
  int64_t inputUnit = getUnit(input.step);
  int64_t apart = input.step / inputUnit, stride = unit / inputUnit;
  int64_t last = sliding.begin + (length - 1) * sliding.stride + sliding.span;
  int64_t unread = (input.length - last) * apart;
  int64_t rows = countRows(input.length, input.step), high = rows - unread;
  int64_t low = stride - unread - ((sliding.span - 1) * apart + 1);
  if (low == 0 && high == rows)
    return input.rows;
  // Under another shape, the same rows.
  Value stored = input.rows;
  while (auto reshape = stored.getDefiningOp<ReshapeOp>())
    stored = reshape.getInput();
  int64_t number = numbers.try_emplace(stored, numbers.size()).first->second;
  return HistoryOp::create(builder, input.rows.getLoc(), input.rows, number,
                           builder.getDenseI64ArrayAttr({low, high}));
}

Value StreamBuilder::takeFirst(Value rows, int64_t count) {
  SmallVector<int64_t> size(cast<ShapedType>(rows.getType()).getShape());
  if (count == size[1])
    return rows;
  SmallVector<int64_t> begin(size.size());
  size[1] = count;
  return SliceOp::create(builder, rows.getLoc(), rows, begin, size,
                         /*strides=*/nullptr, /*epilogue=*/nullptr);
}

Value StreamBuilder::getWindows(Value modelValue) {
  if (Value value = perWindow.lookup(modelValue))
    return value;
  const TimeLine &line = timeLines.find(modelValue)->second;
  Value rows = takeRows(line, /*length=*/1, hop, {0, 1, line.length});
  if (given == StreamInput::AllSamples)
    rows = takeFirst(rows, countRows(line.length, line.step));
  int64_t unit = getUnit(line.step);
  Value value = WindowsOp::create(builder, modelValue.getLoc(), rows,
                                  line.length, line.step / unit, hop / unit);
  perWindow[modelValue] = value;
  return value;
}

bool nn::keepsWindowsApart(Operation *op) {
  auto isOneSample = [](Type type) {
    ArrayRef<int64_t> shape = cast<ShapedType>(type).getShape();
    return !shape.empty() && shape.front() == 1;
  };
  return isa<ConstantOp>(op) ||
         (keepsSamplesApart(op) &&
          llvm::all_of(op->getResultTypes(), isOneSample) &&
          llvm::all_of(op->getOperandTypes(), isOneSample));
}

LogicalResult StreamBuilder::computePerWindow(Operation *op) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(getWindows(operand));
  if (windows > 1 && !keepsWindowsApart(op))
    return op->emitError("expects a layer that keeps the windows apart, to "
                         "compute several of them together");
  Operation *copy = builder.clone(*op);
  copy->setOperands(operands);
  failed |= mlir::failed(changeSamples(copy, /*from=*/1, windows));
  perWindow[op->getResult(0)] = copy->getResult(0);
  return success(!failed);
}

LogicalResult StreamBuilder::visit(Operation *op) {
  if (std::optional<TimeLine> line = share(op)) {
    timeLines[op->getResult(0)] = *line;
    ++shared;
    return success(!failed);
  }
  if (failed)
    return failure();
  return computePerWindow(op);
}

FailureOr<func::FuncOp> StreamBuilder::build(StringRef name) {
  BlockArgument argument = model.getArgument(0);
  auto type = cast<RankedTensorType>(argument.getType());
  SmallVector<int64_t> shape(type.getShape());
  int64_t length = shape[1];
  shape[1] = countRows(length, /*step=*/1);
  SmallVector<Type> results;
  for (Type result : model.getResultTypes())
    results.push_back(changeSamples(result, /*from=*/1, windows));
  auto function = func::FuncOp::create(
      model.getLoc(), name,
      builder.getFunctionType({type.clone(shape)}, results));
  builder.setInsertionPointToStart(function.addEntryBlock());
  Value rows = function.getArgument(0);
  timeLines[argument] = {rows, length, 1};
  // The samples are the first time line, whether they are remembered or not.
  numbers[rows] = 0;

  Operation *terminator = model.getBody().front().getTerminator();
  for (Operation &op : model.getBody().front().without_terminator())
    if (mlir::failed(visit(&op))) {
      function->erase();
      return failure();
    }
  SmallVector<Value> values;
  for (Value result : terminator->getOperands())
    values.push_back(getWindows(result));
  func::ReturnOp::create(builder, terminator->getLoc(), values);
  if (mlir::failed(verify(function))) {
    function->erase();
    return failure();
  }
  return function;
}
