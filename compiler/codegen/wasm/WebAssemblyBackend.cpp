//===- WebAssemblyBackend.cpp - Machine code of WebAssembly -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/wasm/WebAssemblyBackend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/Support/TargetSelect.h"

#include <mutex>

using namespace frieze;

namespace {
class WebAssemblyBackend final : public LLVMBackend {
public:
  void initialiseTarget() const override {
    static std::once_flag once;
    std::call_once(once, [] {
      LLVMInitializeWebAssemblyTargetInfo();
      LLVMInitializeWebAssemblyTarget();
      LLVMInitializeWebAssemblyTargetMC();
      LLVMInitializeWebAssemblyAsmPrinter();
    });
  }
};
} // namespace

const Backend &frieze::getWebAssemblyBackend() {
  static const WebAssemblyBackend backend;
  return backend;
}
