//===- ModelImporter.cpp - Import of a Keras architecture -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ModelImporter.h"
#include "frontends/keras/ModelGraph.h"

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
  explicit ModelImporter(ModelContext &model) : model(model) {}

  /// Imports the model that `root` describes, and its inputs and outputs.
  void run(const json &root);

private:
  using Values = SmallVector<Value>;

  void runSequential(const json &root);
  void runFunctional(const json &config);
  Value importInput(const LayerEntry &first, const json *shape);

  /// Each imports one thing on given inputs, and returns its outputs: none
  /// where they aren't known, because of a problem already reported.
  Values importModel(const LayerEntry &entry, const LayerPath &path,
                     ArrayRef<Value> inputs);
  Values importSequence(ArrayRef<LayerEntry> layers, const LayerPath &container,
                        ArrayRef<Value> inputs);
  Values importGraph(const ModelGraph &graph, const LayerPath &container,
                     ArrayRef<Value> inputs);
  Values importLayer(const LayerEntry &entry, const LayerPath &container,
                     ArrayRef<Value> inputs);
  Value importPlainLayer(const LayerEntry &entry, const LayerPath &path,
                         ArrayRef<Value> inputs);

  ModelContext &model;
  /// Layers with problems that a further call would only report again.
  llvm::StringSet<> failedLayers;
  size_t callCount = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// The shape of the input of a Sequential model, with the batch. Keras has
/// stored it in many places.
static const json *findInputShape(const json &config,
                                  ArrayRef<LayerEntry> layers) {
  for (const char *key : {"batch_shape", "batch_input_shape"})
    if (const json *shape = findMember(*layers.front().config, key))
      return shape;
  if (const json *shape = findMember(config, "build_input_shape"))
    return shape;
  if (const json *build = findMember(config, "build_config"))
    return findMember(*build, "input_shape");
  return nullptr;
}

