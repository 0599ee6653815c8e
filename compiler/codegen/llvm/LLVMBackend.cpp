//===- LLVMBackend.cpp - Machine code through LLVM --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/llvm/LLVMBackend.h"
#include "compiler/codegen/Passes.h"
#include "compiler/codegen/llvm/EmitObject.h"
#include "compiler/codegen/llvm/MeasureCode.h"
#include "compiler/codegen/llvm/PlacedWeights.h"
#include "dialect/Steps.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace frieze;

void LLVMBackend::initialiseTarget() const {
  std::call_once(isInitialised, [&] {
    for (void (*initialise)() : initialisers)
      initialise();
  });
}

ArrayRef<Stage> LLVMBackend::getStages() const {
  static constexpr Stage stages[] = {Stage::LLVM, Stage::LLVMIR, Stage::Asm,
                                     Stage::Obj};
  return stages;
}

void LLVMBackend::buildPipeline(OpPassManager &pm,
                                const BackendOptions &options) const {
  pm.addPass(createShareKernelsPass());
  pm.addPass(createOrderLoopsPass());
  pm.addPass(createRotateLoopsPass());
  pm.addPass(createBranchLoopsPass());
  pm.addPass(createConvertToLLVMPass({options.weightsSection}));
  pm.addPass(createEmitEntryPointsPass({options.sourceSHA256}));
}

LogicalResult LLVMBackend::emit(ModuleOp module, const Target &target,
                                Stage stage, SmallVectorImpl<char> &code,
                                CodeFigures &figures, bool freesWeights) const {
  initialiseTarget();
  llvm::LLVMContext context;
  context.setDiagnosticHandler(createSpillCounter(figures.spills));
  // Text has the numbers in it, and COFF checksums of them.
  PlacedWeights weights;
  llvm::Triple triple(target.toolchain.triple);
  if (stage == Stage::Obj && !triple.isOSBinFormatCOFF())
    weights = PlacedWeights(module, freesWeights);
  std::unique_ptr<llvm::Module> llvmModule =
      translateToLLVMIR(module, target, context);
  if (!llvmModule)
    return failure();
  avoidMiscompilation(*llvmModule);
  if (stage == Stage::LLVMIR) {
    llvm::raw_svector_ostream(code) << *llvmModule;
    return success();
  }
  weights.mark(*llvmModule);
  PlacedWeightsStream os(weights, code);
  LogicalResult emitted =
      emitMachineCode(*llvmModule, target, stage == Stage::Asm, os, figures,
                      module.getContext());
  // Whoever cancels it says so.
  if (isCancelled(module.getContext()))
    return failure();
  if (failed(emitted) || !os.isComplete())
    return module.emitError("cannot be turned into machine code for ")
           << target.name;
  if (stage == Stage::Obj)
    measureSections(StringRef(code.data(), code.size()), figures);
  return success();
}

LogicalResult LLVMBackend::emitDispatch(SymbolBuilder &symbols,
                                        const Target &target) const {
  return symbols.module.emitError("cannot tell the machines of ")
         << target.name << " apart when code is loaded";
}
