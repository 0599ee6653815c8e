//===- AArch64Backend.cpp - Machine code of 64-bit Arm ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/aarch64/AArch64Backend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/Support/TargetSelect.h"

using namespace frieze;

const Backend &frieze::getAArch64Backend() {
  static const LLVMBackend backend(
      {LLVMInitializeAArch64TargetInfo, LLVMInitializeAArch64Target,
       LLVMInitializeAArch64TargetMC, LLVMInitializeAArch64AsmPrinter});
  return backend;
}
