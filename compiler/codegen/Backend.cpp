//===- Backend.cpp - From loops to code -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Backend.h"
#include "compiler/codegen/aarch64/AArch64Backend.h"
#include "compiler/codegen/arm/ArmBackend.h"
#include "compiler/codegen/gpu/GPUBackend.h"
#include "compiler/codegen/riscv/RISCVBackend.h"
#include "compiler/codegen/wasm/WebAssemblyBackend.h"
#include "compiler/codegen/x86/X86Backend.h"

using namespace frieze;

const Backend &Backend::get(const Target &target) {
  switch (target.family) {
  case Family::X86:
    return getX86Backend();
  case Family::AArch64:
    return getAArch64Backend();
  case Family::RISCV:
    return getRISCVBackend();
  case Family::Arm:
    return getArmBackend();
  case Family::GPU:
    return getGPUBackend();
  case Family::WebAssembly:
    return getWebAssemblyBackend();
  }
  llvm_unreachable("covered switch");
}
