//===- EmitObject.cpp - LLVM dialect to machine code ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/EmitObject.h"
#include "compiler/codegen/llvm/HoldConstants.h"
#include "compiler/codegen/llvm/MeasureCode.h"
#include "dialect/Steps.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace frieze;

/// For the public functions: those of a machine name it.
static std::unique_ptr<llvm::TargetMachine>
createTargetMachine(const Target &target) {
  std::string error;
  llvm::Triple triple(target.toolchain.triple);
  const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!found)
    llvm::report_fatal_error("LLVM lacks the target of Frieze's table: " +
                             llvm::Twine(error));
  llvm::TargetOptions options;
  // Each product and sum keeps its own rounding.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  options.DataSections = options.FunctionSections = true;
  options.UseInitArray = true;
  // Only 32-bit Arm has the choice; its linkers refuse to mix the two.
  options.FloatABIType = llvm::FloatABI::Hard;
  const Toolchain &toolchain = target.toolchain;
  options.MCOptions.ABIName = toolchain.abi.str();
  return std::unique_ptr<llvm::TargetMachine>(found->createTargetMachine(
      triple, toolchain.cpu, toolchain.features, options,
      toolchain.isPositionIndependent ? llvm::Reloc::PIC_ : llvm::Reloc::Static,
      std::nullopt, llvm::CodeGenOptLevel::Aggressive));
}

/// What kernels need of LLVM's pipelines: what does not change in a loop before
/// it, and nothing computed twice. They hold neither memory to promote nor
/// calls to inline, and their instructions are the simplest already.
static constexpr llvm::StringLiteral optimizations =
    "function(loop-mssa(licm),early-cse,simplifycfg)";
/// What loads of a device are then joined by.
static constexpr llvm::StringLiteral findsAlignment =
    "function(infer-alignment)";

std::unique_ptr<llvm::Module>
frieze::translateToLLVMIR(mlir::ModuleOp module, const Target &target,
                          llvm::LLVMContext &context) {
  std::unique_ptr<llvm::Module> llvmModule =
      mlir::translateModuleToLLVMIR(module, context, "frieze");
  if (!llvmModule)
    return nullptr;
  auto machine = createTargetMachine(target);
  llvmModule->setTargetTriple(llvm::Triple(target.toolchain.triple));
  llvmModule->setDataLayout(machine->createDataLayout());

  llvm::PassBuilder passBuilder(machine.get());
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  passBuilder.registerModuleAnalyses(modules);
  passBuilder.registerCGSCCAnalyses(components);
  passBuilder.registerFunctionAnalyses(functions);
  passBuilder.registerLoopAnalyses(loops);
  passBuilder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  llvm::cantFail(passBuilder.parsePassPipeline(passes, optimizations));
  if (target.device)
    llvm::cantFail(passBuilder.parsePassPipeline(passes, findsAlignment));
  passes.run(*llvmModule, modules);
  for (llvm::Function &function : *llvmModule)
    holdConstants(function, functions, target);
  if (target.toolchain.countsInstructions)
    for (llvm::Function &function : *llvmModule)
      if (!function.isDeclaration())
        weighLoops(function, functions);
  return llvmModule;
}

/// Makes arrays of numbers arrays of bytes, which LLVM writes as a whole: it
/// writes numbers one by one, in half a microsecond each.
static void storeAsBytes(llvm::Module &module) {
  for (llvm::GlobalVariable &global :
       llvm::make_early_inc_range(module.globals())) {
    if (!global.hasInitializer() || !global.hasPrivateLinkage())
      continue;
    auto *numbers =
        llvm::dyn_cast<llvm::ConstantDataArray>(global.getInitializer());
    if (!numbers)
      continue;
    llvm::Constant *bytes = llvm::ConstantDataArray::getString(
        module.getContext(), numbers->getRawDataValues(), /*AddNull=*/false);
    auto *replacement =
        new llvm::GlobalVariable(module, bytes->getType(), global.isConstant(),
                                 global.getLinkage(), bytes, "", &global);
    replacement->copyAttributesFrom(&global);
    replacement->takeName(&global);
    global.replaceAllUsesWith(replacement);
    global.eraseFromParent();
  }
}

namespace {
/// Takes a step for each function that is machine code, as large as it was in
/// LLVM IR. Once the compilation is cancelled, those that are left lose their
/// bodies, so that LLVM has nothing to do for them.
class TakeSteps : public llvm::MachineFunctionPass {
public:
  static char id;

  TakeSteps(mlir::MLIRContext *context, const llvm::Module &module)
      : MachineFunctionPass(id), context(context),
        steps(context, module.getInstructionCount()) {}

private:
  bool runOnMachineFunction(llvm::MachineFunction &function) override {
    llvm::Function &done = function.getFunction();
    steps.execute([] {}, done.getInstructionCount());
    if (!isCancelled(context))
      return false;
    bool isLeft = false;
    for (llvm::Function &other : *done.getParent()) {
      if (isLeft && !other.isDeclaration())
        other.deleteBody();
      isLeft |= &other == &done;
    }
    return false;
  }
  void getAnalysisUsage(llvm::AnalysisUsage &usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  mlir::MLIRContext *context;
  Steps steps;
};
} // namespace

char TakeSteps::id;

mlir::LogicalResult
frieze::emitMachineCode(llvm::Module &module, const Target &target,
                        bool asAssembly, llvm::raw_pwrite_stream &os,
                        CodeFigures &figures, mlir::MLIRContext *context) {
  auto machine = createTargetMachine(target);
  // An assembler reads numbers, an object has bytes.
  if (!asAssembly)
    storeAsBytes(module);
  // What TargetMachine::addPassesToEmitFile adds, and a look at the result.
  llvm::legacy::PassManager passes;
  llvm::TargetPassConfig *config = machine->createPassConfig(passes);
  config->setDisableVerify(true);
  // The order of instructions is the emitter's. LLVM's schedulers move loads of
  // the input ahead of the multiply-adds, and its loop-invariant code motion
  // keeps the constants of one kernel in registers during another: all spill
  // accumulators to make room.
  for (llvm::AnalysisID pass :
       {&llvm::MachineSchedulerID, &llvm::MachinePipelinerID,
        &llvm::EarlyMachineLICMID})
    config->disablePass(pass);
  passes.add(config);
  auto *functions = new llvm::MachineModuleInfoWrapperPass(machine.get());
  passes.add(functions);
  if (config->addISelPasses())
    return mlir::failure();
  config->addMachinePasses();
  config->setInitialized();
  figures.countsInstructions = target.toolchain.countsInstructions;
  passes.add(createMeasureCodePass(figures));
  passes.add(new TakeSteps(context, module));
  if (machine->addAsmPrinter(passes, os, nullptr,
                             asAssembly ? llvm::CodeGenFileType::AssemblyFile
                                        : llvm::CodeGenFileType::ObjectFile,
                             functions->getMMI().getContext()))
    return mlir::failure();
  passes.add(llvm::createFreeMachineFunctionPass());
  passes.run(module);
  return mlir::success();
}

void frieze::registerLLVMTranslations(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerNVVMDialectTranslation(registry);
}
