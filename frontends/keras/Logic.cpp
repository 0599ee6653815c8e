//===- Logic.cpp - Keras operations on truth values -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

/// `and` is the lesser of two truth values, which are 1 and 0, `or` the
/// greater.
template <nn::BinaryKind kind> static Value importLogical(Layer &layer) {
  ArrayRef<Value> second = layer.takeTensors("y");
  if (layer.inputs.size() != 1 || second.size() != 1) {
    layer.emitError() << "expects two tensors";
    return {};
  }
  Value x = buildTruth(layer.builder, layer.name, layer.getInput());
  Value y = buildTruth(layer.builder, layer.name, second.front());
  if (!x || !y)
    return {};
  if (getShape(x).size() != getShape(y).size()) {
    layer.emitError() << "expects operands of one rank, but got "
                      << formatShape(getShape(x)) << " and "
                      << formatShape(getShape(y));
    return {};
  }
  return layer.builder.binary(layer.name, kind, x, y);
}

static Value importLogicalNot(Layer &layer) {
  if (!layer.getInput())
    return {};
  return layer.builder.binaryWithWeights(layer.name, nn::BinaryKind::Equal,
                                         layer.getInput(), Array{{}, {0.0f}});
}

/// `any` is the greatest of truth values, `all` the least.
template <nn::ReduceKind kind> static Value importReduceTruth(Layer &layer) {
  bool keepDims = layer.config.takeBool("keepdims", false);
  if (!layer.getInput())
    return {};
  std::optional<SmallVector<int64_t>> axes = layer.takeReducedAxes();
  if (!axes)
    return {};
  return layer.builder.reduce(
      layer.name, kind, buildTruth(layer.builder, layer.name, layer.getInput()),
      *axes, keepDims);
}

/// No element is less than itself, not even NaN.
static Value importZerosLike(Layer &layer) {
  return layer.builder.binary(layer.name, nn::BinaryKind::Less,
                              layer.getInput(), layer.getInput());
}

static Value importOnesLike(Layer &layer) {
  Value zeros = importZerosLike(layer);
  if (!zeros)
    return {};
  return layer.builder.binaryWithWeights(layer.name, nn::BinaryKind::Equal,
                                         zeros, Array{{}, {0.0f}});
}

/// What Keras writes down where it passes a mask on.
static Value importConvertToTensor(Layer &layer) {
  layer.config.expectOnly("sparse", nullptr);
  layer.config.expectOnly("ragged", nullptr);
  return layer.getInput();
}

ArrayRef<LayerClass> keras::getLogic() {
  static const LayerClass classes[] = {
      {"ops.All", importReduceTruth<nn::ReduceKind::Min>, false,
       "x,axis,keepdims"},
      {"ops.Any", importReduceTruth<nn::ReduceKind::Max>, false,
       "x,axis,keepdims"},
      {"ops.ConvertToTensor", importConvertToTensor, false,
       "x,dtype,sparse,ragged"},
      {"ops.LogicalAnd", importLogical<nn::BinaryKind::Minimum>, false, "x,y"},
      {"ops.LogicalNot", importLogicalNot, false, "x"},
      {"ops.LogicalOr", importLogical<nn::BinaryKind::Maximum>, false, "x,y"},
      {"ops.OnesLike", importOnesLike, false, "x"},
      {"ops.ZerosLike", importZerosLike, false, "x"},
  };
  return classes;
}
