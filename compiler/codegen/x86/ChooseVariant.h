//===- ChooseVariant.h - The code for this processor ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_X86_CHOOSEVARIANT_H
#define FRIEZE_COMPILER_CODEGEN_X86_CHOOSEVARIANT_H

#include "compiler/codegen/llvm/SymbolBuilder.h"
#include "compiler/target/Target.h"

namespace frieze {

/// Writes the pointers that the public functions jump through, and the
/// constructor that sets them to the variants of the first machine of `target`
/// that the processor is (x86-64 psABI, microarchitecture levels; Intel SDM
/// volume 2, CPUID and XGETBV). An error for a machine that it cannot tell.
mlir::LogicalResult emitChoiceOfVariant(SymbolBuilder &symbols,
                                        const Target &target);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_X86_CHOOSEVARIANT_H
