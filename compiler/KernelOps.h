//===- KernelOps.h - Which ops one kernel computes --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_KERNELOPS_H
#define FRIEZE_COMPILER_KERNELOPS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"

namespace frieze {

/// The ops of nn-opt IR that the kernel of `op` computes, in order: `op`, and
/// what becomes of its results before they are stored. None where another
/// kernel computes `op`, or where it needs none.
llvm::SmallVector<mlir::Operation *> findKernelOps(mlir::Operation *op);

} // namespace frieze

#endif // FRIEZE_COMPILER_KERNELOPS_H
