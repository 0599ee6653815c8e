//===- HoldConstants.h - Constants of loops in registers --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_HOLDCONSTANTS_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_HOLDCONSTANTS_H

#include "compiler/target/Target.h"
#include "llvm/IR/PassManager.h"

namespace frieze {

/// Loads the constants of innermost loops before them, such as the factors of a
/// polynomial, where `function` is for a machine of `target` that has registers
/// left for them. Each would else be loaded in every round, and these loads
/// take longer than what is computed.
void holdConstants(llvm::Function &function,
                   llvm::FunctionAnalysisManager &analyses,
                   const Target &target);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_HOLDCONSTANTS_H
