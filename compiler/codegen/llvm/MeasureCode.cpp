//===- MeasureCode.cpp - Counts the instructions of a call ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/MeasureCode.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/CodeGen/MachineBlockFrequencyInfo.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Object/ObjectFile.h"

using namespace llvm;
using namespace frieze;

void frieze::weighLoops(Function &function, FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  for (Loop *loop : loops.getLoopsInPreorder()) {
    unsigned rounds = evolution.getSmallConstantTripCount(loop);
    BasicBlock *latch = loop->getLoopLatch();
    if (rounds == 0 || !latch || loop->getExitingBlock() != latch)
      continue;
    auto *branch = cast<BranchInst>(latch->getTerminator());
    uint32_t back = rounds - 1, out = 1;
    if (branch->getSuccessor(0) != loop->getHeader())
      std::swap(back, out);
    branch->setMetadata(
        LLVMContext::MD_prof,
        MDBuilder(function.getContext()).createBranchWeights(back, out));
  }
}

namespace {
class MeasureCode : public MachineFunctionPass {
public:
  static char ID;
  explicit MeasureCode(CodeFigures &figures)
      : MachineFunctionPass(ID), figures(figures) {}

  void getAnalysisUsage(AnalysisUsage &usage) const override {
    usage.addRequired<MachineBlockFrequencyInfoWrapperPass>();
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(MachineFunction &function) override;

private:
  CodeFigures &figures;
};
} // namespace

char MeasureCode::ID = 0;

/// The name of what `call` calls; empty where it is a pointer.
static StringRef getCallee(const MachineInstr &call) {
  for (const MachineOperand &operand : call.operands())
    if (operand.isGlobal())
      return operand.getGlobal()->getName();
  return "";
}

bool MeasureCode::runOnMachineFunction(MachineFunction &function) {
  auto &frequencies =
      getAnalysis<MachineBlockFrequencyInfoWrapperPass>().getMBFI();
  FunctionFigures &ours = figures.functions[function.getName()];
  ours.frameBytes = function.getFrameInfo().getStackSize();
  for (const MachineBasicBlock &block : function) {
    double times = frequencies.getBlockFreqRelativeToEntryBlock(&block);
    for (const MachineInstr &instruction : block.instrs()) {
      if (instruction.isMetaInstruction() || instruction.isBundle())
        continue;
      ours.instructions += times;
      if (instruction.isCall())
        ours.calls.push_back(
            {getCallee(instruction).str(), times, instruction.isReturn()});
    }
  }
  return false;
}

FunctionPass *frieze::createMeasureCodePass(CodeFigures &figures) {
  return new MeasureCode(figures);
}

void frieze::measureSections(StringRef object, CodeFigures &figures) {
  auto file =
      object::ObjectFile::createObjectFile(MemoryBufferRef(object, "object"));
  if (!file)
    report_fatal_error(file.takeError());
  for (const object::SectionRef &section : (*file)->sections()) {
    if (section.isText())
      figures.codeBytes += section.getSize();
    else if (section.isData())
      figures.constantBytes += section.getSize();
  }
}
