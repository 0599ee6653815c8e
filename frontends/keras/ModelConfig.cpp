//===- ModelConfig.cpp - The architecture of a Keras model ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ModelConfig.h"
#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

namespace {
/// One entry of a model's list of layers.
struct LayerEntry {
  std::string className;
  const json &config;
  LayerStep step;
};

/// Reads a Sequential model, nested ones included.
class SequentialImporter {
public:
  SequentialImporter(ModelContext &model, const json &root)
      : model(model), root(root) {}

  /// Imports the model and its input and output.
  void run();

private:
  std::vector<LayerEntry> readLayers(const json &config);
  Value importInput(ArrayRef<LayerEntry> layers);
  Value importLayers(ArrayRef<LayerEntry> layers, const LayerPath &container,
                     Value value);
  Value importLayer(const LayerEntry &entry, const LayerPath &container,
                    Value input);
  const json *findInputShape(ArrayRef<LayerEntry> layers);

  ModelContext &model;
  const json &root;
};
} // namespace

/// A member of an object, or null where either isn't there.
static const json *findMember(const json &value, const char *key) {
  if (!value.is_object())
    return nullptr;
  auto member = value.find(key);
  return member == value.end() || member->is_null() ? nullptr : &*member;
}

static std::string getString(const json &value, const char *key) {
  const json *member = findMember(value, key);
  return member && member->is_string() ? member->get<std::string>() : "";
}

/// The class of a layer; with its package, and so unknown, if it isn't Keras's.
static std::string getClassName(const json &layer) {
  std::string className = getString(layer, "class_name");
  std::string registered = getString(layer, "registered_name");
  if (StringRef(registered).contains('>'))
    return registered;
  StringRef module =
      layer.contains("module") && layer["module"].is_string()
          ? StringRef(layer["module"].get_ref<const std::string &>())
          : StringRef("keras");
  if (module.starts_with("keras") || module.starts_with("tf_keras") ||
      module.starts_with("tensorflow") || module == "builtins")
    return className;
  return module.str() + ">" + className;
}

/// The layers of a model's config, which is the list itself in Keras 1.
std::vector<LayerEntry> SequentialImporter::readLayers(const json &config) {
  const json *list = config.is_array() ? &config : findMember(config, "layers");
  std::vector<LayerEntry> entries;
  if (!list || !list->is_array()) {
    model.builder.emitError() << "expects a list of layers";
    return entries;
  }
  StringMap<unsigned> ordinals;
  for (const json &layer : *list) {
    std::string className = layer.is_object() ? getClassName(layer) : "";
    const json *layerConfig =
        layer.is_object() ? findMember(layer, "config") : nullptr;
    if (className.empty() || !layerConfig) {
      model.builder.emitError()
          << "expects layers with 'class_name' and 'config'";
      continue;
    }
    LayerStep step;
    step.group = toSnakeCase(className);
    step.ordinal = ordinals[step.group]++;
    step.name = getString(*layerConfig, "name");
    if (step.name.empty())
      step.name = step.group + "_" + std::to_string(step.ordinal + 1);
    entries.push_back({className, *layerConfig, step});
  }
  return entries;
}

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

/// The shape of the input with the batch. Keras has stored it in many places.
const json *SequentialImporter::findInputShape(ArrayRef<LayerEntry> layers) {
  for (const char *key : {"batch_shape", "batch_input_shape"})
    if (const json *shape = findMember(layers.front().config, key))
      return shape;
  const json &config = root["config"];
  if (const json *shape = findMember(config, "build_input_shape"))
    return shape;
  for (const json *object : {&root, &config})
    if (const json *build = findMember(*object, "build_config"))
      if (const json *shape = findMember(*build, "input_shape"))
        return shape;
  return nullptr;
}

Value SequentialImporter::importInput(ArrayRef<LayerEntry> layers) {
  const LayerEntry &first = layers.front();
  bool isInput = first.className == "InputLayer";
  std::string name = first.step.name + (isInput ? "" : "_input");
  if (isInput) {
    ObjectReader config(first.config,
                        [&] { return model.builder.emitError(name); });
    ignoreHarmless(config);
    config.expectOnly("sparse", false);
    config.expectOnly("ragged", false);
    config.expectOnly("optional", false);
    config.finish();
  }
  const json *shape = findInputShape(layers);
  if (!shape || !shape->is_array() || shape->empty()) {
    model.builder.emitError(name) << "expects an input with a known shape";
    return {};
  }
  SmallVector<int64_t> sizes;
  for (size_t axis = 1; axis < shape->size(); ++axis) {
    const json &size = (*shape)[axis];
    if (!size.is_number_integer() || size.get<double>() < 1 ||
        size.get<double>() > double(maxElements)) {
      model.builder.emitError(name)
          << "expects an input of fixed size, but got " << formatJson(size)
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

Value SequentialImporter::importLayer(const LayerEntry &entry,
                                      const LayerPath &container, Value input) {
  LayerPath path = container;
  path.push_back(entry.step);
  if (entry.className == "Sequential")
    return importLayers(readLayers(entry.config), path, input);
  const std::string &name = entry.step.name;
  ImportLayerFn import = findLayerClass(entry.className);
  if (!import) {
    // The package only where it tells the class from one of Keras.
    StringRef plain = StringRef(entry.className).rsplit('>').second;
    bool isPlain = !plain.empty() && !findLayerClass(plain);
    model.builder.emitError(name) << "unsupported layer class '"
                                  << (isPlain ? plain : entry.className) << "'";
    return {};
  }
  ObjectReader config(entry.config,
                      [&] { return model.builder.emitError(name); });
  Layer layer{model, model.builder, config, name, path, {input}};
  ignoreHarmless(config);
  Value output = import(layer);
  config.finish();
  return output;
}

Value SequentialImporter::importLayers(ArrayRef<LayerEntry> layers,
                                       const LayerPath &container,
                                       Value value) {
  for (const LayerEntry &entry : layers)
    if (entry.className != "InputLayer" || &entry != layers.begin())
      value = importLayer(entry, container, value);
  return value;
}

void SequentialImporter::run() {
  std::vector<LayerEntry> layers = readLayers(root["config"]);
  if (layers.empty()) {
    model.builder.emitError() << "expects a model with layers";
    return;
  }
  // A nested model first: its own input is the model's.
  Value input = importInput(layers);
  model.builder.addOutput(layers.back().step.name,
                          importLayers(layers, {}, input));
}

OwningOpRef<ModuleOp> keras::importConfig(const ModelFile &file,
                                          const json &root,
                                          WeightSource *weights,
                                          unsigned kerasVersion) {
  ModelBuilder builder(file.path, file.options, file.context);
  ModelContext model{builder, weights, kerasVersion};
  std::string className = root.is_object() ? getClassName(root) : "";
  if (className == "Sequential" && root.contains("config"))
    SequentialImporter(model, root).run();
  else
    builder.emitError() << "unsupported model class '" << className << "'";
  return builder.finish();
}
