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

namespace frieze {

/// Calls of `function` that run together, so that dense weights which the
/// first-level cache cannot hold are read for several of them at once: as many
/// as a machine of the target takes, or fewer where the arena would exceed its
/// limit, and 1 where there are no such weights.
int64_t chooseMicroBatch(mlir::func::FuncOp function,
                         const KernelPlans &kernels);

/// The ops of `function` in order, with the terminator, in steps. A step runs
/// for all calls before the next one starts. A dense layer that shares its
/// weights among `calls` calls is a step of its own, of one product with a row
/// for each; the ops of any other step run for one call after the other.
llvm::SmallVector<llvm::SmallVector<mlir::Operation *>>
getSteps(const Target &target, mlir::func::FuncOp function, int64_t calls);

/// Whether the calls of a micro-batch share the weights of `op`.
bool isSharedInMicroBatch(const Target &target, mlir::Operation *op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_MICROBATCH_H
