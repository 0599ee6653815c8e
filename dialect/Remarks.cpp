//===- Remarks.cpp - What passes decided, and why ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Remarks.h"

void frieze::nn::emitDecision(mlir::Location location, llvm::StringRef subject,
                              const llvm::Twine &rule, const llvm::Twine &why) {
  // A sentence whose parts compiler/Diagnostics.cpp finds by their numbers.
  mlir::InFlightDiagnostic remark = mlir::emitRemark(location);
  remark << llvm::Twine(subject) << " " << rule;
  if (!why.isTriviallyEmpty() && !why.str().empty())
    remark << " (" << why << ")";
}
