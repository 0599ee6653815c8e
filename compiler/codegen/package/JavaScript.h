//===- JavaScript.h - The JavaScript of a compiled model --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_JAVASCRIPT_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_JAVASCRIPT_H

#include "dialect/NNAttrs.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// What a module of WebAssembly is called, and how it is told from others.
struct WebAssemblyFile {
  /// Without folders.
  llvm::StringRef name;
  /// As linkWebAssembly() was given it.
  llvm::StringRef id;
  /// SHA-256 of the source (see importNN).
  llvm::StringRef sourceSHA256;
};

/// Prints the JavaScript module that loads and calls `file`, in which the model
/// of `interface` is.
void printJavaScript(nn::InterfaceAttr interface, const WebAssemblyFile &file,
                     llvm::raw_ostream &os);

/// Prints its types, for TypeScript.
void printTypeScript(nn::InterfaceAttr interface, llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_JAVASCRIPT_H
