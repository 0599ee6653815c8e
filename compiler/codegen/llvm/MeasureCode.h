//===- MeasureCode.h - Counts the instructions of a call --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_MEASURECODE_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_MEASURECODE_H

#include "compiler/codegen/CodeFigures.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Pass.h"

namespace frieze {

/// Writes how often each loop runs, where that is a constant, into the weights
/// of its last branch: what a profile would say, but exact.
void weighLoops(llvm::Function &function,
                llvm::FunctionAnalysisManager &analyses);

/// A pass over machine functions that are finished, for the end of a pipeline.
/// It adds each to `figures`, which must outlive it.
llvm::FunctionPass *createMeasureCodePass(CodeFigures &figures);

/// Adds the sizes of the sections of `object` to `figures`.
void measureSections(llvm::StringRef object, CodeFigures &figures);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_MEASURECODE_H
