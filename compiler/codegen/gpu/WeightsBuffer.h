//===- WeightsBuffer.h - The constants of a model as one buffer -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_WEIGHTSBUFFER_H
#define FRIEZE_COMPILER_CODEGEN_GPU_WEIGHTSBUFFER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace frieze {

/// Erases all constants of a module.
void eraseConstants(mlir::ModuleOp module);

/// The constants that functions of a module read, side by side.
class WeightsBuffer {
public:
  explicit WeightsBuffer(llvm::ArrayRef<mlir::func::FuncOp> functions);

  /// Elements from its start to a constant.
  int64_t getOffset(llvm::StringRef symbol) const {
    return offsets.lookup(symbol);
  }
  int64_t getElements() const { return values.size(); }
  /// Replaces all constants of the module by the buffer, as one called
  /// `symbol`.
  void write(llvm::StringRef symbol);

private:
  mlir::ModuleOp module;
  llvm::StringMap<int64_t> offsets;
  llvm::SmallVector<double> values;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_WEIGHTSBUFFER_H
