//===- Evaluate.h - The naive evaluator of nn IR ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_REFERENCE_EVALUATE_H
#define FRIEZE_COMPILER_REFERENCE_EVALUATE_H

#include "compiler/reference/Arithmetic.h"
#include "compiler/reference/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace frieze::reference {

/// Runs `function`, a straight line of nn ops, on `inputs`, which match its
/// arguments. T is float (the bits) or double (the truth), where
/// `arithmetic` is fused. Fails with a diagnostic at an op that the table of
/// Semantics.h does not have, or whose weights are elided.
template <typename T>
mlir::FailureOr<std::vector<Tensor<T>>>
evaluate(mlir::func::FuncOp function, llvm::ArrayRef<Tensor<T>> inputs,
         Arithmetic arithmetic = Arithmetic::Fused);

} // namespace frieze::reference

#endif // FRIEZE_COMPILER_REFERENCE_EVALUATE_H
