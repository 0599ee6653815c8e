//===- RecurrentCells.cpp - What a recurrent step computes ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/RecurrentCells.h"
#include "dialect/Weights.h"
#include "frontends/keras/ModelConfig.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;
using nn::ActivationKind;

std::optional<RecurrentClass> keras::findRecurrentClass(StringRef className) {
  className.consume_back("Cell");
  return llvm::StringSwitch<std::optional<RecurrentClass>>(className)
      .Case("CuDNNGRU", RecurrentClass{RecurrentKind::GRU, true})
      .Case("CuDNNLSTM", RecurrentClass{RecurrentKind::LSTM, true})
      .Case("GRU", RecurrentClass{RecurrentKind::GRU})
      .Case("LSTM", RecurrentClass{RecurrentKind::LSTM})
      .Case("SimpleRNN", RecurrentClass{RecurrentKind::RNN})
      .Default(std::nullopt);
}

//===----------------------------------------------------------------------===//
// Configs
//===----------------------------------------------------------------------===//

/// Takes an activation of a recurrent layer, which must be one function.
static nn::ActivationAttr takeFunction(Layer &layer, StringRef key,
                                       ActivationKind fallback) {
  MLIRContext *context = layer.builder.getBuilder().getContext();
  bool isGiven = layer.config.getObject().contains(key);
  Activation activation = takeActivation(layer, key);
  if (!isGiven)
    return nn::ActivationAttr::get(context, fallback);
  if (activation.compose || activation.functions.size() > 1) {
    layer.emitError() << "unsupported value of '" << key
                      << "', expects one pointwise function";
    return {};
  }
  return activation.functions.empty()
             ? nn::ActivationAttr::get(context, ActivationKind::Linear)
             : activation.functions.front();
}

Cell keras::takeCell(Layer &layer, RecurrentClass recurrentClass) {
  Cell cell{recurrentClass};
  cell.units = layer.config.takeInt("units", {});
  if (recurrentClass.isCuDNN)
    cell.part = "";
  else
    cell.useBias = layer.config.takeBool("use_bias", true);
  RecurrentParameters &parameters = cell.parameters;
  parameters.activation =
      takeFunction(layer, "activation", ActivationKind::Tanh);
  if (recurrentClass.kind != RecurrentKind::RNN)
    parameters.recurrentActivation =
        takeFunction(layer, "recurrent_activation", ActivationKind::Sigmoid);
  // Before Keras had the option, the gate came first.
  if (recurrentClass.kind == RecurrentKind::GRU)
    parameters.resetAfter =
        recurrentClass.isCuDNN || layer.config.takeBool("reset_after", false);
  // What acts in training, and how to compute.
  for (StringRef key : {"dropout", "recurrent_dropout", "seed",
                        "unit_forget_bias", "implementation"})
    layer.config.ignore(key);
  return cell;
}

/// Calls `take` with the config of `object`, a cell within `layer`.
static void readCellConfig(Layer &layer, const json &object,
                           llvm::function_ref<void(Layer &)> take) {
  ObjectReader reader(object, [&] { return layer.emitError(); });
  Layer cell{layer.model, layer.builder, reader, layer.name, layer.path, {}};
  ignoreHarmless(layer.builder, reader);
  take(cell);
  reader.finish();
}

/// Takes the cell `object`. Nothing where that is none that is known.
static std::optional<Cell> readCell(Layer &layer, const json *object) {
  const json *config = object ? findMember(*object, "config") : nullptr;
  std::string className = config ? getClassName(*object) : "";
  std::optional<RecurrentClass> known = findRecurrentClass(className);
  if (!known || !StringRef(className).ends_with("Cell")) {
    layer.emitError() << "unsupported class '" << className << "' of a cell";
    return std::nullopt;
  }
  std::optional<Cell> cell;
  readCellConfig(layer, *config,
                 [&](Layer &inner) { cell = keras::takeCell(inner, *known); });
  return cell;
}

