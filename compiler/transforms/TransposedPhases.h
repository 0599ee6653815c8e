//===- TransposedPhases.h - Transposed convolutions in parts ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_TRANSPOSEDPHASES_H
#define FRIEZE_COMPILER_TRANSFORMS_TRANSPOSEDPHASES_H

#include "dialect/NNOps.h"

namespace frieze::nn {

/// A transposed convolution of a sequence with a stride of s is s convolutions
/// without: every s-th tap makes every s-th result. Their results side by side
/// are s positions in one, in the memory of the sequence. The terms of each sum
/// keep their order, and with it the bits.
class TransposedPhases {
public:
  /// Makes those of `op` in front of it, with kernels of zeros, if there are
  /// such.
  explicit TransposedPhases(ConvTransposeOp op);

  /// None where there are none.
  llvm::ArrayRef<ConvOp> getConvs() const { return convs; }
  /// Puts them in the place of the transposed convolution, unless that has no
  /// weights.
  mlir::LogicalResult replace();
  void erase();

private:
  /// The taps of every s-th result from some first one on.
  struct Phase {
    int64_t firstTap, taps;
    /// Padding of the convolution that makes them.
    int64_t left, right;
  };

  /// Nothing where a convolution can't make those of one.
  llvm::SmallVector<Phase> findPhases();

  ConvTransposeOp op;
  llvm::SmallVector<Phase> phases;
  llvm::SmallVector<ConvOp> convs;
};

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_TRANSPOSEDPHASES_H
