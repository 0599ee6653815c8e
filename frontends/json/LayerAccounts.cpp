//===- LayerAccounts.cpp - What a replacement reads of a layer --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/LayerAccounts.h"
#include "frontends/OutputLayers.h"
#include "llvm/ADT/StringExtras.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using nlohmann::json;

//===----------------------------------------------------------------------===//
// Config
//===----------------------------------------------------------------------===//

/// Whether `name` is one of `names` or nested in one.
static bool isCovered(StringRef name, ArrayRef<std::string> names) {
  return llvm::any_of(names, [&](const std::string &known) {
    StringRef rest = name;
    return rest.consume_front(known) && (rest.empty() || rest.front() == '/');
  });
}

const json *LayerConfig::find(StringRef key) {
  const json *value = &reader.getObject();
  SmallVector<StringRef> parts;
  key.split(parts, '/');
  for (StringRef part : parts) {
    auto member = value->is_object() ? value->find(part.str()) : value->end();
    if (!value->is_object() || member == value->end())
      return nullptr;
    value = &*member;
  }
  readKeys.push_back(key.str());
  return value->is_null() ? nullptr : value;
}

std::vector<std::string>
LayerConfig::findUnread(ArrayRef<std::string> ignored) const {
  std::vector<std::string> unread;
  for (const auto &member : reader.getObject().items())
    if (!reader.isTaken(member.key()))
      collect(member.value(), member.key(), ignored, unread);
  return unread;
}

void LayerConfig::collect(const json &value, const std::string &name,
                          ArrayRef<std::string> ignored,
                          std::vector<std::string> &unread) const {
  if (value.is_null() || isCovered(name, readKeys) || isCovered(name, ignored))
    return;
  if (!value.is_object())
    unread.push_back(name);
  else
    for (const auto &member : value.items())
      collect(member.value(), name + "/" + member.key(), ignored, unread);
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

Expected<Array> LayerWeights::read(StringRef name) const {
  bool isNumber = !name.empty() && llvm::all_of(name, isDigit);
  SmallVector<size_t> found;
  for (auto [index, weight] : enumerate(weights))
    if (isNumber ? weight.number == name
                 : !weight.name.empty() && isEndOf(name, "/" + weight.name))
      found.push_back(index);
  if (found.size() != 1) {
    SmallVector<std::string> known;
    for (size_t index = 0; index < weights.size(); ++index)
      if (found.empty() || llvm::is_contained(found, index))
        known.push_back(weights[index].describe());
    std::string names = listNames(llvm::to_vector_of<StringRef>(known));
    if (weights.empty())
      return makeError("expects a weight '" + name +
                       "' of the layer, which has none in the file");
    return makeError(found.empty() ? "expects a weight of the layer, one of " +
                                         names + ", but got '" + name + "'"
                                   : "expects one weight of the layer, but '" +
                                         name + "' can be any of " + names);
  }
  wasRead[found.front()] = true;
  Expected<DoubleArray> array = weights[found.front()].read();
  if (!array)
    return array.takeError();
  return Array{array->shape, {array->values.begin(), array->values.end()}};
}

static bool isIgnored(const LayerWeight &weight,
                      ArrayRef<std::string> ignored) {
  std::string path = "/" + weight.name + "/";
  return llvm::any_of(ignored, [&](const std::string &name) {
    return name == weight.number || StringRef(path).contains("/" + name + "/");
  });
}

std::vector<std::string>
LayerWeights::findUnread(ArrayRef<std::string> ignored) const {
  std::vector<std::string> unread;
  for (auto [index, weight] : enumerate(weights))
    if (!wasRead[index] && !isIgnored(weight, ignored))
      unread.push_back(weight.describe());
  return unread;
}
