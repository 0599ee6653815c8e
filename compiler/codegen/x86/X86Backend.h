//===- X86Backend.h - Machine code of x86-64 --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_X86_X86BACKEND_H
#define FRIEZE_COMPILER_CODEGEN_X86_X86BACKEND_H

#include "compiler/codegen/Backend.h"

namespace frieze {

const Backend &getX86Backend();

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_X86_X86BACKEND_H
