//===- Node.cpp - One node of an exported program ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"
#include "frontends/Json.h"

#include <limits>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nlohmann::json;

Node::Node(ModelBuilder &builder, std::string name, std::string target,
           const json &call, const Environment &environment, size_t numOutputs,
           std::vector<bool> usedOutputs)
    : GraphNode(builder, std::move(name)), target(std::move(target)),
      environment(environment), numOutputs(numOutputs),
      usedOutputs(std::move(usedOutputs)) {
  if (const json *inputs = findMember(call, "inputs");
      inputs && inputs->is_array())
    for (const json &input : *inputs)
      if (const json *argument = findMember(input, "arg"))
        arguments[findString(input, "name")] = argument;
}

const json *Node::take(StringRef key, std::string &kind) {
  taken.insert(key);
  auto found = arguments.find(key);
  if (found == arguments.end() || !found->second->is_object() ||
      found->second->size() != 1 || found->second->contains("as_none"))
    return nullptr;
  kind = found->second->items().begin().key();
  return &*found->second->begin();
}

bool Node::has(StringRef key) const {
  auto found = arguments.find(key);
  return found != arguments.end() && found->second->is_object() &&
         !found->second->contains("as_none");
}

void Node::reportKind(StringRef key, StringRef expected) {
  emitError() << "expects '" << key << "' of " << target << " to be "
              << expected;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Tensor Node::readTensor(StringRef key, const json &value) {
  std::string name = findString(value, "name");
  auto known = environment.tensors.find(name);
  if (known != environment.tensors.end())
    return known->second;
  emitError() << "expects its input '" << name
              << "' to be a tensor defined before it";
  return {};
}

Tensor Node::takeOptional(StringRef key) {
  std::string kind;
  const json *value = take(key, kind);
  if (!value)
    return {};
  // Some lists have None among their tensors.
  if (kind == "as_optional_tensor")
    return findMember(*value, "as_none") ? Tensor() : readTensor(key, *value);
  if (kind == "as_tensor")
    return readTensor(key, *value);
  reportKind(key, "a tensor");
  return {};
}

Tensor Node::takeTensor(StringRef key) {
  if (!has(key)) {
    ignore(key);
    reportKind(key, "a tensor");
    return {};
  }
  return takeOptional(key);
}

Tensors Node::takeTensors(StringRef key) {
  std::string kind;
  const json *list = take(key, kind);
  Tensors tensors;
  bool isOptional = kind == "as_optional_tensors";
  if (!list || (kind != "as_tensors" && !isOptional) || !list->is_array() ||
      list->empty()) {
    reportKind(key, "a list of tensors");
    return tensors;
  }
  for (const json &entry : *list) {
    const json *tensor = isOptional ? findMember(entry, "as_tensor") : &entry;
    tensors.push_back(tensor ? readTensor(key, *tensor) : Tensor());
  }
  return tensors;
}

std::shared_ptr<const Constant> Node::takeConstant(StringRef key) {
  Tensor tensor = takeTensor(key);
  if (tensor.value)
    emitError() << "unsupported '" << key << "' of " << target
                << ", expects a constant, but got a value computed from the "
                   "model's inputs";
  return tensor.constant;
}

Tensor Node::takeOperand(StringRef key, const Tensor &beside) {
  std::string kind;
  const json *value = take(key, kind);
  if (value && kind != "as_tensor") {
    double number = takeNumber(key, std::nullopt);
    DataType type = beside               ? beside.getType()
                    : kind == "as_float" ? DataType::Float
                                         : DataType::Int64;
    // A number with a point makes integers numbers with a point.
    if (kind == "as_float" && !isFloat(type))
      type = DataType::Float;
    return Constant{type, {}, {number}};
  }
  return takeTensor(key);
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

std::optional<int64_t> Node::readInteger(const json &value, StringRef kind) {
  if (kind != "as_sym_int")
    return asInteger(&value);
  if (std::optional<int64_t> number = asInteger(findMember(value, "as_int")))
    return number;
  auto known = environment.integers.find(findString(value, "as_name"));
  if (known == environment.integers.end())
    return std::nullopt;
  return known->second;
}

int64_t Node::takeInt(StringRef key, std::optional<int64_t> fallback) {
  std::string kind;
  const json *value = take(key, kind);
  if (!value && fallback)
    return *fallback;
  std::optional<int64_t> number;
  if (value && (kind == "as_int" || kind == "as_sym_int"))
    number = readInteger(*value, kind);
  if (number)
    return *number;
  reportKind(key, "an integer");
  return fallback.value_or(0);
}

/// A number of JSON, or one of those that are strings.
static std::optional<double> asNumber(const json &value) {
  if (value.is_number())
    return value.get<double>();
  if (value == "Infinity")
    return std::numeric_limits<double>::infinity();
  if (value == "-Infinity")
    return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

double Node::takeNumber(StringRef key, std::optional<double> fallback) {
  std::string kind;
  const json *value = take(key, kind);
  if (!value && fallback)
    return *fallback;
  std::optional<double> number;
  if (value && kind == "as_sym_int")
    number = readInteger(*value, kind);
  else if (value && kind == "as_sym_float")
    number = findMember(*value, "as_float")
                 ? asNumber(*findMember(*value, "as_float"))
                 : std::nullopt;
  else if (value && (kind == "as_int" || kind == "as_float"))
    number = asNumber(*value);
  else if (value && kind == "as_bool" && value->is_boolean())
    number = value->get<bool>();
  if (number)
    return *number;
  reportKind(key, "a number");
  return fallback.value_or(0.0);
}

bool Node::takeBool(StringRef key, bool fallback) {
  std::string kind;
  const json *value = take(key, kind);
  if (!value)
    return fallback;
  if (kind == "as_bool" && value->is_boolean())
    return value->get<bool>();
  reportKind(key, "true or false");
  return fallback;
}

std::string Node::takeString(StringRef key, StringRef fallback) {
  std::string kind;
  const json *value = take(key, kind);
  if (!value)
    return fallback.str();
  if (kind == "as_string" && value->is_string())
    return value->get<std::string>();
  reportKind(key, "a string");
  return fallback.str();
}

std::optional<SmallVector<int64_t>> Node::takeInts(StringRef key) {
  std::string kind;
  const json *list = take(key, kind);
  if (!list)
    return std::nullopt;
  SmallVector<int64_t> numbers;
  if (kind == "as_int" || kind == "as_sym_int") {
    if (std::optional<int64_t> number = readInteger(*list, kind))
      return SmallVector<int64_t>{*number};
  } else if ((kind == "as_ints" || kind == "as_sym_ints") && list->is_array() &&
             list->size() <= 64) {
    for (const json &entry : *list)
      if (std::optional<int64_t> number =
              readInteger(entry, kind == "as_ints" ? "as_int" : "as_sym_int"))
        numbers.push_back(*number);
    if (numbers.size() == list->size())
      return numbers;
  } else if (kind == "as_tensors" && list->empty()) {
    // What an empty list is called.
    return numbers;
  }
  reportKind(key, "a list of integers that are known");
  return std::nullopt;
}

SmallVector<int64_t> Node::takeInts(StringRef key, size_t count,
                                    int64_t fallback, int64_t minimum) {
  SmallVector<int64_t> fallbacks(count, fallback);
  SmallVector<int64_t> values = takeInts(key).value_or(SmallVector<int64_t>());
  if (values.empty())
    return fallbacks;
  if (values.size() == 1)
    values.assign(count, values.front());
  if (values.size() == count && llvm::all_of(values, [&](int64_t value) {
        return value >= minimum && value <= maxElements;
      }))
    return values;
  emitError() << "expects '" << key << "' of " << target << " to be " << count
              << (count == 1 ? " integer" : " integers") << " from " << minimum
              << " on, but got " << formatShape(values);
  return fallbacks;
}

std::optional<SmallVector<double>> Node::takeNumbers(StringRef key) {
  std::string kind;
  const json *list = take(key, kind);
  if (!list)
    return std::nullopt;
  SmallVector<double> numbers;
  if ((kind == "as_floats" || kind == "as_ints") && list->is_array() &&
      list->size() <= 64)
    for (const json &entry : *list)
      if (std::optional<double> number = asNumber(entry))
        numbers.push_back(*number);
  if (numbers.size() == list->size())
    return numbers;
  reportKind(key, "a list of numbers");
  return std::nullopt;
}

std::optional<int64_t>
Node::takeAxis(StringRef key, std::optional<int64_t> fallback, size_t rank) {
  return resolveAxis(takeInt(key, fallback), rank);
}

std::optional<DataType> Node::takeType(StringRef key, DataType fallback) {
  std::string kind;
  const json *value = take(key, kind);
  if (!value)
    return fallback;
  int64_t number = asInteger(value).value_or(-1);
  std::optional<DataType> type = getDataType(number);
  if (kind == "as_scalar_type" && type)
    return type;
  emitError() << "unsupported '" << key << "' of " << target << ": "
              << getTypeName(number);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Account
//===----------------------------------------------------------------------===//

void Node::expectAbsent(StringRef key) {
  std::string kind;
  const json *value = take(key, kind);
  if (value && *value != false)
    emitError() << "unsupported argument '" << key << "' of " << target
                << " with value " << formatJson(*value);
}

void Node::finish() {
  for (const auto &argument : arguments)
    if (!taken.contains(argument.first()) && has(argument.first()))
      emitError() << "unsupported argument '" << argument.first() << "' of "
                  << target;
}

void Node::expectUnused(size_t first) {
  for (size_t index = first; index < usedOutputs.size(); ++index)
    if (usedOutputs[index])
      emitError() << "unsupported output " << index << " of " << target;
}
