//===- ArmBackend.cpp - Machine code of Arm's microcontrollers --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/arm/ArmBackend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/Support/TargetSelect.h"

#include <mutex>

using namespace frieze;

namespace {
class ArmBackend final : public LLVMBackend {
public:
  void initialiseTarget() const override {
    static std::once_flag once;
    std::call_once(once, [] {
      LLVMInitializeARMTargetInfo();
      LLVMInitializeARMTarget();
      LLVMInitializeARMTargetMC();
      LLVMInitializeARMAsmPrinter();
    });
  }
};
} // namespace

const Backend &frieze::getArmBackend() {
  static const ArmBackend backend;
  return backend;
}
