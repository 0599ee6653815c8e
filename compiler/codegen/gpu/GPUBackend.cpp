//===- GPUBackend.cpp - Code of graphics processors -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/GPUBackend.h"
#include "compiler/codegen/Passes.h"
#include "compiler/codegen/llvm/EmitObject.h"
#include "mlir/Dialect/SPIRV/IR/SPIRVOps.h"
#include "mlir/Dialect/SPIRV/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/SPIRV/Serialization.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TargetSelect.h"

#include <mutex>

using namespace mlir;
using namespace frieze;

namespace {
class GPUBackend final : public Backend {
public:
  ArrayRef<Stage> getStages() const override {
    static constexpr Stage stages[] = {Stage::GPU, Stage::PTX, Stage::SPIRV};
    return stages;
  }

  void buildPipeline(OpPassManager &pm,
                     const BackendOptions &options) const override {
    pm.addPass(createMapToGPUPass());
    pm.addPass(createCanonicalizerPass());
    pm.addPass(createCSEPass());
    pm.addPass(createLoopInvariantCodeMotionPass());
  }

  LogicalResult emit(ModuleOp module, const Target &target, Stage stage,
                     SmallVectorImpl<char> &code, CodeFigures &figures,
                     bool) const override {
    OwningOpRef<ModuleOp> copy = module.clone();
    return stage == Stage::PTX ? emitPTX(*copy, target, code, figures)
                               : emitSPIRV(*copy, code);
  }

private:
  static LogicalResult emitPTX(ModuleOp module, const Target &target,
                               SmallVectorImpl<char> &code,
                               CodeFigures &figures);
  static LogicalResult emitSPIRV(ModuleOp module, SmallVectorImpl<char> &code);
};
} // namespace

LogicalResult GPUBackend::emitPTX(ModuleOp module, const Target &target,
                                  SmallVectorImpl<char> &code,
                                  CodeFigures &figures) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  PassManager pm(module.getContext());
  pm.addPass(createRotateLoopsPass());
  pm.addPass(createBranchLoopsPass());
  pm.addPass(createConvertToNVVMPass());
  if (failed(pm.run(module)))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> llvmModule =
      translateToLLVMIR(module, target, context);
  llvm::raw_svector_ostream os(code);
  if (!llvmModule || failed(emitMachineCode(*llvmModule, target,
                                            /*asAssembly=*/true, os, figures,
                                            module.getContext())))
    return module.emitError("cannot be turned into PTX");
  return success();
}

LogicalResult GPUBackend::emitSPIRV(ModuleOp module,
                                    SmallVectorImpl<char> &code) {
  PassManager pm(module.getContext());
  pm.addPass(createConvertToSPIRVPass());
  OpPassManager &spirv = pm.nest<spirv::ModuleOp>();
  spirv.addPass(spirv::createSPIRVLowerABIAttributesPass());
  spirv.addPass(spirv::createSPIRVUpdateVCEPass());
  if (failed(pm.run(module)))
    return failure();
  auto kernels = *module.getOps<spirv::ModuleOp>().begin();
  SmallVector<uint32_t> words;
  if (failed(spirv::serialize(kernels, words)))
    return module.emitError("cannot be turned into SPIR-V");
  StringRef bytes(reinterpret_cast<const char *>(words.data()),
                  words.size() * sizeof(uint32_t));
  code.append(bytes.begin(), bytes.end());
  return success();
}

const Backend &frieze::getGPUBackend() {
  static const GPUBackend backend;
  return backend;
}
