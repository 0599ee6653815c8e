//===- LLVMBackend.h - Machine code through LLVM ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_LLVMBACKEND_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_LLVMBACKEND_H

#include "compiler/codegen/Backend.h"
#include "compiler/codegen/llvm/SymbolBuilder.h"
#include "llvm/ADT/SmallVector.h"

#include <mutex>

namespace llvm {
class Module;
} // namespace llvm

namespace frieze {

/// A back end whose machine code LLVM writes: every processor's. What differs
/// is which of LLVM's targets that takes, and how code that is loaded chooses
/// among the machines of a target.
class LLVMBackend : public Backend {
public:
  /// A back end for one of LLVM's own targets, which `initialisers` register.
  explicit LLVMBackend(std::initializer_list<void (*)()> initialisers)
      : initialisers(initialisers) {}

  /// The back end of `target`, which is one of these.
  static const LLVMBackend &get(const Target &target) {
    return static_cast<const LLVMBackend &>(Backend::get(target));
  }

  llvm::ArrayRef<Stage> getStages() const final;
  void buildPipeline(mlir::OpPassManager &pm,
                     const BackendOptions &options) const final;
  mlir::LogicalResult emit(mlir::ModuleOp module, const Target &target,
                           Stage stage, llvm::SmallVectorImpl<char> &code,
                           CodeFigures &figures, bool freesWeights) const final;

  /// Registers LLVM's own target, once for a process.
  void initialiseTarget() const;
  /// Writes what LLVM turns into wrong machine code in another way.
  virtual void avoidMiscompilation(llvm::Module &) const {}
  /// Writes what sets the pointers of `symbols.getDispatched()` to the variants
  /// of the best machine of `target` that the processor is. The first machines
  /// are the best, the last one runs everywhere. An error where processors
  /// cannot be told apart.
  virtual mlir::LogicalResult emitDispatch(SymbolBuilder &symbols,
                                           const Target &target) const;

private:
  llvm::SmallVector<void (*)(), 5> initialisers;
  mutable std::once_flag isInitialised;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_LLVMBACKEND_H
