//===- Slices.cpp - Parts of tensors between Keras layers -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `x[:, -1]`, `split(x, 2)` and `flip(x, 1)` become in a file.
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

namespace {
/// What is cut from a value, with an entry for each of its axes.
struct Cut {
  explicit Cut(Value value)
      : begin(getShape(value).size(), 0), size(getShape(value)),
        strides(begin.size(), 1) {}

  Value apply(Layer &layer) const {
    return layer.builder.slice(layer.name, layer.getInput(), begin, size,
                               strides);
  }

  SmallVector<int64_t> begin, size, strides;
};
} // namespace

//===----------------------------------------------------------------------===//
// Indexing
//===----------------------------------------------------------------------===//

static bool isEllipsis(const json &item) {
  return item.is_object() && item.value("class_name", json()) == "__ellipsis__";
}

/// A member of a slice, or `fallback` where it is null or absent.
static std::optional<int64_t> getBound(const json &slice, const char *key,
                                       int64_t fallback) {
  auto member = slice.find(key);
  if (member == slice.end() || member->is_null())
    return fallback;
  if (!member->is_number_integer() ||
      std::abs(member->get<double>()) > double(maxElements))
    return std::nullopt;
  return member->get<int64_t>();
}

/// Sets axis `axis` of `cut` to what Python's `start:stop:step` means. Fails
/// for what is none, and where nothing is left.
static bool setSlice(Cut &cut, size_t axis, const json &item) {
  const json *slice = &item;
  if (auto config = item.find("config");
      config != item.end() && config->is_object())
    slice = &*config;
  int64_t size = cut.size[axis];
  std::optional<int64_t> step = getBound(*slice, "step", 1);
  if (!step || *step == 0)
    return false;
  bool isBackwards = *step < 0;
  const int64_t none = maxElements;
  auto getPosition = [&](const char *key, int64_t fallback) {
    std::optional<int64_t> bound = getBound(*slice, key, 2 * none);
    if (!bound || *bound == 2 * none)
      return bound ? std::optional(fallback) : bound;
    int64_t position = *bound < 0 ? *bound + size : *bound;
    return std::optional(isBackwards
                             ? std::clamp<int64_t>(position, -1, size - 1)
                             : std::clamp<int64_t>(position, 0, size));
  };
  std::optional<int64_t> start =
      getPosition("start", isBackwards ? size - 1 : 0);
  std::optional<int64_t> stop = getPosition("stop", isBackwards ? -1 : size);
  if (!start || !stop)
    return false;
  int64_t length = isBackwards ? *start - *stop : *stop - *start;
  if (length <= 0)
    return false;
  cut.begin[axis] = *start;
  cut.strides[axis] = *step;
  cut.size[axis] = (length - 1) / std::abs(*step) + 1;
  return true;
}

/// `x[...]` with slices, integers, new axes and an ellipsis.
static Value importGetItem(Layer &layer) {
  bool isKeras = layer.config.getObject().contains("key");
  const json *key = layer.config.take(isKeras ? "key" : "slice_spec");
  if (!layer.getInput())
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  json items = json::array();
  if (key && key->is_array())
    items = *key;
  else if (key)
    items.push_back(*key);
  size_t named = llvm::count_if(items, [](const json &item) {
    return !item.is_null() && !isEllipsis(item);
  });
  Cut cut(layer.getInput());
  SmallVector<int64_t> result;
  size_t axis = 0;
  bool isKnown = named <= shape.size();
  for (const json &item : items) {
    if (!isKnown)
      break;
    if (item.is_null()) {
      result.push_back(1);
    } else if (isEllipsis(item)) {
      for (size_t rest = shape.size() - named; rest > 0; --rest)
        result.push_back(shape[axis++]);
      named = shape.size();
    } else if (item.is_number_integer()) {
      double index = item.get<double>(), size = shape[axis];
      isKnown = index >= -size && index < size;
      if (isKnown)
        cut.begin[axis] = int64_t(index < 0 ? index + size : index);
      cut.size[axis++] = 1;
    } else {
      isKnown = item.is_object() && setSlice(cut, axis, item);
      result.push_back(cut.size[axis++]);
    }
  }
  if (!isKnown) {
    layer.emitError() << "expects slices, positions and new axes within shape "
                      << formatShape(shape);
    return {};
  }
  result.append(shape.begin() + axis, shape.end());
  bool keepsBatch = !items.empty() && !items[0].is_null() &&
                    !items[0].is_number() && cut.begin[0] == 0 &&
                    cut.size[0] == shape[0];
  if (!layer.checkBatch(keepsBatch || items.empty()))
    return {};
  Value part = cut.apply(layer);
  return layer.builder.reshape(layer.name, part, ArrayRef(result).drop_front());
}

