//===- Operands.cpp - Operands of Keras operations --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Operands.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;

std::optional<Array> keras::takeConstant(Layer &layer, StringRef key) {
  const json *value = layer.config.take(key);
  if (value)
    if (std::optional<Array> array = readNumbers(*value))
      return array;
  layer.emitError() << "expects '" << key
                    << "' to be a tensor or an array of numbers";
  return std::nullopt;
}

Operand keras::takeOperand(Layer &layer, StringRef key) {
  bool isFirst =
      key ==
      StringRef(findLayerClass(layer.className)->parameters).split(',').first;
  ArrayRef<Value> tensors =
      isFirst ? ArrayRef<Value>(layer.inputs) : layer.takeTensors(key);
  if (tensors.empty())
    return {{}, takeConstant(layer, key)};
  if (tensors.size() == 1)
    return {tensors.front(), {}};
  layer.emitError() << "expects '" << key << "' to be one tensor, but got "
                    << tensors.size();
  return {};
}

Value keras::getValueOf(Layer &layer, const Operand &operand, size_t rank) {
  if (!operand)
    return {};
  size_t given = operand.value ? getShape(operand.value).size()
                               : operand.constant->shape.size();
  if (operand.value ? given != rank : given > rank) {
    layer.emitError() << "expects operands of one rank, but got rank " << given
                      << " beside " << rank;
    return {};
  }
  if (operand.value)
    return operand.value;
  Array array = *operand.constant;
  array.shape.insert(array.shape.begin(), rank - given, 1);
  return layer.builder.constant(
      layer.name, layer.builder.addWeights(layer.name, "value", array));
}
