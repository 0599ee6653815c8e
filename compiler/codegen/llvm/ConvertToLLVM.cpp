//===- ConvertToLLVM.cpp - Vector code to the LLVM dialect ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/ConvertToLLVM.h"
#include "compiler/codegen/Passes.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/IR/BuiltinOps.h"

namespace frieze {
#define GEN_PASS_DEF_CONVERTTOLLVMPASS
#include "compiler/codegen/Passes.h.inc"
} // namespace frieze

using namespace mlir;

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

// MLIR's own patterns make a descriptor of every buffer, and take it apart at
// every access: half of all ops, of which LLVM has to find out that they do
// nothing.

namespace {
/// Lowers a load or store of a scalar or vector.
template <typename OpT> struct AccessLowering : ConvertOpToLLVMPattern<OpT> {
  // Preferred over the patterns of the vector dialect.
  explicit AccessLowering(const LLVMTypeConverter &converter)
      : ConvertOpToLLVMPattern<OpT>(converter, /*benefit=*/2) {}

  LogicalResult
  matchAndRewrite(OpT op, typename OpT::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Value base;
    if constexpr (std::is_same_v<OpT, memref::LoadOp> ||
                  std::is_same_v<OpT, memref::StoreOp>)
      base = adaptor.getMemref();
    else
      base = adaptor.getBase();
    Type element = getElementTypeOrSelf(op.getMemRefType());
    Value address = LLVM::GEPOp::create(rewriter, op.getLoc(), base.getType(),
                                        element, base, adaptor.getIndices(),
                                        LLVM::GEPNoWrapFlags::inbounds |
                                            LLVM::GEPNoWrapFlags::nuw);
    unsigned alignment = element.getIntOrFloatBitWidth() / 8;
    if constexpr (std::is_same_v<OpT, vector::StoreOp>)
      rewriter.replaceOpWithNewOp<LLVM::StoreOp>(op, adaptor.getValueToStore(),
                                                 address, alignment);
    else if constexpr (std::is_same_v<OpT, memref::StoreOp>)
      rewriter.replaceOpWithNewOp<LLVM::StoreOp>(op, adaptor.getValue(),
                                                 address, alignment);
    else
      rewriter.replaceOpWithNewOp<LLVM::LoadOp>(op, op.getType(), address,
                                                alignment);
    return success();
  }
};

struct PrefetchLowering : ConvertOpToLLVMPattern<memref::PrefetchOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(memref::PrefetchOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    // May lie behind the end of the buffer, which is harmless.
    Value address = LLVM::GEPOp::create(
        rewriter, op.getLoc(), adaptor.getMemref().getType(),
        op.getMemRefType().getElementType(), adaptor.getMemref(),
        adaptor.getIndices());
    rewriter.replaceOpWithNewOp<LLVM::Prefetch>(op, address, op.getIsWrite(),
                                                op.getLocalityHint(),
                                                /*cache=*/op.getIsDataCache());
    return success();
  }
};

struct ViewLowering : ConvertOpToLLVMPattern<memref::ViewOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(memref::ViewOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<LLVM::GEPOp>(
        op, adaptor.getSource().getType(), rewriter.getI8Type(),
        adaptor.getSource(), adaptor.getByteShift(),
        LLVM::GEPNoWrapFlags::inbounds | LLVM::GEPNoWrapFlags::nuw);
    return success();
  }
};

struct GlobalLowering : ConvertOpToLLVMPattern<memref::GlobalOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(memref::GlobalOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    MemRefType type = op.getType();
    auto pointer =
        cast<LLVM::LLVMPointerType>(typeConverter->convertType(type));
    bool isSet = !op.isUninitialized();
    // The op is gone once it is replaced.
    Location loc = op.getLoc();
    auto global = rewriter.replaceOpWithNewOp<LLVM::GlobalOp>(
        op,
        LLVM::LLVMArrayType::get(type.getElementType(), type.getNumElements()),
        op.getConstant(),
        op.isPrivate() ? LLVM::Linkage::Private : LLVM::Linkage::External,
        op.getSymName(), isSet ? op.getInitialValueAttr() : Attribute(),
        op.getAlignment().value_or(0), pointer.getAddressSpace());
    if (isSet)
      return success();
    rewriter.createBlock(&global.getInitializerRegion());
    Value undefined = LLVM::UndefOp::create(rewriter, loc, global.getType());
    LLVM::ReturnOp::create(rewriter, loc, undefined);
    return success();
  }
};

