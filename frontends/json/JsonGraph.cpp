//===- JsonGraph.cpp - The layers of a model in Frieze's JSON ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/JsonGraph.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nlohmann::json;

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

/// Takes `shape`, whose sizes may be null.
static std::optional<SmallVector<int64_t>> takeShape(ObjectReader &input) {
  const json *value = input.take("shape");
  if (!value)
    return std::nullopt;
  SmallVector<int64_t> shape;
  json sizes = *value;
  for (json &size : sizes)
    if (size.is_null())
      size = 1;
  json object{{"shape", sizes}};
  ObjectReader reader(object, [&] { return input.emitError(); });
  shape = reader.takeIntList("shape", 1);
  if (!reader.hasFailed())
    for (auto [size, given] : llvm::zip_equal(shape, *value))
      size = given.is_null() ? ShapedType::kDynamic : size;
  return shape;
}

static JsonInput readInput(ObjectReader &root, const json &object) {
  ObjectReader reader(object, [&] { return root.emitError(); });
  JsonInput input;
  input.name = reader.takeString("name", "input");
  input.shape = takeShape(reader);
  reader.finish();
  return input;
}

JsonGraph frieze::readJsonGraph(ObjectReader &root) {
  JsonGraph graph;
  const json *input = root.take("input"), *inputs = root.take("inputs");
  if (input && !inputs)
    graph.inputs.push_back(readInput(root, *input));
  else if (inputs && !input && inputs->is_array())
    for (const json &object : *inputs)
      graph.inputs.push_back(readInput(root, object));
  if (graph.inputs.empty())
    root.emitError() << "expects an attribute 'input', or a list 'inputs'";
  const json *layers = root.take("layers");
  if (layers && layers->is_array() && !layers->empty())
    graph.layers = layers;
  else
    root.emitError() << "expects a list 'layers'";
  const json *outputs = root.take("outputs");
  auto names = outputs ? readStrings(*outputs) : std::nullopt;
  if (names && !names->empty())
    graph.outputs = std::move(*names);
  else if (outputs)
    root.emitError() << "expects 'outputs' to be a list of names of layers";
  else if (graph.layers)
    graph.outputs.push_back(getJsonName(graph.layers->back()));
  return graph;
}

std::string frieze::getJsonName(const json &layer) {
  auto name = layer.is_object() ? layer.find("name") : layer.end();
  return layer.is_object() && name != layer.end() && name->is_string()
             ? name->get<std::string>()
             : "";
}

