//===- KernelSegments.h - What each kernel of a model computes --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_KERNELSEGMENTS_H
#define FRIEZE_COMPILER_CODEGEN_GPU_KERNELSEGMENTS_H

#include "compiler/codegen/gpu/GroupShape.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <vector>

namespace frieze {

/// A part of a function that a kernel computes, each after the one before.
struct KernelSegment {
  /// What one group runs in order for a call, with its threads waiting for each
  /// other; empty where several groups share `pieces`, none of which needs
  /// another.
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::SmallVector<LoopPiece> pieces;
  GroupShape shape;
};

/// The segments of `function`: one where a group holds its values in memory
/// that it shares, and as few as let several groups share what is long
/// elsewhere.
std::vector<KernelSegment> splitIntoSegments(mlir::func::FuncOp function,
                                             const Device &device);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_KERNELSEGMENTS_H
