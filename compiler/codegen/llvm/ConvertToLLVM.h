//===- ConvertToLLVM.h - Vector code to the LLVM dialect --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_CONVERTTOLLVM_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_CONVERTTOLLVM_H

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace frieze {

/// Makes `converter` turn buffers into plain pointers, and adds what converts
/// the dialects that kernels are written in.
void populateLoopsToLLVMPatterns(mlir::LLVMTypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);

/// Converts all of `module` by those and other patterns.
mlir::LogicalResult convertLoopsToLLVM(mlir::ModuleOp module,
                                       mlir::LLVMTypeConverter &converter,
                                       mlir::RewritePatternSet patterns);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_CONVERTTOLLVM_H
