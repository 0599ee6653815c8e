//===- RawOperations.cpp - Operations of TensorFlow's graphs ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The config has the NodeDef of the operation as JSON of Protocol Buffers
// (numbers of 64 bits and names of types are strings, bytes are in base 64),
// and in `constants` those of its inputs that are no tensors of Keras.
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/RawOperations.h"
#include "frontends/keras/ModelConfig.h"
#include "frontends/keras/RawOperationTable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Base64.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// The value of an attribute. Nothing where it is of another kind.
static std::optional<json> readAttribute(const json &attribute) {
  if (!attribute.is_object() || attribute.size() != 1)
    return std::nullopt;
  StringRef kind = attribute.begin().key();
  const json &value = attribute.front();
  auto readInteger = [](const json &number) -> std::optional<json> {
    int64_t integer;
    if (number.is_number_integer())
      return number;
    if (number.is_string() && !StringRef(number.get_ref<const std::string &>())
                                   .getAsInteger(10, integer))
      return json(integer);
    return std::nullopt;
  };
  if (kind == "i")
    return readInteger(value);
  if ((kind == "f" && value.is_number()) || (kind == "b" && value.is_boolean()))
    return value;
  if (kind == "type" && value.is_string())
    return value;
  if (kind == "s" && value.is_string()) {
    std::vector<char> bytes;
    if (Error error =
            decodeBase64(value.get_ref<const std::string &>(), bytes)) {
      consumeError(std::move(error));
      return std::nullopt;
    }
    return std::string(bytes.begin(), bytes.end());
  }
  if (kind != "list" || !value.is_object() || value.size() > 1)
    return std::nullopt;
  if (const json *types = findMember(value, "type"))
    return *types;
  json list = json::array();
  const json *integers = findMember(value, "i");
  if (value.size() == 1 && (!integers || !integers->is_array()))
    return std::nullopt;
  if (integers)
    for (const json &element : *integers) {
      std::optional<json> integer = readInteger(element);
      if (!integer)
        return std::nullopt;
      list.push_back(*integer);
    }
  return list;
}

