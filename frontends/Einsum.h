//===- Einsum.h - Sums of products by their indices -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_EINSUM_H
#define FRIEZE_FRONTENDS_EINSUM_H

#include "frontends/ModelBuilder.h"

namespace frieze {

/// What an equation multiplies: a value or, where that is null, a constant.
struct EinsumOperand {
  mlir::Value value;
  DoubleArray constant;

  llvm::ArrayRef<int64_t> getShape() const {
    return value ? frieze::getShape(value) : llvm::ArrayRef(constant.shape);
  }
};

/// Einstein's summation convention: `bij,bjk->bik` is a product of matrices. A
/// letter names an axis of each operand that has it, `...` those before or
/// behind; products are summed over the letters that the result lacks. Without
/// `->`, it has those that occur once, in the order of the alphabet.
///
/// Operands are multiplied from the first to the last. Null, and reported for
/// `layer`, where the equation does not fit, or has a letter twice in a term.
mlir::Value addEinsum(ModelBuilder &builder, llvm::StringRef layer,
                      llvm::StringRef equation,
                      llvm::ArrayRef<EinsumOperand> operands);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_EINSUM_H
