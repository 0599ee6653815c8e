//===- Remarks.h - What passes decided, and why -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_REMARKS_H
#define FRIEZE_DIALECT_REMARKS_H

#include "mlir/IR/Diagnostics.h"

namespace frieze::nn {

/// Reports a decision on the layer at `location`, as the remark `subject rule
/// (why)`: what was changed ("pooling"), how, and why nothing better was done,
/// or "". Subject, rule and why are its arguments 0, 2 and 4.
void emitDecision(mlir::Location location, llvm::StringRef subject,
                  const llvm::Twine &rule, const llvm::Twine &why = "");

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_REMARKS_H
