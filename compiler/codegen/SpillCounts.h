//===- SpillCounts.h - Registers that went through memory -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_SPILLCOUNTS_H
#define FRIEZE_COMPILER_CODEGEN_SPILLCOUNTS_H

#include "llvm/ADT/StringMap.h"
#include "llvm/IR/DiagnosticHandler.h"

#include <memory>

namespace frieze {

/// Instructions of one function that save a register to the stack, and that
/// read one back, for want of registers.
struct SpillCount {
  int64_t spills = 0, reloads = 0;
};

/// By the names of functions; those without spills are missing.
using SpillCounts = llvm::StringMap<SpillCount>;

/// A handler for an LLVMContext, which fills `counts` while machine code is
/// made. The figures are those of the register allocator, whose remarks it
/// reads; `counts` must outlive it.
std::unique_ptr<llvm::DiagnosticHandler>
createSpillCounter(SpillCounts &counts);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_SPILLCOUNTS_H
