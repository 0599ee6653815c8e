//===- BinaryInEpilogue.h - Binary ops of other kernels ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_BINARYINEPILOGUE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_BINARYINEPILOGUE_H

#include "dialect/NNOps.h"

namespace frieze {

/// What reads the elements of `value`, under any shape, if that is one operand.
mlir::OpOperand *findReader(mlir::Value value);

/// An elementwise op of two operands that the kernel of one of them computes
/// before it stores its results.
struct BinaryInEpilogue {
  mlir::Operation *op;
  nn::BinaryKind kind;
  /// The other operand.
  mlir::Value other;
  bool otherIsFirst;
};

/// What the kernel of `op` does with its results, or none: the op that alone
/// reads them, if they are sums of a convolution or a dense layer, and the
/// other operand has their type and is there before. It has no affine, as
/// results that lie along the width do not know their channels.
std::optional<BinaryInEpilogue> findBinaryInEpilogue(mlir::Operation *op);

/// The op whose kernel computes `op`: `op` itself, or one of its operands.
mlir::Operation *findComputing(mlir::Operation *op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_BINARYINEPILOGUE_H
