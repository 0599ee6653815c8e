//===- BinaryStage.h - Binary ops on results in registers -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_BINARYSTAGE_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_BINARYSTAGE_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "dialect/NNOps.h"

namespace frieze {

/// The last stage of a kernel: an op of its results and of another tensor, as
/// findBinaryInEpilogue() finds it.
struct BinaryStage {
  nn::BinaryKind kind;
  /// The other operand. It has the layout of the results, and no memory in
  /// common with them, as tiles that overlap read it again.
  mlir::Value other;
  bool otherIsFirst;
  llvm::SmallVector<EpilogueStage> epilogue;
};

/// That of the kernel of `op`, if it has one.
std::optional<BinaryStage> findBinaryStage(KernelBuilder &kernel,
                                           mlir::Operation *op);

mlir::Value combine(KernelBuilder &kernel, nn::BinaryKind kind, mlir::Value x,
                    mlir::Value y);

/// Stores the first `width` lanes of a vector of results, or what `stage` makes
/// of them where it is not null.
void storeResults(KernelBuilder &kernel, const BinaryStage *stage,
                  mlir::Value vector, mlir::Value buffer, mlir::Value at,
                  int64_t width);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_BINARYSTAGE_H
