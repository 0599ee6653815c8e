//===- LoadedModel.cpp - A model as code in this process --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "api/LoadedModel.h"
#include "api/LoadObject.h"
#include "frieze/processor.h"
#include "frontends/Files.h"
#include "frontends/ReadModel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <dlfcn.h>

using namespace frieze;

llvm::Expected<LoadedModel> LoadedModel::check(std::shared_ptr<void> code,
                                               const void *symbol) {
  auto *model = static_cast<const frieze_model *>(symbol);
  if (model->abi_version != FRIEZE_ABI_VERSION ||
      model->struct_size != sizeof(frieze_model))
    return llvm::createStringError("was compiled by another version of Frieze");
  if (!frieze_processor_runs(model->target))
    return llvm::createStringError(
        llvm::Twine("was compiled for ") + model->target +
        ", and this processor lacks instructions of that");
  for (llvm::ArrayRef<frieze_tensor> tensors :
       {llvm::ArrayRef(model->inputs, model->input_count),
        llvm::ArrayRef(model->outputs, model->output_count)})
    for (const frieze_tensor &tensor : tensors)
      if (tensor.type != FRIEZE_FLOAT32)
        return llvm::createStringError(llvm::Twine("expects '") + tensor.name +
                                       "' to be float32, but got type " +
                                       llvm::Twine(tensor.type));
  return LoadedModel(std::move(code), *model);
}

llvm::Expected<LoadedModel>
LoadedModel::openLibrary(const std::string &path, std::shared_ptr<void> file) {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return llvm::createStringError(llvm::Twine("cannot be loaded: ") +
                                   dlerror());
  // dlopen takes a second library of the same path for the first, so the file
  // stays for as long as it is loaded.
  std::shared_ptr<void> code(library,
                             [file](void *loaded) { dlclose(loaded); });
  const void *symbol = dlsym(library, FRIEZE_MODEL_ENTRY);
  if (!symbol)
    return llvm::createStringError("expects the symbol " FRIEZE_MODEL_ENTRY
                                   ", but it is missing");
  return check(std::move(code), symbol);
}

/// An error where `bytes`, code in an ELF file, are for another architecture.
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

llvm::Expected<LoadedModel> LoadedModel::load(llvm::StringRef bytes) {
  if (!isArtefact(bytes))
    return llvm::createStringError(
        "expects an object or a shared library of Frieze's for this system");
  if (llvm::Error error = checkArchitecture(bytes))
    return std::move(error);
  if (llvm::identify_magic(bytes) == llvm::file_magic::elf_relocatable) {
    llvm::Expected<LoadedSymbol> symbol = loadObject(bytes, "_model");
    if (!symbol)
      return symbol.takeError();
    return check(std::move(symbol->object), symbol->address);
  }
  llvm::Expected<MemoryFile> file = MemoryFile::create(bytes);
  if (!file)
    return file.takeError();
  std::string path = file->getPath();
  return openLibrary(path, std::make_shared<MemoryFile>(std::move(*file)));
}

llvm::Expected<LoadedModel> LoadedModel::open(llvm::StringRef path,
                                              llvm::StringRef bytes) {
  if (isStream(path) ||
      llvm::identify_magic(bytes) != llvm::file_magic::elf_shared_object)
    return load(bytes);
  if (llvm::Error error = checkArchitecture(bytes))
    return std::move(error);
  // Without a slash, dlopen would search the system's folders.
  llvm::SmallString<128> absolute(path);
  llvm::sys::fs::make_absolute(absolute);
  return openLibrary(absolute.str().str(), nullptr);
}
