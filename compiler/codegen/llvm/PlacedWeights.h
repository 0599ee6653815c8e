//===- PlacedWeights.h - Weights that LLVM does not copy --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_PLACEDWEIGHTS_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_PLACEDWEIGHTS_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"

namespace frieze {

/// Large constants of a module, which are written into its object when that is
/// complete. LLVM would hold each three times on the way: as a constant, as one
/// of bytes, and in the assembler.
class PlacedWeights {
public:
  /// Takes them out of `module`, in the LLVM dialect.
  explicit PlacedWeights(mlir::ModuleOp module);

  /// Bytes of all.
  size_t getBytes() const { return bytes; }

  /// Makes placeholders of them in the translated and optimised module.
  void mark(llvm::Module &module);

  /// Fills the placeholders in `object`. Fails where one is missing.
  mlir::LogicalResult fill(llvm::MutableArrayRef<char> object) const;

private:
  struct Constant {
    std::string symbol;
    mlir::ElementsAttr data;
  };
  /// In the order of the translated module.
  llvm::SmallVector<Constant> constants;
  size_t bytes = 0;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_PLACEDWEIGHTS_H
