//===- ReadModel.h - The bytes of a model file ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_READMODEL_H
#define FRIEZE_FRONTENDS_READMODEL_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze {

/// The bytes of the model file `path`, or of standard input for `-`. The error
/// says what is in a folder, such as a SavedModel of TensorFlow.
llvm::Expected<std::string> readModel(llvm::StringRef path);

/// Whether `bytes` are an artefact of the compiler's that can be loaded, an
/// object or a shared library, and not a model file.
bool isArtefact(llvm::StringRef bytes);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_READMODEL_H
