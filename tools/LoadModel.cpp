//===- LoadModel.cpp - A model ready to run ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/LoadModel.h"
#include "dialect/LayerName.h"
#include "tools/CompilerContext.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"

#include <dlfcn.h>

using namespace frieze;

LoadedModel::LoadedModel(LoadedModel &&other) noexcept
    : library(std::exchange(other.library, nullptr)), model(other.model) {}

LoadedModel::~LoadedModel() {
  if (library)
    dlclose(library);
}

static llvm::Expected<LoadedModel> loadLibrary(llvm::StringRef path) {
  // Without a slash, dlopen would search the system's folders.
  llvm::SmallString<128> absolute(path);
  llvm::sys::fs::make_absolute(absolute);
  void *library = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return llvm::createStringError(llvm::Twine("cannot be loaded: ") +
                                   dlerror());
  auto *model =
      static_cast<const frieze_model *>(dlsym(library, FRIEZE_MODEL_ENTRY));
  if (!model || model->abi_version != FRIEZE_ABI_VERSION ||
      model->struct_size != sizeof(frieze_model)) {
    dlclose(library);
    return llvm::createStringError(
        model ? "was compiled by another version of Frieze"
              : "expects the symbol " FRIEZE_MODEL_ENTRY ", but it is missing");
  }
  return LoadedModel(library, *model);
}

llvm::Expected<bool> frieze::isArtefact(llvm::StringRef path) {
  llvm::file_magic magic;
  if (std::error_code error = llvm::identify_magic(path, magic))
    return llvm::createStringError(error.message());
  return magic == llvm::file_magic::elf_shared_object;
}

/// Loads `path` where it is an artefact, else what `compile` makes of it.
static llvm::Expected<LoadedModel>
loadOr(llvm::StringRef path,
       llvm::function_ref<llvm::Expected<LoadedModel>()> compile) {
  llvm::Expected<bool> artefact = isArtefact(path);
  if (!artefact)
    return artefact.takeError();
  return *artefact ? loadLibrary(path) : compile();
}

llvm::Expected<LoadedModel> frieze::loadModel(llvm::StringRef path,
                                              const CompileOptions &options) {
  return loadOr(path, [&]() -> llvm::Expected<LoadedModel> {
    CompilerContext context;
    mlir::OwningOpRef<mlir::ModuleOp> module =
        compileTo(Stage::NNOpt, path, options, context);
    if (!module)
      return llvm::createStringError("cannot be compiled");
    return loadModule(*module, options);
  });
}

static llvm::Expected<LoadedModel>
compileWindowModel(llvm::StringRef path, const CompileOptions &options) {
  CompilerContext context;
  std::string obstacle;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  {
    // Errors of the file itself come again below.
    mlir::ScopedDiagnosticHandler handler(
        context, [&](mlir::Diagnostic &diagnostic) {
          // Remarks come before it: decisions of passes, and no obstacle.
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error &&
              obstacle.empty()) {
            llvm::StringRef layer = nn::findLayerName(diagnostic.getLocation());
            if (!layer.empty())
              obstacle = ("layer '" + layer + "': ").str();
            obstacle += diagnostic.str();
          }
          return mlir::success();
        });
    module = compileTo(Stage::NNOpt, path, options, context);
  }
  if (module)
    return loadModule(*module, options);
  CompileOptions single = options;
  single.streamHop = 0;
  llvm::Expected<LoadedModel> model = loadModel(path, single);
  if (model)
    llvm::errs() << path << ": warning: every window is computed for itself: "
                 << obstacle << '\n';
  return model;
}

llvm::Expected<LoadedModel>
frieze::loadWindowModel(llvm::StringRef path, const CompileOptions &options) {
  return loadOr(path, [&] { return compileWindowModel(path, options); });
}

llvm::Expected<LoadedModel> frieze::loadModule(mlir::ModuleOp module,
                                               const CompileOptions &options) {
  llvm::SmallString<128> library;
  if (std::error_code error =
          llvm::sys::fs::createTemporaryFile("frieze", "so", library))
    return llvm::createStringError(error.message());
  llvm::FileRemover remover(library);
  if (failed(lowerModule(module, Stage::NNOpt, Stage::LLVM, options)) ||
      failed(linkModule(module, library, options)))
    return llvm::createStringError("cannot be compiled");
  return loadLibrary(library);
}
