//===- EmitObject.h - LLVM dialect to machine code --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_LLVM_EMITOBJECT_H
#define FRIEZE_COMPILER_CODEGEN_LLVM_EMITOBJECT_H

#include "compiler/codegen/CodeFigures.h"
#include "compiler/target/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>

namespace frieze {

// LLVM's own target is registered (LLVMBackend::initialiseTarget).

/// Translates `module`, in the LLVM dialect, to LLVM IR for `target` and
/// optimises it. Null after a diagnostic. Everything explicit stays as it is:
/// loops are neither vectorised nor unrolled again.
std::unique_ptr<llvm::Module> translateToLLVMIR(mlir::ModuleOp module,
                                                const Target &target,
                                                llvm::LLVMContext &context);

/// Writes `module` as assembly or as a relocatable object, whose functions it
/// adds to `figures`. Each is a step of what `context` compiles; where that is
/// cancelled, the others are left out.
mlir::LogicalResult emitMachineCode(llvm::Module &module, const Target &target,
                                    bool asAssembly,
                                    llvm::raw_pwrite_stream &os,
                                    CodeFigures &figures,
                                    mlir::MLIRContext *context);

/// Makes the dialects known that translateToLLVMIR needs.
void registerLLVMTranslations(mlir::DialectRegistry &registry);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_LLVM_EMITOBJECT_H
