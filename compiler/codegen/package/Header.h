//===- Header.h - The C header of a compiled model --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_HEADER_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_HEADER_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// Prints the header for the object compiled from `module`, which is at the
/// stage `loops` or `llvm`: sizes as macros, and the function to call.
void printHeader(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_HEADER_H
