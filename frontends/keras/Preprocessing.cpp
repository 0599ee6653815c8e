//===- Preprocessing.cpp - Keras layers in front of a model -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Images.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <numeric>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

/// The `height` times `width` in the middle of images.
static Value cropImages(Layer &layer, int64_t height, int64_t width) {
  ArrayRef<int64_t> shape = layer.getInputShape();
  return layer.builder.slice(
      layer.name, layer.getInput(),
      {0, (shape[1] - height) / 2, (shape[2] - width) / 2, 0},
      {shape[0], height, width, shape[3]}, {1, 1, 1, 1});
}

/// The largest part of the images, in their middle, that has the shape of
/// `height` times `width`.
static Value cropToAspectRatio(Layer &layer, int64_t height, int64_t width) {
  ArrayRef<int64_t> shape = layer.getInputShape();
  auto fit = [](int64_t size, int64_t other, int64_t wanted,
                int64_t otherWanted) {
    auto part = int64_t(double(other * wanted) / double(otherWanted));
    return std::clamp<int64_t>(part, 1, size);
  };
  return cropImages(layer, fit(shape[1], shape[2], height, width),
                    fit(shape[2], shape[1], width, height));
}

static Value importCenterCrop(Layer &layer) {
  layer.ignoreTraining();
  int64_t height = layer.config.takeInt("height", {});
  int64_t width = layer.config.takeInt("width", {});
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, 2))
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  if (shape[1] >= height && shape[2] >= width)
    return cropImages(layer, height, width);
  return resizeImages(layer, cropToAspectRatio(layer, height, width),
                      {height, width}, /*isNearest=*/false);
}

static Value importResizing(Layer &layer) {
  layer.ignoreTraining();
  int64_t height = layer.config.takeInt("height", {});
  int64_t width = layer.config.takeInt("width", {});
  std::string interpolation =
      layer.config.takeString("interpolation", "bilinear");
  if (interpolation != "bilinear" && interpolation != "nearest")
    layer.emitError() << "unsupported interpolation '" << interpolation
                      << "', expects bilinear or nearest";
  bool crops = layer.config.takeBool("crop_to_aspect_ratio", false);
  for (StringRef key : {"pad_to_aspect_ratio", "antialias"})
    layer.config.expectOnly(key, false);
  // Of the padding.
  for (StringRef key : {"fill_mode", "fill_value"})
    layer.config.ignore(key);
  expectChannelsLast(layer);
  if (!checkSpatialLayer(layer, 2))
    return {};
  return resizeImages(
      layer, crops ? cropToAspectRatio(layer, height, width) : layer.getInput(),
      {height, width}, interpolation == "nearest");
}

//===----------------------------------------------------------------------===//
// Categories
//===----------------------------------------------------------------------===//

/// More are not compared one by one.
static constexpr size_t maxCategories = 1 << 16;

/// float32 has all whole numbers below it.
static constexpr float largestInteger = 1 << 24;

/// Layers that take integers convert other numbers as TensorFlow does, whatever
/// the type of the input is.
static Value toIntegers(Layer &layer) {
  Value input = layer.getInput();
  return input ? layer.builder.activation(layer.name, input,
                                          nn::ActivationKind::Trunc)
               : Value();
}

/// A row of weights for values with an axis more than the input.
static ElementsAttr addRow(Layer &layer, StringRef parameter,
                           std::vector<float> values) {
  SmallVector<int64_t> shape(layer.getInputShape().size(), 1);
  shape.push_back(values.size());
  return layer.builder.addWeights(layer.name, parameter,
                                  Array{shape, std::move(values)});
}

/// The truth of `kind` for each element of `value` and each of a row, which is
/// the last axis.
static Value compareWithRow(Layer &layer, nn::BinaryKind kind, Value value,
                            StringRef parameter, std::vector<float> row,
                            bool isRowFirst) {
  if (!value)
    return {};
  SmallVector<int64_t> shape(getShape(value).drop_front());
  shape.push_back(1);
  Value column = layer.builder.reshape(layer.name, value, shape);
  Value constant =
      layer.builder.constant(layer.name, addRow(layer, parameter, row));
  return isRowFirst ? layer.builder.binary(layer.name, kind, constant, column)
                    : layer.builder.binary(layer.name, kind, column, constant);
}

/// Takes `output_mode`; `binary` is an older name.
static std::string takeOutputMode(Layer &layer, StringRef fallback) {
  std::string mode = layer.config.takeString("output_mode", fallback.str());
  layer.config.expectOnly("sparse", false);
  if (mode == "binary")
    mode = "multi_hot";
  if (mode != "int" && mode != "one_hot" && mode != "multi_hot" &&
      mode != "count")
    layer.emitError() << "unsupported value of 'output_mode', '" << mode << "'";
  return mode;
}

/// Whole numbers below `depth` as `mode` asks for.
static Value encode(Layer &layer, Value numbers, StringRef mode,
                    int64_t depth) {
  if (mode == "int" || !numbers)
    return numbers;
  ArrayRef<int64_t> shape = getShape(numbers);
  int64_t last = shape.size() - 1;
  if (last < 1) {
    layer.emitError() << "expects an axis behind the batch";
    return {};
  }
  std::vector<float> classes(depth);
  std::iota(classes.begin(), classes.end(), 0.0f);
  Value encoded = compareWithRow(layer, nn::BinaryKind::Equal, numbers,
                                 "classes", classes, /*isRowFirst=*/false);
  if (mode != "one_hot")
    return layer.builder.reduce(
        layer.name, mode == "count" ? nn::ReduceKind::Sum : nn::ReduceKind::Max,
        encoded, {mode == "count" ? 1 : last}, /*keepDims=*/false);
  if (shape.back() != 1)
    return encoded;
  SmallVector<int64_t> result(shape.drop_front().drop_back());
  result.push_back(depth);
  return layer.builder.reshape(layer.name, encoded, result);
}

