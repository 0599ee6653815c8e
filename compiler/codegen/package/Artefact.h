//===- Artefact.h - Files made of an object ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_PACKAGE_ARTEFACT_H
#define FRIEZE_COMPILER_CODEGEN_PACKAGE_ARTEFACT_H

#include "compiler/codegen/CodeFigures.h"
#include "compiler/codegen/Stage.h"
#include "compiler/target/Target.h"
#include "dialect/NNAttrs.h"
#include "frontends/Files.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace frieze {

/// The object of a model, and what the files around it tell of it.
struct ModelObject {
  /// Its bytes. Those of a shared library or a program may lie in a file in
  /// memory instead, so that weights are not held twice while it is linked.
  llvm::StringRef code;
  const MemoryFile *file = nullptr;
  const CodeFigures &figures;
  nn::InterfaceAttr interface;
  /// Prefix of its symbols, and the processor that runs its functions.
  llvm::StringRef name;
  const Target &target;
  /// Of the model file, in lower-case hexadecimal.
  llvm::StringRef sourceSHA256;
};

/// In lower-case hexadecimal.
std::string hashSHA256(llvm::StringRef bytes);

using Printer = llvm::function_ref<llvm::Error(llvm::raw_ostream &)>;

/// Calls `write` with what prints the artefact of `stage`, from Stage::Obj on,
/// which is to be called `fileName`, without folders; prints nothing where that
/// fails. It does not, where it can be told before that it can't be made.
llvm::Error packageObject(Stage stage, const ModelObject &object,
                          llvm::StringRef fileName,
                          llvm::function_ref<llvm::Error(Printer)> write);

/// A file that is written beside an artefact.
struct Companion {
  llvm::StringRef extension;
  /// What it is, and beside what, for messages.
  llvm::StringRef kind, owner;
  /// Prints it; `fileName` is that of the artefact, without folders.
  void (*print)(const ModelObject &object, llvm::StringRef fileName,
                llvm::raw_ostream &os);
};

/// What is written beside the artefact of a stage.
llvm::ArrayRef<Companion> getCompanions(Stage stage);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_PACKAGE_ARTEFACT_H
