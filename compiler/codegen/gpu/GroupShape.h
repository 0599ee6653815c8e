//===- GroupShape.h - How many threads work on a call -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_GROUPSHAPE_H
#define FRIEZE_COMPILER_CODEGEN_GPU_GROUPSHAPE_H

#include "compiler/target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace frieze {

// What a kernel tells of itself, as attributes of its function.
inline constexpr llvm::StringLiteral callsPerGroupName = "nn.calls_per_group";
inline constexpr llvm::StringLiteral arenaBytesName = "nn.arena_bytes";

/// What follows the model's name in those of its kernels.
inline constexpr llvm::StringLiteral kernelSuffix = "_kernel";
inline constexpr llvm::StringLiteral streamKernelSuffix = "_stream_kernel";

/// Threads that run an instruction together, at least on what is fast.
inline constexpr int64_t warpThreads = 32;

/// A group of threads is one team for each of its calls.
struct GroupShape {
  int64_t calls, teamThreads;
  /// Of a call's arena, and what keeps those of neighbours in other banks.
  int64_t arenaElements;
  /// Whether the arenas are in the memory that a group shares.
  bool isShared;
};

/// The shape that keeps most threads of a device at work with the loops of
/// `function`.
GroupShape chooseGroupShape(mlir::func::FuncOp function, const Device &device);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_GROUPSHAPE_H
