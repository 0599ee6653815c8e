//===- Linker.h - LLVM's linker as a function -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_LINKER_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_LINKER_H

#include "frontends/Files.h"
#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <variant>

namespace frieze {

/// What is linked, and so the flags there are.
enum class LinkerKind { ELF, WebAssembly };

/// An object or an archive: its bytes, or the file in memory that holds them.
using LinkerInput = std::variant<llvm::StringRef, const MemoryFile *>;

/// Writes what lld, a part of this program, makes of `inputs` by its `flags`;
/// nothing where it fails. Its files are in memory. Any thread may call it; one
/// links at a time.
llvm::Error runLinker(LinkerKind kind, llvm::ArrayRef<std::string> flags,
                      llvm::ArrayRef<LinkerInput> inputs,
                      llvm::raw_ostream &os);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_LINKER_H
