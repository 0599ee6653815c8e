//===- MicroBatch.h - Several calls of a model at once ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_MICROBATCH_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_MICROBATCH_H

#include "compiler/conversion/plan/KernelPlan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace frieze {

/// Calls of a function that run together, so that weights which the first-level
/// cache cannot hold are read for several of them at once.
class MicroBatch {
public:
  /// One call, which shares nothing.
  explicit MicroBatch(const Target &target) : plans(target) {}
  /// `calls` calls of `function`, whose kernels are planned. What computes the
  /// shared layers is not yet.
  MicroBatch(mlir::func::FuncOp function, const KernelPlans &kernels,
             int64_t calls);

  int64_t getCalls() const { return calls; }
  /// The layer that computes `op` for all calls, with their values one after
  /// the other along axis 0; null where `op` runs for each call.
  mlir::Operation *findTogether(mlir::Operation *op) const {
    return together.lookup(op);
  }
  /// Reads of weights that calls share, for each multiply-add of `function`,
  /// whose kernels are planned.
  double getSharedReads(mlir::func::FuncOp function,
                        const KernelPlans &kernels) const;
  /// The function that holds these layers; null where there are none.
  mlir::func::FuncOp getLayers() const { return layers.get(); }

  /// The ops of `function` in order, with the terminator, in steps. A step runs
  /// for all calls before the next one starts. A layer that shares its weights
  /// is a step of its own; the ops of any other step run for one call after the
  /// other.
  llvm::SmallVector<llvm::SmallVector<mlir::Operation *>>
  getSteps(mlir::func::FuncOp function) const;

  /// Of the shared layers.
  KernelPlans plans;

private:
  int64_t calls = 1;
  mlir::OwningOpRef<mlir::func::FuncOp> layers;
  llvm::DenseMap<mlir::Operation *, mlir::Operation *> together;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_MICROBATCH_H
