//===- Package.h - Objects as libraries and executables ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// Writes the file `output` through `write`: whole or not at all, or directly
/// where it exists and is no regular file; "-" is standard output.
llvm::Error writeFile(llvm::StringRef output,
                      llvm::function_ref<void(llvm::raw_ostream &)> write);

/// Each takes the bytes of an object compiled under the name `name`.
llvm::Error writeStaticLibrary(llvm::StringRef object, llvm::StringRef name,
                               llvm::StringRef output);

/// Links with GNU ld, which starts in a fraction of the time, or ld.lld; needs
/// no C library.
llvm::Error linkSharedLibrary(llvm::StringRef object, llvm::StringRef name,
                              llvm::StringRef output);

/// Links the runtime's main, `../lib/frieze/libfrieze_main.a` as seen from this
/// program, built or installed, with the system's C compiler.
llvm::Error linkExecutable(llvm::StringRef object, llvm::StringRef name,
                           llvm::StringRef output);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_H
