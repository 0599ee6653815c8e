//===- Summary.h - What compiling a model saved -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_SUMMARY_H
#define FRIEZE_COMPILER_SUMMARY_H

#include "compiler/codegen/CodeFigures.h"
#include "compiler/target/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// Bytes of the numbers that `op`, of the nn dialect, has as attributes.
int64_t countParameterBytes(mlir::Operation *op);

/// A model before and after nn-opt, in figures.
struct ModelSummary {
  /// Ops and multiply-adds of the model as imported.
  int64_t layers = 0, macs = 0;
  /// Kernels, multiply-adds that are left, bytes of parameters, and bytes of
  /// scratch memory after nn-opt.
  int64_t kernels = 0, liveMACs = 0, weightsBytes = 0, arenaBytes = 0;

  /// Bytes of machine code, constants and stack, and the instructions of a call
  /// where they are known; 0 where no object was made.
  int64_t codeBytes = 0, constantBytes = 0, stackBytes = 0, instructions = 0;

  void addImported(mlir::ModuleOp module);
  void addOptimised(mlir::ModuleOp module);
  /// Of the model whose symbols begin with `name`.
  void addCode(const CodeFigures &figures, llvm::StringRef name);
  /// Plans the arena of code for `target`, where the model isn't lowered.
  void planArena(mlir::ModuleOp optimised, const Target &target);

  void printText(llvm::raw_ostream &os) const;
  /// One JSON object on one line.
  void printJSON(llvm::raw_ostream &os) const;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_SUMMARY_H
