//===- RotateLoops.cpp - Loops that test at their end -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace frieze {
#define GEN_PASS_DEF_ROTATELOOPSPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;

/// Whether the body runs at least once, and ends exactly at the upper bound.
static bool hasKnownLength(scf::ForOp loop) {
  std::optional<int64_t> lower = getConstantIntValue(loop.getLowerBound());
  std::optional<int64_t> upper = getConstantIntValue(loop.getUpperBound());
  std::optional<int64_t> step = getConstantIntValue(loop.getStep());
  return lower && upper && step && *lower < *upper &&
         (*upper - *lower) % *step == 0;
}

static void rotate(RewriterBase &rewriter, scf::ForOp loop) {
  Location loc = loop.getLoc();
  rewriter.setInsertionPoint(loop);
  SmallVector<Value> initial{loop.getLowerBound()};
  llvm::append_range(initial, loop.getInitArgs());
  auto rotated = scf::WhileOp::create(
      rewriter, loc, TypeRange(ValueRange(initial)), initial,
      /*beforeBuilder=*/nullptr,
      [](OpBuilder &builder, Location loc, ValueRange next) {
        scf::YieldOp::create(builder, loc, next);
      });
  Block *body = rotated.getBeforeBody();
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  rewriter.mergeBlocks(loop.getBody(), body, body->getArguments());
  rewriter.setInsertionPoint(yield);
  SmallVector<Value> next{arith::AddIOp::create(
      rewriter, loc, body->getArgument(0), loop.getStep())};
  llvm::append_range(next, yield.getOperands());
  Value goesOn = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::ne,
                                       next.front(), loop.getUpperBound());
  rewriter.replaceOpWithNewOp<scf::ConditionOp>(yield, goesOn, next);
  rewriter.replaceOp(loop, rotated.getResults().drop_front());
}

namespace {
struct RotateLoopsPass : frieze::impl::RotateLoopsPassBase<RotateLoopsPass> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    getOperation()->walk([&](scf::ForOp loop) {
      if (hasKnownLength(loop))
        rotate(rewriter, loop);
    });
  }
};
} // namespace