struct GetGlobalLowering : ConvertOpToLLVMPattern<memref::GetGlobalOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(memref::GetGlobalOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<LLVM::AddressOfOp>(
        op, typeConverter->convertType(op.getType()), op.getName());
    return success();
  }
};

struct CallLowering : ConvertOpToLLVMPattern<func::CallOp> {
  explicit CallLowering(const LLVMTypeConverter &converter)
      : ConvertOpToLLVMPattern(converter, /*benefit=*/2) {}

  LogicalResult
  matchAndRewrite(func::CallOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getNumResults() != 0)
      return failure();
    rewriter.replaceOpWithNewOp<LLVM::CallOp>(op, TypeRange(), op.getCallee(),
                                              adaptor.getOperands());
    return success();
  }
};

struct FunctionLowering : ConvertOpToLLVMPattern<func::FuncOp> {
  explicit FunctionLowering(const LLVMTypeConverter &converter)
      : ConvertOpToLLVMPattern(converter, /*benefit=*/2) {}

  LogicalResult
  matchAndRewrite(func::FuncOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (failed(convertFuncOpToLLVMFuncOp(op, rewriter, *getTypeConverter())))
      return failure();
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace

void frieze::populateLoopsToLLVMPatterns(LLVMTypeConverter &converter,
                                         RewritePatternSet &patterns) {
  // A buffer is a pointer and nothing else.
  converter.addConversion([&](MemRefType type) -> std::optional<Type> {
    FailureOr<unsigned> space = converter.getMemRefAddressSpace(type);
    if (type.getRank() != 1 || !type.getLayout().isIdentity() || failed(space))
      return Type();
    return LLVM::LLVMPointerType::get(type.getContext(), *space);
  });
  patterns.add<AccessLowering<memref::LoadOp>, AccessLowering<memref::StoreOp>,
               AccessLowering<vector::LoadOp>, AccessLowering<vector::StoreOp>,
               PrefetchLowering, ViewLowering, GlobalLowering,
               GetGlobalLowering, CallLowering, FunctionLowering>(converter);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  populateMathToLLVMConversionPatterns(converter, patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
}

LogicalResult frieze::convertLoopsToLLVM(ModuleOp module,
                                         LLVMTypeConverter &converter,
                                         RewritePatternSet patterns) {
  LLVMConversionTarget target(*module.getContext());
  target.addLegalOp<ModuleOp>();
  target.addLegalDialect<NVVM::NVVMDialect>();
  ConversionConfig config;
  // The patterns match all or nothing, and constants are folded already.
  config.allowPatternRollback = false;
  config.foldingMode = DialectConversionFoldingMode::Never;
  if (failed(applyFullConversion(module, target, std::move(patterns), config)))
    return failure();
  // Indices and sizes are far below where they would wrap.
  Type index = converter.getIndexType();
  module->walk([&](Operation *op) {
    if (isa<LLVM::AddOp, LLVM::MulOp>(op) &&
        op->getResult(0).getType() == index)
      cast<LLVM::IntegerOverflowFlagsInterface>(op).setOverflowFlags(
          LLVM::IntegerOverflowFlags::nsw);
  });
  return success();
}

namespace {
struct ConvertToLLVMPass
    : frieze::impl::ConvertToLLVMPassBase<ConvertToLLVMPass> {
  using ConvertToLLVMPassBase::ConvertToLLVMPassBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    // Indices are as wide as the module's data layout says.
    LowerToLLVMOptions options(context, DataLayout(getOperation()));
    // Buffers are passed as plain pointers.
    options.useBarePtrCallConv = true;
    LLVMTypeConverter converter(context, options);
    RewritePatternSet patterns(context);
    frieze::populateLoopsToLLVMPatterns(converter, patterns);
    if (failed(frieze::convertLoopsToLLVM(getOperation(), converter,
                                          std::move(patterns))))
      return signalPassFailure();
    if (!weightsSection.empty())
      for (auto global : getOperation().getOps<LLVM::GlobalOp>())
        global.setSection(weightsSection);
  }
};
} // namespace
