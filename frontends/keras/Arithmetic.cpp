//===- Arithmetic.cpp - Arithmetic between Keras layers ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `x * 2`, `x + y` and `mean(x)` become in a file: operations, one operand
// of which may be a constant.
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;
using nn::BinaryKind;

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// Appends the numbers of a list in lists, of `shape`. Fails for another shape.
static bool appendNumbers(const json &value, ArrayRef<int64_t> shape,
                          Array &array) {
  if (shape.empty()) {
    if (value.is_number())
      array.values.push_back(value.get<float>());
    return value.is_number();
  }
  return value.is_array() && int64_t(value.size()) == shape.front() &&
         llvm::all_of(value, [&](const json &element) {
           return appendNumbers(element, shape.drop_front(), array);
         });
}

/// The constant operand of that name. Reports what is no array of numbers.
static std::optional<Array> takeConstant(Layer &layer, StringRef key) {
  const json *value = layer.config.take(key);
  Array array;
  const json *element = value;
  for (; element && element->is_array() && !element->empty();
       element = &element->front())
    array.shape.push_back(element->size());
  if (value && appendNumbers(*value, array.shape, array))
    return array;
  layer.emitError() << "expects '" << key
                    << "' to be a tensor or an array of numbers";
  return std::nullopt;
}

/// `isSwapped`: of the operands in the opposite order.
template <BinaryKind kind, bool isSwapped = false>
static Value importBinary(Layer &layer) {
  ArrayRef<Value> second = layer.takeTensors("y");
  if (layer.inputs.empty()) {
    std::optional<Array> constant = takeConstant(layer, "x");
    if (!constant || second.size() != 1)
      return {};
    return layer.builder.binaryWithWeights(layer.name, kind, second.front(),
                                           *constant, /*isFirst=*/!isSwapped);
  }
  Value x = layer.getInput();
  if (second.empty()) {
    std::optional<Array> constant = takeConstant(layer, "y");
    if (!constant)
      return {};
    return layer.builder.binaryWithWeights(layer.name, kind, x, *constant,
                                           /*isFirst=*/isSwapped);
  }
  if (!x || !second.front())
    return {};
  // Axes are matched from the last: of other ranks, the batches would not be.
  if (getShape(x).size() != getShape(second.front()).size()) {
    layer.emitError() << "expects operands of one rank, but got "
                      << formatShape(getShape(x)) << " and "
                      << formatShape(getShape(second.front()));
    return {};
  }
  Value y = second.front();
  return isSwapped ? layer.builder.binary(layer.name, kind, y, x)
                   : layer.builder.binary(layer.name, kind, x, y);
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

static Value importNegative(Layer &layer) {
  return layer.builder.scaleAndShift(layer.name, layer.getInput(), -1.0, 0.0);
}

template <nn::ActivationKind kind> static Value importFunction(Layer &layer) {
  return layer.builder.activation(layer.name, layer.getInput(), kind);
}

static Value importReciprocalRoot(Layer &layer) {
  return layer.builder.activation(
      layer.name, importFunction<nn::ActivationKind::Sqrt>(layer),
      nn::ActivationKind::Reciprocal);
}

static Value importPower(Layer &layer) {
  Value x = layer.inputs.empty() ? Value() : layer.getInput();
  const json *exponent = layer.config.take("y");
  if (x && exponent && *exponent == 1)
    return layer.builder.scaleAndShift(layer.name, x, 1.0, 0.0);
  if (x && exponent && *exponent == 2)
    return importFunction<nn::ActivationKind::Square>(layer);
  if (x && exponent && *exponent == 3)
    return layer.builder.binary(
        layer.name, BinaryKind::Mul, x,
        importFunction<nn::ActivationKind::Square>(layer));
  if (x && exponent && *exponent == 0.5)
    return importFunction<nn::ActivationKind::Sqrt>(layer);
  if (x && exponent && *exponent == -0.5)
    return importReciprocalRoot(layer);
  if (x && exponent && *exponent == -1)
    return importFunction<nn::ActivationKind::Reciprocal>(layer);
  (void)layer.takeTensors("y");
  if (!layer.config.hasFailed() && (x || layer.inputs.empty()))
    layer.emitError() << "unsupported power, expects a tensor to the power of "
                         "1, 2, 3, 0.5, -0.5 or -1";
  return {};
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

template <nn::ReduceKind kind> static Value importReduce(Layer &layer) {
  bool keepDims = layer.config.takeBool("keepdims", false);
  if (!layer.getInput())
    return {};
  int64_t rank = layer.getInputShape().size();
  std::optional<SmallVector<int64_t>> axes = layer.takeReducedAxes();
  if (!axes)
    return {};
  // All axes but the channels: pooling, which folds.
  bool isPooling =
      (kind == nn::ReduceKind::Mean || kind == nn::ReduceKind::Max) &&
      (rank == 3 || rank == 4) &&
      llvm::equal(*axes, llvm::seq<int64_t>(1, rank - 1));
  if (isPooling)
    return layer.builder.globalPool(
        layer.name,
        kind == nn::ReduceKind::Mean ? nn::PoolKind::Avg : nn::PoolKind::Max,
        layer.getInput(), keepDims);
  return layer.builder.reduce(layer.name, kind, layer.getInput(), *axes,
                              keepDims);
}

ArrayRef<LayerClass> keras::getArithmetic() {
  using nn::ActivationKind;
  constexpr auto mean = importReduce<nn::ReduceKind::Mean>;
  constexpr auto sum = importReduce<nn::ReduceKind::Sum>;
  constexpr auto max = importReduce<nn::ReduceKind::Max>;
  constexpr auto min = importReduce<nn::ReduceKind::Min>;
  static const LayerClass classes[] = {
      {"ops.Absolute", importFunction<ActivationKind::Abs>, false, "x"},
      {"ops.Add", importBinary<BinaryKind::Add>, false, "x,y"},
      {"ops.Amax", max, false, "x,axis,keepdims"},
      {"ops.Amin", min, false, "x,axis,keepdims"},
      {"ops.Divide", importBinary<BinaryKind::Div>, false, "x,y"},
      {"ops.Equal", importBinary<BinaryKind::Equal>, false, "x,y"},
      {"ops.Erf", importFunction<ActivationKind::Erf>, false, "x"},
      {"ops.Greater", importBinary<BinaryKind::Less, true>, false, "x,y"},
      {"ops.GreaterEqual", importBinary<BinaryKind::LessEqual, true>, false,
       "x,y"},
      {"ops.Less", importBinary<BinaryKind::Less>, false, "x,y"},
      {"ops.LessEqual", importBinary<BinaryKind::LessEqual>, false, "x,y"},
      {"ops.Log", importFunction<ActivationKind::Log>, false, "x"},
      {"ops.Max", max, false, "x,axis,keepdims,initial"},
      {"ops.Maximum", importBinary<BinaryKind::Maximum>, false, "x,y"},
      {"ops.Mean", mean, false, "x,axis,keepdims"},
      {"ops.Min", min, false, "x,axis,keepdims,initial"},
      {"ops.Minimum", importBinary<BinaryKind::Minimum>, false, "x,y"},
      {"ops.Multiply", importBinary<BinaryKind::Mul>, false, "x,y"},
      {"ops.Negative", importNegative, false, "x"},
      {"ops.NotEqual", importBinary<BinaryKind::NotEqual>, false, "x,y"},
      {"ops.Power", importPower, false, "x,y"},
      {"ops.Reciprocal", importFunction<ActivationKind::Reciprocal>, false,
       "x"},
      {"ops.Rsqrt", importReciprocalRoot, false, "x"},
      {"ops.Sqrt", importFunction<ActivationKind::Sqrt>, false, "x"},
      {"ops.Square", importFunction<ActivationKind::Square>, false, "x"},
      {"ops.Subtract", importBinary<BinaryKind::Sub>, false, "x,y"},
      {"ops.Sum", sum, false, "x,axis,keepdims"},
      {"ops.TrueDivide", importBinary<BinaryKind::Div>, false, "x,y"},
      {"tf.__operators__.add", importBinary<BinaryKind::Add>, false, "x,y"},
      {"tf.math.abs", importFunction<ActivationKind::Abs>, false, "x"},
      {"tf.math.add", importBinary<BinaryKind::Add>, false, "x,y"},
      {"tf.math.divide", importBinary<BinaryKind::Div>, false, "x,y"},
      {"tf.math.erf", importFunction<ActivationKind::Erf>, false, "x"},
      {"tf.math.log", importFunction<ActivationKind::Log>, false, "x"},
      {"tf.math.maximum", importBinary<BinaryKind::Maximum>, false, "x,y"},
      {"tf.math.minimum", importBinary<BinaryKind::Minimum>, false, "x,y"},
      {"tf.math.multiply", importBinary<BinaryKind::Mul>, false, "x,y"},
      {"tf.math.negative", importNegative, false, "x"},
      {"tf.math.pow", importPower, false, "x,y"},
      {"tf.math.reciprocal", importFunction<ActivationKind::Reciprocal>, false,
       "x"},
      {"tf.math.reduce_max", max, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_mean", mean, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_min", min, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_sum", sum, false, "input_tensor,axis,keepdims"},
      {"tf.math.rsqrt", importReciprocalRoot, false, "x"},
      {"tf.math.sqrt", importFunction<ActivationKind::Sqrt>, false, "x"},
      {"tf.math.square", importFunction<ActivationKind::Square>, false, "x"},
      {"tf.math.subtract", importBinary<BinaryKind::Sub>, false, "x,y"},
      {"tf.math.truediv", importBinary<BinaryKind::Div>, false, "x,y"},
  };
  return classes;
}
