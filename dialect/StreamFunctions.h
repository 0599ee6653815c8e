//===- StreamFunctions.h - What functions of a stream say -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_STREAMFUNCTIONS_H
#define FRIEZE_DIALECT_STREAMFUNCTIONS_H

#include "llvm/ADT/StringRef.h"

namespace frieze::nn {

/// The attribute of functions of a stream whose windows are steps: the results
/// of each are those of all steps so far.
inline constexpr llvm::StringLiteral stepsName = "nn.steps";

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_STREAMFUNCTIONS_H
