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
#include "compiler/transforms/Samples.h"
#include "compiler/transforms/StreamBuilder.h"
#include "dialect/NNOps.h"
#include "dialect/StreamFunctions.h"
#include "dialect/Weights.h"

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
  int64_t bytes = planArena(function, target);
  if (bytes > target.limits.arenaBytes && windows > 1)
    return std::nullopt;
  double macs = 0;
  for (Operation &op : function.getBody().front())
    macs += nn::countMACs(&op);
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

/// Samples of a call that share weights, at most.
static constexpr int64_t mostSamples = 8;
/// Groups that a multiprocessor has to hold then.
static constexpr int64_t leastGroups = 4;

/// Weights of a layer that are worth sharing: the sums of one with fewer cost
/// less than what begins and ends them.
static constexpr int64_t leastWeights = 1024;

/// Multiply-adds of `op` with weights that several samples share in `batch`,
/// its copy for these, as its tile has more rows there.
static double countSharedMACs(Operation *op, Operation *batch,
                              const KernelPlans &kernels) {
  const Machine &machine = kernels.getTarget().machines.front();
  auto countRows = [&](Operation *of) {
    const KernelPlan *plan = kernels.find(of, machine);
    return plan && !plan->products.empty() ? plan->products.front().rows : 0;
  };
  bool isShared =
      countRows(batch) > countRows(op) && nn::countWeights(op) >= leastWeights;
  return isShared ? nn::countMACs(op) : 0;
}

/// Whether samples share the weights of most multiply-adds of `model` in
/// `batch`, the function for several.
static bool isWorthBatch(func::FuncOp model, func::FuncOp batch,
                         const Target &target) {
  KernelPlans kernels(target);
  planKernels(model, kernels);
  planKernels(batch, kernels);
  double macs = 0, shared = 0;
  for (auto [op, copy] :
       llvm::zip_equal(model.getBody().front(), batch.getBody().front())) {
    macs += nn::countMACs(&op);
    if (op.getNumResults())
      shared += countSharedMACs(&op, &copy, kernels);
  }
  return shared > macs / 2;
}

/// Whether only layers that go on in steps read what `function` is given. In
/// others, to look for the end of an array with each load costs more than it
/// saves.
static bool readsInputsInSteps(func::FuncOp function, const Target &target) {
  KernelPlans kernels(target);
  planKernels(function, kernels);
  auto goesInSteps = [&](Operation *user) {
    const KernelPlan *plan = kernels.find(user, target.machines.front());
    return plan && plan->samplesTogether > 1;
  };
  return llvm::all_of(function.getArguments(), [&](Value input) {
    return llvm::all_of(input.getUsers(), goesInSteps);
  });
}

/// Copies what `function` is given, as its layers read it more than once.
static void copyInputs(func::FuncOp function) {
  auto builder = OpBuilder::atBlockBegin(&function.getBody().front());
  for (BlockArgument input : function.getArguments()) {
    auto type = cast<RankedTensorType>(input.getType());
    SmallVector<int64_t> begin(type.getRank());
    auto copy = nn::SliceOp::create(builder, input.getLoc(), input, begin,
                                    type.getShape(), /*strides=*/nullptr,
                                    /*epilogue=*/nullptr);
    input.replaceAllUsesExcept(copy.getOutput(), copy);
  }
}

/// The function for as many samples as share weights, or null where most
/// multiply-adds share them within a sample, or groups have too little memory.
static OwningOpRef<func::FuncOp> chooseModelCall(func::FuncOp model,
                                                 const Target &target) {
  if (!nn::keepsSamplesApart(model, /*samples=*/1))
    return nullptr;
  int64_t bytes = std::min(target.device->groupBytes,
                           target.device->sharedBytes / leastGroups);
  for (bool areCopied : {true, false})
    for (int64_t samples = mostSamples; samples > 1; samples /= 2) {
      OwningOpRef<func::FuncOp> call =
          nn::changeSamples(model, /*from=*/1, samples);
      if (!call)
        return nullptr;
      call->setName(modelCallName);
      if (!isWorthBatch(model, *call, target) ||
          (!areCopied && !readsInputsInSteps(*call, target)))
        return nullptr;
      if (areCopied)
        copyInputs(*call);
      if (planArena(*call, target) <= bytes)
        return call;
    }
  return nullptr;
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
    if (OwningOpRef<func::FuncOp> call = chooseModelCall(model, *target))
      module.push_back(call.release());
    SmallVector<func::FuncOp> stream = StreamLowering::findFunctions(module);
    if (stream.empty())
      return;
    if (stream.front()->hasAttr(nn::stepsName)) {
      stream.front().emitError(
          "expects a processor for steps (--stream-steps), "
          "as a device remembers nothing from call to "
          "call, but got ")
          << target->name;
      return signalPassFailure();
    }
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
