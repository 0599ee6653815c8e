//===- Remarks.cpp - What passes decided, and why ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Remarks.h"

void frieze::nn::emitDecision(mlir::Location location, llvm::StringRef subject,
                              const llvm::Twine &rule, const llvm::Twine &why) {
  // Three arguments, which compiler/Diagnostics.cpp relies on.
  mlir::emitRemark(location) << llvm::Twine(subject) << rule << why;
}
