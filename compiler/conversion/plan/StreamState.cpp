//===- StreamState.cpp - What a stream remembers ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/StreamState.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/RecurrentPlan.h"
#include "dialect/NNOps.h"

using namespace mlir;
using namespace frieze;

llvm::DenseMap<Value, int64_t> frieze::findTimeLines(func::FuncOp function) {
  llvm::DenseMap<Value, int64_t> numbers;
  function.walk([&](nn::HistoryOp op) {
    numbers[MemoryPlan::getStorage(op.getInput())] = op.getTimeline();
  });
  return numbers;
}

llvm::DenseSet<Value> frieze::findRemembered(func::FuncOp function) {
  llvm::DenseSet<Value> values;
  for (auto [value, number] : findTimeLines(function))
    if (value.getDefiningOp())
      values.insert(value);
  return values;
}

/// Windows that one call of `function` computes.
static int64_t countWindows(func::FuncOp function, func::FuncOp window) {
  auto rows = [](func::FuncOp function) {
    return cast<ShapedType>(function.getArgument(0).getType()).getDimSize(1);
  };
  return rows(function) / rows(window);
}

/// Whether `types` are those of `wanted` with axis `axis` so many `times` as
/// long.
static bool areTimes(TypeRange types, TypeRange wanted, int64_t axis,
                     int64_t times) {
  return types.size() == wanted.size() &&
         llvm::all_of(llvm::zip(types, wanted), [&](auto pair) {
           auto [type, other] = pair;
           auto tensor = dyn_cast<RankedTensorType>(other);
           if (!tensor || tensor.getRank() <= axis)
             return false;
           SmallVector<int64_t> shape(tensor.getShape());
           shape[axis] *= times;
           return type == tensor.clone(shape);
         });
}

/// Of a value of this type, of which nothing is remembered yet.
static StreamState::TimeLine makeTimeLine(Type type) {
  auto tensor = cast<ShapedType>(type);
  StreamState::TimeLine line;
  line.rowsPerWindow = tensor.getDimSize(1);
  line.rowElements = tensor.getNumElements() / line.rowsPerWindow;
  line.element = tensor.getElementType();
  return line;
}

