//===- ArmBackend.cpp - Machine code of Arm's microcontrollers --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/arm/ArmBackend.h"
#include "compiler/codegen/llvm/LLVMBackend.h"
#include "llvm/Analysis/VectorUtils.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TargetSelect.h"

using namespace frieze;

/// Turns `comparison` round where LLVM 22 would compare by the wrong condition
/// of Helium: it moves an operand of equal lanes to the right, and takes "less"
/// for "greater", which holds of NaN, too. Of negated operands, it stays there.
static void turnComparison(llvm::FCmpInst &comparison) {
  using Predicate = llvm::CmpInst::Predicate;
  if (llvm::getSplatValue(comparison.getOperand(0)) &&
      !llvm::getSplatValue(comparison.getOperand(1)))
    comparison.swapOperands();
  Predicate predicate = comparison.getPredicate();
  if (!llvm::getSplatValue(comparison.getOperand(1)) ||
      (predicate != Predicate::FCMP_OLT && predicate != Predicate::FCMP_OLE &&
       predicate != Predicate::FCMP_UGE && predicate != Predicate::FCMP_UGT))
    return;
  llvm::IRBuilder<> builder(&comparison);
  for (llvm::Use &operand : comparison.operands())
    operand.set(builder.CreateFNeg(operand));
  comparison.setPredicate(comparison.getSwappedPredicate());
}

namespace {
class ArmBackend final : public LLVMBackend {
public:
  using LLVMBackend::LLVMBackend;

  void avoidMiscompilation(llvm::Module &module) const override {
    for (llvm::Function &function : module)
      for (llvm::Instruction &instruction : llvm::instructions(function))
        if (auto *comparison = llvm::dyn_cast<llvm::FCmpInst>(&instruction);
            comparison && comparison->getType()->isVectorTy())
          turnComparison(*comparison);
  }
};
} // namespace

const Backend &frieze::getArmBackend() {
  static const ArmBackend backend(
      {LLVMInitializeARMTargetInfo, LLVMInitializeARMTarget,
       LLVMInitializeARMTargetMC, LLVMInitializeARMAsmPrinter});
  return backend;
}
