//===- RISCVBackend.cpp - Machine code of 64-bit RISC-V ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/riscv/RISCVBackend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/Support/TargetSelect.h"

#include <mutex>

using namespace frieze;

namespace {
class RISCVBackend final : public LLVMBackend {
public:
  void initialiseTarget() const override {
    static std::once_flag once;
    std::call_once(once, [] {
      LLVMInitializeRISCVTargetInfo();
      LLVMInitializeRISCVTarget();
      LLVMInitializeRISCVTargetMC();
      LLVMInitializeRISCVAsmPrinter();
    });
  }
};
} // namespace

const Backend &frieze::getRISCVBackend() {
  static const RISCVBackend backend;
  return backend;
}
