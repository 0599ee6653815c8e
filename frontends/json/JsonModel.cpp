//===- JsonModel.cpp - Import of Frieze's own JSON --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/JsonModel.h"
#include "frontends/Files.h"
#include "frontends/ForeignFiles.h"
#include "frontends/GraphImport.h"
#include "frontends/OutputLayers.h"
#include "frontends/json/JsonGraph.h"
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
  auto fail = [&](Error error) {
    root.emitError() << "weights '" << path
                     << "': " << toString(std::move(error));
    return nullptr;
  };
  Expected<std::string> bytes = readFile(path);
  if (!bytes)
    return fail(bytes.takeError());
  builder.noteRead(*bytes);
  auto weights = parseWeightFile(std::move(*bytes));
  return weights ? std::move(*weights) : fail(weights.takeError());
}

/// The layers that are to be the outputs: those that the options choose, or
/// else the file. Nothing where a name is none's, which is reported.
static std::optional<std::vector<std::string>>
chooseLayers(ModelBuilder &builder, const JsonGraph &graph) {
  ArrayRef<std::string> names = builder.takeOutputLayers();
  if (names.empty())
    return graph.outputs;
  std::vector<OutputCandidate> candidates;
  for (const json &layer : *graph.layers) {
    std::string path = "/" + getJsonName(layer);
    candidates.push_back({path, path});
  }
  std::optional<SmallVector<size_t>> chosen =
      chooseOutputs(builder, names, candidates);
  if (!chosen)
    return std::nullopt;
  std::vector<std::string> outputs;
  for (size_t index : *chosen)
    outputs.push_back(candidates[index].path.substr(1));
  return outputs;
}

/// Imports the model, of which only what the outputs depend on is checked where
/// the options choose them.
static void importGraph(JsonContext &model, const JsonGraph &graph) {
  ModelBuilder &builder = model.builder;
  std::optional<std::vector<std::string>> outputs =
      chooseLayers(builder, graph);
  if (!outputs)
    return;
  llvm::StringSet<> needed = findNeeded(graph, *outputs);
  bool isCut = !builder.takeOutputLayers().empty();
  llvm::StringMap<Tensor> tensors;
  for (const JsonInput &input : graph.inputs) {
    if (isCut && !needed.contains(input.name))
      continue;
    if (!input.shape)
      builder.emitError(input.name) << "expects an attribute 'shape'";
    SmallVector<int64_t> shape{ShapedType::kDynamic};
    llvm::append_range(shape, input.shape.value_or(SmallVector<int64_t>()));
    if (!tensors
             .try_emplace(input.name, input.shape
                                          ? builder.addInput(input.name, shape)
                                          : Value())
             .second)
      builder.emitError(input.name) << "expects inputs with different names";
  }
  importJsonLayers(model, graph, tensors, isCut ? &needed : nullptr);
  for (const std::string &output : *outputs) {
    auto found = tensors.find(output);
    bool isLayer = found != tensors.end() &&
                   llvm::none_of(graph.inputs, [&](const JsonInput &input) {
                     return input.name == output;
                   });
    if (isLayer) {
      addGraphOutput(builder, output, output, &found->second);
      continue;
    }
    builder.emitError() << "expects 'outputs' to be layers, but got '" << output
                        << "'";
    builder.addOutput(output, Value());
  }
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
  JsonGraph graph = readJsonGraph(reader);
  reader.finish();
  if (!graph.layers || graph.inputs.empty())
    return {};
  JsonContext model{builder, weights.get()};
  importGraph(model, graph);
  return builder.finish();
}
