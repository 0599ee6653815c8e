//===- LoadModel.h - A model ready to run -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_LOADMODEL_H
#define FRIEZE_TOOLS_LOADMODEL_H

#include "compiler/Compile.h"
#include "frieze/model.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace frieze {

/// A compiled model in this process, with the shared library that holds it.
class LoadedModel {
public:
  LoadedModel(void *library, const frieze_model &model)
      : library(library), model(&model) {}
  LoadedModel(LoadedModel &&other) noexcept;
  LoadedModel(const LoadedModel &) = delete;
  LoadedModel &operator=(const LoadedModel &) = delete;
  ~LoadedModel();

  const frieze_model &operator*() const { return *model; }
  const frieze_model *operator->() const { return model; }

private:
  void *library;
  const frieze_model *model;
};

/// Whether `path` is a shared library, and not a model file.
llvm::Expected<bool> isArtefact(llvm::StringRef path);

/// Loads `path`: a shared library that frieze-compile wrote, or else a model
/// file, which is compiled under `options` first. Diagnostics of compiling go
/// to standard error; the error returned does not name the file.
llvm::Expected<LoadedModel> loadModel(llvm::StringRef path,
                                      const CompileOptions &options = {});

/// The same for a model whose windows move along a recording by
/// `options.streamHop` samples. Where a layer keeps them from sharing their
/// work, a warning says so, and the model is compiled for single windows.
llvm::Expected<LoadedModel> loadWindowModel(llvm::StringRef path,
                                            const CompileOptions &options);

/// Compiles `module`, which is at Stage::NNOpt, and loads it.
llvm::Expected<LoadedModel> loadModule(mlir::ModuleOp module,
                                       const CompileOptions &options = {});

} // namespace frieze

#endif // FRIEZE_TOOLS_LOADMODEL_H