/// The numbers in a list of the config; nothing where it is none or too long,
/// which is reported with `hint`.
static std::optional<std::vector<float>>
takeNumbers(Layer &layer, StringRef key, StringRef hint = "") {
  const json *list = layer.config.take(key);
  bool isList = list && list->is_array() && !list->empty() &&
                list->size() <= maxCategories &&
                llvm::all_of(*list, [](const json &member) {
                  return member.is_number();
                });
  if (isList)
    return list->get<std::vector<float>>();
  if (layer.getInput())
    layer.emitError() << "expects '" << key << "' of 1 to " << maxCategories
                      << " numbers" << hint;
  return std::nullopt;
}

/// How many boundaries do not exceed an element.
static Value importDiscretization(Layer &layer) {
  std::optional<std::vector<float>> boundaries =
      takeNumbers(layer, "bin_boundaries");
  std::string mode = takeOutputMode(layer, "int");
  // How the boundaries were found.
  for (StringRef key : {"num_bins", "epsilon"})
    layer.config.ignore(key);
  if (!boundaries || !layer.checkRank(1, maxRank - 1) ||
      layer.config.hasFailed())
    return {};
  Value reached =
      compareWithRow(layer, nn::BinaryKind::LessEqual, layer.getInput(),
                     "bin_boundaries", *boundaries, /*isRowFirst=*/true);
  if (!reached)
    return {};
  int64_t last = getShape(reached).size() - 1;
  return encode(layer,
                layer.builder.reduce(layer.name, nn::ReduceKind::Sum, reached,
                                     {last}, /*keepDims=*/false),
                mode, boundaries->size() + 1);
}

static Value importCategoryEncoding(Layer &layer) {
  int64_t depth = layer.config.takeInt("num_tokens", {});
  std::string mode = takeOutputMode(layer, "multi_hot");
  if (!layer.checkRank(2, maxRank - 1) || layer.config.hasFailed())
    return {};
  if (mode == "int" || depth > int64_t(maxCategories)) {
    layer.emitError() << "expects another 'output_mode' than int, and at most "
                      << maxCategories << " tokens";
    return {};
  }
  return encode(layer, toIntegers(layer), mode, depth);
}

/// The position of a number in the vocabulary, behind those of the mask, if
/// there is one, and of all other numbers.
static Value importIntegerLookup(Layer &layer) {
  std::optional<std::vector<float>> vocabulary =
      takeNumbers(layer, "vocabulary",
                  "; give the layer vocabulary=layer.get_vocabulary("
                  "include_special_tokens=False) where the file has it apart");
  for (float number : vocabulary.value_or(std::vector<float>()))
    if (std::trunc(number) != number || std::abs(number) >= largestInteger) {
      layer.emitError() << "expects a 'vocabulary' of whole numbers below "
                        << int64_t(largestInteger) << ", but got "
                        << formatJson(number);
      break;
    }
  std::string mode = takeOutputMode(layer, "int");
  int64_t others = layer.config.takeInt("num_oov_indices", 1, 0);
  for (StringRef key : {"invert", "pad_to_max_tokens"})
    layer.config.expectOnly(key, false);
  for (StringRef key : {"mask_token", "idf_weights", "salt"})
    if (const json *value = layer.config.take(key); value && !value->is_null())
      layer.emitError() << "unsupported value of '" << key << "', expects none";
  // How the vocabulary was found, and what stands for others in reverse.
  for (StringRef key : {"max_tokens", "oov_token", "vocabulary_dtype",
                        "vocabulary_size", "oov_method", "encoding"})
    layer.config.ignore(key);
  if (!vocabulary || !layer.checkRank(1, maxRank - 1) ||
      layer.config.hasFailed())
    return {};
  if (others != 1) {
    layer.emitError() << "unsupported value of 'num_oov_indices', expects 1, "
                         "but got "
                      << others;
    return {};
  }
  Value found = compareWithRow(layer, nn::BinaryKind::Equal, toIntegers(layer),
                               "vocabulary", *vocabulary,
                               /*isRowFirst=*/false);
  if (!found)
    return {};
  std::vector<float> positions(vocabulary->size());
  std::iota(positions.begin(), positions.end(), 1.0f);
  int64_t last = getShape(found).size() - 1;
  Value numbers = layer.builder.reduce(
      layer.name, nn::ReduceKind::Sum,
      layer.builder.binary(
          layer.name, nn::BinaryKind::Mul, found,
          layer.builder.constant(layer.name,
                                 addRow(layer, "positions", positions))),
      {last}, /*keepDims=*/false);
  return encode(layer, numbers, mode, vocabulary->size() + 1);
}

ArrayRef<LayerClass> keras::getPreprocessing() {
  static const LayerClass classes[] = {
      {"CategoryEncoding", importCategoryEncoding},
      {"CenterCrop", importCenterCrop},
      {"Discretization", importDiscretization},
      {"IntegerLookup", importIntegerLookup},
      {"Resizing", importResizing},
  };
  return classes;
}
