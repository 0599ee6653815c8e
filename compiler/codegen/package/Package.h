//===- Package.h - Objects as libraries and executables ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_PACKAGE_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_PACKAGE_H

#include "compiler/codegen/package/Linker.h"
#include "compiler/target/Target.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// Whether `target` is what this program runs on itself.
bool isOwnArchitecture(const Target &target);

/// Writes a library of the bytes of an object, which was compiled under `name`.
void writeStaticLibrary(llvm::StringRef object, llvm::StringRef name,
                        const Target &target, llvm::raw_ostream &os);

/// How an object that was compiled under a name is linked.
struct Linkage {
  LinkerKind kind;
  llvm::SmallVector<std::string> flags;
  /// Another object that is linked with it, if any.
  llvm::StringRef other;
  /// What is written behind the linker's result.
  std::string trailer;
};

/// A shared library, which needs no C library. An error where `target` has none
/// or has them in another format than ELF.
llvm::Expected<Linkage> planSharedLibrary(llvm::StringRef name,
                                          llvm::StringRef soname,
                                          const Target &target);

/// A module of WebAssembly, which imports nothing and exports the functions of
/// the model, its memory and `__heap_base`, behind which that is free. The
/// section `frieze` holds `id`, which tells it from any other. An error where
/// `target` is no WebAssembly.
llvm::Expected<Linkage>
planWebAssembly(llvm::StringRef name, llvm::StringRef id, const Target &target);

/// A program of the runtime's main, for the C library that this process runs
/// with. An error where that is none for `target`.
llvm::Expected<Linkage> planExecutable(llvm::StringRef name,
                                       const Target &target);

/// Writes what is linked; nothing where that fails.
llvm::Error link(const Linkage &linkage, LinkerInput object,
                 llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_PACKAGE_H
