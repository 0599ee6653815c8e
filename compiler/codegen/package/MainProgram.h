//===- MainProgram.h - What surrounds a model in a program ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_MAINPROGRAM_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_MAINPROGRAM_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// The bytes of an object, which is a part of this program: the main() of
/// libfrieze_main.a, and the start of a program before it.
llvm::StringRef getMainProgram();

/// Paths of what a program for this system runs with.
struct SystemLibraries {
  /// The C library, and the dynamic loader.
  std::string c, loader;
};

/// Those that this process runs with itself; an error where it has none, as in
/// a static one.
llvm::Expected<SystemLibraries> findSystemLibraries();

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_MAINPROGRAM_H
