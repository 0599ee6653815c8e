//===- MapToGPU.cpp - Loops to kernels of groups of threads -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "compiler/codegen/gpu/KernelEmitter.h"
#include "dialect/NNAttrs.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace frieze {
#define GEN_PASS_DEF_MAPTOGPUPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

namespace {
struct MapToGPUPass : frieze::impl::MapToGPUPassBase<MapToGPUPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    nn::InterfaceAttr interface = nn::InterfaceAttr::find(module);
    const Target *target =
        interface ? findTarget(interface.getTarget().getValue()) : nullptr;
    if (!target || !target->device) {
      module.emitError("expects the loops of a model for a device");
      return signalPassFailure();
    }
    auto getFunction = [&](ArrayRef<FlatSymbolRefAttr> variants) {
      return module.lookupSymbol<func::FuncOp>(variants.front().getAttr());
    };
    SmallVector<func::FuncOp> functions{getFunction(interface.getVariants())};
    nn::StreamInterfaceAttr stream = interface.getStream();
    if (stream)
      functions.push_back(getFunction(stream.getBlock() > 1
                                          ? stream.getBlockVariants()
                                          : stream.getWindowVariants()));
    WeightsBuffer weights(functions);
    StringRef name = interface.getName().getValue();
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto kernels = gpu::GPUModuleOp::create(builder, module.getLoc(),
                                            (name + "_kernels").str());
    auto emitKernels = [&](func::FuncOp function, const Twine &entry,
                           bool isStream, int64_t inputStride,
                           int64_t samples) {
      std::vector<KernelSegment> segments =
          splitIntoSegments(function, *target->device);
      for (auto [number, segment] : llvm::enumerate(segments)) {
        // One that is alone needs no number.
        std::string numbered = segments.size() == 1
                                   ? entry.str()
                                   : (entry + "_" + Twine(number)).str();
        gpu::GPUFuncOp kernel = emitKernel(kernels, numbered, function, segment,
                                           weights, inputStride, samples);
        if (isStream)
          kernel->setAttr(isStreamName, builder.getUnitAttr());
      }
    };
    emitKernels(functions.front(), name + "_kernel", /*isStream=*/false,
                /*inputStride=*/0, interface.getMicroBatch());
    if (stream)
      emitKernels(functions.back(), name + "_stream_kernel", /*isStream=*/true,
                  stream.getBlock() * stream.getHop() * stream.getChannels(),
                  /*samples=*/1);
    weights.write((name + "_weights").str());
    for (auto loops : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      loops.erase();
  }
};
} // namespace
