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
#include "frontends/Files.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <utility>

namespace frieze {

/// A compiled model in this process, with the shared library that holds it.
class LoadedModel {
public:
  /// `file` is the library, where it has no other place.
  LoadedModel(void *library, const frieze_model &model,
              std::optional<MemoryFile> file)
      : file(std::move(file)), library(library), model(&model) {}
  LoadedModel(LoadedModel &&other) noexcept;
  LoadedModel(const LoadedModel &) = delete;
  LoadedModel &operator=(const LoadedModel &) = delete;
  ~LoadedModel();

  const frieze_model &operator*() const { return *model; }
  const frieze_model *operator->() const { return model; }

private:
  /// dlopen takes a second library of the same path for the first, so this one
  /// keeps its path for as long as it is loaded.
  std::optional<MemoryFile> file;
  void *library;
  const frieze_model *model;
};

/// Whether `bytes` are those of a shared library, and not of a model file.
bool isArtefact(llvm::StringRef bytes);

/// Loads the shared library `path`, which frieze-compile wrote and which holds
/// `bytes`. Errors of this function and the next ones do not name the file.
llvm::Expected<LoadedModel> loadArtefact(llvm::StringRef path,
                                         llvm::StringRef bytes);

/// Loads `path`: a shared library that frieze-compile wrote, or else a model
/// file, which is compiled under `options` first. Diagnostics of compiling go
/// to standard error.
llvm::Expected<LoadedModel> loadModel(llvm::StringRef path,
                                      const CompileOptions &options);

/// The same for a model whose windows move along a recording by
/// `options.streamHop` samples. Where a layer keeps them from sharing their
/// work, a warning says so, and the model is compiled for single windows.
llvm::Expected<LoadedModel> loadWindowModel(llvm::StringRef path,
                                            const CompileOptions &options);

/// Compiles `module`, which is at Stage::NNOpt, and loads it.
llvm::Expected<LoadedModel> loadModule(mlir::ModuleOp module,
                                       const CompileOptions &options);

} // namespace frieze

#endif // FRIEZE_TOOLS_LOADMODEL_H