/// Whether `window` and `block`, which may be null, carry the same states, each
/// of one layer.
static LogicalResult checkCarried(func::FuncOp window, func::FuncOp block) {
  std::map<int64_t, int64_t> elements;
  llvm::SmallVector<func::FuncOp, 2> functions{window};
  if (block)
    functions.push_back(block);
  for (func::FuncOp function : functions) {
    std::map<int64_t, int64_t> found;
    WalkResult walked = function.walk([&](Operation *op) -> WalkResult {
      std::optional<int64_t> number = nn::getCarried(op);
      if (!number)
        return WalkResult::advance();
      if (!found.try_emplace(*number, countCarriedElements(op)).second)
        return op->emitOpError("expects the only layer that carries state ")
               << *number;
      return WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return failure();
    if (function == window)
      elements = found;
    else if (elements != found)
      return function.emitError("expects the carried states of one window");
  }
  return success();
}

LogicalResult frieze::checkStream(func::FuncOp model, func::FuncOp window,
                                  func::FuncOp block) {
  auto samples =
      window.getNumArguments() == 1
          ? dyn_cast<RankedTensorType>(window.getArgument(0).getType())
          : nullptr;
  auto isRecording = [](RankedTensorType type) {
    return (type.getRank() == 2 || type.getRank() == 3) &&
           type.getDimSize(0) == 1;
  };
  if (!samples || !isRecording(samples) ||
      samples.getElementType() != Float32Type::get(model.getContext()))
    return window.emitError(
        "expects one input of shape (1, samples) or (1, samples, channels)");
  SmallVector<int64_t> whole(samples.getShape());
  auto modelSamples = dyn_cast<RankedTensorType>(model.getArgumentTypes()[0]);
  if (modelSamples && modelSamples.getRank() == samples.getRank())
    whole[1] = modelSamples.getDimSize(1);
  Type wanted = samples.clone(whole);
  if (model.getArgumentTypes() != ArrayRef<Type>(wanted) ||
      window.getResultTypes() != model.getResultTypes())
    return window.emitError("expects samples of the kind that the model has, "
                            "and its results");
  int64_t hop = samples.getDimSize(1);
  SmallVector<std::pair<func::FuncOp, int64_t>> functions{{window, 1}};
  if (block) {
    auto rows =
        dyn_cast_or_null<RankedTensorType>(block.getArgumentTypes().front());
    int64_t windows = rows && rows.getRank() > 1 ? rows.getDimSize(1) / hop : 0;
    if (windows < 2 ||
        !areTimes(block.getArgumentTypes(), window.getArgumentTypes(), 1,
                  windows) ||
        !areTimes(block.getResultTypes(), window.getResultTypes(), 0, windows))
      return block.emitError("expects the samples and results of several "
                             "windows");
    functions.push_back({block, windows});
  }
  if (failed(checkCarried(window, block)))
    return failure();
  using TimeLine = StreamState::TimeLine;
  std::map<int64_t, TimeLine> timeLines{{0, makeTimeLine(samples)}};
  for (auto [function, windows] : functions) {
    std::map<int64_t, Value> values{{0, function.getArgument(0)}};
    auto check = [&, function = function,
                  windows = windows](nn::HistoryOp op) -> WalkResult {
      int64_t number = op.getTimeline();
      Value value = MemoryPlan::getStorage(op.getInput());
      auto [known, isNew] = values.try_emplace(number, value);
      if (known->second != value || (number != 0 && isa<BlockArgument>(value)))
        return op.emitOpError("expects one value for each time line, but got "
                              "another for number ")
               << number;
      TimeLine line = makeTimeLine(op.getInput().getType());
      if (function == window)
        timeLines.try_emplace(number, line);
      auto planned = timeLines.find(number);
      if (planned == timeLines.end() ||
          line.rowsPerWindow != planned->second.rowsPerWindow * windows ||
          line.rowElements != planned->second.rowElements)
        return op.emitOpError(
            "expects the rows of its time line in one window, so many times");
      int64_t &remembered = planned->second.rememberedRows;
      int64_t read = -op.getRows()[0];
      if (function == window)
        remembered = std::max(remembered, read);
      else if (read > remembered)
        return op.emitOpError("expects at most the ")
               << remembered
               << " rows of earlier windows that the function of one window "
                  "reads, but got "
               << read;
      return WalkResult::advance();
    };
    if (function.walk(check).wasInterrupted())
      return failure();
  }
  return success();
}

StreamState StreamState::create(func::FuncOp window, func::FuncOp block,
                                const KernelPlans &kernels) {
  StreamState state;
  if (block)
    state.block = countWindows(block, window);
  state.timeLines[0] = makeTimeLine(window.getArgument(0).getType());
  window.walk([&](nn::HistoryOp op) {
    TimeLine line = makeTimeLine(op.getInput().getType());
    int64_t &remembered = state.timeLines.try_emplace(op.getTimeline(), line)
                              .first->second.rememberedRows;
    remembered = std::max(remembered, -op.getRows()[0]);
  });

  auto take = [&](int64_t bytes) {
    int64_t offset = state.bytes;
    state.bytes =
        llvm::alignTo(offset + bytes, kernels.getTarget().layout.alignment);
    return offset;
  };
  take(counterBytes);
  for (auto &[number, line] : state.timeLines)
    line.offset =
        take((line.rememberedRows + state.block * line.rowsPerWindow) *
             line.getRowBytes());
  window.walk([&](Operation *op) {
    if (std::optional<int64_t> number = nn::getCarried(op))
      state.carried[*number] =
          take(countCarriedElements(op) * accumulatorBytes);
  });
  int64_t arenaBytes = MemoryPlan::create(window, kernels).arenaBytes;
  if (block)
    arenaBytes =
        std::max(arenaBytes, MemoryPlan::create(block, kernels).arenaBytes);
  state.arenaOffset = take(arenaBytes);
  int64_t outputBytes = 0;
  for (Type type : window.getResultTypes())
    outputBytes += countBytes(type);
  state.unwantedOffset = take(outputBytes);
  return state;
}
