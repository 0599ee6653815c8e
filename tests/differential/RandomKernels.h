//===- RandomKernels.h - Random layers for code generation ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TESTS_DIFFERENTIAL_RANDOMKERNELS_H
#define FRIEZE_TESTS_DIFFERENTIAL_RANDOMKERNELS_H

#include "mlir/IR/BuiltinOps.h"

namespace frieze {

/// What a graph of kernels is compiled for.
enum class KernelGraphKind {
  /// Layers that may mix samples.
  Any,
  /// Layers that treat each sample alike, of one sample.
  Batch,
  /// One input of shape (1, samples[, channels]), and layers most of which can
  /// be shared by the windows of a stream.
  Stream
};

/// A model of one to five kernels in f32, the same for the same seed, as nn-opt
/// could have made it: every op that is lowered, with every attribute and
/// stage of an epilogue. Sizes are 1, 2, 3, primes, and one less and one more
/// than vectors and tiles; axes of size 1 stand anywhere.
mlir::OwningOpRef<mlir::ModuleOp>
createRandomKernels(mlir::MLIRContext *context, uint64_t seed,
                    KernelGraphKind kind);

} // namespace frieze

#endif // FRIEZE_TESTS_DIFFERENTIAL_RANDOMKERNELS_H
