//===- LoadModel.cpp - A model ready to run ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/LoadModel.h"
#include "dialect/LayerName.h"
#include "frieze/processor.h"
#include "tools/CompilerContext.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <dlfcn.h>

using namespace frieze;

LoadedModel::LoadedModel(LoadedModel &&other) noexcept
    : file(std::move(other.file)),
      library(std::exchange(other.library, nullptr)), model(other.model) {}

LoadedModel::~LoadedModel() {
  if (library)
    dlclose(library);
}

static llvm::Expected<LoadedModel>
openLibrary(const std::string &path,
            std::optional<MemoryFile> file = std::nullopt) {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
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
  if (!frieze_processor_runs(model->target)) {
    std::string target = model->target;
    dlclose(library);
    return llvm::createStringError(
        "was compiled for " + target +
        ", and this processor lacks instructions of that");
  }
  for (llvm::ArrayRef<frieze_tensor> tensors :
       {llvm::ArrayRef(model->inputs, model->input_count),
        llvm::ArrayRef(model->outputs, model->output_count)})
    for (const frieze_tensor &tensor : tensors)
      if (tensor.type != FRIEZE_FLOAT32) {
        std::string name = tensor.name;
        int32_t type = tensor.type;
        dlclose(library);
        return llvm::createStringError("expects '" + name +
                                       "' to be float32, but got type " +
                                       llvm::Twine(type));
      }
  return LoadedModel(library, *model, std::move(file));
}

/// An error where `bytes`, a shared library, are code for another architecture.
static llvm::Error checkArchitecture(llvm::StringRef bytes) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(bytes, "model"), /*InitContent=*/false);
  if (!file)
    return file.takeError();
  llvm::Triple::ArchType own =
      llvm::Triple(llvm::sys::getProcessTriple()).getArch();
  if (llvm::Triple::ArchType found = (*file)->getArch(); found != own)
    return llvm::createStringError(
        "is code for " + llvm::Triple::getArchTypeName(found) +
        ", and this machine is " + llvm::Triple::getArchTypeName(own));
  return llvm::Error::success();
}

static llvm::Expected<LoadedModel> openBytes(llvm::StringRef bytes) {
  if (llvm::Error error = checkArchitecture(bytes))
    return std::move(error);
  llvm::Expected<MemoryFile> file = MemoryFile::create(bytes);
  if (!file)
    return file.takeError();
  std::string path = file->getPath();
  return openLibrary(path, std::move(*file));
}

bool frieze::isArtefact(llvm::StringRef bytes) {
  return llvm::identify_magic(bytes) == llvm::file_magic::elf_shared_object;
}

llvm::Expected<LoadedModel> frieze::loadArtefact(llvm::StringRef path,
                                                 llvm::StringRef bytes) {
  if (isStream(path))
    return openBytes(bytes);
  if (llvm::Error error = checkArchitecture(bytes))
    return std::move(error);
  // Debuggers and profilers find its symbols there. Without a slash, dlopen
  // would search the system's folders.
  llvm::SmallString<128> absolute(path);
  llvm::sys::fs::make_absolute(absolute);
  return openLibrary(absolute.str().str());
}

/// Loads `path` where it is an artefact, else what `compile` makes of its
/// bytes.
static llvm::Expected<LoadedModel> loadOr(
    llvm::StringRef path,
    llvm::function_ref<llvm::Expected<LoadedModel>(llvm::StringRef)> compile) {
  llvm::Expected<std::string> bytes = readModel(path);
  if (!bytes)
    return bytes.takeError();
  return isArtefact(*bytes) ? loadArtefact(path, *bytes) : compile(*bytes);
}

static llvm::Expected<LoadedModel> compileModel(llvm::StringRef path,
                                                llvm::StringRef bytes,
                                                const CompileOptions &options) {
  CompilerContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      compileTo(Stage::NNOpt, path, bytes, options, context);
  if (!module)
    return llvm::createStringError("cannot be compiled");
  return loadModule(*module, options);
}

llvm::Expected<LoadedModel> frieze::loadModel(llvm::StringRef path,
                                              const CompileOptions &options) {
  return loadOr(path, [&](llvm::StringRef bytes) {
    return compileModel(path, bytes, options);
  });
}

static llvm::Expected<LoadedModel>
compileWindowModel(llvm::StringRef path, llvm::StringRef bytes,
                   const CompileOptions &options) {
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
    module = compileTo(Stage::NNOpt, path, bytes, options, context);
  }
  if (module)
    return loadModule(*module, options);
  CompileOptions single = options;
  single.streamHop = 0;
  llvm::Expected<LoadedModel> model = compileModel(path, bytes, single);
  if (model)
    llvm::errs() << path << ": warning: every window is computed for itself: "
                 << obstacle << '\n';
  return model;
}

llvm::Expected<LoadedModel>
frieze::loadWindowModel(llvm::StringRef path, const CompileOptions &options) {
  return loadOr(path, [&](llvm::StringRef bytes) {
    return compileWindowModel(path, bytes, options);
  });
}

llvm::Expected<LoadedModel> frieze::loadModule(mlir::ModuleOp module,
                                               const CompileOptions &options) {
  if (failed(lowerModule(module, Stage::NNOpt, Stage::LLVM, options)))
    return llvm::createStringError("cannot be compiled");
  llvm::Expected<std::string> library = linkModule(module, options);
  if (!library)
    return library.takeError();
  return openBytes(*library);
}
