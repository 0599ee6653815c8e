//===- ShareWindows.cpp - Share work between windows ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/StreamBuilder.h"

namespace frieze::nn {
#define GEN_PASS_DEF_SHAREWINDOWSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Samples that begin the windows of a block, for which the values of an
/// ordinary model fit into the second-level cache.
static constexpr int64_t blockSamples = 512;

namespace {
struct ShareWindowsPass
    : frieze::nn::impl::ShareWindowsPassBase<ShareWindowsPass> {
  using ShareWindowsPassBase::ShareWindowsPassBase;

  void runOnOperation() override {
    if (mlir::failed(run()))
      signalPassFailure();
  }

  LogicalResult run() {
    ModuleOp module = getOperation();
    auto model = module.lookupSymbol<func::FuncOp>("model");
    if (!model || !llvm::hasSingleElement(model.getBody()))
      return module.emitError("expects a function @model of a single block");
    if (hop < 1 || hop > maxElements || block < 0 || block > maxElements)
      return model.emitError("expects a positive hop, but got ")
             << hop.getValue();
    auto type = model.getNumArguments() == 1
                    ? dyn_cast<RankedTensorType>(model.getArgument(0).getType())
                    : nullptr;
    if (!type || (type.getRank() != 2 && type.getRank() != 3) ||
        type.getDimSize(0) != 1)
      return model.emitError("expects one input of shape (1, samples) or (1, "
                             "samples, channels) to stream");
    WalkResult found = model.walk([](HistoryOp op) -> WalkResult {
      return op.emitError("expects a model of single windows, which has no "
                          "calls before it");
    });
    if (found.wasInterrupted())
      return failure();
    int64_t windows =
        block > 0 ? block : std::max<int64_t>(1, blockSamples / hop);
    SmallVector<std::pair<StringRef, int64_t>> functions{{"stream_window", 1}};
    if (windows > 1)
      functions.push_back({"stream_block", windows});
    for (auto [name, count] : functions) {
      StreamBuilder builder(model, hop, count, StreamInput::NewSamples);
      FailureOr<func::FuncOp> function = builder.build(name);
      if (mlir::failed(function))
        return failure();
      module.push_back(*function);
      shared = builder.shared;
    }
    return success();
  }
};
} // namespace
