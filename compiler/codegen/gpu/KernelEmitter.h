//===- KernelEmitter.h - Loops as the work of threads -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_KERNELEMITTER_H
#define FRIEZE_COMPILER_CODEGEN_GPU_KERNELEMITTER_H

#include "compiler/codegen/gpu/KernelSegments.h"
#include "compiler/codegen/gpu/WeightsBuffer.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace frieze {

/// Adds to `module` a kernel that computes `segment` of `function`, with
/// `inputStride` elements of the first input from one call to the next, or with
/// 0 all that a call reads. The function computes `samples` of the kernel's
/// calls together, of which the last ones may not be there.
mlir::gpu::GPUFuncOp
emitKernel(mlir::gpu::GPUModuleOp module, llvm::StringRef entry,
           mlir::func::FuncOp function, const KernelSegment &segment,
           const WeightsBuffer &weights, int64_t inputStride, int64_t samples);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_KERNELEMITTER_H
