//===- ModelGraph.cpp - The calls of a functional model ------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/ModelGraph.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <queue>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

namespace {
/// A tensor as the file names it.
struct TensorName {
  std::string layer;
  int64_t call, output;
};

using TensorNames = SmallVector<TensorName>;

/// Reads the calls by name, and then finds the ones that the names mean.
class GraphReader {
public:
  GraphReader(ModelBuilder &builder, ArrayRef<LayerEntry> layers)
      : builder(builder), layers(layers) {}

  ModelGraph read(const json &config);

private:
  void readCalls();
  void readCall(const LayerEntry &layer, const json &node);
  void readArgument(const LayerEntry &layer, StringRef keyword,
                    const json &value);
  void readKeywords(const LayerEntry &layer, const json &arguments);
  TensorNames readPorts(const json &config, const char *key);
  void collect(const LayerEntry *layer, const json &value, TensorNames &names);
  InFlightDiagnostic emitError(const LayerEntry *layer);
  void noteReferences(ArrayRef<TensorName> names);
  int64_t countOwnCalls(const LayerEntry &layer, bool isPort) const;
  ModelGraph::Tensor resolve(const LayerEntry *layer, const TensorName &name);
  void sort();

  ModelBuilder &builder;
  ArrayRef<LayerEntry> layers;
  StringMap<size_t> indices;
  /// For each layer: its first call, the number of calls, and the lowest number
  /// by which anything refers to one.
  struct CallRange {
    size_t first = 0, count = 0;
    int64_t lowest = std::numeric_limits<int64_t>::max();
  };
  std::vector<CallRange> ranges;
  /// For each call.
  std::vector<TensorNames> inputNames;
  /// Whether the calls are written as Keras 3 writes them.
  bool isKeras3 = false;
  ModelGraph graph;
};
} // namespace

