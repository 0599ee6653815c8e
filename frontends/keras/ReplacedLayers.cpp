//===- ReplacedLayers.cpp - Keras layers with a replacement -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ReplacedLayers.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

const Replacement *ReplacedLayers::find(const LayerEntry &entry,
                                        const LayerPath &path) {
  std::string names;
  for (const LayerStep &step : path)
    names += "/" + step.name;
  return replacements.find(entry.className, names);
}

/// Whether the Lambda layers of one replacement have one function; reported if
/// not.
bool ReplacedLayers::checkFunction(const Replacement &replacement,
                                   const LayerEntry &entry) {
  auto [first, isNew] = lambdas.try_emplace(&replacement, entry);
  const json *function = findMember(*entry.config, "function");
  const json *other = findMember(*first->second.config, "function");
  if (isNew || (function && other && *function == *other) ||
      first->second.step.name == entry.step.name)
    return true;
  model.builder.emitError(entry.step.name)
      << "expects Lambda layers of one function for one replacement, but that "
         "of layer '"
      << first->second.step.name << "' is another one; give each its own, as in"
      << " --replace-layer " << entry.step.name << "=FILE";
  return false;
}

SmallVector<Value> ReplacedLayers::import(const Replacement &replacement,
                                          const LayerEntry &entry,
                                          const LayerPath &path,
                                          ArrayRef<CallArgument> arguments,
                                          const LayerImporter &layerImporter) {
  const std::string &name = entry.step.name;
  ObjectReader config(*entry.config,
                      [&] { return model.builder.emitError(name); });
  ignoreHarmless(model.builder, config);
  if (entry.className == "Lambda") {
    // All of them say which function it is.
    for (StringRef key : {"function", "function_type", "module", "output_shape",
                          "output_shape_type", "output_shape_module"})
      config.ignore(key);
    if (!checkFunction(replacement, entry))
      return {};
  }
  Layer layer{model, model.builder, config, name, path, {}};
  ReplacedLayer replaced{name, {}, config, {}};
  for (const CallArgument &argument : arguments) {
    layer.arguments.push_back(argument);
    bool isMask = isMaskKeyword(argument.keyword);
    layer.arguments.back().isTaken = !argument.constant && !isMask;
    for (Value value : argument.tensors) {
      replaced.inputs.push_back({argument.keyword, Tensor(value)});
      SharedMask mask = value ? layerImporter.findMask(value) : nullptr;
      if (mask)
        layer.emitError() << "unsupported mask, made by layer '" << mask->origin
                          << "'";
    }
    if (argument.tensors.size() > 1 && !argument.keyword.empty())
      layer.emitError() << "expects one tensor for the argument '"
                        << argument.keyword << "' of a call, but got "
                        << argument.tensors.size();
  }
  layer.checkArguments(/*isMasked=*/false);
  if (config.hasFailed())
    return {};
  if (model.weights)
    for (const StoredWeight &weight : model.weights->list(path))
      replaced.weights.push_back({weight.number, weight.name, [this, weight] {
                                    return model.weights->read(weight);
                                  }});
  return replacements.import(replacement, replaced);
}
