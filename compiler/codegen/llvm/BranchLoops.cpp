//===- BranchLoops.cpp - Loops become branches ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Rewrite/PatternApplicator.h"

namespace frieze {
#define GEN_PASS_DEF_BRANCHLOOPSPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;

namespace {
struct BranchLoopsPass : frieze::impl::BranchLoopsPassBase<BranchLoopsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateSCFToControlFlowConversionPatterns(patterns);
    FrozenRewritePatternSet frozen(std::move(patterns));
    PatternApplicator applicator(frozen);
    applicator.applyDefaultCostModel();
    SmallVector<Operation *> loops;
    auto collect = [&](Operation *op) -> WalkResult {
      if (isa<scf::ForallOp>(op))
        return op->emitOpError("expects an order; run frieze-order-loops "
                               "first");
      if (isa<scf::ForOp, scf::IfOp, scf::WhileOp>(op))
        loops.push_back(op);
      return WalkResult::advance();
    };
    if (getOperation().walk(collect).wasInterrupted())
      return signalPassFailure();
    PatternRewriter rewriter(&getContext());
    // From the end on, and outer loops first: the block of a loop is cut behind
    // it, where little is left then.
    for (Operation *loop : llvm::reverse(loops)) {
      rewriter.setInsertionPoint(loop);
      // All of these have a pattern.
      (void)applicator.matchAndRewrite(loop, rewriter);
    }
  }
};
} // namespace
