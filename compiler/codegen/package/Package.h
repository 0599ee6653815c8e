//===- Package.h - Objects as libraries and executables ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_PACKAGE_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_PACKAGE_H

#include "compiler/target/Target.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// Whether `target` is what this program runs on itself.
bool isOwnArchitecture(const Target &target);

/// Each takes the bytes of an object compiled under the name `name`, and
/// writes or returns those of the file around it.
void writeStaticLibrary(llvm::StringRef object, llvm::StringRef name,
                        const Target &target, llvm::raw_ostream &os);

/// Needs no C library. An error where `target` has no shared libraries, or has
/// them in another format than ELF.
llvm::Expected<std::string> linkSharedLibrary(llvm::StringRef object,
                                              llvm::StringRef name,
                                              llvm::StringRef soname,
                                              const Target &target);

/// Links a module of WebAssembly, which imports nothing and exports the
/// functions of the model, its memory and `__heap_base`, behind which that is
/// free. The section `frieze` holds `id`, which tells it from any other. An
/// error where `target` is no WebAssembly.
llvm::Expected<std::string> linkWebAssembly(llvm::StringRef object,
                                            llvm::StringRef name,
                                            llvm::StringRef id,
                                            const Target &target);

/// Links the runtime's main, for the C library that this process runs with. An
/// error where that is none for `target`.
llvm::Expected<std::string> linkExecutable(llvm::StringRef object,
                                           llvm::StringRef name,
                                           const Target &target);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_PACKAGE_H
