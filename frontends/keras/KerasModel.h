//===- KerasModel.h - Import of Keras models --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_KERASMODEL_H
#define FRIEZE_FRONTENDS_KERAS_KERASMODEL_H

#include "frontends/ModelFile.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze {

/// Imports a `.keras` archive (Keras 2.12 and later).
mlir::OwningOpRef<mlir::ModuleOp> importKerasArchive(const ModelFile &file);

/// Imports a whole model in HDF5 (Keras 1 to 3).
mlir::OwningOpRef<mlir::ModuleOp> importKerasHdf5(const ModelFile &file);

/// Imports what `to_json()` wrote; the weights are in `--weights`.
mlir::OwningOpRef<mlir::ModuleOp> importKerasJson(const ModelFile &file,
                                                  const nlohmann::json &root);

/// The layers, and the operations between them, of Keras.
std::vector<LayerDescription> listKerasLayers(mlir::MLIRContext *context);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_KERAS_KERASMODEL_H