/// The input of the model: an InputLayer, or what stands before its first
/// layer.
Value ModelImporter::importInput(const LayerEntry &first, const json *shape) {
  std::string name = first.step.name + (first.isInput() ? "" : "_input");
  if (first.isInput()) {
    ObjectReader config(*first.config,
                        [&] { return model.builder.emitError(name); });
    // Indices are passed as float32.
    ignoreHarmless(config, /*allowIntegers=*/true);
    config.expectOnly("sparse", false);
    config.expectOnly("ragged", false);
    config.expectOnly("optional", false);
    config.finish();
  }
  if (!shape || !shape->is_array() || shape->empty()) {
    model.builder.emitError(name) << "expects an input with a known shape";
    return {};
  }
  // The batch of training, if any, is not that of inference.
  SmallVector<int64_t> sizes{ShapedType::kDynamic};
  for (size_t axis = 1; axis < shape->size(); ++axis) {
    const json &size = (*shape)[axis];
    if (size.is_null()) {
      sizes.push_back(ShapedType::kDynamic);
      continue;
    }
    if (!size.is_number_integer() || size.get<double>() < 1 ||
        size.get<double>() > double(maxElements)) {
      model.builder.emitError(name)
          << "expects an input of positive size, but got " << formatJson(size)
          << " for axis " << axis;
      return {};
    }
    sizes.push_back(size.get<int64_t>());
  }
  return model.builder.addInput(name, sizes);
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

/// Imports a layer that is no model.
Value ModelImporter::importPlainLayer(const LayerEntry &entry,
                                      const LayerPath &path,
                                      ArrayRef<Value> inputs) {
  const std::string &name = entry.step.name;
  const LayerClass *layerClass = findLayerClass(entry.className);
  if (!layerClass) {
    // The package only where it tells the class from one of Keras.
    StringRef plain = StringRef(entry.className).rsplit('>').second;
    bool isPlain = !plain.empty() && !findLayerClass(plain);
    model.builder.emitError(name) << "unsupported layer class '"
                                  << (isPlain ? plain : entry.className) << "'";
    return {};
  }
  if (inputs.empty() || (inputs.size() > 1 && !layerClass->takesMany)) {
    model.builder.emitError(name)
        << "expects " << (layerClass->takesMany ? "inputs" : "one input")
        << ", but got " << inputs.size();
    return {};
  }
  ObjectReader config(*entry.config,
                      [&] { return model.builder.emitError(name); });
  Layer layer{model, model.builder, config, name, path, Values(inputs)};
  ignoreHarmless(config);
  Value output = layerClass->import(layer);
  config.finish();
  return output;
}

ModelImporter::Values ModelImporter::importLayer(const LayerEntry &entry,
                                                 const LayerPath &container,
                                                 ArrayRef<Value> inputs) {
  if (callCount++ >= maxLayerCalls) {
    if (callCount == maxLayerCalls + 1)
      model.builder.emitError()
          << "expects a model of at most " << maxLayerCalls << " layers";
    return {};
  }
  LayerPath path = container;
  path.push_back(entry.step);
  if (isModelClass(entry.className))
    return importModel(entry, path, inputs);
  std::string key = getPathKey(path);
  if (failedLayers.contains(key))
    return {};
  Value output = importPlainLayer(entry, path, inputs);
  if (output)
    return {output};
  if (!llvm::is_contained(inputs, Value()))
    failedLayers.insert(key);
  return {};
}

ModelImporter::Values ModelImporter::importSequence(ArrayRef<LayerEntry> layers,
                                                    const LayerPath &container,
                                                    ArrayRef<Value> inputs) {
  Values values(inputs);
  for (const LayerEntry &entry : layers) {
    if (entry.isInput() && &entry == layers.begin())
      continue;
    values = importLayer(entry, container, values);
    if (values.empty())
      values.push_back({});
  }
  return values;
}

ModelImporter::Values ModelImporter::importGraph(const ModelGraph &graph,
                                                 const LayerPath &container,
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
  for (size_t index : graph.order) {
    const ModelGraph::Call &call = graph.calls[index];
    if (call.layer->isInput()) {
      if (results[index].empty())
        model.builder.emitError(call.layer->step.name)
            << "expects the input among 'input_layers'";
      continue;
    }
    Values callInputs;
    for (const ModelGraph::Tensor &tensor : call.inputs)
      callInputs.push_back(get(call.layer->step.name, tensor));
    results[index] = importLayer(*call.layer, container, callInputs);
  }
  Values outputs;
  for (const ModelGraph::Tensor &tensor : graph.outputs)
    outputs.push_back(get("", tensor));
  return outputs;
}

ModelImporter::Values ModelImporter::importModel(const LayerEntry &entry,
                                                 const LayerPath &path,
                                                 ArrayRef<Value> inputs) {
  std::vector<LayerEntry> layers = readLayers(model.builder, *entry.config);
  if (entry.className == "Sequential")
    return importSequence(layers, path, inputs);
  ModelGraph graph = readModelGraph(model.builder, layers, *entry.config);
  if (inputs.size() != graph.inputs.size()) {
    model.builder.emitError(entry.step.name)
        << "expects " << graph.inputs.size()
        << (graph.inputs.size() == 1 ? " input" : " inputs") << ", but got "
        << inputs.size();
    return {};
  }
  return importGraph(graph, path, inputs);
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
  const json *shape = findInputShape(config, layers);
  if (const json *build = findMember(root, "build_config"); build && !shape)
    shape = findMember(*build, "input_shape");
  // A nested model first: its own input is the model's.
  Value input = importInput(layers.front(), shape);
  Values outputs = importSequence(layers, {}, input);
  for (auto [index, output] : enumerate(outputs))
    model.builder.addOutput(layers.back().step.name, output);
}

void ModelImporter::runFunctional(const json &config) {
  std::vector<LayerEntry> layers = readLayers(model.builder, config);
  ModelGraph graph = readModelGraph(model.builder, layers, config);
  Values inputs;
  for (const ModelGraph::Tensor &tensor : graph.inputs) {
    if (tensor.call >= graph.calls.size() ||
        !graph.calls[tensor.call].layer->isInput()) {
      inputs.push_back({});
      continue;
    }
    const LayerEntry &layer = *graph.calls[tensor.call].layer;
    const json *shape = findMember(*layer.config, "batch_shape");
    inputs.push_back(importInput(
        layer, shape ? shape : findMember(*layer.config, "batch_input_shape")));
  }
  Values outputs = importGraph(graph, {}, inputs);
  for (auto [tensor, value] : zip_equal(graph.outputs, outputs))
    model.builder.addOutput(
        tensor.call < graph.calls.size()
            ? StringRef(graph.calls[tensor.call].layer->step.name)
            : "",
        value);
}

void ModelImporter::run(const json &root) {
  std::string className = root.is_object() ? getClassName(root) : "";
  if (!isModelClass(className) || !findMember(root, "config"))
    model.builder.emitError()
        << "unsupported model class '" << className << "'";
  else if (className == "Sequential")
    runSequential(root);
  else
    runFunctional(root["config"]);
}

OwningOpRef<ModuleOp> keras::importConfig(const ModelFile &file,
                                          const json &root,
                                          WeightSource *weights,
                                          unsigned kerasVersion) {
  ModelBuilder builder(file.path, file.options, file.context);
  ModelContext model{builder, weights, kerasVersion};
  ModelImporter(model).run(root);
  return builder.finish();
}
