//===- ModelConfig.cpp - The layers of a Keras model ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ModelConfig.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

const json *keras::findMember(const json &value, const char *key) {
  if (!value.is_object())
    return nullptr;
  auto member = value.find(key);
  return member == value.end() || member->is_null() ? nullptr : &*member;
}

static std::string getString(const json &value, const char *key) {
  const json *member = findMember(value, key);
  return member && member->is_string() ? member->get<std::string>() : "";
}

static bool isKerasModule(StringRef module) {
  return module.starts_with("keras") || module.starts_with("tf_keras") ||
         module.starts_with("tensorflow") || module == "builtins";
}

/// Whether the layer is an operation where the file names no module, as the
/// HDF5 files of Keras 3: every layer is trainable or not, but for those that
/// drop whole channels at a rate, and older versions wrote calls in another
/// way.
static bool isOperation(const json &layer) {
  const json *config = findMember(layer, "config");
  const json *nodes = findMember(layer, "inbound_nodes");
  return config && !findMember(layer, "module") &&
         !config->contains("trainable") && !config->contains("rate") && nodes &&
         nodes->is_array() && !nodes->empty() &&
         findMember(nodes->front(), "args");
}

std::string keras::getClassName(const json &layer) {
  std::string className = getString(layer, "class_name");
  if (className == "TFOpLambda" || className == "SlicingOpLambda")
    if (const json *config = findMember(layer, "config")) {
      std::string function = getString(*config, "function");
      StringRef name = function;
      name.consume_front("compat.v1.");
      return ("tf." + name).str();
    }
  std::string registered = getString(layer, "registered_name");
  if (StringRef(registered).contains('>'))
    return registered;
  // Keras 2.13 writes `keras.src.engine.functional.Functional` here and there.
  auto [module, name] = StringRef(className).rsplit('.');
  if (name.empty() || !isKerasModule(module)) {
    name = className;
    module = "keras";
  }
  std::string noted = getString(layer, "module");
  if (!noted.empty())
    module = noted;
  if (!isKerasModule(module))
    return (module + ">" + name).str();
  // `keras.src.ops.numpy`: an operation, which may have the name of a layer.
  return module.contains(".ops.") || isOperation(layer) ? ("ops." + name).str()
                                                        : name.str();
}

StringRef keras::getPlainName(StringRef className) {
  StringRef plain = className.rsplit('>').second;
  return plain.empty() || isKnownClass(plain) ? className : plain;
}

bool keras::isModelClass(StringRef className) {
  return className == "Sequential" || className == "Functional" ||
         className == "Model";
}

bool keras::isWrapperClass(StringRef className) {
  return className == "SpectralNormalization" || className == "TimeDistributed";
}

bool keras::isKnownClass(StringRef className) {
  return isModelClass(className) || isWrapperClass(className) ||
         findLayerClass(className);
}

std::vector<LayerEntry> keras::readLayers(ModelBuilder &builder,
                                          const json &config) {
  const json *list = config.is_array() ? &config : findMember(config, "layers");
  std::vector<LayerEntry> entries;
  if (!list || !list->is_array()) {
    builder.emitError() << "expects a list of layers";
    return entries;
  }
  StringMap<unsigned> ordinals;
  for (const json &layer : *list) {
    std::string className = layer.is_object() ? getClassName(layer) : "";
    const json *layerConfig =
        layer.is_object() ? findMember(layer, "config") : nullptr;
    if (className.empty() || !layerConfig) {
      builder.emitError() << "expects layers with 'class_name' and 'config'";
      continue;
    }
    LayerStep step;
    // Without its package, as in the names of groups.
    step.group = toSnakeCase(className.substr(className.rfind('>') + 1));
    step.ordinal = ordinals[step.group]++;
    step.name = getString(layer, "name");
    if (step.name.empty())
      step.name = getString(*layerConfig, "name");
    if (step.name.empty())
      step.name = step.group + "_" + std::to_string(step.ordinal + 1);
    entries.push_back(
        {className, layerConfig, step, findMember(layer, "inbound_nodes")});
  }
  return entries;
}

void keras::replaceTuples(json &value) {
  if (const json *className = findMember(value, "class_name")) {
    const json *config = findMember(value, "config");
    const json *list = nullptr;
    if (*className == "__tuple__" || *className == "TensorShape")
      list = findMember(value, "items");
    if (*className == "__tuple__" || *className == "__numpy__" ||
        *className == "__tensor__")
      list = config ? findMember(*config, "value") : list;
    if (list) {
      json copy = *list;
      value = std::move(copy);
    }
  }
  if (value.is_structured())
    for (json &member : value)
      replaceTuples(member);
}
