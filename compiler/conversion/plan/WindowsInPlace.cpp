//===- WindowsInPlace.cpp - Windows that are read where they lie *- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/WindowsInPlace.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

WindowsOp frieze::findWindowsInPlace(DenseOp op) {
  Value input = op.getInput();
  while (auto reshape = input.getDefiningOp<ReshapeOp>()) {
    if (!reshape->hasOneUse())
      return nullptr;
    input = reshape.getInput();
  }
  auto windows = input.getDefiningOp<WindowsOp>();
  if (!windows || !windows->hasOneUse() ||
      op.getInput().getType().getRank() != 2)
    return nullptr;
  int64_t channels =
      windows.getType().getRank() == 3 ? windows.getType().getDimSize(2) : 1;
  bool isContiguous = windows.getDilation() == 1;
  return isContiguous || channels % (int64_t)op.getChains() == 0 ? windows
                                                                 : nullptr;
}
