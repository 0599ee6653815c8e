//===- CompilerContext.cpp - What compiling a model takes -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/CompilerContext.h"
#include "compiler/Compile.h"

using namespace frieze;

CompilerContext::CompilerContext(RemarkFormat remarks, ProgressBar *bar)
    : context(getCompilerDialects()),
      diagnostics(&context, [remarks, bar](const Message &message) {
        if (bar)
          bar->clear();
        printMessage(message, remarks, llvm::errs());
      }) {}