llvm::StringSet<> frieze::findNeeded(const JsonGraph &graph,
                                     ArrayRef<std::string> outputs) {
  llvm::StringSet<> needed;
  needed.insert_range(outputs);
  for (size_t index = graph.layers->size(); index-- > 0;) {
    const json &layer = (*graph.layers)[index];
    if (!needed.contains(getJsonName(layer)))
      continue;
    auto inputs = layer.find("inputs");
    if (inputs != layer.end() && inputs->is_array()) {
      for (const json &input : *inputs)
        if (input.is_string())
          needed.insert(input.get<std::string>());
    } else {
      needed.insert(index > 0 ? getJsonName((*graph.layers)[index - 1])
                              : graph.inputs.front().name);
    }
  }
  return needed;
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

namespace {
/// Imports the layers of a model, one after the other.
class LayerReader {
public:
  LayerReader(JsonContext &model, const JsonGraph &graph,
              StringMap<Tensor> &tensors)
      : model(model), graph(graph), tensors(tensors) {}

  void read(size_t index);

private:
  InFlightDiagnostic emitError(StringRef layer);
  std::optional<json> fillIn(StringRef layer, const json &value);
  std::optional<Tensor> readOperand(JsonLayer &layer, const json &value);
  bool takeInputs(JsonLayer &layer, const JsonLayerType &type, size_t index);

  JsonContext &model;
  const JsonGraph &graph;
  StringMap<Tensor> &tensors;
};
} // namespace

InFlightDiagnostic LayerReader::emitError(StringRef layer) {
  InFlightDiagnostic diagnostic =
      model.builder.emitError(model.prefix + layer.str());
  diagnostic << model.origin;
  return diagnostic;
}

/// A copy of what a replacement says, with values of the replaced layer's
/// config for `{"config": key}`, and sizes for `{"size_of": tensor, "axis":
/// axis}`. Nothing, and reported, where there is none.
std::optional<json> LayerReader::fillIn(StringRef layer, const json &value) {
  if (value.is_object() && value.contains("config")) {
    const json &key = value["config"];
    bool hasDefault = value.contains("default");
    if (key.is_string() && value.size() == (hasDefault ? 2 : 1)) {
      if (const json *found =
              model.findConfig(key.get_ref<const std::string &>()))
        return *found;
      if (hasDefault)
        return value["default"];
    }
    emitError(layer) << "expects the config to have what "
                     << value.dump(-1, ' ', /*ensure_ascii=*/false,
                                   json::error_handler_t::replace)
                     << " means, or a default";
    return std::nullopt;
  }
  if (value.is_object() && value.contains("size_of")) {
    ObjectReader reader(value, [&] { return emitError(layer); });
    auto found = tensors.find(reader.takeString("size_of", {}));
    size_t axis = reader.takeInt("axis", {}, 1, maxRank);
    reader.finish();
    if (reader.hasFailed() || (found != tensors.end() && !found->second))
      return std::nullopt;
    if (found != tensors.end() && axis < found->second.getShape().size())
      return found->second.getShape()[axis];
    emitError(layer) << "expects 'size_of' to be a tensor with axis " << axis;
    return std::nullopt;
  }
  json filled = value;
  if (filled.is_structured())
    for (json &member : filled) {
      std::optional<json> own = fillIn(layer, member);
      if (!own)
        return std::nullopt;
      member = std::move(*own);
    }
  return filled;
}

static Constant toConstant(const Array &array) {
  return {
      DataType::Float, array.shape, {array.values.begin(), array.values.end()}};
}

/// A name, a number, numbers in lists, or a weight. Nothing where it is none of
/// them, which is reported.
std::optional<Tensor> LayerReader::readOperand(JsonLayer &layer,
                                               const json &value) {
  if (value.is_string()) {
    auto found = tensors.find(value.get_ref<const std::string &>());
    if (found != tensors.end())
      return found->second;
    layer.attributes.emitError()
        << "expects inputs of the model and layers before among 'inputs', but "
           "got "
        << formatJson(value);
    return std::nullopt;
  }
  if (std::optional<std::string> name = getWeightName(value)) {
    if (!model.weights) {
      layer.attributes.emitError()
          << "expects a weight file with an array '" << *name << "'";
      return std::nullopt;
    }
    Expected<Array> array = model.weights->read(*name);
    if (array)
      return toConstant(*array);
    layer.attributes.emitError() << toString(array.takeError());
    return std::nullopt;
  }
  if (std::optional<Array> array = readNumbers(value))
    return toConstant(*array);
  layer.attributes.emitError() << "expects names, numbers or weights among "
                                  "'inputs', but got "
                               << formatJson(value);
  return std::nullopt;
}

/// Takes the inputs of a layer. Reports too many and too few.
bool LayerReader::takeInputs(JsonLayer &layer, const JsonLayerType &type,
                             size_t index) {
  const json *inputs = layer.attributes.take("inputs");
  bool isKnown = true;
  if (!inputs && index > 0) {
    layer.inputs.push_back(
        tensors.lookup(getJsonName((*graph.layers)[index - 1])));
  } else if (!inputs) {
    for (const JsonInput &input : graph.inputs)
      layer.inputs.push_back(tensors.lookup(input.name));
  } else if (!inputs->is_array()) {
    layer.attributes.emitError()
        << "expects 'inputs' to be a list, but got " << formatJson(*inputs);
    isKnown = false;
  } else {
    for (const json &value : *inputs) {
      std::optional<Tensor> input = readOperand(layer, value);
      isKnown &= input.has_value();
      layer.inputs.push_back(input.value_or(Tensor()));
    }
  }
  size_t count = layer.inputs.size();
  if (isKnown && (count < type.minimumInputs || count > type.maximumInputs)) {
    layer.attributes.emitError()
        << "expects " << type.minimumInputs
        << (type.maximumInputs == SIZE_MAX ? " or more" : "")
        << (type.minimumInputs == 1 ? " input" : " inputs") << ", but got "
        << count;
    isKnown = false;
  }
  // Importers see as many inputs as they expect.
  if (!isKnown)
    layer.inputs.assign(type.minimumInputs, Tensor());
  if (type.takesConstants)
    return isKnown;
  // A constant is the same for each sample.
  Tensor &input = layer.inputs.front();
  if (input.constant) {
    GraphNode node(layer.builder, layer.name);
    SmallVector<int64_t> shape(input.getShape());
    shape.insert(shape.begin(), 1);
    input = node.makeValue(reshape(node, input, shape));
  }
  layer.input = input.value;
  return isKnown;
}

void LayerReader::read(size_t index) {
  const json &given = (*graph.layers)[index];
  std::string pointer = "at /layers/" + std::to_string(index) + ": ";
  std::string name = getJsonName(given);
  bool isNew = tensors.try_emplace(name).second;
  json filled = model.findConfig ? given : json();
  if (filled.is_object())
    for (json &member : filled) {
      std::optional<json> own = fillIn(name, member);
      if (!own)
        return;
      member = std::move(*own);
    }
  // Where there is no name, the place in the file stands for it.
  ObjectReader attributes(model.findConfig ? filled : given, [&] {
    InFlightDiagnostic diagnostic = emitError(name);
    if (name.empty())
      diagnostic << pointer;
    return diagnostic;
  });
  attributes.takeString("name", {});
  std::string type = attributes.takeString("type", {});
  if (!attributes.hasFailed() && !isNew)
    attributes.emitError() << "expects inputs and layers with different names";
  const JsonLayerType *known = findJsonLayer(type);
  if (!known) {
    if (!attributes.hasFailed())
      attributes.emitError() << "unsupported layer type '" << type << "'";
    tensors[name] = {};
    return;
  }
  JsonLayer layer{model, model.builder, attributes, model.prefix + name, {}};
  takeInputs(layer, *known, index);
  tensors[name] = known->import(layer);
  attributes.finish();
}

void frieze::importJsonLayers(JsonContext &model, const JsonGraph &graph,
                              StringMap<Tensor> &tensors,
                              const llvm::StringSet<> *needed) {
  LayerReader reader(model, graph, tensors);
  for (auto [index, layer] : enumerate(*graph.layers))
    if (!needed || needed->contains(getJsonName(layer)))
      reader.read(index);
}
