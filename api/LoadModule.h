//===- LoadModule.h - IR as code in this process ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_API_LOADMODULE_H
#define FRIEZE_API_LOADMODULE_H

#include "api/LoadedModel.h"
#include "compiler/Compile.h"

namespace frieze {

/// Compiles `module`, which is at Stage::NNOpt, and loads it. Diagnostics go to
/// its context.
llvm::Expected<LoadedModel> loadModule(mlir::ModuleOp module,
                                       const CompileOptions &options);

/// The machine of `target` that this processor is, as code that is loaded
/// chooses it; null where it is none of them.
const Machine *findOwnMachine(const Target &target);

/// The target of that machine alone; `target` itself where there is none.
const Target *findOwnTarget(const Target *target);

} // namespace frieze

#endif // FRIEZE_API_LOADMODULE_H
