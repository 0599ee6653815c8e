//===- Json.cpp - JSON read with limits -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Json.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using nlohmann::json;

/// Whether brackets nest at most `maxJsonDepth` deep. Checked before parsing:
/// what reads a value afterwards is recursive.
static bool isShallow(StringRef text) {
  size_t depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inString = false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > maxJsonDepth)
        return false;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return true;
}

Expected<json> frieze::parseJson(StringRef text) {
  if (text.size() > maxJsonBytes)
    return makeError("expects at most " + Twine(maxJsonBytes) +
                     " bytes of JSON, but got " + Twine(text.size()));
  if (!isShallow(text))
    return makeError("expects JSON nested at most " + Twine(maxJsonDepth) +
                     " deep");
  try {
    return json::parse(text.begin(), text.end());
  } catch (const json::exception &error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: ..."
    StringRef message = error.what();
    message.consume_front("[json.exception.");
    size_t bracket = message.find("] ");
    if (bracket != StringRef::npos)
      message = message.drop_front(bracket + 2);
    return makeError("damaged JSON: " + message);
  }
}

std::string frieze::formatJson(const json &value) {
  // Not the whole value, which may be large: what is nested is not shown.
  if (value.is_object())
    return "an object";
  if (value.is_array() && value.size() > 8)
    return "a list of " + std::to_string(value.size());
  std::string text = value.dump(-1, ' ', /*ensure_ascii=*/false,
                                json::error_handler_t::replace);
  const size_t limit = 80;
  if (text.size() > limit)
    text = text.substr(0, limit) + "...";
  return text;
}

/// Appends the numbers of a list in lists, of `shape`. Fails for another shape.
static bool appendNumbers(const json &value, ArrayRef<int64_t> shape,
                          Array &array) {
  if (shape.empty()) {
    if (value.is_number() || value.is_boolean())
      array.values.push_back(value.is_boolean() ? value.get<bool>()
                                                : value.get<float>());
    return value.is_number() || value.is_boolean();
  }
  return value.is_array() && int64_t(value.size()) == shape.front() &&
         llvm::all_of(value, [&](const json &element) {
           return appendNumbers(element, shape.drop_front(), array);
         });
}

std::optional<Array> frieze::readNumbers(const json &value) {
  Array array;
  for (const json *element = &value; element->is_array() && !element->empty();
       element = &element->front())
    array.shape.push_back(element->size());
  if (!countElements(array.shape) || !appendNumbers(value, array.shape, array))
    return std::nullopt;
  return array;
}

