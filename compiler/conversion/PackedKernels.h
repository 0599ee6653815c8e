//===- PackedKernels.h - Kernels that are read once -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PACKEDKERNELS_H
#define FRIEZE_COMPILER_CONVERSION_PACKEDKERNELS_H

#include "compiler/conversion/plan/MicroBatch.h"
#include "dialect/Weights.h"
#include "llvm/ADT/DenseSet.h"

namespace frieze {

/// The kernels of convolutions and dense layers that are read but once, by the
/// first machine, as others find them packed in the constant pool. Most weights
/// are among them, and would be held twice.
class PackedKernels {
public:
  /// Those of `function`, which alone reads its weights, and of what
  /// `microBatch` computes for several calls of it.
  PackedKernels(mlir::func::FuncOp function, const KernelPlans &kernels,
                const MicroBatch &microBatch);

  /// Frees that of `op`, which is lowered for a machine, if it is one of these.
  void free(mlir::Operation *op);

private:
  llvm::DenseSet<mlir::Operation *> readOnce;
  nn::FreedWeights freed;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PACKEDKERNELS_H