/// Adds the attributes to `arguments`. What is wrong with them, or "".
static std::string readAttributes(const RawOperation &operation,
                                  const json &attributes, json &arguments,
                                  json &config) {
  StringMap<StringRef> known;
  for (StringRef pair : llvm::split(operation.attributes, ',')) {
    auto [name, parameter] = pair.split('=');
    known[name] = parameter.empty() ? name : parameter;
  }
  for (const auto &member : attributes.items()) {
    StringRef name = member.key();
    std::optional<json> value = readAttribute(member.value());
    if (known.contains(name)) {
      if (!value)
        return " with '" + name.str() + "'";
      arguments[known[name].str()] = *value;
      continue;
    }
    // The compiler's own, and the number of inputs.
    if (name.starts_with("_") || name == "N")
      continue;
    const json *list = findMember(member.value(), "list");
    bool isType =
        value && findMember(list ? *list : member.value(), "type") != nullptr;
    if (name == "T" && isType && !list && !operation.takesAny) {
      if (*value == "DT_DOUBLE" || *value == "DT_HALF" ||
          *value == "DT_BFLOAT16")
        config["dtype"] = *value == "DT_DOUBLE" ? "float64"
                          : *value == "DT_HALF" ? "float16"
                                                : "bfloat16";
      else if (*value != "DT_FLOAT" && *value != "DT_BOOL")
        return " of " + value->get<std::string>();
      continue;
    }
    // Types of indices, and what has its default value.
    if (!isType && value != json(false) && value != json(0) &&
        value != json::array())
      return " with '" + name.str() + "'";
  }
  return "";
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// The parameter that input `index` of `count` is.
static StringRef getParameter(const RawOperation &operation, size_t index,
                              size_t count) {
  SmallVector<StringRef> parameters;
  operation.inputs.split(parameters, ',');
  bool isList = parameters.front().ends_with("*");
  size_t others = parameters.size() - 1;
  if (isList && index + others < count)
    return parameters.front().drop_back();
  if (isList)
    return parameters[1 + index + others - count];
  return index < parameters.size() ? parameters[index] : "";
}

/// A call on `tensors`, in Keras's `inbound_nodes`. Nothing where it does not
/// fit.
static std::optional<json> makeCall(const RawOperation &operation,
                                    const json &tensors, const json &constants,
                                    json arguments, size_t count) {
  StringRef first =
      findLayerClass(("tf." + operation.function).str())->parameters;
  first = first.split(',').first;
  auto findConstant = [&](size_t index) {
    return findMember(constants, std::to_string(index).c_str());
  };
  // The last of them is a parameter of the function that had a gradient.
  bool isIdentity = operation.name == "IdentityN";
  while (isIdentity && count > 0 && findConstant(count - 1))
    --count;
  json heads = json::array();
  size_t next = 0;
  for (size_t index = 0; index < count; ++index) {
    StringRef parameter = getParameter(operation, index, count);
    const json *constant = findConstant(index);
    bool isList = operation.inputs.contains('*') && parameter == first;
    if (parameter.empty() || (constant ? isList : next >= tensors.size()))
      return std::nullopt;
    const json &value = constant ? *constant : tensors[next++];
    if (parameter == first)
      heads.push_back(constant ? json{"_CONSTANT_VALUE", -1, value}
                               : json{value[0], value[1], value[2]});
    else
      arguments[parameter.str()] =
          constant ? value : json{value[0], value[1], value[2]};
  }
  if (next != tensors.size() || heads.empty() ||
      (operation.change && !operation.change(arguments)))
    return std::nullopt;
  for (json &head : heads)
    head.push_back(arguments);
  return operation.inputs.contains('*') ? heads : heads.front();
}

/// Whether these are tensors, as Keras names them.
static bool areTensors(const json &node) {
  return node.is_array() && llvm::all_of(node, [](const json &tensor) {
           return tensor.is_array() && tensor.size() >= 3 &&
                  tensor[0].is_string();
         });
}

/// The sum of tensors is a layer of Keras. False where there are constants
/// among them.
static bool updateSum(json &layer, const json &config) {
  const json *constants = findMember(config, "constants");
  if (constants && !constants->empty())
    return false;
  layer["class_name"] = "Add";
  layer["config"] = {{"name", config.value("name", json())},
                     {"dtype", config.value("dtype", json())}};
  layer.erase("module");
  return true;
}

/// Makes the layer a call. Returns what is wrong with the operation: "" alone
/// where it has none.
static std::optional<std::string> update(json &layer, const json &config,
                                         StringRef name) {
  auto operation =
      llvm::find_if(getRawOperations(), [&](const RawOperation &known) {
        return known.name == name;
      });
  if (operation == getRawOperations().end())
    return "";
  json arguments = json::object();
  json updated{{"name", config.value("name", json())},
               {"dtype", config.value("dtype", json())},
               {"function", operation->function.str()}};
  const json &node = config["node_def"];
  json constants = config.value("constants", json::object());
  std::string problem = readAttributes(
      *operation, node.value("attr", json::object()), arguments, updated);
  if (!problem.empty())
    return problem;
  const json *inputs = findMember(node, "input");
  const json *nodes = findMember(layer, "inbound_nodes");
  if (!inputs || !inputs->is_array() || !nodes || !nodes->is_array())
    return " with damaged inputs";
  json calls = json::array();
  for (const json &call : *nodes) {
    // One tensor may stand without a list around it.
    json tensors = call.is_array() && !call.empty() && call[0].is_string()
                       ? json::array({call})
                       : call;
    std::optional<json> made;
    if (areTensors(tensors))
      made =
          makeCall(*operation, tensors, constants, arguments, inputs->size());
    if (!made)
      return " with other inputs";
    calls.push_back(std::move(*made));
  }
  layer["class_name"] = "TFOpLambda";
  layer["config"] = std::move(updated);
  layer["inbound_nodes"] = std::move(calls);
  layer.erase("module");
  return std::nullopt;
}

void keras::updateRawOperations(json &model) {
  if (model.is_structured())
    for (json &member : model)
      updateRawOperations(member);
  const json *className = findMember(model, "class_name");
  const json *config = findMember(model, "config");
  const json *node = config ? findMember(*config, "node_def") : nullptr;
  const json *name = node ? findMember(*node, "op") : nullptr;
  if (!className || *className != "TensorFlowOpLayer" || !name ||
      !name->is_string())
    return;
  json given = *config;
  std::string operation = name->get<std::string>();
  if (operation == "AddN" && updateSum(model, given))
    return;
  std::optional<std::string> problem = update(model, given, operation);
  if (!problem)
    return;
  model["class_name"] = "TFOpLambda";
  model["config"]["function"] = "raw_ops." + operation + *problem;
}

std::vector<LayerDescription> keras::listRawOperations() {
  std::vector<LayerDescription> operations{
      {"Keras", "tf.raw_ops.AddN", {"inputs"}}};
  for (const RawOperation &operation : getRawOperations()) {
    std::vector<std::string> names;
    for (StringRef input : llvm::split(operation.inputs, ','))
      names.push_back(input.rtrim('*').str());
    if (!operation.attributes.empty())
      for (StringRef pair : llvm::split(operation.attributes, ','))
        names.push_back(pair.split('=').first.str());
    operations.push_back(
        {"Keras", ("tf.raw_ops." + operation.name).str(), std::move(names)});
  }
  return operations;
}
