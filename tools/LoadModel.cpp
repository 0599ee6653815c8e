//===- LoadModel.cpp - A model ready to run ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/LoadModel.h"
#include "dialect/LayerName.h"
#include "tools/CompilerContext.h"

using namespace frieze;

/// Loads `path` where it is an artefact, else what `compile` makes of its
/// bytes.
static llvm::Expected<LoadedModel> loadOr(
    llvm::StringRef path,
    llvm::function_ref<llvm::Expected<LoadedModel>(llvm::StringRef)> compile) {
  llvm::Expected<std::string> bytes = readModel(path);
  if (!bytes)
    return bytes.takeError();
  return isArtefact(*bytes) ? LoadedModel::open(path, *bytes) : compile(*bytes);
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
  llvm::SmallVector<char, 0> object = emitObject(module, options);
  if (object.empty())
    return llvm::createStringError("cannot be compiled");
  return LoadedModel::load({object.data(), object.size()});
}
