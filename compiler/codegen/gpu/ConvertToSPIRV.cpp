//===- ConvertToSPIRV.cpp - Kernels for Vulkan ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "compiler/codegen/gpu/WeightsBuffer.h"
#include "mlir/Conversion/ArithToSPIRV/ArithToSPIRV.h"
#include "mlir/Conversion/GPUToSPIRV/GPUToSPIRV.h"
#include "mlir/Conversion/MathToSPIRV/MathToSPIRV.h"
#include "mlir/Conversion/MemRefToSPIRV/MemRefToSPIRV.h"
#include "mlir/Conversion/SCFToSPIRV/SCFToSPIRV.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SPIRV/IR/SPIRVDialect.h"
#include "mlir/Dialect/SPIRV/IR/SPIRVOps.h"
#include "mlir/Dialect/SPIRV/IR/TargetAndABI.h"
#include "mlir/Dialect/SPIRV/Transforms/SPIRVConversion.h"

namespace frieze {
#define GEN_PASS_DEF_CONVERTTOSPIRVPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

namespace {
/// MLIR's own waits for the memory of the group alone, and arenas may be in
/// buffers.
struct BarrierToSPIRV : OpConversionPattern<gpu::BarrierOp> {
  BarrierToSPIRV(const TypeConverter &converter, MLIRContext *context)
      : OpConversionPattern(converter, context, /*benefit=*/2) {}

  LogicalResult
  matchAndRewrite(gpu::BarrierOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<spirv::ControlBarrierOp>(
        op, spirv::Scope::Workgroup, spirv::Scope::Workgroup,
        spirv::MemorySemantics::AcquireRelease |
            spirv::MemorySemantics::WorkgroupMemory |
            spirv::MemorySemantics::UniformMemory);
    return success();
  }
};
} // namespace

/// Vulkan 1.1, whose SPIR-V is 1.3, without anything optional.
static spirv::TargetEnvAttr getEnvironment(MLIRContext *context) {
  auto triple = spirv::VerCapExtAttr::get(
      spirv::Version::V_1_3, {spirv::Capability::Shader},
      {spirv::Extension::SPV_KHR_storage_buffer_storage_class}, context);
  return spirv::TargetEnvAttr::get(
      triple, spirv::getDefaultResourceLimits(context),
      spirv::ClientAPI::Vulkan, spirv::Vendor::Unknown,
      spirv::DeviceType::Unknown, spirv::TargetEnvAttr::kUnknownDeviceID);
}

static std::optional<spirv::StorageClass> findStorageClass(Attribute space) {
  auto known = dyn_cast_or_null<gpu::AddressSpaceAttr>(space);
  if (!known)
    return std::nullopt;
  return known.getValue() == gpu::AddressSpace::Workgroup
             ? spirv::StorageClass::Workgroup
             : spirv::StorageClass::StorageBuffer;
}

/// Makes memory that a group shares a variable, as the conversion knows it, and
/// tells the size of groups in its way.
static void prepare(gpu::GPUFuncOp kernel) {
  Block &body = kernel.getBody().front();
  unsigned parameters = kernel.getFunctionType().getNumInputs();
  OpBuilder builder = OpBuilder::atBlockBegin(&body);
  for (BlockArgument shared :
       llvm::to_vector(kernel.getWorkgroupAttributions()))
    shared.replaceAllUsesWith(memref::AllocOp::create(
        builder, kernel.getLoc(), cast<MemRefType>(shared.getType())));
  body.eraseArguments(parameters, body.getNumArguments() - parameters);
  kernel->setAttr(gpu::GPUFuncOp::getNumWorkgroupAttributionsAttrName(),
                  builder.getI64IntegerAttr(0));
  kernel->setAttr(
      spirv::getEntryPointABIAttrName(),
      spirv::getEntryPointABIAttr(
          kernel.getContext(),
          SmallVector<int32_t>(kernel.getKnownBlockSize().value())));
}

namespace {
struct ConvertToSPIRVPass
    : frieze::impl::ConvertToSPIRVPassBase<ConvertToSPIRVPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    // The host has the weights.
    eraseConstants(module);
    module.walk(prepare);
    spirv::MemorySpaceToStorageClassConverter spaces(findStorageClass);
    spirv::convertMemRefTypesAndAttrs(module, spaces);
    SmallVector<Operation *> kernels(module.getOps<gpu::GPUModuleOp>());
    spirv::TargetEnvAttr environment = getEnvironment(context);
    SPIRVTypeConverter converter(environment);
    RewritePatternSet patterns(context);
    ScfToSPIRVContext scfContext;
    patterns.add<BarrierToSPIRV>(converter, context);
    populateGPUToSPIRVPatterns(converter, patterns);
    populateSCFToSPIRVPatterns(converter, scfContext, patterns);
    populateMemRefToSPIRVPatterns(converter, patterns);
    arith::populateArithToSPIRVPatterns(converter, patterns);
    populateMathToSPIRVPatterns(converter, patterns);
    std::unique_ptr<ConversionTarget> target =
        SPIRVConversionTarget::get(environment);
    for (Operation *kernel : kernels)
      kernel->setAttr(spirv::getTargetEnvAttrName(), environment);
    if (failed(applyFullConversion(kernels, *target, std::move(patterns))))
      return signalPassFailure();
    // A driver may fuse what is not marked.
    module.walk([&](Operation *op) {
      if (isa<spirv::FAddOp, spirv::FSubOp, spirv::FMulOp, spirv::FDivOp>(op))
        op->setAttr("no_contraction", UnitAttr::get(context));
    });
  }
};
} // namespace
