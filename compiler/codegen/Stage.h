//===- Stage.h - The ladder from a model to code ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_STAGE_H
#define FRIEZE_COMPILER_CODEGEN_STAGE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>

namespace frieze {

/// The ladder from a model file to machine code. Each stage is made from the
/// one before; `--emit` of frieze-compile prints or writes any of them.
enum class Stage {
  NN,
  NNOpt,
  Loops,
  GPU,
  PTX,
  SPIRV,
  LLVM,
  LLVMIR,
  Asm,
  Obj,
  Static,
  Shared,
  Exe,
  Wasm,
  Header
};

/// Who makes a stage: every target's compilation, a back end (see
/// Backend::getStages), or what packages its code.
enum class StageOwner { Common, Backend, Package };

struct StageDescription {
  Stage stage;
  StageOwner owner;
  /// As in `--emit`.
  llvm::StringRef name;
  /// Extension of an output file that asks for this stage, or "".
  llvm::StringRef extension;
  llvm::StringRef description;
};

/// All stages, in order.
llvm::ArrayRef<StageDescription> getStages();

const StageDescription &describe(Stage stage);

/// Whether only the back end of a device has it.
inline bool isDeviceStage(Stage stage) {
  return Stage::GPU <= stage && stage <= Stage::SPIRV;
}

/// The last stage in MLIR on the way to `stage`, which may be it itself.
inline Stage getMLIRStage(Stage stage) {
  return std::min(stage, isDeviceStage(stage) ? Stage::GPU : Stage::LLVM);
}

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_STAGE_H
