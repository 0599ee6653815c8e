//===- SeparateSamples.cpp - A batch as calls of its samples ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/CallsPerRun.h"
#include "compiler/conversion/Passes.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/transforms/Samples.h"
#include "dialect/NNOps.h"

namespace frieze {
#define GEN_PASS_DEF_SEPARATESAMPLESPASS
#include "compiler/conversion/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

/// Whether most multiply-adds of `model` are of layers that read each weight
/// once for a sample, and could read it once for several.
static bool hasLayersOfOneRow(func::FuncOp model, int64_t samples) {
  int64_t all = 0, withOneRow = 0;
  for (Operation &op : model.getBody().front()) {
    auto layer = dyn_cast<nn::LayerOpInterface>(op);
    if (!layer)
      continue;
    all += layer.countMACs();
    if (auto dense = dyn_cast<nn::DenseOp>(op))
      if (dense.getType().getNumElements() ==
          samples * dense.getType().getShape().back())
        withOneRow += layer.countMACs();
  }
  return 2 * withOneRow > all;
}

static bool fitsArena(func::FuncOp model, const Target &target) {
  KernelPlans kernels(target);
  planKernels(model, kernels);
  return MemoryPlan::create(model, kernels).arenaBytes <=
         target.limits.arenaBytes;
}

namespace {
struct SeparateSamplesPass
    : frieze::impl::SeparateSamplesPassBase<SeparateSamplesPass> {
  using SeparateSamplesPassBase::SeparateSamplesPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto model = module.lookupSymbol<func::FuncOp>("model");
    if (!model) {
      module.emitError("expects a function @model");
      return signalPassFailure();
    }
    if (model->hasAttr(callsPerRunName))
      return;
    if (model.getNumArguments() == 0)
      return;
    auto input = dyn_cast<RankedTensorType>(model.getArgumentTypes().front());
    int64_t samples = input && input.getRank() > 0 ? input.getDimSize(0) : 1;
    if (samples == 1 || !nn::keepsSamplesApart(model, samples))
      return;
    int64_t calls = samples;
    OwningOpRef<func::FuncOp> call = nn::changeSamples(model, samples, 1);
    if (hasLayersOfOneRow(model, samples)) {
      if (fitsArena(model, *target))
        return;
      for (int64_t fewer = 2; fewer < samples; ++fewer) {
        if (samples % fewer != 0)
          continue;
        OwningOpRef<func::FuncOp> larger =
            nn::changeSamples(model, samples, samples / fewer);
        if (!fitsArena(*larger, *target))
          continue;
        calls = fewer;
        call = std::move(larger);
        break;
      }
    }
    (*call)->setAttr(callsPerRunName,
                     Builder(&getContext()).getI64IntegerAttr(calls));
    model.erase();
    module.push_back(call.release());
  }
};
} // namespace
