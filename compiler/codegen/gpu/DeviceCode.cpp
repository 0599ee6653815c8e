//===- DeviceCode.cpp - What a device runs of a model -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/DeviceCode.h"
#include "compiler/codegen/gpu/GroupShape.h"
#include "dialect/NNAttrs.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace frieze;

DeviceCode frieze::describeDeviceCode(ModuleOp module, const Target &target) {
  DeviceCode result;
  result.kind = target.device->kind;
  if (auto stream = nn::InterfaceAttr::find(module).getStream())
    result.streams.windows = stream.getBlock();
  auto kernels = *module.getOps<gpu::GPUModuleOp>().begin();
  for (auto kernel : kernels.getOps<gpu::GPUFuncOp>()) {
    DeviceLaunches &launches =
        kernel->hasAttr(isStreamName) ? result.streams : result.calls;
    auto getNumber = [&](StringRef name) {
      return kernel->getAttrOfType<IntegerAttr>(name).getInt();
    };
    launches.kernels.push_back(
        {kernel.getName().str(), kernel.getKnownBlockSize()->front(),
         getNumber(groupsPerCallName), getNumber(callsPerGroupName)});
    launches.arenaBytes =
        std::max(launches.arenaBytes, getNumber(arenaBytesName));
  }
  auto weights = *module.getOps<memref::GlobalOp>().begin();
  result.weights = cast<ElementsAttr>(weights.getInitialValueAttr());
  return result;
}
