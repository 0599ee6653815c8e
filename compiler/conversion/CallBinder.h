//===- CallBinder.h - The memory of some calls ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_CALLBINDER_H
#define FRIEZE_COMPILER_CONVERSION_CALLBINDER_H

#include "compiler/conversion/emit/BufferBinder.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/MicroBatch.h"

namespace frieze {

/// Finds the buffers of the ops of one lowered function, for one call or more.
class CallBinder : public BufferBinder {
public:
  CallBinder(KernelBuilder &kernel, const KernelPlans &kernels,
             const MemoryPlan &plan, mlir::func::FuncOp function,
             llvm::ArrayRef<mlir::BlockArgument> arguments, int64_t calls)
      : BufferBinder(kernel, kernels, plan), function(function),
        arguments(arguments), calls(calls) {}

  /// Binds what the ops of a step read and write, for one call; for all calls
  /// where `call` is null.
  void bindStep(llvm::ArrayRef<mlir::Operation *> step, mlir::Value call);
  /// Binds what `op` reads and writes, for all calls, to the layer of
  /// `microBatch` that computes it for them.
  void bindTogether(mlir::Operation *op, const MicroBatch &microBatch);
  /// The memory of output number `number`, for that call.
  mlir::Value getOutput(unsigned number);

private:
  mlir::Value findBuffer(mlir::Value value) override;
  mlir::Value viewArena(int64_t offset, mlir::Type element,
                        int64_t count) override {
    return view(arguments.back(), kernel.index(offset), element, count);
  }
  /// The elements of a call (or of all) in an argument of the function.
  mlir::Value viewArgument(unsigned number, mlir::ShapedType type);

  mlir::func::FuncOp function;
  llvm::ArrayRef<mlir::BlockArgument> arguments;
  int64_t calls;
  mlir::Value call;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_CALLBINDER_H
