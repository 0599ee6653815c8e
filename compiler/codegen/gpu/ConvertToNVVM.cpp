//===- ConvertToNVVM.cpp - Kernels for NVIDIA's GPUs ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Passes.h"
#include "compiler/codegen/gpu/GroupShape.h"
#include "compiler/codegen/gpu/WeightsBuffer.h"
#include "compiler/codegen/llvm/ConvertToLLVM.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace frieze {
#define GEN_PASS_DEF_CONVERTTONVVMPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;
using namespace frieze;

namespace {
template <typename GPUOpT, typename NVVMOpT>
struct IdToNVVM : ConvertOpToLLVMPattern<GPUOpT> {
  using ConvertOpToLLVMPattern<GPUOpT>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(GPUOpT op, typename GPUOpT::Adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<NVVMOpT>(op, rewriter.getI32Type());
    return success();
  }
};

struct BarrierToNVVM : ConvertOpToLLVMPattern<gpu::BarrierOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(gpu::BarrierOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<NVVM::Barrier0Op>(op);
    return success();
  }
};
} // namespace

/// Makes a function of the module around its own of `kernel`; the memory of its
/// groups is a variable.
static void takeOut(gpu::GPUFuncOp kernel, ModuleOp module) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = kernel.getLoc();
  Block &body = kernel.getBody().front();
  unsigned parameters = kernel.getFunctionType().getNumInputs();
  for (BlockArgument shared :
       llvm::to_vector(kernel.getWorkgroupAttributions())) {
    std::string symbol = (kernel.getName() + "_shared").str();
    auto type = cast<MemRefType>(shared.getType());
    // Of a private one, LLVM knows all uses, and that a barrier is none: it
    // would read before the barrier what others write. Aligned to as much as
    // one instruction loads.
    memref::GlobalOp::create(builder, loc, symbol,
                             builder.getStringAttr("public"), type,
                             builder.getUnitAttr(), /*constant=*/false,
                             builder.getI64IntegerAttr(16));
    OpBuilder inside = OpBuilder::atBlockBegin(&body);
    shared.replaceAllUsesWith(
        memref::GetGlobalOp::create(inside, loc, type, symbol));
  }
  body.eraseArguments(parameters, body.getNumArguments() - parameters);
  // A pointer says nothing of how much is behind it.
  for (BlockArgument parameter : body.getArguments())
    if (auto type = dyn_cast<MemRefType>(parameter.getType()))
      parameter.setType(type.clone({1}));
  auto function = func::FuncOp::create(
      builder, loc, kernel.getName(),
      builder.getFunctionType(body.getArgumentTypes(), {}));
  function.getBody().takeBody(kernel.getBody());
  function.walk([&](gpu::ReturnOp op) {
    OpBuilder end(op);
    func::ReturnOp::create(end, op.getLoc());
    op.erase();
  });
  function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  function->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                    kernel.getKnownBlockSizeAttr());
  // The assembler would spill to make room for more groups than these.
  auto resident = kernel->getAttrOfType<IntegerAttr>(residentGroupsName);
  function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                    resident ? resident : builder.getI32IntegerAttr(1));
  // What is only read is nowhere else; of what is written, LLVM must not know
  // that, as it would take it for the thread's own and move uses of it across
  // barriers. All but the inputs and outputs of a call begin where memory that
  // was asked for does.
  for (auto [number, type] :
       llvm::enumerate(function.getFunctionType().getInputs()))
    if (isa<MemRefType>(type)) {
      if (llvm::none_of(function.getArgument(number).getUsers(),
                        llvm::IsaPred<memref::StoreOp>))
        function.setArgAttr(number, "llvm.noalias", builder.getUnitAttr());
      if (number + 3 >= parameters)
        function.setArgAttr(number, "llvm.align",
                            builder.getI64IntegerAttr(16));
      // The weights.
      if (number + 3 == parameters)
        function.setArgAttr(number, "llvm.readonly", builder.getUnitAttr());
    }
}

namespace {
struct ConvertToNVVMPass
    : frieze::impl::ConvertToNVVMPassBase<ConvertToNVVMPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    // The host has the weights.
    eraseConstants(module);
    for (auto kernels :
         llvm::make_early_inc_range(module.getOps<gpu::GPUModuleOp>())) {
      for (auto kernel :
           llvm::make_early_inc_range(kernels.getOps<gpu::GPUFuncOp>()))
        takeOut(kernel, module);
      kernels.erase();
    }
    LowerToLLVMOptions options(context, DataLayout(module));
    options.useBarePtrCallConv = true;
    options.overrideIndexBitwidth(32);
    LLVMTypeConverter converter(context, options);
    converter.addTypeAttributeConversion([](BaseMemRefType,
                                            gpu::AddressSpaceAttr space) {
      unsigned number = space.getValue() == gpu::AddressSpace::Workgroup
                            ? unsigned(NVVM::NVVMMemorySpace::Shared)
                            : unsigned(NVVM::NVVMMemorySpace::Global);
      return IntegerAttr::get(IntegerType::get(space.getContext(), 64), number);
    });
    RewritePatternSet patterns(context);
    populateLoopsToLLVMPatterns(converter, patterns);
    patterns.add<IdToNVVM<gpu::ThreadIdOp, NVVM::ThreadIdXOp>,
                 IdToNVVM<gpu::BlockIdOp, NVVM::BlockIdXOp>, BarrierToNVVM>(
        converter);
    if (failed(convertLoopsToLLVM(module, converter, std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace
