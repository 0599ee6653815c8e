//===- ClassifyCommand.h - Options of frieze-ecg classify -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_CLASSIFYCOMMAND_H
#define FRIEZE_TOOLS_ECG_CLASSIFYCOMMAND_H

#include "llvm/ADT/ArrayRef.h"

#include <optional>
#include <string>

namespace frieze::ecg {

/// Runs the command if the command line has it. Returns the exit status, or
/// nothing for another command. arguments: those of the process.
std::optional<int> runClassify(llvm::ArrayRef<std::string> arguments);

/// Hides the options that are of other parts, before the command line is read.
void hideUnrelatedClassifyOptions();

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_CLASSIFYCOMMAND_H
