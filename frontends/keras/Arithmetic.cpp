//===- Arithmetic.cpp - Arithmetic between Keras layers ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What `x * 2`, `x + y` and `mean(x)` become in a file: operations, one operand
// of which may be a constant.
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/keras/Operands.h"

#include <cmath>
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

static Value importSquaredDifference(Layer &layer) {
  return layer.builder.activation(layer.name,
                                  importBinary<BinaryKind::Sub>(layer),
                                  nn::ActivationKind::Square);
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

/// To a constant power, products where these are few; the layer stays where it
/// changes nothing.
static Value importPower(Layer &layer) {
  const json *exponent = layer.config.take("y");
  if (layer.inputs.empty() || !exponent || !exponent->is_number())
    return importBinary<BinaryKind::Pow>(layer);
  double power = exponent->get<double>();
  return power == 1
             ? layer.builder.scaleAndShift(layer.name, layer.getInput(), 1.0,
                                           0.0)
             : raiseTo(layer.builder, layer.name, layer.getInput(), power);
}

/// Division by a number, rounded down, or what it leaves.
template <bool isRest> static Value importWhole(Layer &layer) {
  Operand divisor = takeOperand(layer, "y");
  if (layer.inputs.empty() || !divisor)
    return {};
  if (!divisor.constant ||
      !llvm::all_of(divisor.constant->values, dividesExactly)) {
    layer.emitError()
        << "unsupported divisor, expects constants that are whole "
           "numbers times a power of two, by which quotients are "
           "exact";
    return {};
  }
  if (!layer.getInput())
    return {};
  Value y = getValueOf(layer, divisor, layer.getInputShape().size());
  return isRest ? takeRemainder(layer.builder, layer.name, layer.getInput(), y,
                                /*isDown=*/true)
                : divideWhole(layer.builder, layer.name, layer.getInput(), y,
                              /*isDown=*/true);
}

static Value importRound(Layer &layer) {
  layer.config.expectOnly("decimals", 0);
  return layer.builder.activation(layer.name, layer.getInput(),
                                  nn::ActivationKind::Round);
}

/// A function of the input times `scale`, times `factor`, plus `shift`.
static Value apply(Layer &layer, nn::ActivationKind kind, double scale,
                   double factor, double shift) {
  ModelBuilder &builder = layer.builder;
  Value x = layer.getInput();
  if (scale != 1.0)
    x = builder.scaleAndShift(layer.name, x, scale, 0.0);
  Value y = builder.activation(layer.name, x, kind);
  return factor == 1.0 && shift == 0.0
             ? y
             : builder.scaleAndShift(layer.name, y, factor, shift);
}

static Value importExpm1(Layer &layer) {
  return apply(layer, nn::ActivationKind::Exp, 1.0, 1.0, -1.0);
}

static Value importErfc(Layer &layer) {
  return apply(layer, nn::ActivationKind::Erf, 1.0, -1.0, 1.0);
}

static Value importExp2(Layer &layer) {
  return apply(layer, nn::ActivationKind::Exp, M_LN2, 1.0, 0.0);
}

static Value importLog2(Layer &layer) {
  return apply(layer, nn::ActivationKind::Log, 1.0, 1.0 / M_LN2, 0.0);
}

static Value importLog10(Layer &layer) {
  return apply(layer, nn::ActivationKind::Log, 1.0, 1.0 / M_LN10, 0.0);
}

static Value importLog1p(Layer &layer) {
  return layer.builder.activation(
      layer.name,
      layer.builder.scaleAndShift(layer.name, layer.getInput(), 1.0, 1.0),
      nn::ActivationKind::Log);
}

template <bool isCosine> static Value importWave(Layer &layer) {
  return addWave(layer.builder, layer.name, layer.getInput(), isCosine);
}

ArrayRef<LayerClass> keras::getArithmetic() {
  using nn::ActivationKind;
  static const LayerClass classes[] = {
      {"ops.Absolute", importFunction<ActivationKind::Abs>, false, "x"},
      {"ops.Add", importBinary<BinaryKind::Add>, false, "x,y"},
      {"ops.Ceil", importFunction<ActivationKind::Ceil>, false, "x"},
      {"ops.Cos", importWave</*isCosine=*/true>, false, "x"},
      {"ops.Divide", importBinary<BinaryKind::Div>, false, "x,y"},
      {"ops.Equal", importBinary<BinaryKind::Equal>, false, "x,y"},
      {"ops.Erf", importFunction<ActivationKind::Erf>, false, "x"},
      {"ops.Exp2", importExp2, false, "x"},
      {"ops.Expm1", importExpm1, false, "x"},
      {"ops.Floor", importFunction<ActivationKind::Floor>, false, "x"},
      {"ops.FloorDivide", importWhole</*isRest=*/false>, false, "x,y"},
      {"ops.Greater", importBinary<BinaryKind::Less, true>, false, "x,y"},
      {"ops.GreaterEqual", importBinary<BinaryKind::LessEqual, true>, false,
       "x,y"},
      {"ops.Less", importBinary<BinaryKind::Less>, false, "x,y"},
      {"ops.LessEqual", importBinary<BinaryKind::LessEqual>, false, "x,y"},
      {"ops.Log", importFunction<ActivationKind::Log>, false, "x"},
      {"ops.Log10", importLog10, false, "x"},
      {"ops.Log1p", importLog1p, false, "x"},
      {"ops.Log2", importLog2, false, "x"},
      {"ops.Maximum", importBinary<BinaryKind::Maximum>, false, "x,y"},
      {"ops.Minimum", importBinary<BinaryKind::Minimum>, false, "x,y"},
      {"ops.Mod", importWhole</*isRest=*/true>, false, "x,y"},
      {"ops.Multiply", importBinary<BinaryKind::Mul>, false, "x,y"},
      {"ops.Negative", importNegative, false, "x"},
      {"ops.NotEqual", importBinary<BinaryKind::NotEqual>, false, "x,y"},
      {"ops.Power", importPower, false, "x,y"},
      {"ops.Reciprocal", importFunction<ActivationKind::Reciprocal>, false,
       "x"},
      {"ops.Round", importRound, false, "x,decimals"},
      {"ops.Rsqrt", importReciprocalRoot, false, "x"},
      {"ops.Sign", importFunction<ActivationKind::Sign>, false, "x"},
      {"ops.Sin", importWave</*isCosine=*/false>, false, "x"},
      {"ops.Sqrt", importFunction<ActivationKind::Sqrt>, false, "x"},
      {"ops.Square", importFunction<ActivationKind::Square>, false, "x"},
      {"ops.Subtract", importBinary<BinaryKind::Sub>, false, "x,y"},
      {"ops.Trunc", importFunction<ActivationKind::Trunc>, false, "x"},
      {"ops.TrueDivide", importBinary<BinaryKind::Div>, false, "x,y"},
      {"tf.__operators__.add", importBinary<BinaryKind::Add>, false, "x,y"},
      {"tf.floor_div", importWhole</*isRest=*/false>, false, "x,y"},
      {"tf.math.abs", importFunction<ActivationKind::Abs>, false, "x"},
      {"tf.math.add", importBinary<BinaryKind::Add>, false, "x,y"},
      {"tf.math.ceil", importFunction<ActivationKind::Ceil>, false, "x"},
      {"tf.math.cos", importWave</*isCosine=*/true>, false, "x"},
      {"tf.math.divide", importBinary<BinaryKind::Div>, false, "x,y"},
      {"tf.math.erf", importFunction<ActivationKind::Erf>, false, "x"},
      {"tf.math.erfc", importErfc, false, "x"},
      {"tf.math.equal", importBinary<BinaryKind::Equal>, false, "x,y"},
      {"tf.math.expm1", importExpm1, false, "x"},
      {"tf.math.floor", importFunction<ActivationKind::Floor>, false, "x"},
      {"tf.math.floordiv", importWhole</*isRest=*/false>, false, "x,y"},
      {"tf.math.floormod", importWhole</*isRest=*/true>, false, "x,y"},
      {"tf.math.greater", importBinary<BinaryKind::Less, true>, false, "x,y"},
      {"tf.math.greater_equal", importBinary<BinaryKind::LessEqual, true>,
       false, "x,y"},
      {"tf.math.less", importBinary<BinaryKind::Less>, false, "x,y"},
      {"tf.math.less_equal", importBinary<BinaryKind::LessEqual>, false, "x,y"},
      {"tf.math.log", importFunction<ActivationKind::Log>, false, "x"},
      {"tf.math.log1p", importLog1p, false, "x"},
      {"tf.math.maximum", importBinary<BinaryKind::Maximum>, false, "x,y"},
      {"tf.math.minimum", importBinary<BinaryKind::Minimum>, false, "x,y"},
      {"tf.math.multiply", importBinary<BinaryKind::Mul>, false, "x,y"},
      {"tf.math.negative", importNegative, false, "x"},
      {"tf.math.not_equal", importBinary<BinaryKind::NotEqual>, false, "x,y"},
      {"tf.math.pow", importPower, false, "x,y"},
      {"tf.math.reciprocal", importFunction<ActivationKind::Reciprocal>, false,
       "x"},
      {"tf.math.round", importRound, false, "x"},
      {"tf.math.rsqrt", importReciprocalRoot, false, "x"},
      {"tf.math.sign", importFunction<ActivationKind::Sign>, false, "x"},
      {"tf.math.sin", importWave</*isCosine=*/false>, false, "x"},
      {"tf.math.sqrt", importFunction<ActivationKind::Sqrt>, false, "x"},
      {"tf.math.square", importFunction<ActivationKind::Square>, false, "x"},
      {"tf.math.squared_difference", importSquaredDifference, false, "x,y"},
      {"tf.math.subtract", importBinary<BinaryKind::Sub>, false, "x,y"},
      {"tf.math.truediv", importBinary<BinaryKind::Div>, false, "x,y"},
  };
  return classes;
}
