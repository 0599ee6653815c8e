//===- VariantFunction.h - Functions for one variant ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_VARIANTFUNCTION_H
#define FRIEZE_COMPILER_CONVERSION_VARIANTFUNCTION_H

#include "compiler/target/Target.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace frieze {

/// The symbol of function `name` for `machine`.
std::string getVariantSymbol(llvm::StringRef name, const Machine &machine);

/// Those for all machines of `target`.
llvm::SmallVector<mlir::FlatSymbolRefAttr>
getVariantSymbols(mlir::MLIRContext *context, llvm::StringRef name,
                  const Target &target);

/// A private function without a body, which LLVM compiles for `machine`. Its
/// buffers, the arguments of a memref type, do not overlap.
mlir::func::FuncOp createVariantFunction(mlir::OpBuilder &builder,
                                         mlir::Location loc,
                                         llvm::StringRef symbol,
                                         llvm::ArrayRef<mlir::Type> arguments,
                                         const Machine &machine);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_VARIANTFUNCTION_H
