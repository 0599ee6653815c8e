//===- CodeFigures.h - Machine code in figures ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_CODEFIGURES_H
#define FRIEZE_COMPILER_CODEGEN_CODEFIGURES_H

#include "compiler/codegen/SpillCounts.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

namespace frieze {

/// A call of another function, and how often a call of the caller makes it.
struct CallFigures {
  std::string callee;
  double times;
  /// Whether the caller's frame is gone by then.
  bool isTail;
};

/// One function as machine code.
struct FunctionFigures {
  /// That a call executes, without those of callees. Loops run as often as
  /// their constant bounds say, and what depends on data counts half.
  double instructions = 0;
  /// Of the stack, in bytes, with the registers that are saved there.
  int64_t frameBytes = 0;
  llvm::SmallVector<CallFigures, 2> calls;
};

/// An object file in figures, by the names of its functions.
struct CodeFigures {
  SpillCounts spills;
  llvm::StringMap<FunctionFigures> functions;
  /// Whether the code was made in the knowledge of how often loops run.
  bool countsInstructions = false;
  /// Instructions, and constants with the weights, in bytes.
  int64_t codeBytes = 0, constantBytes = 0;

  /// Instructions of a call of `function` with all that it calls; 0 where that
  /// is unknown.
  int64_t countInstructions(llvm::StringRef function) const;
  /// Bytes of the stack that a call of any function takes at most.
  int64_t getStackBytes() const;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_CODEFIGURES_H
