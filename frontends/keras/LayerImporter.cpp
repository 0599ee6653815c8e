//===- LayerImporter.cpp - Layers that are no models ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/LayerImporter.h"
#include "frontends/json/Replacements.h"
#include "llvm/ADT/StringExtras.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// Gives the arguments of an operation the names of its parameters, and adds
/// its constants to `config`.
static SmallVector<CallArgument> nameArguments(const LayerClass &operation,
                                               ArrayRef<CallArgument> arguments,
                                               json &config) {
  SmallVector<StringRef> parameters;
  operation.parameters.split(parameters, ',');
  SmallVector<CallArgument> named;
  for (auto [index, argument] : enumerate(arguments)) {
    if (argument.keyword == "name")
      continue;
    std::string keyword = argument.keyword;
    if (keyword.empty() && index < parameters.size())
      keyword = parameters[index].str();
    if (argument.constant && !keyword.empty())
      config[keyword] = *argument.constant;
    else
      named.push_back({keyword, argument.constant, argument.tensors});
  }
  return named;
}

/// The type that a cast makes is no type that it computes in, where it is one
/// of those that the importer knows.
static void nameCastType(StringRef className, json &config) {
  const json *type = findMember(config, "dtype");
  bool isCast = className == "ops.Cast" || className == "tf.cast";
  if (!isCast || !type ||
      (*type != "bool" && *type != "int32" && *type != "int64"))
    return;
  config["type"] = *type;
  config.erase("dtype");
}

/// Whether a layer takes its channels first; `config` then says that they are
/// last. A few layers have them elsewhere.
static bool takeChannelsFirst(StringRef className, json &config) {
  const json *format = findMember(config, "data_format");
  if (!format || *format != "channels_first" ||
      className.starts_with("ConvLSTM"))
    return false;
  config["data_format"] = "channels_last";
  return true;
}

/// The value with the axis of its channels, 1 or the last one, moved to the
/// other place.
static Value moveChannels(ModelBuilder &builder, StringRef layer, Value value,
                          bool toLast) {
  if (!value || getShape(value).size() < 3)
    return value;
  auto permutation =
      llvm::to_vector(llvm::seq<int64_t>(0, getShape(value).size()));
  if (toLast)
    std::rotate(permutation.begin() + 1, permutation.begin() + 2,
                permutation.end());
  else
    std::rotate(permutation.begin() + 1, permutation.end() - 1,
                permutation.end());
  return builder.transpose(layer, value, permutation);
}

