//===- Header.h - The C header of a compiled model --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_HEADER_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_HEADER_H

#include "compiler/codegen/CodeFigures.h"
#include "dialect/NNAttrs.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// Prints the header for an object: sizes as macros, and the functions to call.
void printHeader(nn::InterfaceAttr interface, const CodeFigures &figures,
                 llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_HEADER_H
