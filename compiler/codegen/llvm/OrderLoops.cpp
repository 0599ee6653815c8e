//===- OrderLoops.cpp - Run iterations one after the other ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"

namespace frieze {
#define GEN_PASS_DEF_ORDERLOOPSPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;

/// The indices of a store, or none where `op` is none.
static ValueRange getStoreIndices(Operation *op) {
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return store.getIndices();
  if (auto store = dyn_cast<vector::StoreOp>(op))
    return store.getIndices();
  return {};
}

/// A store in `loop` that goes to the same place in each iteration, or null.
static Operation *findSharedStore(scf::ForallOp loop) {
  llvm::DenseSet<Value> changing;
  changing.insert(loop.getInductionVar(0));
  Operation *shared = nullptr;
  // Operands come before their users, so that one pass over the body does.
  loop.getBody()->walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto changes = [&](Value value) { return changing.contains(value); };
    if (llvm::any_of(op->getOperands(), changes)) {
      changing.insert_range(op->getResults());
      for (Region &region : op->getRegions())
        for (Block &block : region)
          changing.insert_range(block.getArguments());
    }
    ValueRange indices = getStoreIndices(op);
    if (!indices.empty() && llvm::none_of(indices, changes))
      shared = op;
  });
  return shared;
}

/// Makes `loop` an scf.for, with an index that counts down if `backwards`.
static void orderLoop(RewriterBase &rewriter, scf::ForallOp loop,
                      bool backwards) {
  Location loc = loop.getLoc();
  rewriter.setInsertionPoint(loop);
  auto materialise = [&](OpFoldResult bound) {
    return getValueOrCreateConstantIndexOp(rewriter, loc, bound);
  };
  Value low = materialise(loop.getMixedLowerBound().front());
  Value high = materialise(loop.getMixedUpperBound().front());
  Value step = materialise(loop.getMixedStep().front());
  auto ordered = scf::ForOp::create(rewriter, loc, low, high, step);
  rewriter.eraseOp(loop.getTerminator());
  Value index = ordered.getInductionVar();
  if (backwards) {
    // low + last - index, for a step of 1.
    rewriter.setInsertionPointToStart(ordered.getBody());
    Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    Value last = arith::SubIOp::create(rewriter, loc, high, one);
    Value sum = arith::AddIOp::create(rewriter, loc, low, last);
    index = arith::SubIOp::create(rewriter, loc, sum, index);
  }
  rewriter.inlineBlockBefore(loop.getBody(), ordered.getBody()->getTerminator(),
                             index);
  rewriter.eraseOp(loop);
}

namespace {
struct OrderLoopsPass : frieze::impl::OrderLoopsPassBase<OrderLoopsPass> {
  using OrderLoopsPassBase::OrderLoopsPassBase;

  void runOnOperation() override {
    SmallVector<scf::ForallOp> loops;
    auto collect = [&](scf::ForallOp loop) -> WalkResult {
      if (loop.getRank() != 1 || loop.getNumResults() != 0 ||
          !isConstantIntValue(loop.getMixedStep().front(), 1))
        return loop.emitOpError("expects one index with a step of 1, and no "
                                "results");
      if (Operation *store = findSharedStore(loop))
        return store->emitOpError("expects iterations of independent loops to "
                                  "write to places of their own");
      loops.push_back(loop);
      return WalkResult::advance();
    };
    if (getOperation().walk(collect).wasInterrupted())
      return signalPassFailure();
    IRRewriter rewriter(&getContext());
    for (scf::ForallOp loop : loops)
      orderLoop(rewriter, loop, backwards);
  }
};
} // namespace
