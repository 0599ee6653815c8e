//===- RawOperations.h - Operations of TensorFlow's graphs ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_RAWOPERATIONS_H
#define FRIEZE_FRONTENDS_KERAS_RAWOPERATIONS_H

#include "frontends/Import.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze::keras {

/// Makes each `TensorFlowOpLayer` of a model, which tf.keras up to 2.3 wrote
/// for what stands between layers, a `TFOpLambda` that calls a function of
/// TensorFlow, as later versions write it. One without such a function, and one
/// that is damaged, becomes a function that nobody knows.
void updateRawOperations(nlohmann::json &model);

/// The operations that have such a function, as `tf.raw_ops.NAME`, with their
/// inputs and attributes.
std::vector<LayerDescription> listRawOperations();

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_RAWOPERATIONS_H
