//===- ModelInputs.h - The inputs of a Keras model --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_MODELINPUTS_H
#define FRIEZE_FRONTENDS_KERAS_MODELINPUTS_H

#include "frontends/keras/ModelConfig.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze::keras {

/// The shape of the input of a Sequential model of `layers`, with the batch.
/// Keras has stored it in many places. Null where it is in none.
const nlohmann::json *findInputShape(ModelBuilder &builder,
                                     const nlohmann::json &config,
                                     llvm::ArrayRef<LayerEntry> layers);

/// The input of the model: an InputLayer, or what stands before its first
/// layer. `shape` is a list with the batch, in which null is an open size. Null
/// where a problem was reported.
mlir::Value importInput(ModelBuilder &builder, const LayerEntry &first,
                        const nlohmann::json *shape);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_MODELINPUTS_H
