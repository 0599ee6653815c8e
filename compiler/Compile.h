//===- Compile.h - From a model file to an artefact -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_COMPILE_H
#define FRIEZE_COMPILER_COMPILE_H

#include "compiler/Pipelines.h"
#include "compiler/codegen/CodeFigures.h"
#include "dialect/NNAttrs.h"
#include "frontends/Import.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>

namespace frieze {

struct CompileOptions {
  ImportOptions import;
  /// Prefix of every symbol: a C identifier.
  std::string name = "model";
  const Target *target = &getTargets().front();
  /// Whether every convolution is computed as the sum it is, without minimal
  /// filtering (Winograd).
  bool exact = false;
  /// Samples by which the window of the model moves along a recording, of which
  /// code shares the work of overlapping windows, which are then exact; 0:
  /// none.
  int64_t streamHop = 0;
  /// Whether code goes through a sequence in steps, one call after the other,
  /// with the states of its recurrent layers in the caller's memory; not with a
  /// hop.
  bool streamSteps = false;
  /// Windows or steps that such code computes together; 0 to choose.
  int64_t streamBlock = 0;
  /// Section of the object for the weights; "" for that of constants.
  std::string weightsSection;
  /// Bytes of memory that a call may take, arena and stack; 0: any.
  int64_t ramBytes = 0;
  /// GPUs of NVIDIA, by compute capability as in 80 for sm_80, for which the
  /// object has machine code beside the PTX.
  llvm::SmallVector<unsigned> cubins;
  /// Whether the plans of the kernels are printed on standard error.
  bool printPlan = false;
  /// Whether the module that is compiled is the only one of its context, so
  /// that the data of parameters is freed as soon as it names others.
  bool ownsContext = false;
  /// Called with the model as imported, after nn-opt, and with what its callers
  /// know once it is lowered to loops.
  std::function<void(mlir::ModuleOp imported)> onImport;
  std::function<void(mlir::ModuleOp optimised)> onNNOpt;
  std::function<void(nn::InterfaceAttr interface)> onLowered;
  /// Called with each relocatable object, and its figures.
  std::function<void(llvm::StringRef object, const CodeFigures &)> onObject;
  /// Sets up the pass manager, for instance to print between passes.
  std::function<mlir::LogicalResult(mlir::PassManager &)> configure;
};

/// What the context of compileTo and compileFile needs.
mlir::DialectRegistry getCompilerDialects();

/// Imports the model file `path`, which holds `bytes`, as Stage::NN. Null after
/// a diagnostic.
///
/// `sourceSHA256`, unless it is null, gets the hash of the bytes or, where more
/// is read (see ImportOptions::onRead), that of lines with the hash of each
/// part in hexadecimal, the model file first.
mlir::OwningOpRef<mlir::ModuleOp> importNN(llvm::StringRef path,
                                           llvm::StringRef bytes,
                                           const ImportOptions &options,
                                           mlir::MLIRContext *context,
                                           std::string *sourceSHA256 = nullptr);

/// Imports the model file `path`, which holds `bytes`, and takes it up to
/// `stage`, at most Stage::LLVM. Null after a diagnostic.
mlir::OwningOpRef<mlir::ModuleOp> compileTo(Stage stage, llvm::StringRef path,
                                            llvm::StringRef bytes,
                                            const CompileOptions &options,
                                            mlir::MLIRContext *context);

/// Takes `module` from `from` to `to`, both at most Stage::LLVM, in place.
/// `sourceSHA256` goes into the description.
mlir::LogicalResult lowerModule(mlir::ModuleOp module, Stage from, Stage to,
                                const CompileOptions &options,
                                llvm::StringRef sourceSHA256 = "");

/// Prints `module`, with the numbers of its weights or without.
void printMLIR(mlir::ModuleOp module, bool withWeights, llvm::raw_ostream &os);

/// What the back end makes as `stage` of `module`, which is at its first stage,
/// Stage::GPU or Stage::LLVM; empty after a diagnostic. An object gets its
/// figures.
llvm::SmallVector<char, 0> generateCode(mlir::ModuleOp module, Stage stage,
                                        const CompileOptions &options,
                                        CodeFigures &figures);

/// An error where a call of a lowered model needs more than `ramBytes`, for its
/// arena or state and the stack; 0: any.
llvm::Error checkRAM(nn::InterfaceAttr interface, int64_t stackBytes,
                     int64_t ramBytes);

/// The relocatable object of `module`, at Stage::LLVM; empty after a
/// diagnostic.
llvm::SmallVector<char, 0> emitObject(mlir::ModuleOp module,
                                      const CompileOptions &options);

/// Takes the model file `path` to `stage`, whichever, and writes the file
/// `output` (see writeFile) and what goes beside it: for a static library the
/// header, for a module of WebAssembly its JavaScript and types.
/// MLIR on "-" is printed without its weights.
mlir::LogicalResult compileFile(Stage stage, llvm::StringRef path,
                                llvm::StringRef output,
                                const CompileOptions &options,
                                mlir::MLIRContext *context);

} // namespace frieze

#endif // FRIEZE_COMPILER_COMPILE_H
