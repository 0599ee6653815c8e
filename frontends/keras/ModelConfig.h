//===- ModelConfig.h - The layers of a Keras model --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_MODELCONFIG_H
#define FRIEZE_FRONTENDS_KERAS_MODELCONFIG_H

#include "frontends/keras/Layer.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze::keras {

/// One entry of a model's list of layers.
struct LayerEntry {
  std::string className;
  const nlohmann::json *config;
  LayerStep step;
  /// Its `inbound_nodes`, or null.
  const nlohmann::json *nodes;

  bool isInput() const { return className == "InputLayer"; }
};

/// The layers of a model's config, which is the list itself in Keras 1. Reports
/// what is none.
std::vector<LayerEntry> readLayers(ModelBuilder &builder,
                                   const nlohmann::json &config);

/// The class of a layer or model; with its package, and so unknown, if it isn't
/// Keras's.
std::string getClassName(const nlohmann::json &layer);

/// The name of a class that isn't supported, for messages: with its package
/// only where that tells it from a class of Keras.
llvm::StringRef getPlainName(llvm::StringRef className);
/// What to do about a model of a class that isn't Keras's.
inline constexpr llvm::StringLiteral exportHint =
    "export the model to ONNX with model.export('model.onnx', "
    "format='onnx'), or build it of Keras's own layers";

/// Whether a class holds layers of its own.
bool isModelClass(llvm::StringRef className);
/// Whether a class holds one layer, and computes with that alone.
bool isWrapperClass(llvm::StringRef className);
/// Whether a class is one of these, or that of a layer that can be imported.
bool isKnownClass(llvm::StringRef className);

/// Replaces what Python has and JSON hasn't, tuples and arrays, by lists, where
/// Keras wrote it as an object.
void replaceTuples(nlohmann::json &value);

/// A member of an object, or null where either isn't there.
const nlohmann::json *findMember(const nlohmann::json &value, const char *key);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_MODELCONFIG_H
