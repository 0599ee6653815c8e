//===- TemporaryWeights.h - Weights of a module for a while -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_TEMPORARYWEIGHTS_H
#define FRIEZE_DIALECT_TEMPORARYWEIGHTS_H

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringRef.h"

namespace frieze::nn {

/// Frees at its end the data of all resources that a context got while it
/// lived: those that a copy of a module was packed into, beside a module that
/// stays. Nothing may name them then.
class TemporaryWeights {
public:
  explicit TemporaryWeights(mlir::MLIRContext *context);
  ~TemporaryWeights();
  TemporaryWeights(const TemporaryWeights &) = delete;
  TemporaryWeights &operator=(const TemporaryWeights &) = delete;

private:
  mlir::MLIRContext *context;
  /// Keys, which the context keeps.
  llvm::DenseSet<llvm::StringRef> older;
};

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_TEMPORARYWEIGHTS_H
