//===- ChooseCalls.cpp - What a call of a kernel computes -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Passes.h"
#include "compiler/conversion/StreamCalls.h"
#include "compiler/conversion/StreamToLoops.h"
#include "compiler/conversion/VariantFunction.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/transforms/StreamBuilder.h"
#include "dialect/NNOps.h"

namespace frieze {
#define GEN_PASS_DEF_CHOOSECALLSPASS
#include "compiler/conversion/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

/// What is added to the work on values that lie in the device's memory, and
/// not in that of a group: its caches answer later, and for fewer at a time.
static constexpr double costOfMemory = 1.5;
/// What a block twice as large has to save. It has groups of threads wait
/// longer for each other, and a short recording has fewer of them.
static constexpr double leastSaving = 0.1;
/// Scores of a block fit into the slices that are copied, whatever they are.
static constexpr int64_t mostWindows = 1024;

/// Multiply-adds of `function` for each of its windows, more for those that
/// are computed outside of a group's memory; nothing where it needs too much.
static std::optional<double>
estimateCost(func::FuncOp function, const Target &target, int64_t windows) {
  KernelPlans kernels(target);
  planKernels(function, kernels);
  int64_t bytes = MemoryPlan::create(function, kernels).arenaBytes;
  if (bytes > target.limits.arenaBytes && windows > 1)
    return std::nullopt;
  double macs = 0;
  for (Operation &op : function.getBody().front())
    if (auto layer = dyn_cast<nn::LayerOpInterface>(op))
      macs += layer.countMACs();
  return macs / windows *
         (bytes <= target.device->groupBytes ? 1 : costOfMemory);
}

/// The function for as many windows as save work, or null where one by one are
/// as good; fails where a block is refused.
static FailureOr<OwningOpRef<func::FuncOp>>
chooseStreamCall(func::FuncOp model, const Target &target, int64_t hop) {
  OwningOpRef<func::FuncOp> best;
  int64_t window = cast<ShapedType>(model.getArgumentTypes()[0]).getDimSize(1);
  // Of what windows do not have in common, nothing is saved.
  if (hop >= window ||
      !llvm::all_of(model.getBody().front().without_terminator(),
                    [](Operation &op) { return nn::keepsWindowsApart(&op); }))
    return best;
  std::optional<double> least = estimateCost(model, target, /*windows=*/1);
  for (int64_t windows = 2; windows <= mostWindows; windows *= 2) {
    nn::StreamBuilder builder(model, hop, windows, nn::StreamInput::AllSamples);
    FailureOr<func::FuncOp> function = builder.build(streamCallName);
    if (failed(function))
      return failure();
    OwningOpRef<func::FuncOp> call(*function);
    std::optional<double> cost = estimateCost(*call, target, windows);
    if (!cost)
      break;
    if (*cost >= *least * (1 - leastSaving))
      continue;
    least = cost;
    best = std::move(call);
  }
  return best;
}

nn::StreamInterfaceAttr frieze::describeStreamCalls(func::FuncOp model,
                                                    func::FuncOp streamCall,
                                                    const Target &target,
                                                    StringRef name) {
  auto hop = model->getAttrOfType<IntegerAttr>(hopName);
  if (!hop)
    return nullptr;
  MLIRContext *context = model.getContext();
  auto type = cast<ShapedType>(model.getArgumentTypes()[0]);
  int64_t windows = 1;
  SmallVector<FlatSymbolRefAttr> blockVariants;
  if (streamCall) {
    windows = cast<ShapedType>(streamCall.getResultTypes()[0]).getDimSize(0);
    blockVariants =
        getVariantSymbols(context, (name + "_" + streamCallName).str(), target);
  }
  return nn::StreamInterfaceAttr::get(
      context, type.getDimSize(1), hop.getInt(),
      type.getRank() > 2 ? type.getDimSize(2) : 1, windows, /*early=*/0,
      /*missing=*/0, /*samples=*/0, /*unwanted=*/0, /*state=*/0,
      target.layout.alignment, getVariantSymbols(context, name, target),
      blockVariants);
}

namespace {
struct ChooseCallsPass : frieze::impl::ChooseCallsPassBase<ChooseCallsPass> {
  using ChooseCallsPassBase::ChooseCallsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto model = module.lookupSymbol<func::FuncOp>("model");
    if (!model || !target->device) {
      module.emitError("expects a function @model, and a target that is a "
                       "device");
      return signalPassFailure();
    }
    SmallVector<func::FuncOp> stream = StreamLowering::findFunctions(module);
    if (stream.empty())
      return;
    int64_t hop =
        cast<ShapedType>(stream.front().getArgumentTypes()[0]).getDimSize(1);
    for (func::FuncOp function : stream)
      function.erase();
    model->setAttr(hopName, Builder(&getContext()).getI64IntegerAttr(hop));
    auto call = chooseStreamCall(model, *target, hop);
    if (failed(call))
      return signalPassFailure();
    if (*call)
      module.push_back(call->release());
  }
};
} // namespace
