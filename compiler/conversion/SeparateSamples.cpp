//===- SeparateSamples.cpp - A batch as calls of its samples ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/CallsPerRun.h"
#include "compiler/conversion/Passes.h"
#include "compiler/conversion/kernels/Lowerings.h"
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
    int64_t macs = nn::countMACs(&op);
    all += macs;
    if (auto dense = dyn_cast<nn::DenseOp>(op))
      if (dense.getType().getNumElements() ==
          samples * dense.getType().getShape().back())
        withOneRow += macs;
  }
  return 2 * withOneRow > all;
}

/// Calls that a run of `samples` samples takes: one for each, or as few as have
/// arenas within the target's limit where samples share weights.
static int64_t chooseCallsPerRun(func::FuncOp model, int64_t samples,
                                 const Target &target) {
  if (!hasLayersOfOneRow(model, samples))
    return samples;
  for (int64_t calls = 1; calls < samples; ++calls) {
    if (samples % calls != 0)
      continue;
    OwningOpRef<func::FuncOp> call =
        nn::changeSamples(model, samples, samples / calls);
    if (planArena(*call, target) <= target.limits.arenaBytes)
      return calls;
  }
  return samples;
}

OwningOpRef<func::FuncOp> frieze::separateSamples(func::FuncOp model,
                                                  const Target &target) {
  if (model->hasAttr(callsPerRunName) || model.getNumArguments() == 0)
    return nullptr;
  auto input = dyn_cast<RankedTensorType>(model.getArgumentTypes().front());
  int64_t samples = input && input.getRank() > 0 ? input.getDimSize(0) : 1;
  if (samples == 1 || !nn::keepsSamplesApart(model, samples))
    return nullptr;
  int64_t calls = chooseCallsPerRun(model, samples, target);
  if (calls == 1)
    return nullptr;
  OwningOpRef<func::FuncOp> call =
      nn::changeSamples(model, samples, samples / calls);
  (*call)->setAttr(callsPerRunName,
                   Builder(model.getContext()).getI64IntegerAttr(calls));
  return call;
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
    if (OwningOpRef<func::FuncOp> call = separateSamples(model, *target)) {
      model.erase();
      module.push_back(call.release());
    }
  }
};
} // namespace
