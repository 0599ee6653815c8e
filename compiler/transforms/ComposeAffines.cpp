//===- ComposeAffines.cpp - Two affines in a row are one --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"

namespace frieze::nn {
#define GEN_PASS_DEF_COMPOSEAFFINESPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Composes `second` with the affine before it, which nothing else reads.
static LogicalResult compose(AffineOp second) {
  auto first = second.getInput().getDefiningOp<AffineOp>();
  if (!first || !first->hasOneUse() || first.getAxis() != second.getAxis())
    return failure();
  auto inner = AffineParameters::read(first),
       outer = AffineParameters::read(second);
  if (failed(inner) || failed(outer))
    return failure();
  for (size_t c = 0; c < outer->size(); ++c) {
    outer->shift[c] += outer->scale[c] * inner->shift[c];
    outer->scale[c] *= inner->scale[c];
  }
  emitDecision(first.getLoc(), getSubject(first),
               "composed with the affine of " + getLayerName(second));
  second.getInputMutable().assign(first.getInput());
  first.erase();
  writeAffine(second, *outer);
  return success();
}

namespace {
struct ComposeAffinesPass
    : frieze::nn::impl::ComposeAffinesPassBase<ComposeAffinesPass> {
  void runOnOperation() override {
    SmallVector<AffineOp> affines;
    getOperation()->walk([&](AffineOp op) { affines.push_back(op); });
    for (AffineOp op : affines)
      if (succeeded(compose(op)))
        ++composed;
  }
};
} // namespace
