//===- MeasureCode.cpp - Counts the instructions of a call ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/MeasureCode.h"
#include "llvm/Analysis/BlockFrequencyInfo.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/CodeGen/MachineBlockFrequencyInfo.h"
#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/TargetFrameLowering.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Object/ObjectFile.h"

using namespace llvm;
using namespace frieze;

static void weigh(BranchInst &branch, uint32_t whenTrue, uint32_t whenFalse) {
  branch.setMetadata(
      LLVMContext::MD_prof,
      MDBuilder(branch.getContext()).createBranchWeights(whenTrue, whenFalse));
}

/// Writes how often `branch` goes where, if that depends on the round of a loop
/// that runs a constant number of times.
static void weighByRound(BranchInst &branch, ScalarEvolution &evolution) {
  auto *comparison = dyn_cast<ICmpInst>(branch.getCondition());
  if (!comparison)
    return;
  auto *bound = dyn_cast<ConstantInt>(comparison->getOperand(1));
  auto *number =
      dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(comparison->getOperand(0)));
  if (!bound || !number || !number->isAffine())
    return;
  auto *first = dyn_cast<SCEVConstant>(number->getStart());
  auto *step = dyn_cast<SCEVConstant>(number->getStepRecurrence(evolution));
  unsigned rounds = evolution.getSmallConstantTripCount(number->getLoop());
  if (!first || !step || rounds == 0)
    return;
  uint32_t whenTrue = 0;
  APInt value = first->getAPInt();
  for (unsigned round = 0; round < rounds; ++round) {
    whenTrue +=
        ICmpInst::compare(value, bound->getValue(), comparison->getPredicate());
    value += step->getAPInt();
  }
  weigh(branch, whenTrue, rounds - whenTrue);
}

void frieze::weighLoops(Function &function, FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  for (BasicBlock &block : function) {
    auto *branch = dyn_cast<BranchInst>(block.getTerminator());
    if (!branch || branch->isUnconditional())
      continue;
    Loop *loop = loops.getLoopFor(&block);
    if (!loop || loop->getExitingBlock() != &block) {
      weighByRound(*branch, evolution);
      continue;
    }
    unsigned rounds = evolution.getSmallConstantTripCount(loop);
    if (rounds == 0 || loop->getLoopLatch() != &block)
      continue;
    if (branch->getSuccessor(0) == loop->getHeader())
      weigh(*branch, rounds - 1, 1);
    else
      weigh(*branch, 1, rounds - 1);
  }
}

namespace {
/// How often each block runs, in calls of its function.
class BlockTimes {
public:
  BlockTimes(const MachineFunction &function, BlockFrequencyInfo &frequencies,
             const MachineBlockFrequencyInfo &machineFrequencies)
      : frequencies(frequencies), machineFrequencies(machineFrequencies) {
    for (const MachineBasicBlock &block : function) {
      double &most = mostOfSource[block.getBasicBlock()];
      most = std::max(most, getMachineTimes(block));
    }
  }

  /// As often as the block of the IR that it comes from: blocks of machine code
  /// lose their weights where they are split for constants that lie among the
  /// instructions. Of several that one became, some may be skipped.
  double get(const MachineBasicBlock &block) const {
    const BasicBlock *source = block.getBasicBlock();
    double times = getMachineTimes(block);
    if (!source || times == 0)
      return times;
    return times / mostOfSource.lookup(source) *
           frequencies.getBlockFreq(source).getFrequency() /
           frequencies.getEntryFreq().getFrequency();
  }

private:
  double getMachineTimes(const MachineBasicBlock &block) const {
    // Nothing reaches constants.
    if (block.pred_empty() && !block.isEntryBlock())
      return 0;
    return machineFrequencies.getBlockFreqRelativeToEntryBlock(&block);
  }

  BlockFrequencyInfo &frequencies;
  const MachineBlockFrequencyInfo &machineFrequencies;
  DenseMap<const BasicBlock *, double> mostOfSource;
};

class MeasureCode : public MachineFunctionPass {
public:
  static char ID;
  explicit MeasureCode(CodeFigures &figures)
      : MachineFunctionPass(ID), figures(figures) {}

  void getAnalysisUsage(AnalysisUsage &usage) const override {
    usage.addRequired<BlockFrequencyInfoWrapperPass>();
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

/// Bytes of the frame. Where the length of vectors differs between processors,
/// that of the shortest: LLVM gives sizes for half of it (RISC-V V 1.0 has 128
/// bits at least, of which a block is 64; SVE is used from two blocks of 128).
static int64_t getFrameBytes(const MachineFunction &function) {
  const MachineFrameInfo &frame = function.getFrameInfo();
  int64_t bytes = frame.getStackSize();
  for (int i = frame.getObjectIndexBegin(); i < frame.getObjectIndexEnd(); ++i)
    if (!frame.isDeadObjectIndex(i) &&
        frame.getStackID(i) == TargetStackID::ScalableVector)
      bytes += 2 * frame.getObjectSize(i);
  return bytes;
}

bool MeasureCode::runOnMachineFunction(MachineFunction &function) {
  FunctionFigures &ours = figures.functions[function.getName()];
  ours.frameBytes = getFrameBytes(function);
  BlockTimes blockTimes(
      function, getAnalysis<BlockFrequencyInfoWrapperPass>().getBFI(),
      getAnalysis<MachineBlockFrequencyInfoWrapperPass>().getMBFI());
  for (const MachineBasicBlock &block : function) {
    double times = blockTimes.get(block);
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
