//===- StreamState.cpp - What a stream remembers ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/StreamState.h"
#include "compiler/conversion/MemoryPlan.h"
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

StreamState StreamState::create(func::FuncOp window, func::FuncOp block) {
  StreamState state;
  if (block)
    state.block = countWindows(block, window);
  auto addLine = [&](int64_t number, Value value) {
    auto type = cast<ShapedType>(value.getType());
    TimeLine &line = state.timeLines[number];
    line.rowsPerWindow = type.getDimSize(1);
    line.rowElements = type.getNumElements() / line.rowsPerWindow;
  };
  addLine(0, window.getArgument(0));
  window.walk([&](nn::HistoryOp op) {
    addLine(op.getTimeline(), op.getInput());
    TimeLine &line = state.timeLines[op.getTimeline()];
    line.rememberedRows = std::max(line.rememberedRows, -op.getRows()[0]);
  });

  auto take = [&](int64_t bytes) {
    int64_t offset = state.bytes;
    state.bytes = llvm::alignTo(offset + bytes, alignment);
    return offset;
  };
  take(counterBytes);
  for (auto &[number, line] : state.timeLines)
    line.offset =
        take((line.rememberedRows + state.block * line.rowsPerWindow) *
             line.rowElements * sizeof(float));
  int64_t arenaBytes = MemoryPlan::create(window).arenaBytes;
  if (block)
    arenaBytes = std::max(arenaBytes, MemoryPlan::create(block).arenaBytes);
  state.arenaOffset = take(arenaBytes);
  int64_t outputs = 0;
  for (Type type : window.getResultTypes())
    outputs += cast<ShapedType>(type).getNumElements();
  state.unwantedOffset = take(outputs * sizeof(float));
  return state;
}
