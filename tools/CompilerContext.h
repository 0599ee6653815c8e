//===- CompilerContext.h - What compiling a model takes ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_COMPILERCONTEXT_H
#define FRIEZE_TOOLS_COMPILERCONTEXT_H

#include "compiler/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "tools/ProgressBar.h"

namespace frieze {

/// An MLIR context that knows Frieze's dialects and writes its diagnostics to
/// standard error.
class CompilerContext {
public:
  /// Takes `bar`, if any, away where there is something to say.
  explicit CompilerContext(RemarkFormat remarks = RemarkFormat::None,
                           ProgressBar *bar = nullptr);

  operator mlir::MLIRContext *() { return &context; }

private:
  mlir::MLIRContext context;
  MessageHandler diagnostics;
};

} // namespace frieze

#endif // FRIEZE_TOOLS_COMPILERCONTEXT_H
