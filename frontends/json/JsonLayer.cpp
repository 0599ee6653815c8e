//===- JsonLayer.cpp - One layer of Frieze's JSON ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/json/JsonLayer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nlohmann::json;

ArrayRef<int64_t> JsonLayer::getInputShape() const {
  return input ? getShape(input) : ArrayRef<int64_t>();
}

bool JsonLayer::checkReady(size_t minimum, size_t maximum) {
  if (!input)
    return false;
  size_t rank = getInputShape().size();
  if (rank < minimum || rank > maximum)
    attributes.emitError() << "expects an input of rank " << minimum << " to "
                           << maximum << " with the batch, but got shape "
                           << formatShape(getInputShape());
  isReady = !attributes.hasFailed();
  return isReady;
}

SmallVector<int64_t> JsonLayer::takeInts(StringRef key,
                                         std::optional<int64_t> fallback,
                                         size_t count, int64_t minimum) {
  const json *value = attributes.take(key);
  if (input || !value || !value->is_array())
    return attributes.takeInts(key, fallback, count, minimum);
  attributes.takeIntList(key, minimum);
  return SmallVector<int64_t>(count, minimum);
}

std::optional<int64_t> JsonLayer::takeAxis() {
  const int64_t limit = maxRank;
  int64_t axis = attributes.takeInt("axis", -1, -limit, limit);
  if (!input || attributes.hasFailed())
    return std::nullopt;
  int64_t rank = getInputShape().size();
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  attributes.emitError() << "expects an axis from " << -rank << " to "
                         << rank - 1 << ", but got " << axis;
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> JsonLayer::takeAxes(StringRef key) {
  SmallVector<int64_t> axes = attributes.takeIntList(key, -int64_t(maxRank));
  if (!input || attributes.hasFailed())
    return std::nullopt;
  int64_t rank = getInputShape().size();
  for (int64_t &axis : axes) {
    int64_t given = axis;
    axis += axis < 0 ? rank : 0;
    if (axis < 1 || axis >= rank || llvm::count(axes, axis) > 1) {
      attributes.emitError() << "expects '" << key
                             << "' to be different axes other than the batch, "
                                "but got "
                             << given;
      return std::nullopt;
    }
  }
  llvm::sort(axes);
  return axes;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Appends the numbers of `value`, nested as `shape`. False where it isn't.
static bool appendNested(const json &value, ArrayRef<int64_t> shape,
                         std::vector<float> &values) {
  if (shape.empty()) {
    if (!value.is_number())
      return false;
    values.push_back(value.get<double>());
    return true;
  }
  return value.is_array() && int64_t(value.size()) == shape.front() &&
         llvm::all_of(value, [&](const json &element) {
           return appendNested(element, shape.drop_front(), values);
         });
}

/// The numbers of `value`, nested as `shape` or flat. Nothing where it is
/// neither.
static std::optional<Array> parseValues(const json &value,
                                        ArrayRef<int64_t> shape) {
  Array array{SmallVector<int64_t>(shape), {}};
  bool isFlat = value.is_array() && !value.empty() && value.front().is_number();
  SmallVector<int64_t> flatShape{countElements(shape).value_or(-1)};
  if (!appendNested(value, isFlat ? ArrayRef<int64_t>(flatShape) : shape,
                    array.values))
    return std::nullopt;
  return array;
}

std::optional<std::string> frieze::getWeightName(const json &value) {
  if (!value.is_object() || value.size() != 1 || !value.contains("weight"))
    return std::nullopt;
  const json &name = value.front();
  if (name.is_number_unsigned())
    return std::to_string(name.get<uint64_t>());
  return name.is_string() ? std::optional(name.get<std::string>())
                          : std::nullopt;
}

ElementsAttr JsonLayer::takeWeights(StringRef parameter,
                                    ArrayRef<int64_t> shape, bool isOptional) {
  const json *value = attributes.take(parameter);
  std::optional<std::string> named;
  if (value)
    named = value->is_string() ? std::optional(value->get<std::string>())
                               : getWeightName(*value);
  bool isDefault = value ? *value == true : !isOptional;
  if (!value && isOptional)
    return {};
  if (value && *value == false && isOptional)
    return {};
  if (!isReady)
    return {};

  if (value && value->is_array()) {
    std::optional<Array> array = parseValues(*value, shape);
    if (array)
      return builder.addWeights(name, parameter, *array);
    attributes.emitError() << "expects '" << parameter << "' of shape "
                           << formatShape(shape) << ", nested or flat";
    return builder.getPlaceholder(shape);
  }
  if (!named && !isDefault) {
    attributes.emitError()
        << "expects '" << parameter
        << "' to be numbers or the name of an array, but got "
        << formatJson(*value);
    return builder.getPlaceholder(shape);
  }
  StringRef ownName = StringRef(name).drop_front(model.prefix.size());
  std::string key = named ? *named : (ownName + "." + parameter).str();
  if (!model.weights) {
    attributes.emitError() << "expects '" << parameter
                           << "', or a weight file with an array '" << key
                           << "'";
    return builder.getPlaceholder(shape);
  }
  Expected<Array> array = model.weights->read(key);
  if (!array) {
    attributes.emitError() << toString(array.takeError());
    return builder.getPlaceholder(shape);
  }
  if (ArrayRef(array->shape) != shape) {
    attributes.emitError() << "expects " << parameter << " of shape "
                           << formatShape(shape) << " in array '" << key
                           << "', but got " << formatShape(array->shape);
    return builder.getPlaceholder(shape);
  }
  return builder.addWeights(name, parameter, *array);
}
