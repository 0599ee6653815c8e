//===- RunProgram.h - Files through other programs --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_RUNPROGRAM_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_RUNPROGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// The first of `names` that is among the PATH's programs or in `folder`; an
/// error that says what it is to do, as in "link with".
llvm::Expected<std::string> findProgram(llvm::ArrayRef<llvm::StringRef> names,
                                        llvm::StringRef folder,
                                        llvm::StringRef purpose);

/// A file that a program reads.
struct ProgramInput {
  llvm::StringRef extension, bytes;
};

/// The bytes of the file that `program -o OUTPUT INPUT arguments` writes. Files
/// are temporary ones. Where the program fails, the error has what it says, and
/// what cannot be done, as in "link".
llvm::Expected<std::string> runProgram(const std::string &program,
                                       llvm::ArrayRef<std::string> arguments,
                                       const ProgramInput &input,
                                       llvm::StringRef verb);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_RUNPROGRAM_H
