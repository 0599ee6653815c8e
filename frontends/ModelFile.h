//===- ModelFile.h - A model file in memory ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_MODELFILE_H
#define FRIEZE_FRONTENDS_MODELFILE_H

#include "frontends/Import.h"

namespace frieze {

/// What the importer of a format gets.
struct ModelFile {
  llvm::StringRef path;
  llvm::StringRef bytes;
  const ImportOptions &options;
  mlir::MLIRContext *context;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_MODELFILE_H
