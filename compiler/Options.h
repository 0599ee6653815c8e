//===- Options.h - Compilations as their users describe them ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_OPTIONS_H
#define FRIEZE_COMPILER_OPTIONS_H

#include "compiler/Compile.h"
#include "llvm/Support/Error.h"

namespace frieze {

/// Sets what the flag `--name=value` of the tools stands for; the list is in
/// frieze/compiler.h. An error where there is no such flag, or where the value
/// does not fit.
llvm::Error setOption(CompileOptions &options, llvm::StringRef name,
                      llvm::StringRef value);

/// An error where options do not go together, whatever is made of the model.
llvm::Error checkOptions(const CompileOptions &options);

/// The target that a stage is for where none is asked for: the only one that
/// has it, or this processor's.
llvm::StringRef getDefaultTarget(Stage stage);

/// An error where the target of `options` has no such stage, or the stage
/// nothing that is asked for.
llvm::Error checkStage(Stage stage, const CompileOptions &options);

} // namespace frieze

#endif // FRIEZE_COMPILER_OPTIONS_H
