//===- FusePool.cpp - Move a pooling into a conv ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"

namespace frieze::nn {
#define GEN_PASS_DEF_FUSEPOOLPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// The results of one window must fit into the registers.
static constexpr int64_t maxPoolWindow = 9;

/// Why `pool` does not move into the conv before it, or "".
template <typename PoolOpT> static StringRef findObstacle(PoolOpT pool) {
  auto conv = pool.getInput().template getDefiningOp<ConvOp>();
  if (!conv)
    return "no conv makes its input";
  if (!conv->hasOneUse())
    return "the result of the conv has other uses";
  if (llvm::any_of(conv.getEpilogueStages(),
                   [](Attribute stage) { return isa<PoolStageAttr>(stage); }))
    return "the conv has a pooling already";
  if (conv.getWinograd())
    return "the tiles of the conv are chosen";
  if (llvm::any_of(pool.getPaddingValues(), [](int64_t p) { return p != 0; }))
    return "it has padding";
  if (llvm::any_of(pool.getDilationValues(), [](int64_t d) { return d != 1; }))
    return "it has dilation";
  int64_t elements = 1;
  for (auto [size, stride] :
       llvm::zip_equal(pool.getWindow(), pool.getStrideValues())) {
    elements *= size;
    if (size > stride)
      return "its windows overlap, and would be computed more than once";
  }
  if (elements > maxPoolWindow)
    return "its window does not fit into the registers";
  return "";
}

template <typename PoolOpT>
static LogicalResult fuse(PoolOpT pool, PoolKind kind) {
  StringRef obstacle = findObstacle(pool);
  if (!obstacle.empty()) {
    emitDecision(pool.getLoc(), "pooling", "is a kernel of its own", obstacle);
    return failure();
  }
  auto conv = pool.getInput().template getDefiningOp<ConvOp>();
  Builder builder(pool.getContext());
  auto epilogue = cast<EpilogueOpInterface>(*conv);
  epilogue.appendEpilogueStage(
      PoolStageAttr::get(pool.getContext(), kind, pool.getWindowAttr(),
                         builder.getDenseI64ArrayAttr(pool.getStrideValues())));
  for (Attribute stage : pool.getEpilogueStages())
    epilogue.appendEpilogueStage(stage);
  conv.getOutput().setType(pool.getType());
  emitDecision(pool.getLoc(), "pooling",
               "fused into the epilogue of " + getLayerName(conv));
  pool.replaceAllUsesWith(conv.getOutput());
  pool.erase();
  return success();
}

namespace {
struct FusePoolPass : frieze::nn::impl::FusePoolPassBase<FusePoolPass> {
  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (auto pool = dyn_cast<MaxPoolOp>(op);
          pool && succeeded(fuse(pool, PoolKind::Max)))
        ++fused;
      else if (auto pool = dyn_cast<AvgPoolOp>(op);
               pool && succeeded(fuse(pool, PoolKind::Avg)))
        ++fused;
    });
  }
};
} // namespace
