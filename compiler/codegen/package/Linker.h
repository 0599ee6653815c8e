//===- Linker.h - LLVM's linker as a function -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_LINKER_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_LINKER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// What is linked, and so the flags there are.
enum class LinkerKind { ELF, WebAssembly };

/// The bytes that lld, a part of this program, makes of `inputs`, which are
/// those of objects or archives, by its `flags`. Its files are in memory. Any
/// thread may call it; one links at a time.
llvm::Expected<std::string> runLinker(LinkerKind kind,
                                      llvm::ArrayRef<std::string> flags,
                                      llvm::ArrayRef<llvm::StringRef> inputs);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_LINKER_H
