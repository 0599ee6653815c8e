//===- Backend.h - From loops to code ---------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_BACKEND_H
#define FRIEZE_COMPILER_CODEGEN_BACKEND_H

#include "compiler/codegen/CodeFigures.h"
#include "compiler/codegen/Stage.h"
#include "compiler/target/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace frieze {

/// What compilations for any target may ask of a back end.
struct BackendOptions {
  /// Hash of the source (see importNN), for the description of the model.
  std::string sourceSHA256;
  /// Section of the object for the weights, or "".
  std::string weightsSection;
};

/// What turns the loops of a family of machines into code.
class Backend {
public:
  virtual ~Backend() = default;

  /// The back end of `target`.
  static const Backend &get(const Target &target);

  /// The stages that it owns, between the loops and what packages are made of.
  /// Passes make the first, and emit() writes the others from it.
  virtual llvm::ArrayRef<Stage> getStages() const = 0;

  /// Adds the passes from the loops to its first stage.
  virtual void buildPipeline(mlir::OpPassManager &pm,
                             const BackendOptions &options) const = 0;

  /// Appends `module`, which is at its first stage, to `code` as `stage`,
  /// another of its own; an error if it cannot. An object gets its figures, and
  /// may take the weights with it, whose data is then freed if `freesWeights`.
  virtual mlir::LogicalResult emit(mlir::ModuleOp module, const Target &target,
                                   Stage stage,
                                   llvm::SmallVectorImpl<char> &code,
                                   CodeFigures &figures,
                                   bool freesWeights) const = 0;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_BACKEND_H
