//===- WebAssemblyBackend.cpp - Machine code of WebAssembly -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/wasm/WebAssemblyBackend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/Support/TargetSelect.h"

using namespace frieze;

const Backend &frieze::getWebAssemblyBackend() {
  static const LLVMBackend backend(
      {LLVMInitializeWebAssemblyTargetInfo, LLVMInitializeWebAssemblyTarget,
       LLVMInitializeWebAssemblyTargetMC, LLVMInitializeWebAssemblyAsmPrinter});
  return backend;
}