std::optional<std::vector<std::string>> frieze::readStrings(const json &value) {
  if (value.is_array() &&
      llvm::all_of(value, [](const json &entry) { return entry.is_string(); }))
    return value.get<std::vector<std::string>>();
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// ObjectReader
//===----------------------------------------------------------------------===//

static const json &getEmptyObject() {
  static const json object = json::object();
  return object;
}

ObjectReader::ObjectReader(const json &object, EmitError emitError)
    : object(object.is_object() ? object : getEmptyObject()),
      emit(std::move(emitError)) {}

mlir::InFlightDiagnostic ObjectReader::emitError() {
  failed = true;
  return emit();
}

void ObjectReader::reportKind(StringRef key, StringRef kind,
                              const json &value) {
  emitError() << "expects '" << key << "' to be " << kind << ", but got "
              << formatJson(value);
}

void ObjectReader::reportMissing(StringRef key) {
  emitError() << "expects an attribute '" << key << "'";
}

const json *ObjectReader::take(StringRef key) {
  if (taken.insert(key).second)
    readKeys.push_back(key.str());
  auto member = object.find(key.str());
  if (member == object.end() || member->is_null())
    return nullptr;
  return &*member;
}

/// An integer within the limits, also where it is written as 3.0.
static std::optional<int64_t> asInt(const json &value, int64_t minimum,
                                    int64_t maximum) {
  if (!value.is_number())
    return std::nullopt;
  double number = value.get<double>();
  if (!(number >= double(minimum) && number <= double(maximum)) ||
      number != std::floor(number))
    return std::nullopt;
  return int64_t(number);
}

static std::string describeInt(int64_t minimum, int64_t maximum) {
  return "an integer from " + std::to_string(minimum) + " to " +
         std::to_string(maximum);
}

int64_t ObjectReader::takeInt(StringRef key, std::optional<int64_t> fallback,
                              int64_t minimum, int64_t maximum) {
  const json *value = take(key);
  if (!value) {
    if (!fallback)
      reportMissing(key);
    return fallback.value_or(minimum);
  }
  if (std::optional<int64_t> number = asInt(*value, minimum, maximum))
    return *number;
  reportKind(key, describeInt(minimum, maximum), *value);
  return minimum;
}

double ObjectReader::takeNumber(StringRef key, std::optional<double> fallback) {
  const json *value = take(key);
  if (!value) {
    if (!fallback)
      reportMissing(key);
    return fallback.value_or(0.0);
  }
  if (value->is_number() && std::isfinite(value->get<double>()))
    return value->get<double>();
  reportKind(key, "a number", *value);
  return 0.0;
}

bool ObjectReader::takeBool(StringRef key, bool fallback) {
  const json *value = take(key);
  if (!value)
    return fallback;
  if (value->is_boolean())
    return value->get<bool>();
  // Real files hold 0 and 1 as well.
  if (std::optional<int64_t> number = asInt(*value, 0, 1))
    return *number == 1;
  reportKind(key, "true or false", *value);
  return fallback;
}

std::string ObjectReader::takeString(StringRef key,
                                     std::optional<StringRef> fallback) {
  const json *value = take(key);
  if (!value) {
    if (!fallback)
      reportMissing(key);
    return fallback.value_or("").str();
  }
  if (value->is_string())
    return value->get<std::string>();
  reportKind(key, "a string", *value);
  return fallback.value_or("").str();
}

SmallVector<int64_t> ObjectReader::takeInts(StringRef key,
                                            std::optional<int64_t> fallback,
                                            size_t count, int64_t minimum) {
  const json *value = take(key);
  if (!value) {
    if (!fallback)
      reportMissing(key);
    return SmallVector<int64_t>(count, fallback.value_or(minimum));
  }
  if (std::optional<int64_t> number = asInt(*value, minimum, maxElements))
    return SmallVector<int64_t>(count, *number);
  SmallVector<int64_t> numbers;
  if (value->is_array() && value->size() == count)
    for (const json &element : *value)
      if (std::optional<int64_t> number = asInt(element, minimum, maxElements))
        numbers.push_back(*number);
  if (numbers.size() == count)
    return numbers;
  reportKind(key,
             "a list of " + std::to_string(count) + ", each " +
                 describeInt(minimum, maxElements),
             *value);
  return SmallVector<int64_t>(count, minimum);
}

SmallVector<int64_t> ObjectReader::takeIntList(StringRef key, int64_t minimum) {
  const json *value = take(key);
  SmallVector<int64_t> numbers;
  if (!value)
    return numbers;
  if (value->is_array())
    for (const json &element : *value)
      if (std::optional<int64_t> number = asInt(element, minimum, maxElements))
        numbers.push_back(*number);
  if (!value->is_array() || numbers.size() != value->size())
    reportKind(key, "a list, each " + describeInt(minimum, maxElements),
               *value);
  return numbers;
}

void ObjectReader::expectOnly(StringRef key, const json &expected) {
  bool isNew = !taken.contains(key);
  const json *value = take(key);
  if (isNew)
    readKeys.back() += "=" + (expected.is_string() ? expected.get<std::string>()
                                                   : formatJson(expected));
  if (value && *value != expected)
    emitError() << "unsupported value of '" << key << "', expects "
                << formatJson(expected) << ", but got " << formatJson(*value);
}

bool ObjectReader::isTaken(StringRef key) const { return taken.contains(key); }

void ObjectReader::ignoreSuffix(StringRef suffix) {
  for (const auto &member : object.items())
    if (StringRef(member.key()).ends_with(suffix))
      taken.insert(member.key());
}

void ObjectReader::finish() {
  for (const auto &member : object.items())
    if (!member.value().is_null() && !taken.contains(member.key()))
      emitError() << "unsupported attribute '" << member.key()
                  << "' with value " << formatJson(member.value());
}