//===----------------------------------------------------------------------===//
// Parts of an axis
//===----------------------------------------------------------------------===//

/// Where the parts of an axis of `size` begin, and where the last ends. Keras
/// gives the number of parts or where they begin, TensorFlow the number or
/// their sizes. Empty for what is neither.
static SmallVector<int64_t> findParts(const json &parts, bool areSizes,
                                      int64_t size) {
  SmallVector<int64_t> bounds{0};
  auto isSize = [&](const json &value) {
    return value.is_number_integer() && value.get<double>() >= 1 &&
           value.get<double>() <= size;
  };
  if (isSize(parts) && size % parts.get<int64_t>() == 0)
    for (int64_t count = parts.get<int64_t>(), i = 1; i <= count; ++i)
      bounds.push_back(size / count * i);
  if (!parts.is_array() || !llvm::all_of(parts, isSize))
    return bounds.size() > 1 ? bounds : SmallVector<int64_t>();
  for (const json &part : parts)
    bounds.push_back(part.get<int64_t>() + (areSizes ? bounds.back() : 0));
  if (!areSizes)
    bounds.push_back(size);
  bool isRising =
      llvm::is_sorted(bounds) &&
      std::adjacent_find(bounds.begin(), bounds.end()) == bounds.end();
  return isRising && bounds.back() == size ? bounds : SmallVector<int64_t>();
}

static Value importSplit(Layer &layer) {
  bool isKeras = layer.config.getObject().contains("indices_or_sections");
  const json *parts =
      layer.config.take(isKeras ? "indices_or_sections" : "num_or_size_splits");
  if (!layer.getInput())
    return {};
  auto axes = layer.takeAxes("axis", layer.getInputShape().size());
  if (!axes || !layer.checkBatch(axes->size() == 1 && axes->front() != 0))
    return {};
  int64_t axis = axes->front(), size = layer.getInputShape()[axis];
  SmallVector<int64_t> bounds =
      findParts(parts ? *parts : json(), !isKeras, size);
  if (bounds.empty()) {
    layer.emitError() << "expects to split " << size
                      << " positions into parts, but got "
                      << formatJson(parts ? *parts : json());
    return {};
  }
  Value first;
  for (size_t part = 0; part + 1 < bounds.size(); ++part) {
    Cut cut(layer.getInput());
    cut.begin[axis] = bounds[part];
    cut.size[axis] = bounds[part + 1] - bounds[part];
    if (part == 0)
      first = cut.apply(layer);
    else
      layer.moreOutputs.push_back(cut.apply(layer));
  }
  return first;
}

static Value importFlip(Layer &layer) {
  if (!layer.getInput())
    return {};
  auto axes = layer.takeAxes("axis", layer.getInputShape().size());
  if (!axes ||
      !layer.checkBatch(!axes->empty() && !llvm::is_contained(*axes, 0)))
    return {};
  Cut cut(layer.getInput());
  for (int64_t axis : *axes) {
    cut.begin[axis] = cut.size[axis] - 1;
    cut.strides[axis] = -1;
  }
  return cut.apply(layer);
}

ArrayRef<LayerClass> keras::getSlices() {
  static const LayerClass classes[] = {
      {"ops.Flip", importFlip, false, "x,axis"},
      {"ops.GetItem", importGetItem, false, "x,key"},
      {"ops.Split", importSplit, false, "x,indices_or_sections,axis"},
      {"tf.__operators__.getitem", importGetItem, false, "tensor,slice_spec"},
      {"tf.reverse", importFlip, false, "tensor,axis"},
      {"tf.split", importSplit, false, "value,num_or_size_splits,axis"},
  };
  return classes;
}
