//===- TorchModel.cpp - Exported programs of PyTorch ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/TorchModel.h"
#include "frontends/torch/GraphImporter.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

OwningOpRef<ModuleOp> frieze::importTorch(const ModelFile &file) {
  ModelBuilder builder(file.path, file.options, file.context);
  if (!file.options.weightsPath.empty()) {
    builder.emitError()
        << "expects no --weights, as an exported program holds its own";
    return {};
  }
  Expected<torch::ProgramArchive> archive =
      torch::ProgramArchive::open(file.bytes);
  if (!archive) {
    builder.report("", archive.takeError());
    return {};
  }
  torch::importProgram(builder, *archive);
  return builder.finish();
}