/// Takes the cells of a StackedRNNCells.
static void takeStackedCells(Layer &layer, const json &config,
                             SmallVectorImpl<Cell> &cells) {
  readCellConfig(layer, config, [&](Layer &stack) {
    stack.config.expectOnly("reverse_state_order", false);
    const json *list = stack.config.take("cells");
    if (!list || !list->is_array() || list->empty()) {
      layer.emitError() << "expects 'cells' to be a list of cells";
      return;
    }
    StringMap<unsigned> ordinals;
    for (const json &object : *list) {
      std::optional<Cell> cell = readCell(layer, &object);
      if (!cell)
        continue;
      std::string group = toSnakeCase(getClassName(object)), name;
      if (unsigned ordinal = ordinals[group]++)
        group += "_" + std::to_string(ordinal);
      if (const json *given = findMember(object["config"], "name");
          given && given->is_string())
        name = given->get<std::string>();
      cell->part = "";
      cell->path = {{"", "cell", 0, /*isMember=*/true},
                    {"", "cells", 0, /*isMember=*/true},
                    {name, group, 0, /*isMember=*/true}};
      cells.push_back(std::move(*cell));
    }
  });
}

SmallVector<Cell, 1> keras::takeCells(Layer &layer, const json *object) {
  SmallVector<Cell, 1> cells;
  const json *config = object ? findMember(*object, "config") : nullptr;
  if (config && getClassName(*object) == "StackedRNNCells")
    takeStackedCells(layer, *config, cells);
  else if (std::optional<Cell> cell = readCell(layer, object))
    cells.push_back(std::move(*cell));
  return cells;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// From cuDNN's layout of a kernel with `gates` blocks of columns: each block
/// is transposed. That of the input has its columns one after the other; in
/// that of the state, the file has rows for columns.
static ElementsAttr fromCuDNN(ElementsAttr kernel, int64_t gates,
                              bool isRecurrent) {
  FailureOr<SmallVector<double>> values = nn::readWeights(kernel);
  if (failed(values))
    return {};
  int64_t rows = kernel.getShapedType().getDimSize(0);
  int64_t columns = kernel.getShapedType().getDimSize(1);
  int64_t units = columns / gates;
  SmallVector<double> result;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      int64_t unit = column % units, block = column - unit;
      int64_t position = row + unit * rows;
      int64_t from =
          isRecurrent ? unit * columns + block + row
                      : position / units * columns + block + position % units;
      result.push_back((*values)[from]);
    }
  return nn::createWeightsLike(kernel, {rows, columns}, result);
}

LogicalResult keras::readParameters(Layer &layer, Cell &cell,
                                    int64_t channels) {
  auto [kind, isCuDNN] = cell.recurrentClass;
  RecurrentParameters &parameters = cell.parameters;
  int64_t units = cell.units;
  int64_t gates = kind == RecurrentKind::GRU    ? 3
                  : kind == RecurrentKind::LSTM ? 4
                                                : 1;
  int64_t columns = gates * units;
  SmallVector<WeightSpec, 3> specs{{"kernel", {channels, columns}},
                                   {"recurrent_kernel", {units, columns}}};
  // One bias for the input and one for the state.
  bool hasTwo = isCuDNN || parameters.resetAfter;
  if (cell.useBias && isCuDNN)
    specs.push_back({"bias", {2 * columns}});
  else if (cell.useBias && hasTwo)
    specs.push_back({"bias", {2, columns}});
  else if (cell.useBias)
    specs.push_back({"bias", {columns}});
  Layer inner{layer.model, layer.builder, layer.config,
              layer.name,  layer.path,    layer.inputs};
  llvm::append_range(inner.path, cell.path);
  SmallVector<ElementsAttr> weights = inner.readWeights(specs, cell.part);
  if (llvm::is_contained(weights, ElementsAttr()))
    return failure();
  parameters.kernel = isCuDNN
                          ? fromCuDNN(weights[0], gates, /*isRecurrent=*/false)
                          : weights[0];
  parameters.recurrent =
      isCuDNN ? fromCuDNN(weights[1], gates, /*isRecurrent=*/true) : weights[1];
  if (!cell.useBias)
    return success();
  parameters.bias = weights[2];
  if (!hasTwo)
    return success();
  FailureOr<SmallVector<double>> both = nn::readWeights(weights[2]);
  if (failed(both))
    return failure();
  // Only where a reset gate comes between them do the two not add up.
  ArrayRef<double> second = ArrayRef(*both).drop_front(columns);
  int64_t added = kind == RecurrentKind::GRU ? columns - units : columns;
  SmallVector<double> bias(ArrayRef(*both).take_front(columns));
  for (int64_t i = 0; i < added; ++i)
    bias[i] += second[i];
  parameters.bias = nn::createWeightsLike(weights[2], {columns}, bias);
  if (kind == RecurrentKind::GRU)
    parameters.recurrentBias = layer.builder.addWeights(
        layer.name, "recurrent_bias", second.drop_front(added));
  return success();
}
