//===- KernelOps.cpp - Which ops one kernel computes ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/KernelOps.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"

using namespace mlir;
using namespace frieze;

SmallVector<Operation *> frieze::findKernelOps(Operation *op) {
  if (isa<nn::ConstantOp, nn::ReshapeOp>(op) || findComputing(op) != op)
    return {};
  SmallVector<Operation *> ops{op};
  // Between the two are reshapes alone.
  if (std::optional<BinaryInEpilogue> binary = findBinaryInEpilogue(op))
    while (ops.back() != binary->op)
      ops.push_back(*ops.back()->user_begin());
  return ops;
}
