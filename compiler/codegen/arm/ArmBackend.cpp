//===- ArmBackend.cpp - Machine code of Arm's microcontrollers --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/arm/ArmBackend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TargetSelect.h"

#include <mutex>

using namespace frieze;

namespace {
class ArmBackend final : public LLVMBackend {
public:
  // LLVM 22 compares vectors with zero by the wrong condition of Helium, where
  // one is NaN: relu(NaN) would be 0. As -0 is equal to 0, and no zero to LLVM,
  // that is compared with instead.
  void avoidMiscompilation(llvm::Module &module) const override {
    for (llvm::Function &function : module)
      for (llvm::Instruction &instruction : llvm::instructions(function))
        if (auto *comparison = llvm::dyn_cast<llvm::FCmpInst>(&instruction))
          for (llvm::Use &operand : comparison->operands())
            if (auto *constant = llvm::dyn_cast<llvm::Constant>(operand);
                constant && constant->isNullValue() &&
                constant->getType()->isVectorTy())
              operand.set(
                  llvm::ConstantFP::getNegativeZero(constant->getType()));
  }

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
