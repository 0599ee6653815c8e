//===- ModelImporter.h - Import of a Keras architecture ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_MODELIMPORTER_H
#define FRIEZE_FRONTENDS_KERAS_MODELIMPORTER_H

#include "frontends/ModelFile.h"
#include "frontends/keras/WeightSource.h"
#include "llvm/Support/VersionTuple.h"

#include <nlohmann/json.hpp>

namespace frieze::keras {

/// Imports the model that `root` describes, an object with `class_name` and
/// `config`. `weights` may be null for a model without.
mlir::OwningOpRef<mlir::ModuleOp> importConfig(const ModelFile &file,
                                               nlohmann::json root,
                                               WeightSource *weights,
                                               llvm::VersionTuple kerasVersion);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_MODELIMPORTER_H
