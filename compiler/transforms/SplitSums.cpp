//===- SplitSums.cpp - Choose partial sums ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"

namespace frieze::nn {
#define GEN_PASS_DEF_SPLITSUMSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// The number of chains for a dense layer (see the pass description).
static int64_t chooseChains(DenseOp op) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  int64_t inputs = kernel[0], outputs = kernel[1];
  int64_t wanted = 1;
  // Rows of one sample: what the batch adds must not change the bits.
  int64_t rows = op.getType().getNumElements() /
                 std::max<int64_t>(1, op.getType().getDimSize(0) * outputs);
  if (outputs == 1)
    wanted = 32;
  else if (rows == 1)
    wanted = inputs >= 256 ? 8 : 4;
  while (wanted > 1 && wanted > inputs)
    wanted /= 2;
  return wanted;
}

namespace {
struct SplitSumsPass : frieze::nn::impl::SplitSumsPassBase<SplitSumsPass> {
  void runOnOperation() override {
    getOperation()->walk([&](DenseOp op) {
      op.setChains(chooseChains(op));
      if (op.getChains() > 1)
        ++split;
    });
  }
};
} // namespace
