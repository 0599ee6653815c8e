//===- JoinedPositions.h - Strides as channels ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_JOINEDPOSITIONS_H
#define FRIEZE_COMPILER_TRANSFORMS_JOINEDPOSITIONS_H

#include "dialect/NNOps.h"

namespace frieze::nn {

/// A convolution of a sequence with a stride of s is one without, of positions
/// that are s of its own, with the channels of all: the sum of a convolution
/// for each phase of the stride. Taps are joined likewise, those that are
/// missing at either end are zero. The elements of the input stay where they
/// are.
class JoinedPositions {
public:
  /// Makes that of `op` in front of it, with a kernel of zeros, if there is
  /// one.
  explicit JoinedPositions(ConvOp op);

  /// Null if there is none.
  ConvOp getConv() const { return conv; }
  /// Whether its windows reach inputs that those of the other do not, with taps
  /// of zero.
  bool reachesBeyond() const { return hasZeroTaps; }
  /// Replaces the convolution that it was made of, unless that has no weights.
  mlir::LogicalResult replace();
  void erase();

private:
  ConvOp op, conv;
  /// Taps of zero in front.
  int64_t zeros = 0;
  bool hasZeroTaps = false;
};

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_JOINEDPOSITIONS_H
