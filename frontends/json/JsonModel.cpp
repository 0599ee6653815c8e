//===- JsonModel.cpp - Import of Frieze's own JSON --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/JsonModel.h"
#include "frontends/ForeignFiles.h"
#include "frontends/OutputLayers.h"
#include "frontends/json/JsonLayer.h"
#include "llvm/Support/Path.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nlohmann::json;

/// Whether `path`, relative to the model's folder, stays below it.
static bool staysBelow(StringRef path) {
  return !path.empty() && !sys::path::is_absolute(path) &&
         llvm::none_of(
             llvm::make_range(sys::path::begin(path), sys::path::end(path)),
             [](StringRef part) { return part == ".."; });
}

/// Opens the file of `--weights`, or else the one that the model names. Null
/// where there is neither, or a problem was reported.
static std::unique_ptr<WeightFile>
openWeights(const ModelFile &file, ModelBuilder &builder, ObjectReader &root) {
  std::string name = root.takeString("weights", "");
  SmallString<128> path(file.options.weightsPath);
  if (path.empty() && !name.empty()) {
    if (!staysBelow(name)) {
      root.emitError() << "expects weights below the folder of the model, but "
                          "got '"
                       << name << "'";
      return nullptr;
    }
    path = sys::path::parent_path(file.path);
    sys::path::append(path, name);
  }
  if (path.empty())
    return nullptr;
  Expected<std::unique_ptr<WeightFile>> weights = openWeightFile(path);
  if (weights)
    return std::move(*weights);
  root.emitError() << "weights '" << path
                   << "': " << toString(weights.takeError());
  return nullptr;
}

static Value importInput(ModelBuilder &builder, ObjectReader &root) {
  const json *object = root.take("input");
  if (!object) {
    root.emitError() << "expects an attribute 'input'";
    return {};
  }
  ObjectReader input(*object, [&] { return builder.emitError(); });
  std::string name = input.takeString("name", "input");
  SmallVector<int64_t> shape{ShapedType::kDynamic};
  llvm::append_range(shape, input.takeIntList("shape", 1));
  input.finish();
  return input.hasFailed() ? Value() : builder.addInput(name, shape);
}

/// The layers that are to be the outputs, as indices. None where that is the
/// last one; nothing where a name is none's, which is reported.
static std::optional<SmallVector<size_t>> chooseLayers(ModelBuilder &builder,
                                                       const json &layers) {
  std::vector<OutputCandidate> candidates;
  for (const json &layer : layers) {
    auto name = layer.is_object() ? layer.find("name") : layer.end();
    bool isNamed =
        layer.is_object() && name != layer.end() && name->is_string();
    std::string path = "/" + (isNamed ? name->get<std::string>() : "");
    candidates.push_back({path, path});
  }
  return chooseOutputs(builder, builder.takeOutputLayers(), candidates);
}

/// Imports `layers`; the last one's result is the model's, or those of the
/// chosen ones are.
static void importLayers(JsonContext &model, const json &layers, Value value) {
  std::optional<SmallVector<size_t>> chosen =
      chooseLayers(model.builder, layers);
  if (!chosen)
    return;
  size_t count =
      chosen->empty() ? layers.size() : *llvm::max_element(*chosen) + 1;
  if (chosen->empty())
    chosen->push_back(count - 1);
  std::vector<std::pair<std::string, Value>> results;
  llvm::StringSet<> names;
  std::string name;
  for (size_t index = 0; index < count; ++index) {
    std::string pointer = "/layers/" + std::to_string(index);
    const json &object = layers[index];
    // Until the name is known, the place in the file stands for it.
    ObjectReader attributes(object, [&] {
      InFlightDiagnostic diagnostic = model.builder.emitError(name);
      if (name.empty())
        diagnostic << "at " << pointer << ": ";
      return diagnostic;
    });
    name.clear();
    name = attributes.takeString("name", {});
    std::string type = attributes.takeString("type", {});
    if (!attributes.hasFailed() && !names.insert(name).second)
      attributes.emitError() << "expects layers with different names";
    ImportJsonLayerFn import = findJsonLayer(type);
    if (!import) {
      if (!attributes.hasFailed())
        attributes.emitError() << "unsupported layer type '" << type << "'";
      value = {};
      results.emplace_back(name, value);
      continue;
    }
    JsonLayer layer{model, model.builder, attributes, name, value};
    value = import(layer);
    attributes.finish();
    results.emplace_back(name, value);
  }
  for (size_t index : *chosen)
    model.builder.addOutput(results[index].first, results[index].second);
}

OwningOpRef<ModuleOp> frieze::importJsonModel(const ModelFile &file,
                                              const json &root) {
  ModelBuilder builder(file.path, file.options, file.context);
  ObjectReader reader(root, [&] { return builder.emitError(); });
  if (!root.is_object() || reader.takeString("format", "") != "frieze-model") {
    ForeignFile foreign = recognizeFile(file.path, file.bytes);
    builder.emitError() << "expects a Keras model (\"class_name\") or a Frieze "
                           "model (\"format\": \"frieze-model\")"
                        << (foreign.wayOut.empty()
                                ? ""
                                : ", but got " + foreign.describe());
    return {};
  }
  if (reader.takeInt("version", {}) != 1)
    reader.emitError() << "expects version 1";
  reader.ignore("$schema");
  std::unique_ptr<WeightFile> weights = openWeights(file, builder, reader);
  Value input = importInput(builder, reader);
  const json *layers = reader.take("layers");
  reader.finish();
  if (!layers || !layers->is_array() || layers->empty()) {
    builder.emitError() << "expects a list 'layers'";
    return {};
  }
  JsonContext model{builder, weights.get()};
  importLayers(model, *layers, input);
  return builder.finish();
}
