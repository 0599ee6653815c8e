//===- StreamToLoops.h - Lower the functions of a stream --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_STREAMTOLOOPS_H
#define FRIEZE_COMPILER_CONVERSION_STREAMTOLOOPS_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "compiler/conversion/plan/StreamState.h"
#include "dialect/Steps.h"

namespace frieze {

/// Lowers the functions that nn-share-windows made, for one variant after the
/// other.
class StreamLowering {
public:
  /// Of the functions in `module`, whose kernels are planned. `name` is the
  /// prefix of the symbols.
  StreamLowering(mlir::ModuleOp module, const KernelPlans &kernels,
                 llvm::StringRef name);

  /// Whether there are any.
  explicit operator bool() const { return !functions.empty(); }

  /// Of the function for one window, and of that for a block.
  static constexpr llvm::StringLiteral symbols[] = {"stream_window",
                                                    "stream_block"};
  /// Those of `module`, in this order.
  static llvm::SmallVector<mlir::func::FuncOp>
  findFunctions(mlir::ModuleOp module);
  /// Whether they fit to each other and to `@model`; else an error. Each was
  /// found to be a straight line of ops that can be lowered.
  static mlir::LogicalResult check(mlir::ModuleOp module);

  /// Takes a step for each kernel.
  void lower(const Machine &machine, ConstantPool &constants, Steps &steps);

  /// What callers of the stream know; a window has `windowSamples`.
  nn::StreamInterfaceAttr describe(int64_t windowSamples);

private:
  void lowerFunction(mlir::func::FuncOp function, const Machine &machine,
                     ConstantPool &constants, Steps &steps);

  /// For one window, and for a block where there is one.
  llvm::SmallVector<mlir::func::FuncOp> functions;
  const KernelPlans &kernels;
  std::string name;
  StreamState state;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_STREAMTOLOOPS_H
