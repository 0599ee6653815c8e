//===- LoadModel.h - A model ready to run -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_LOADMODEL_H
#define FRIEZE_TOOLS_LOADMODEL_H

#include "api/LoadModule.h"

namespace frieze {

/// Loads `path`: an artefact of frieze-compile's, or else a model file, which
/// is compiled under `options` first. Diagnostics of compiling go to standard
/// error; errors do not name the file.
llvm::Expected<LoadedModel> loadModel(llvm::StringRef path,
                                      const CompileOptions &options);

} // namespace frieze

#endif // FRIEZE_TOOLS_LOADMODEL_H