InFlightDiagnostic GraphReader::emitError(const LayerEntry *layer) {
  return builder.emitError(layer ? StringRef(layer->step.name) : StringRef());
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// `["dense", 0, 0]`, in Keras 2 with the call's arguments by keyword behind;
/// in Keras 3 within an object.
static const json &getHistory(const json &value) {
  if (const json *className = findMember(value, "class_name");
      className && *className == "__keras_tensor__")
    if (const json *config = findMember(value, "config"))
      if (const json *history = findMember(*config, "keras_history"))
        return *history;
  return value;
}

static std::optional<TensorName> asTensorName(const json &value) {
  if (!value.is_array() || value.size() < 3 || value.size() > 4 ||
      !value[0].is_string() || !value[1].is_number_integer() ||
      !value[2].is_number_integer())
    return std::nullopt;
  return TensorName{value[0].get<std::string>(), value[1].get<int64_t>(),
                    value[2].get<int64_t>()};
}

/// Whether there is a tensor in a list or object of any structure.
static bool hasTensor(const json &value) {
  if (asTensorName(getHistory(value)))
    return true;
  return (value.is_array() || value.is_object()) &&
         llvm::any_of(value, hasTensor);
}

/// Adds the names of all tensors in a list or object of any structure.
void GraphReader::collect(const LayerEntry *layer, const json &value,
                          TensorNames &names) {
  if (std::optional<TensorName> name = asTensorName(getHistory(value))) {
    names.push_back(std::move(*name));
    return;
  }
  bool isObject = value.is_object() && !value.contains("class_name");
  if (value.is_array() || isObject) {
    for (const json &element : value)
      collect(layer, element, names);
    return;
  }
  // What is left out, and `training=False`.
  if (value.is_null() || value == false)
    return;
  emitError(layer) << "expects tensors of the model, but got "
                   << formatJson(value);
}

/// Adds an argument to the call that was added last.
void GraphReader::readArgument(const LayerEntry &layer, StringRef keyword,
                               const json &value) {
  TensorNames &names = inputNames.back();
  ModelGraph::Argument argument{keyword.str(), nullptr, names.size()};
  if (hasTensor(value))
    collect(&layer, value, names);
  else
    argument.constant = &value;
  argument.count = names.size() - argument.first;
  graph.calls.back().arguments.push_back(std::move(argument));
}

void GraphReader::readKeywords(const LayerEntry &layer, const json &arguments) {
  if (arguments.is_object())
    for (const auto &argument : arguments.items())
      readArgument(layer, argument.key(), argument.value());
}

/// `["dense", 0, 0, {...}]`, or `["_CONSTANT_VALUE", -1, 2.0, {...}]`.
static bool isKeras2Argument(const json &value) {
  return value.is_array() && value.size() == 4 && value[0].is_string() &&
         value[3].is_object();
}

/// Keras 3 writes `{"args": [...], "kwargs": {...}}`. Older versions write the
/// first argument, and those by keyword behind each of its tensors.
void GraphReader::readCall(const LayerEntry &layer, const json &node) {
  inputNames.emplace_back();
  graph.calls.push_back({&layer});
  if (const json *positional = findMember(node, "args")) {
    isKeras3 = true;
    if (positional->is_array())
      for (const json &value : *positional)
        readArgument(layer, "", value);
    if (const json *arguments = findMember(node, "kwargs"))
      readKeywords(layer, *arguments);
    return;
  }
  const json *first = &node;
  while (first->is_array() && !first->empty() && !isKeras2Argument(*first))
    first = &first->front();
  bool hasKeywords = isKeras2Argument(*first);
  bool isConstant = hasKeywords && (*first)[0] == "_CONSTANT_VALUE";
  readArgument(layer, "", isConstant ? (*first)[2] : node);
  if (hasKeywords)
    readKeywords(layer, first->back());
}

TensorNames GraphReader::readPorts(const json &config, const char *key) {
  TensorNames names;
  if (const json *ports = findMember(config, key))
    collect(nullptr, *ports, names);
  if (names.empty())
    builder.emitError() << "expects a list of '" << key << "'";
  return names;
}

void GraphReader::readCalls() {
  ranges.resize(layers.size());
  for (auto [index, layer] : enumerate(layers)) {
    if (!indices.try_emplace(layer.step.name, index).second)
      emitError(&layer) << "expects layers of different names";
    CallRange &range = ranges[index];
    range.first = graph.calls.size();
    if (layer.isInput()) {
      inputNames.emplace_back();
      graph.calls.push_back({&layer});
    } else if (layer.nodes && layer.nodes->is_array()) {
      for (const json &node : *layer.nodes)
        readCall(layer, node);
    }
    range.count = graph.calls.size() - range.first;
    for (size_t number = 0; number < range.count; ++number) {
      graph.calls[range.first + number].number = number;
      graph.calls[range.first + number].count = range.count;
    }
    if (range.count == 0)
      emitError(&layer) << "expects a call of the layer in 'inbound_nodes'";
  }
}

//===----------------------------------------------------------------------===//
// From names to calls
//===----------------------------------------------------------------------===//

void GraphReader::noteReferences(ArrayRef<TensorName> names) {
  for (const TensorName &name : names)
    if (auto found = indices.find(name.layer); found != indices.end()) {
      int64_t &lowest = ranges[found->second].lowest;
      lowest = std::min(lowest, name.call);
    }
}

/// The calls of a nested model that are not in the file but count: its first,
/// from its own inputs. Keras 3 counts it where it lists the ports of the model
/// around it, and of functional models alone; earlier versions do in most
/// files, and then everywhere.
int64_t GraphReader::countOwnCalls(const LayerEntry &layer, bool isPort) const {
  if (!isModelClass(layer.className))
    return 0;
  if (isKeras3)
    return isPort && layer.className != "Sequential";
  return ranges[&layer - layers.begin()].lowest == 1;
}

/// The tensor of a name that `layer` reads, or of a port of the model.
ModelGraph::Tensor GraphReader::resolve(const LayerEntry *layer,
                                        const TensorName &name) {
  const ModelGraph::Tensor unknown{graph.calls.size(), 0};
  auto found = indices.find(name.layer);
  if (found == indices.end()) {
    emitError(layer) << "expects tensors of the model, but got one of '"
                     << name.layer << "', which is no layer of it";
    return unknown;
  }
  const CallRange &range = ranges[found->second];
  if (range.count == 0)
    return unknown;
  int64_t call = name.call - countOwnCalls(layers[found->second], !layer);
  if (call < 0 || uint64_t(call) >= range.count || name.output < 0) {
    emitError(layer) << "expects tensors of the model, but got output "
                     << name.output << " of call " << name.call << " of layer '"
                     << name.layer << "', which has " << range.count
                     << (range.count == 1 ? " call" : " calls");
    return unknown;
  }
  return {range.first + size_t(call), size_t(name.output)};
}

/// Orders the calls so that each follows those that it depends on, and else as
/// the file has them. Reports a cycle.
void GraphReader::sort() {
  std::vector<SmallVector<size_t, 2>> users(graph.calls.size());
  std::vector<size_t> pending(graph.calls.size());
  auto isKnown = [&](const ModelGraph::Tensor &tensor) {
    return tensor.call < graph.calls.size();
  };
  std::priority_queue<size_t, std::vector<size_t>, std::greater<size_t>> ready;
  for (auto [index, call] : enumerate(graph.calls)) {
    for (const ModelGraph::Tensor &input : call.inputs)
      if (isKnown(input)) {
        users[input.call].push_back(index);
        ++pending[index];
      }
    if (pending[index] == 0)
      ready.push(index);
  }
  while (!ready.empty()) {
    size_t index = ready.top();
    ready.pop();
    graph.order.push_back(index);
    for (size_t user : users[index])
      if (--pending[user] == 0)
        ready.push(user);
  }
  if (graph.order.size() == graph.calls.size())
    return;
  // From a call that is left, against the direction of the graph: after as
  // many steps as there are calls, the walk is in a cycle.
  size_t last = llvm::find_if(pending, [](size_t count) { return count > 0; }) -
                pending.begin();
  for (size_t step = 0; step < graph.calls.size(); ++step)
    last = llvm::find_if(graph.calls[last].inputs,
                         [&](const ModelGraph::Tensor &input) {
                           return isKnown(input) && pending[input.call] > 0;
                         })
               ->call;
  emitError(graph.calls[last].layer)
      << "expects a model without cycles, but the layer depends on itself";
  // Their layers are still checked.
  for (auto [index, count] : enumerate(pending))
    if (count > 0)
      graph.order.push_back(index);
}

ModelGraph GraphReader::read(const json &config) {
  readCalls();
  TensorNames inputs = readPorts(config, "input_layers");
  TensorNames outputs = readPorts(config, "output_layers");
  for (const TensorNames &names : inputNames)
    noteReferences(names);
  noteReferences(inputs);
  noteReferences(outputs);
  for (auto [call, names] : zip_equal(graph.calls, inputNames))
    for (const TensorName &name : names)
      call.inputs.push_back(resolve(call.layer, name));
  for (const TensorName &name : inputs) {
    ModelGraph::Tensor tensor = resolve(nullptr, name);
    if (tensor.call < graph.calls.size() &&
        !graph.calls[tensor.call].layer->isInput())
      builder.emitError(name.layer)
          << "expects 'input_layers' of class InputLayer, but got class '"
          << graph.calls[tensor.call].layer->className << "'";
    graph.inputs.push_back(tensor);
  }
  for (const TensorName &name : outputs)
    graph.outputs.push_back(resolve(nullptr, name));
  sort();
  return std::move(graph);
}

ModelGraph keras::readModelGraph(ModelBuilder &builder,
                                 ArrayRef<LayerEntry> layers,
                                 const json &config) {
  return GraphReader(builder, layers).read(config);
}
