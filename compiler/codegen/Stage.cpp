//===- Stage.cpp - The ladder from a model to code --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/Stage.h"
#include "llvm/ADT/STLExtras.h"

using namespace frieze;

llvm::ArrayRef<StageDescription> frieze::getStages() {
  static constexpr auto common = StageOwner::Common;
  static constexpr auto backend = StageOwner::Backend;
  static constexpr auto package = StageOwner::Package;
  static const StageDescription stages[] = {
      {Stage::NN, common, "nn", "", "the model as imported, in the nn dialect"},
      {Stage::NNOpt, common, "nn-opt", ".mlir",
       "batch norm folded, activations fused"},
      {Stage::Loops, common, "loops", "",
       "loops over vectors and flat buffers"},
      {Stage::GPU, backend, "gpu", "", "kernels in the gpu dialect of MLIR"},
      {Stage::PTX, backend, "ptx", ".ptx", "assembly of NVIDIA's GPUs"},
      {Stage::SPIRV, backend, "spirv", ".spv", "SPIR-V, for Vulkan"},
      {Stage::LLVM, backend, "llvm", "", "the LLVM dialect of MLIR"},
      {Stage::LLVMIR, backend, "llvm-ir", ".ll", "LLVM IR, optimised"},
      {Stage::Asm, backend, "asm", ".s", "assembly"},
      {Stage::Obj, backend, "obj", ".o",
       "an object file without undefined symbols"},
      {Stage::Static, package, "static", ".a",
       "a static library, and its header beside it"},
      {Stage::Shared, package, "shared", ".so", "a shared library"},
      {Stage::Exe, package, "exe", "",
       "an executable that scores .npy and CSV files"},
      {Stage::Wasm, package, "wasm", ".wasm",
       "a module of WebAssembly, with its JavaScript beside it"},
      {Stage::Header, package, "header", ".h",
       "the C header of obj and static"},
  };
  return stages;
}

const StageDescription &frieze::describe(Stage stage) {
  return *llvm::find_if(getStages(), [&](const StageDescription &description) {
    return description.stage == stage;
  });
}
