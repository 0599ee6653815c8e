//===- LoadModel.cpp - A model ready to run ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/LoadModel.h"
#include "tools/CompilerContext.h"

using namespace frieze;

llvm::Expected<LoadedModel> frieze::loadModel(llvm::StringRef path,
                                              const CompileOptions &options) {
  llvm::Expected<std::string> bytes = readModel(path);
  if (!bytes)
    return bytes.takeError();
  if (isArtefact(*bytes))
    return LoadedModel::open(path, *bytes);
  CompilerContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module =
      compileTo(Stage::NNOpt, path, *bytes, options, context);
  if (!module)
    return llvm::createStringError("cannot be compiled");
  return loadModule(*module, options);
}