SmallVector<Value> LayerImporter::import(const LayerEntry &entry,
                                         const LayerPath &path,
                                         ArrayRef<CallArgument> arguments) {
  const std::string &name = entry.step.name;
  std::string key = getPathKey(path);
  if (failedLayers.contains(key))
    return {};
  const LayerClass *layerClass = findLayerClass(entry.className);
  if (!layerClass) {
    bool isLambda = entry.className == "Lambda";
    bool isOwn = StringRef(entry.className).contains('>');
    StringRef plainName = getPlainName(entry.className);
    // Others of the class are other functions, or known.
    bool isOther = isLambda || plainName.contains(' ');
    model.builder.emitError(name)
        << "unsupported layer class '" << plainName << "'"
        << (isLambda ? ", as code in a file is never run"
            : isOwn  ? ", whose code is not in the file"
                     : "")
        << suggestReplacement(isOther ? StringRef(name) : plainName)
        << (isLambda || isOwn ? ", or " + exportHint : "");
    failedLayers.insert(key);
    return {};
  }
  json ownConfig = entry.config->is_object() ? *entry.config : json::object();
  bool isOperation = !layerClass->parameters.empty();
  if (isOperation)
    ownConfig.erase("function");
  // Zeros and ones are numbers, whatever their type is.
  if (entry.className == "ops.ZerosLike" || entry.className == "ops.OnesLike")
    ownConfig.erase("dtype");
  bool isChannelsFirst = takeChannelsFirst(entry.className, ownConfig);
  ObjectReader config(ownConfig, [&] { return model.builder.emitError(name); });
  Layer layer{model, model.builder, config, name, path, {}};
  layer.className = entry.className;
  layer.isChannelsFirst = isChannelsFirst;
  StringRef first = layerClass->parameters.split(',').first;
  SmallVector<CallArgument> named(arguments);
  if (isOperation)
    named = nameArguments(*layerClass, arguments, ownConfig);
  nameCastType(entry.className, ownConfig);
  for (CallArgument &argument : named)
    if (argument.keyword == first && !argument.constant)
      llvm::append_range(layer.inputs, argument.tensors);
    else
      layer.arguments.push_back(std::move(argument));
  const SmallVector<Value> inputs = layer.inputs;
  if (!inputs.empty())
    layer.mask = findMask(inputs.front());
  layer.findMask = [this](Value value) { return findMask(value); };
  if ((inputs.empty() && !isOperation) ||
      (inputs.size() > 1 && !layerClass->takesMany)) {
    model.builder.emitError(name)
        << "expects " << (layerClass->takesMany ? "inputs" : "one input")
        << ", but got " << inputs.size();
    failedLayers.insert(key);
    return {};
  }
  ignoreHarmless(model.builder, config);
  if (isChannelsFirst)
    layer.inputs.front() = moveChannels(model.builder, name, inputs.front(),
                                        /*toLast=*/true);
  SmallVector<Value> outputs{layerClass->import(layer)};
  if (isChannelsFirst && outputs.front() && inputs.front() &&
      getShape(outputs.front()).size() == getShape(inputs.front()).size())
    outputs.front() = moveChannels(model.builder, name, outputs.front(),
                                   /*toLast=*/false);
  layer.checkArguments(llvm::any_of(
      inputs, [&](Value input) { return findMask(input) != nullptr; }));
  if (inputs.empty() && !outputs.front() && !config.hasFailed())
    layer.emitError() << "expects '" << first << "' to be a tensor";
  // An operation that stopped may not have come to all of its parameters.
  if (!outputs.front())
    for (StringRef parameter : llvm::split(layerClass->parameters, ','))
      config.ignore(parameter);
  config.finish();
  bool areKnown = !llvm::is_contained(inputs, Value());
  if (config.hasFailed() || (areKnown && !outputs.front()))
    failedLayers.insert(key);
  if (!outputs.front())
    return {};
  llvm::append_range(outputs, layer.moreOutputs);
  passMask(entry, layer, outputs);
  return outputs;
}

void LayerImporter::passMask(const LayerEntry &entry, const Layer &layer,
                             ArrayRef<Value> outputs) {
  SmallVector<SharedMask> masks;
  for (Value input : layer.inputs)
    masks.push_back(findMask(input));
  bool isMasked = llvm::any_of(masks, [](auto &mask) { return !!mask; });
  MaskUse use = getMaskUse(entry.className, model.kerasVersion);
  if (layer.madeMask) {
    setMask(outputs.front(), layer.madeMask);
  } else if (!isMasked || use == MaskUse::Drops) {
    return;
  } else if (use == MaskUse::Passes) {
    // A merge along the steps has others.
    bool keepsSteps = getShape(outputs.front()).take_front(2) ==
                      layer.getInputShape().take_front(2);
    SharedMask merged =
        mergeMasks(entry.step.name, entry.className, masks, keepsSteps);
    for (Value output : outputs)
      setMask(output, merged);
  } else if (!layer.takesMask) {
    model.builder.emitError(entry.step.name)
        << "unsupported mask, made by layer '"
        << (*llvm::find_if(masks, [](auto &mask) { return !!mask; }))->origin
        << "'";
  } else {
    // What is left of a sequence in one state has no steps.
    for (Value output : outputs)
      if (getShape(output).size() == 3)
        setMask(output, masks.front());
  }
}
