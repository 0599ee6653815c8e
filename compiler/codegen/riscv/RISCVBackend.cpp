//===- RISCVBackend.cpp - Machine code of 64-bit RISC-V ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/riscv/RISCVBackend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/Support/TargetSelect.h"

using namespace frieze;

const Backend &frieze::getRISCVBackend() {
  static const LLVMBackend backend(
      {LLVMInitializeRISCVTargetInfo, LLVMInitializeRISCVTarget,
       LLVMInitializeRISCVTargetMC, LLVMInitializeRISCVAsmPrinter});
  return backend;
}
