//===- ChosenLayers.cpp - Outputs chosen in a Keras model -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ChosenLayers.h"
#include "frontends/OutputLayers.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

/// Calls that can be chosen from; models in one another could have any number.
static constexpr size_t maxCandidates = size_t(1) << 16;

std::string keras::getCallPath(StringRef container, StringRef layer,
                               size_t number, size_t count) {
  std::string path = (container + "/" + layer).str();
  return count > 1 ? path + ":" + std::to_string(number) : path;
}

namespace {
/// Lists the calls of a model, and of the models in it.
struct Lister {
  ModelBuilder &builder;
  std::vector<OutputCandidate> candidates = {};
  /// Of each candidate.
  std::vector<std::string> layers = {};

  void listCall(const LayerEntry &entry, StringRef container,
                StringRef containerLayer, size_t number, size_t count) {
    if (entry.isInput() || candidates.size() >= maxCandidates)
      return;
    StringRef name = entry.step.name;
    std::string path = getCallPath(container, name, number, count);
    std::string layer = getCallPath(containerLayer, name, 0, 1);
    candidates.push_back({path, layer});
    layers.push_back(name.str());
    if (isModelClass(entry.className))
      listModel(entry.className, *entry.config, path, layer);
  }

  void listModel(StringRef className, const json &config, StringRef path,
                 StringRef layer) {
    std::vector<LayerEntry> entries = readLayers(builder, config);
    if (className == "Sequential") {
      for (const LayerEntry &entry : entries)
        listCall(entry, path, layer, 0, 1);
      return;
    }
    ModelGraph graph = readModelGraph(builder, entries, config);
    for (const ModelGraph::Call &call : graph.calls)
      listCall(*call.layer, path, layer, call.number, call.count);
  }
};
} // namespace

ChosenLayers::ChosenLayers(ModelBuilder &builder, StringRef className,
                           const json &config) {
  ArrayRef<std::string> names = builder.takeOutputLayers();
  if (names.empty())
    return;
  cut = true;
  Lister lister{builder};
  lister.listModel(className, config, "", "");
  if (auto chosen = chooseOutputs(builder, names, lister.candidates))
    for (size_t index : *chosen)
      calls.push_back(
          {lister.candidates[index].path, lister.layers[index], {}});
}

Need ChosenLayers::getNeed(StringRef path) const {
  Need need = Need::Nothing;
  for (const Call &call : calls) {
    if (call.path == path)
      return Need::Results;
    if (StringRef(call.path).starts_with((path + "/").str()))
      need = Need::Inside;
  }
  return need;
}

std::vector<Need> ChosenLayers::findNeeds(const ModelGraph &graph,
                                          StringRef path, Need need) const {
  std::vector<Need> needs(graph.calls.size(), Need::Nothing);
  auto markRead = [&](const ModelGraph::Tensor &tensor) {
    if (tensor.call < needs.size())
      needs[tensor.call] = Need::Results;
  };
  if (need == Need::Results)
    llvm::for_each(graph.outputs, markRead);
  for (size_t index : llvm::reverse(graph.order)) {
    const ModelGraph::Call &call = graph.calls[index];
    Need own = getNeed(
        getCallPath(path, call.layer->step.name, call.number, call.count));
    if (!cut && !StringRef(call.layer->className).starts_with("ops."))
      own = Need::Results;
    needs[index] = std::max(needs[index], own);
    if (needs[index] != Need::Nothing)
      for (const ModelGraph::Argument &argument : call.arguments)
        if (!isMaskKeyword(argument.keyword) ||
            canTakeMask(call.layer->className))
          llvm::for_each(
              ArrayRef(call.inputs).slice(argument.first, argument.count),
              markRead);
  }
  return needs;
}

void ChosenLayers::note(StringRef path, ArrayRef<Value> results) {
  for (Call &call : calls)
    if (call.path == path)
      call.results.assign(results.begin(), results.end());
}

void ChosenLayers::addOutputs(ModelBuilder &builder) const {
  for (const Call &call : calls) {
    if (call.results.empty())
      builder.addOutput(call.layer, {});
    for (Value result : call.results)
      builder.addOutput(call.layer, result);
  }
}
