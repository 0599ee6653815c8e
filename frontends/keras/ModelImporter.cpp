//===- ModelImporter.cpp - Import of a Keras architecture -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ModelImporter.h"
#include "frontends/keras/ChosenLayers.h"
#include "frontends/keras/Keras1.h"
#include "frontends/keras/LayerImporter.h"
#include "frontends/keras/ModelGraph.h"
#include "frontends/keras/ModelInputs.h"
#include "frontends/keras/RawOperations.h"
#include "frontends/keras/ReplacedLayers.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// Layers called in all; nested models could ask for any number.
static constexpr size_t maxLayerCalls = size_t(1) << 16;

namespace {
/// Imports Sequential and functional models, also in one another.
class ModelImporter {
public:
  explicit ModelImporter(ModelContext &model)
      : model(model), layerImporter(model), replacedLayers(model) {}

  /// Imports the model that `root` describes, and its inputs and outputs.
  void run(const json &root);

private:
  using Values = SmallVector<Value>;

  /// A call by its path in ChosenLayers.
  struct Place {
    std::string path;
    Need need;
  };

  void runSequential(const json &root);
  void runFunctional(const json &config);

  /// Each imports one thing on given inputs, and returns its outputs: none
  /// where they aren't known, because of a problem already reported.
  Values importModel(const LayerEntry &entry, const LayerPath &path,
                     const Place &place, ArrayRef<CallArgument> arguments);
  Values importSequence(ArrayRef<LayerEntry> layers, const LayerPath &container,
                        const Place &place, ArrayRef<Value> inputs);
  Values importGraph(const ModelGraph &graph, const LayerPath &container,
                     const Place &place, ArrayRef<Value> inputs);
  Values importLayer(const LayerEntry &entry, const LayerPath &container,
                     const Place &place, ArrayRef<CallArgument> arguments);
  Values importWrapper(const LayerEntry &entry, const LayerPath &path,
                       const Place &place, ArrayRef<CallArgument> arguments);
  Values importTimeDistributed(Layer &layer, const LayerEntry &wrapped,
                               const Place &inside);

