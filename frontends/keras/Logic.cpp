//===- Logic.cpp - Keras operations on truth values -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/keras/Operands.h"

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

/// Questions about each element.
static Value importIsNaN(Layer &layer) {
  return findNaN(layer.builder, layer.name, layer.getInput());
}

static Value importIsInf(Layer &layer) {
  return findInfinity(layer.builder, layer.name, layer.getInput());
}

/// What is no more than itself, and no infinity.
static Value importIsFinite(Layer &layer) {
  Value isOrdered = layer.builder.binary(layer.name, nn::BinaryKind::Equal,
                                         layer.getInput(), layer.getInput());
  return layer.builder.binary(
      layer.name, nn::BinaryKind::Minimum, isOrdered,
      negateTruth(layer.builder, layer.name,
                  findInfinity(layer.builder, layer.name, layer.getInput())));
}

/// Of its operands, the tensors have one rank.
static Value importWhere(Layer &layer) {
  bool isKeras = StringRef(layer.className).starts_with("ops.");
  SmallVector<Operand> operands;
  size_t rank = 0;
  for (StringRef key :
       {"condition", isKeras ? "x1" : "x", isKeras ? "x2" : "y"}) {
    operands.push_back(takeOperand(layer, key));
    if (!operands.back())
      return {};
    if (operands.back().value)
      rank = std::max(rank, getShape(operands.back().value).size());
  }
  SmallVector<Value> values;
  for (const Operand &operand : operands)
    values.push_back(getValueOf(layer, operand, rank));
  return layer.builder.select(layer.name, values[0], values[1], values[2]);
}

/// To a type: whole numbers lose what follows the point, and truth values are
/// what is not 0.
static Value importCast(Layer &layer) {
  std::string type = layer.config.takeString("type", "float32");
  if (type == "bool")
    return layer.builder.binaryWithWeights(layer.name, nn::BinaryKind::NotEqual,
                                           layer.getInput(), Array{{}, {0.0f}});
  return layer.builder.activation(layer.name, layer.getInput(),
                                  type == "float32"
                                      ? nn::ActivationKind::Linear
                                      : nn::ActivationKind::Trunc);
}

/// The input where it is above the threshold, else a number.
static Value importThreshold(Layer &layer) {
  double threshold = layer.config.takeNumber("threshold", std::nullopt);
  double other = layer.config.takeNumber("default_value", std::nullopt);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  Value isAbove = layer.builder.binaryWithWeights(
      layer.name, nn::BinaryKind::Less, layer.getInput(),
      Array{{}, {float(threshold)}}, /*isFirst=*/true);
  return layer.builder.select(
      layer.name, isAbove, layer.getInput(),
      makeNumber(layer.builder, layer.name, layer.getInput(), other));
}

template <bool isSoft> static Value importShrink(Layer &layer) {
  double threshold = layer.config.takeNumber("threshold", 0.5);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  return shrink(layer.builder, layer.name, layer.getInput(),
                isSoft ? threshold : 0.0, threshold);
}

ArrayRef<LayerClass> keras::getLogic() {
  static const LayerClass classes[] = {
      {"ops.All", importReduceTruth<nn::ReduceKind::Min>, false,
       "x,axis,keepdims"},
      {"ops.Any", importReduceTruth<nn::ReduceKind::Max>, false,
       "x,axis,keepdims"},
      {"ops.Cast", importCast, false, "x,dtype"},
      {"ops.HardShrink", importShrink</*isSoft=*/false>, false, "x,threshold"},
      {"ops.Isfinite", importIsFinite, false, "x"},
      {"ops.Isinf", importIsInf, false, "x"},
      {"ops.Isnan", importIsNaN, false, "x"},
      {"ops.ConvertToTensor", importConvertToTensor, false,
       "x,dtype,sparse,ragged"},
      {"ops.LogicalAnd", importLogical<nn::BinaryKind::Minimum>, false, "x,y"},
      {"ops.LogicalNot", importLogicalNot, false, "x"},
      {"ops.LogicalOr", importLogical<nn::BinaryKind::Maximum>, false, "x,y"},
      {"ops.LogicalXor", importLogical<nn::BinaryKind::NotEqual>, false, "x,y"},
      {"ops.OnesLike", importOnesLike, false, "x"},
      {"ops.SoftShrink", importShrink</*isSoft=*/true>, false, "x,threshold"},
      {"ops.Threshold", importThreshold, false, "x,threshold,default_value"},
      {"ops.Where", importWhere, false, "condition,x1,x2"},
      {"ops.ZerosLike", importZerosLike, false, "x"},
      {"tf.cast", importCast, false, "x,dtype"},
      {"tf.math.is_finite", importIsFinite, false, "x"},
      {"tf.math.is_inf", importIsInf, false, "x"},
      {"tf.math.is_nan", importIsNaN, false, "x"},
      {"tf.math.logical_and", importLogical<nn::BinaryKind::Minimum>, false,
       "x,y"},
      {"tf.math.logical_not", importLogicalNot, false, "x"},
      {"tf.math.logical_or", importLogical<nn::BinaryKind::Maximum>, false,
       "x,y"},
      {"tf.math.logical_xor", importLogical<nn::BinaryKind::NotEqual>, false,
       "x,y"},
      {"tf.math.reduce_all", importReduceTruth<nn::ReduceKind::Min>, false,
       "input_tensor,axis,keepdims"},
      {"tf.math.reduce_any", importReduceTruth<nn::ReduceKind::Max>, false,
       "input_tensor,axis,keepdims"},
      {"tf.ones_like", importOnesLike, false, "input"},
      {"tf.where", importWhere, false, "condition,x,y"},
      {"tf.zeros_like", importZerosLike, false, "input"},
  };
  return classes;
}
