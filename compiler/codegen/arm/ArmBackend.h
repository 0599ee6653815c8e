//===- ArmBackend.h - Machine code of Arm's microcontrollers ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_ARM_ARMBACKEND_H
#define FRIEZE_COMPILER_CODEGEN_ARM_ARMBACKEND_H

#include "compiler/codegen/Backend.h"

namespace frieze {

const Backend &getArmBackend();

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_ARM_ARMBACKEND_H