  ModelContext &model;
  LayerImporter layerImporter;
  ReplacedLayers replacedLayers;
  ChosenLayers chosen = {};
  size_t callCount = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// Values passed by position.
static SmallVector<CallArgument> getArguments(ArrayRef<Value> values) {
  return {CallArgument{"", nullptr, SmallVector<Value>(values)}};
}

ModelImporter::Values
ModelImporter::importLayer(const LayerEntry &entry, const LayerPath &container,
                           const Place &place,
                           ArrayRef<CallArgument> arguments) {
  if (callCount++ >= maxLayerCalls) {
    if (callCount == maxLayerCalls + 1)
      model.builder.emitError()
          << "expects a model of at most " << maxLayerCalls << " layers";
    return {};
  }
  LayerPath path = container;
  path.push_back(entry.step);
  const Replacement *replacement = replacedLayers.find(entry, path);
  Values results = replacement
                       ? replacedLayers.import(*replacement, entry, path,
                                               arguments, layerImporter)
                   : isModelClass(entry.className)
                       ? importModel(entry, path, place, arguments)
                   : isWrapperClass(entry.className)
                       ? importWrapper(entry, path, place, arguments)
                       : layerImporter.import(entry, path, arguments);
  chosen.note(place.path, results);
  return results;
}

/// Imports a layer around another one, its `layer`.
ModelImporter::Values
ModelImporter::importWrapper(const LayerEntry &entry, const LayerPath &path,
                             const Place &place,
                             ArrayRef<CallArgument> arguments) {
  const std::string &name = entry.step.name;
  ObjectReader config(*entry.config,
                      [&] { return model.builder.emitError(name); });
  Layer layer{model, model.builder, config, name, path, {}};
  for (const CallArgument &argument : arguments)
    if (argument.keyword.empty())
      llvm::append_range(layer.inputs, argument.tensors);
    else
      layer.arguments.push_back(argument);
  ignoreHarmless(model.builder, config);
  SharedMask mask =
      layer.inputs.empty() ? nullptr : layerImporter.findMask(layer.getInput());
  layer.checkArguments(/*isMasked=*/mask != nullptr);
  const json *wrapped = config.take("layer");
  bool isTimeDistributed = entry.className == "TimeDistributed";
  // How kernels are normalised in training: those of the file are.
  if (!isTimeDistributed)
    config.ignore("power_iterations");
  config.finish();
  const json *wrappedConfig =
      wrapped ? findMember(*wrapped, "config") : nullptr;
  std::string className = wrappedConfig ? getClassName(*wrapped) : "";
  if (className.empty() || layer.inputs.size() != 1) {
    config.emitError() << "expects one input and a layer for it";
    return {};
  }
  if (mask && !isTimeDistributed) {
    config.emitError() << "unsupported mask, made by layer '" << mask->origin
                       << "'";
    return {};
  }
  LayerStep step{name, "layer", 0, /*isMember=*/true};
  if (const json *inner = findMember(*wrappedConfig, "name");
      inner && inner->is_string())
    step.name = inner->get<std::string>();
  LayerEntry inner{className, wrappedConfig, step, nullptr};
  // What is inside of it can't be chosen: it may see one step after the other.
  Place inside{place.path + "/", Need::Results};
  return isTimeDistributed
             ? importTimeDistributed(layer, inner, inside)
             : importLayer(inner, path, inside, getArguments(layer.inputs));
}

/// Imports a wrapper whose layer sees every step as a sample.
ModelImporter::Values
ModelImporter::importTimeDistributed(Layer &layer, const LayerEntry &wrapped,
                                     const Place &inside) {
  if (!layer.checkRank(3, maxRank))
    return {};
  SharedMask mask = layerImporter.findMask(layer.getInput());
  // A layer that has no use for masks leaves that of the steps.
  if (mask &&
      getMaskUse(wrapped.className, model.kerasVersion) == MaskUse::Reads) {
    layer.emitError() << "unsupported mask, made by layer '" << mask->origin
                      << "'";
    return {};
  }
  // What computes along the channels alone does so at any rank.
  static const llvm::StringSet<> alongChannels{
      "Activation", "Dense", "Dropout", "ELU", "LeakyReLU", "ReLU"};
  if (alongChannels.contains(wrapped.className))
    return importLayer(wrapped, layer.path, inside,
                       getArguments(layer.getInput()));
  int64_t batch = layer.getInputShape()[0];
  Values outputs = importLayer(wrapped, layer.path, inside,
                               getArguments(model.builder.mergeStepsIntoBatch(
                                   layer.name, layer.getInput())));
  for (Value &output : outputs) {
    output = model.builder.splitStepsFromBatch(layer.name, output, batch);
    if (output && mask)
      layerImporter.setMask(output, mask);
  }
  return outputs;
}

ModelImporter::Values ModelImporter::importSequence(ArrayRef<LayerEntry> layers,
                                                    const LayerPath &container,
                                                    const Place &place,
                                                    ArrayRef<Value> inputs) {
  auto getPath = [&](const LayerEntry &entry) {
    return getCallPath(place.path, entry.step.name, 0, 1);
  };
  bool isWhole = place.need == Need::Results;
  while (!isWhole && !layers.empty() &&
         chosen.getNeed(getPath(layers.back())) == Need::Nothing)
    layers = layers.drop_back();
  Values values(inputs);
  for (const LayerEntry &entry : layers) {
    if (entry.isInput() && &entry == layers.begin())
      continue;
    std::string path = getPath(entry);
    bool isRead = isWhole || &entry != &layers.back();
    values = importLayer(entry, container,
                         {path, isRead ? Need::Results : chosen.getNeed(path)},
                         getArguments(values));
    if (values.size() > 1 && &entry != &layers.back())
      model.builder.emitError(entry.step.name)
          << "expects one output within a sequence of layers, but got "
          << values.size();
    if (values.empty())
      values.push_back({});
  }
  return values;
}

ModelImporter::Values ModelImporter::importGraph(const ModelGraph &graph,
                                                 const LayerPath &container,
                                                 const Place &place,
                                                 ArrayRef<Value> inputs) {
  std::vector<Values> results(graph.calls.size());
  for (auto [tensor, value] : zip_equal(graph.inputs, inputs))
    if (tensor.call < results.size())
      results[tensor.call] = {value};
  auto get = [&](StringRef user, const ModelGraph::Tensor &tensor) -> Value {
    if (tensor.call >= results.size() || results[tensor.call].empty())
      return {};
    if (tensor.output < results[tensor.call].size())
      return results[tensor.call][tensor.output];
    model.builder.emitError(user)
        << "expects tensors of the model, but got output " << tensor.output
        << " of layer '" << graph.calls[tensor.call].layer->step.name
        << "', which has " << results[tensor.call].size()
        << (results[tensor.call].size() == 1 ? " output" : " outputs");
    return {};
  };
  std::vector<Need> needs = chosen.findNeeds(graph, place.path, place.need);
  for (size_t index : graph.order) {
    const ModelGraph::Call &call = graph.calls[index];
    if (needs[index] == Need::Nothing)
      continue;
    if (call.layer->isInput()) {
      if (results[index].empty())
        model.builder.emitError(call.layer->step.name)
            << "expects the input among 'input_layers'";
      continue;
    }
    SmallVector<CallArgument> arguments;
    for (const ModelGraph::Argument &argument : call.arguments) {
      arguments.push_back({argument.keyword, argument.constant, {}});
      for (const ModelGraph::Tensor &tensor :
           ArrayRef(call.inputs).slice(argument.first, argument.count))
        arguments.back().tensors.push_back(get(call.layer->step.name, tensor));
    }
    std::string path =
        getCallPath(place.path, call.layer->step.name, call.number, call.count);
    results[index] =
        importLayer(*call.layer, container, {path, needs[index]}, arguments);
  }
  Values outputs;
  if (place.need != Need::Results)
    return outputs;
  for (const ModelGraph::Tensor &tensor : graph.outputs)
    outputs.push_back(get("", tensor));
  return outputs;
}

ModelImporter::Values
ModelImporter::importModel(const LayerEntry &entry, const LayerPath &path,
                           const Place &place,
                           ArrayRef<CallArgument> arguments) {
  Values inputs;
  for (const CallArgument &argument : arguments)
    if (argument.keyword.empty())
      llvm::append_range(inputs, argument.tensors);
  bool isMasked = llvm::any_of(
      inputs, [&](Value input) { return layerImporter.findMask(input); });
  for (const CallArgument &argument : arguments) {
    // What masked inputs bring along is passed by keyword, too.
    bool isKnown = argument.constant
                       ? *argument.constant != true
                       : isMasked && isMaskKeyword(argument.keyword);
    if (!argument.keyword.empty() && !isKnown)
      model.builder.emitError(entry.step.name)
          << "unsupported argument '" << argument.keyword << "' of a call";
  }
  std::vector<LayerEntry> layers = readLayers(model.builder, *entry.config);
  if (entry.className == "Sequential")
    return importSequence(layers, path, place, inputs);
  ModelGraph graph = readModelGraph(model.builder, layers, *entry.config);
  if (inputs.size() != graph.inputs.size()) {
    model.builder.emitError(entry.step.name)
        << "expects " << graph.inputs.size()
        << (graph.inputs.size() == 1 ? " input" : " inputs") << ", but got "
        << inputs.size();
    return {};
  }
  return importGraph(graph, path, place, inputs);
}

//===----------------------------------------------------------------------===//
// The model itself
//===----------------------------------------------------------------------===//

void ModelImporter::runSequential(const json &root) {
  const json &config = root["config"];
  std::vector<LayerEntry> layers = readLayers(model.builder, config);
  if (layers.empty()) {
    model.builder.emitError() << "expects a model with layers";
    return;
  }
  const json *shape = findInputShape(model.builder, config, layers);
  if (const json *build = findMember(root, "build_config"); build && !shape)
    shape = findMember(*build, "input_shape");
  // A nested model first: its own input is the model's.
  Value input = importInput(model.builder, layers.front(), shape);
  Place top{"", chosen.isCut() ? Need::Inside : Need::Results};
  Values outputs = importSequence(layers, {}, top, input);
  if (chosen.isCut())
    return chosen.addOutputs(model.builder);
  for (auto [index, output] : enumerate(outputs))
    model.builder.addOutput(layers.back().step.name, output);
}

void ModelImporter::runFunctional(const json &config) {
  std::vector<LayerEntry> layers = readLayers(model.builder, config);
  ModelGraph graph = readModelGraph(model.builder, layers, config);
  Place top{"", chosen.isCut() ? Need::Inside : Need::Results};
  std::vector<Need> needs = chosen.findNeeds(graph, top.path, top.need);
  Values inputs;
  for (const ModelGraph::Tensor &tensor : graph.inputs) {
    if (tensor.call >= graph.calls.size() ||
        !graph.calls[tensor.call].layer->isInput() ||
        needs[tensor.call] == Need::Nothing) {
      inputs.push_back({});
      continue;
    }
    const LayerEntry &layer = *graph.calls[tensor.call].layer;
    const json *shape = findMember(*layer.config, "batch_shape");
    inputs.push_back(importInput(
        model.builder, layer,
        shape ? shape : findMember(*layer.config, "batch_input_shape")));
  }
  Values outputs = importGraph(graph, {}, top, inputs);
  if (chosen.isCut())
    return chosen.addOutputs(model.builder);
  for (auto [tensor, value] : zip_equal(graph.outputs, outputs))
    model.builder.addOutput(
        tensor.call < graph.calls.size()
            ? StringRef(graph.calls[tensor.call].layer->step.name)
            : "",
        value);
}

void ModelImporter::run(const json &root) {
  std::string className = root.is_object() ? getClassName(root) : "";
  const json *config = findMember(root, "config");
  if (config && isModelClass(className))
    chosen = ChosenLayers(model.builder, className, *config);
  if (className.empty())
    model.builder.emitError() << "expects a model with 'class_name'";
  else if (!isModelClass(className))
    model.builder.emitError()
        << "unsupported model class '" << getPlainName(className)
        << "', expects a Sequential or functional model; " << exportHint;
  else if (!config)
    model.builder.emitError() << "expects a model with 'config'";
  else if (className == "Sequential")
    runSequential(root);
  else
    runFunctional(*config);
  replacedLayers.finish();
}

OwningOpRef<ModuleOp> keras::importConfig(const ModelFile &file, json root,
                                          WeightSource *weights,
                                          VersionTuple kerasVersion) {
  ModelBuilder builder(file.path, file.options, file.context);
  ModelContext model{builder, weights, kerasVersion};
  replaceTuples(root);
  updateRawOperations(root);
  if (kerasVersion.getMajor() == 1)
    root = updateKeras1(std::move(root));
  ModelImporter(model).run(root);
  return builder.finish();
}
