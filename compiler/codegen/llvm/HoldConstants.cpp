//===- HoldConstants.cpp - Constants of loops in registers ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/HoldConstants.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

using namespace llvm;
using namespace frieze;

/// Registers beside those that are counted: what an instruction needs while it
/// runs.
static constexpr int64_t spareRegisters = 4;

/// Registers of `machine` that a vector takes.
static int64_t countRegisters(const Machine &machine, Type *type) {
  return divideCeil(type->getPrimitiveSizeInBits().getKnownMinValue(),
                    32 * machine.lanes);
}

/// Registers that vectors need at most at one time in `block`, a loop. LLVM
/// leaves the order of its instructions.
static int64_t countLiveRegisters(const Machine &machine,
                                  const BasicBlock &block) {
  DenseSet<const Value *> live;
  int64_t registers = 0;
  auto add = [&](const Value *value) {
    if (value->getType()->isVectorTy() && !isa<Constant>(value) &&
        live.insert(value).second)
      registers += countRegisters(machine, value->getType());
  };
  for (const Instruction &instruction : block) {
    // What is read behind the loop, by the next round, and in every round.
    if (instruction.isUsedOutsideOfBlock(&block))
      add(&instruction);
    for (const Value *operand : instruction.operands()) {
      auto *made = dyn_cast<Instruction>(operand);
      if (isa<PHINode>(instruction) || !made || made->getParent() != &block)
        add(operand);
    }
  }
  int64_t most = registers;
  for (const Instruction &instruction : reverse(block)) {
    if (isa<PHINode>(instruction))
      break;
    if (live.erase(&instruction))
      registers -= countRegisters(machine, instruction.getType());
    for (const Value *operand : instruction.operands())
      add(operand);
    most = std::max(most, registers);
  }
  return most;
}

/// Where instructions of `block` read constants that fill a register of
/// `machine` with one number, by constant.
static MapVector<Constant *, SmallVector<Use *>>
findConstants(const Machine &machine, BasicBlock &block) {
  MapVector<Constant *, SmallVector<Use *>> found;
  auto fills = [&](Type *type) {
    return type->isVectorTy() && type->getScalarSizeInBits() == 32 &&
           int64_t(type->getPrimitiveSizeInBits()) == 32 * machine.lanes;
  };
  for (Instruction &instruction : block) {
    // Distances are part of the instruction.
    if (isa<PHINode>(instruction) || instruction.isShift())
      continue;
    for (Use &operand : instruction.operands()) {
      auto *constant = dyn_cast<Constant>(operand.get());
      if (constant && fills(constant->getType()) && constant->getSplatValue() &&
          !isa<UndefValue>(constant) && !constant->isNullValue())
        found[constant].push_back(&operand);
    }
  }
  return found;
}

/// A value that LLVM does not know to be `constant`.
static Value *hide(IRBuilder<> &builder, Constant *constant) {
  Type *type = constant->getType();
  auto *function = FunctionType::get(type, {type}, /*isVarArg=*/false);
  return builder.CreateCall(
      InlineAsm::get(function, "", "=v,0", /*hasSideEffects=*/false), constant);
}

void frieze::holdConstants(Function &function,
                           FunctionAnalysisManager &analyses,
                           const Target &target) {
  StringRef cpu = function.getFnAttribute("target-cpu").getValueAsString();
  auto *machine = find_if(target.machines, [&](const Machine &machine) {
    return machine.cpu == cpu;
  });
  // With fewer registers, none are left.
  if (function.isDeclaration() || machine == target.machines.end() ||
      machine->registers < 32 || !Triple(target.toolchain.triple).isX86())
    return;
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  for (Loop *loop : loops.getLoopsInPreorder()) {
    if (loop->getNumBlocks() != 1)
      continue;
    BasicBlock &block = *loop->getHeader();
    int64_t left = machine->registers - spareRegisters -
                   countLiveRegisters(*machine, block);
    auto constants = findConstants(*machine, block);
    if (constants.empty() || left <= 0)
      continue;
    // Behind another loop, which ends with a jump to its own start, there is
    // none yet.
    BasicBlock *before = loop->getLoopPreheader();
    if (!before)
      before = InsertPreheaderForLoop(loop, &dominators, &loops,
                                      /*MSSAU=*/nullptr,
                                      /*PreserveLCSSA=*/false);
    IRBuilder<> builder(before->getTerminator());
    for (auto &[constant, uses] : constants) {
      if (left-- <= 0)
        break;
      Value *held = hide(builder, constant);
      for (Use *use : uses)
        use->set(held);
    }
  }
}
