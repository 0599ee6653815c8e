//===- ShareWindows.cpp - Share work between windows ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/StreamBuilder.h"
#include "compiler/transforms/StreamedModel.h"

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
    FailureOr<func::FuncOp> found =
        getStreamedModel(module, "samples", "stream");
    if (mlir::failed(found))
      return failure();
    func::FuncOp model = *found;
    if (hop < 1 || hop > maxElements || block < 0 || block > maxElements)
      return model.emitError("expects a positive hop, but got ")
             << hop.getValue();
    WalkResult walked = model.walk([](HistoryOp op) -> WalkResult {
      return op.emitError("expects a model of single windows, which has no "
                          "calls before it");
    });
    if (walked.wasInterrupted())
      return failure();
    int64_t windows =
        block > 0 ? block : std::max<int64_t>(1, blockSamples / hop);
    for (auto [name, count] : getStreamFunctions(windows)) {
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
