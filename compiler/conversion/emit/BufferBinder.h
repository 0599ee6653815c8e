//===- BufferBinder.h - The memory of values --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_BUFFERBINDER_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_BUFFERBINDER_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "compiler/conversion/plan/MemoryPlan.h"

namespace frieze {

/// Finds the buffers of what the ops of a function read and write, and gives
/// them to their kernels.
class BufferBinder {
public:
  BufferBinder(KernelBuilder &kernel, const KernelPlans &kernels,
               const MemoryPlan &plan)
      : kernel(kernel), kernels(kernels), plan(plan) {}
  virtual ~BufferBinder() = default;

  /// Binds the operands and results of `op`, and its scratch memory. Results
  /// that another op makes use of before they are stored have its memory.
  void bind(mlir::Operation *op);
  /// Whether `op`, which is bound, has a kernel of its own.
  bool hasKernel(mlir::Operation *op) const;

protected:
  /// The memory of `value`, which no reshape made; null where it has none.
  virtual mlir::Value findBuffer(mlir::Value value) = 0;
  /// `count` elements of type `element` in the arena from byte `offset`.
  virtual mlir::Value viewArena(int64_t offset, mlir::Type element,
                                int64_t count) = 0;
  /// The same in `bytes`.
  mlir::Value view(mlir::Value bytes, mlir::Value offset, mlir::Type element,
                   int64_t count);
  /// Binds the input of `op` with the room for its padding, where there is
  /// some.
  void bindRoom(mlir::Operation *op);
  /// Where the channels of `value` begin in a concatenation, or null where they
  /// are not written there.
  mlir::Value findPart(mlir::Value value);
  /// The constant that is `value`, or null.
  mlir::Value findConstant(mlir::Value value);

  KernelBuilder &kernel;
  const KernelPlans &kernels;
  const MemoryPlan &plan;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_BUFFERBINDER_H
