//===- AArch64Backend.h - Machine code of 64-bit Arm ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_AARCH64_AARCH64BACKEND_H
#define FRIEZE_COMPILER_CODEGEN_AARCH64_AARCH64BACKEND_H

#include "compiler/codegen/Backend.h"

namespace frieze {

const Backend &getAArch64Backend();

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_AARCH64_AARCH64BACKEND_H
