//===- Compositions.cpp - Layers that are several ops of nn -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"

#include <cmath>
#include <limits>
#include <numeric>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nn::ActivationKind;
using nn::BinaryKind;
using nn::ReduceKind;

//===----------------------------------------------------------------------===//
// Numbers and truth values
//===----------------------------------------------------------------------===//

static Value makeConstant(ModelBuilder &builder, StringRef layer,
                          ArrayRef<int64_t> shape, std::vector<double> values) {
  return builder.constant(
      layer,
      builder.addWeights(layer, "value",
                         DoubleArray(SmallVector<int64_t>(shape), values)));
}

/// Whether a constant of `shape` may be made, which a file of a few bytes can
/// ask for; reported if not. Positions up to there are numbers of float32.
static bool checkSize(ModelBuilder &builder, StringRef layer,
                      ArrayRef<int64_t> shape) {
  static constexpr int64_t maxMade = int64_t(1) << 24;
  if (countElements(shape).value_or(maxMade + 1) <= maxMade)
    return true;
  builder.emitError(layer) << "expects at most " << maxMade
                           << " positions, but got " << formatShape(shape);
  return false;
}

Value frieze::makeNumber(ModelBuilder &builder, StringRef layer, Value value,
                         float number) {
  if (!value)
    return {};
  SmallVector<int64_t> shape(getShape(value).size(), 1);
  return makeConstant(builder, layer, shape, {number});
}

Value frieze::countAlong(ModelBuilder &builder, StringRef layer, Value value,
                         int64_t axis, int64_t size) {
  if (!value || !checkSize(builder, layer, size))
    return {};
  SmallVector<int64_t> shape(getShape(value).size(), 1);
  shape[axis] = size;
  std::vector<double> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 0.0);
  return makeConstant(builder, layer, shape, std::move(numbers));
}

/// `kind` with a number, on either side.
static Value combine(ModelBuilder &builder, StringRef layer, BinaryKind kind,
                     Value value, double number, bool isFirst = false) {
  return builder.binaryWithWeights(layer, kind, value, {{}, {number}}, isFirst);
}

Value frieze::negateTruth(ModelBuilder &builder, StringRef layer, Value value) {
  return combine(builder, layer, BinaryKind::Equal, value, 0.0f);
}

Value frieze::findNaN(ModelBuilder &builder, StringRef layer, Value input) {
  return builder.binary(layer, BinaryKind::NotEqual, input, input);
}

Value frieze::findInfinity(ModelBuilder &builder, StringRef layer, Value input,
                           bool isNegative, bool isPositive) {
  constexpr float largest = std::numeric_limits<float>::max();
  if (!isNegative && !isPositive) // No element is less than itself.
    return builder.binary(layer, BinaryKind::Less, input, input);
  if (!isPositive)
    return combine(builder, layer, BinaryKind::Less, input, -largest);
  if (isNegative)
    input = builder.activation(layer, input, ActivationKind::Abs);
  return combine(builder, layer, BinaryKind::Less, input, largest,
                 /*isFirst=*/true);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value frieze::raiseTo(ModelBuilder &builder, StringRef layer, Value input,
                      double exponent) {
  auto apply = [&](ActivationKind kind, Value value) {
    return builder.activation(layer, value, kind);
  };
  if (exponent == 1.0)
    return input;
  if (exponent == 2.0)
    return apply(ActivationKind::Square, input);
  if (exponent == 3.0)
    return builder.binary(layer, BinaryKind::Mul,
                          apply(ActivationKind::Square, input), input);
  if (exponent == 4.0)
    return apply(ActivationKind::Square, apply(ActivationKind::Square, input));
  if (exponent == 0.5)
    return apply(ActivationKind::Sqrt, input);
  if (exponent == -0.5)
    return apply(ActivationKind::Reciprocal,
                 apply(ActivationKind::Sqrt, input));
  if (exponent == -1.0)
    return apply(ActivationKind::Reciprocal, input);
  return combine(builder, layer, BinaryKind::Pow, input, exponent);
}

Value frieze::shrink(ModelBuilder &builder, StringRef layer, Value input,
                     double bias, double bound) {
  auto choose = [&](float limit, bool isBelow, double shift, Value other) {
    Value condition = combine(builder, layer, BinaryKind::Less, input, limit,
                              /*isFirst=*/!isBelow);
    Value shifted =
        shift == 0.0 ? input : builder.scaleAndShift(layer, input, 1.0, shift);
    return builder.select(layer, condition, shifted, other);
  };
  Value zero = makeNumber(builder, layer, input, 0.0f);
  return choose(-bound, /*isBelow=*/true, bias,
                choose(bound, /*isBelow=*/false, -bias, zero));
}

bool frieze::dividesExactly(double divisor) {
  if (!std::isfinite(divisor) || divisor == 0)
    return false;
  int exponent;
  double digits = std::ldexp(std::frexp(divisor, &exponent), 12);
  return digits == std::trunc(digits);
}

Value frieze::divideWhole(ModelBuilder &builder, StringRef layer, Value lhs,
                          Value rhs, bool isDown) {
  return builder.activation(
      layer, builder.binary(layer, BinaryKind::Div, lhs, rhs),
      isDown ? ActivationKind::Floor : ActivationKind::Trunc);
}

Value frieze::takeRemainder(ModelBuilder &builder, StringRef layer, Value lhs,
                            Value rhs, bool isDown) {
  Value whole =
      builder.binary(layer, BinaryKind::Mul,
                     divideWhole(builder, layer, lhs, rhs, isDown), rhs);
  return builder.binary(layer, BinaryKind::Sub, lhs, whole);
}

Value frieze::addLogSumExp(ModelBuilder &builder, StringRef layer, Value input,
                           ArrayRef<int64_t> axes) {
  auto apply = [&](ActivationKind kind, Value value) {
    return builder.activation(layer, value, kind);
  };
  Value largest =
      builder.reduce(layer, ReduceKind::Max, input, axes, /*keepDims=*/true);
  // An infinity less itself would be NaN.
  Value origin =
      builder.select(layer, findInfinity(builder, layer, largest),
                     makeNumber(builder, layer, largest, 0.0f), largest);
  Value shifted = builder.binary(layer, BinaryKind::Sub, input, origin);
  Value sum = builder.reduce(layer, ReduceKind::Sum,
                             apply(ActivationKind::Exp, shifted), axes,
                             /*keepDims=*/true);
  return builder.binary(layer, BinaryKind::Add, apply(ActivationKind::Log, sum),
                        origin);
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

Value frieze::findPosition(ModelBuilder &builder, StringRef layer, Value input,
                           int64_t axis, bool isLargest, bool isLast) {
  if (!input)
    return {};
  int64_t size = getShape(input)[axis];
  Value extreme =
      builder.reduce(layer, isLargest ? ReduceKind::Max : ReduceKind::Min,
                     input, axis, /*keepDims=*/true);
  // If any is NaN, so is the extreme, which nothing equals.
  Value isFound =
      builder.binary(layer, BinaryKind::Maximum,
                     builder.binary(layer, BinaryKind::Equal, input, extreme),
                     findNaN(builder, layer, input));
  Value positions = builder.select(
      layer, isFound, countAlong(builder, layer, input, axis, size),
      makeNumber(builder, layer, input, isLast ? -1 : size));
  return builder.reduce(layer, isLast ? ReduceKind::Max : ReduceKind::Min,
                        positions, axis, /*keepDims=*/true);
}

FoundElements frieze::findExtremes(ModelBuilder &builder, StringRef layer,
                                   Value input, int64_t axis, int64_t count,
                                   bool isLargest) {
  if (!input)
    return {};
  int64_t size = getShape(input)[axis];
  SmallVector<int64_t> ones(getShape(input).size(), 1);
  Value beyond = builder.constant(
      layer,
      builder.addMask(layer, "value",
                      DoubleArray(ones, {isLargest ? -INFINITY : INFINITY})));
  Value numbers = countAlong(builder, layer, input, axis, size), rest = input;
  Value isTaken;
  FoundElements found;
  for (int64_t i = 0; i < count; ++i) {
    found.values.push_back(
        builder.reduce(layer, isLargest ? ReduceKind::Max : ReduceKind::Min,
                       rest, axis, /*keepDims=*/true));
    Value isFound = builder.binary(
        layer, BinaryKind::Maximum,
        builder.binary(layer, BinaryKind::Equal, rest, found.values.back()),
        findNaN(builder, layer, rest));
    // Elements may be as infinite as what stands in the place of others.
    if (isTaken)
      isFound = builder.select(
          layer, isTaken, makeNumber(builder, layer, input, 0.0f), isFound);
    Value positions = builder.select(layer, isFound, numbers,
                                     makeNumber(builder, layer, input, size));
    found.positions.push_back(builder.reduce(layer, ReduceKind::Min, positions,
                                             axis, /*keepDims=*/true));
    if (i + 1 == count)
      break;
    Value isThis = builder.binary(layer, BinaryKind::Equal, numbers,
                                  found.positions.back());
    isTaken = isTaken
                  ? builder.binary(layer, BinaryKind::Maximum, isTaken, isThis)
                  : isThis;
    rest = builder.select(layer, isTaken, beyond, input);
  }
  return found;
}

Value frieze::oneHot(ModelBuilder &builder, StringRef layer, Value input,
                     int64_t axis, int64_t depth, bool fromEnd) {
  if (!input)
    return {};
  SmallVector<int64_t> shape(getShape(input));
  shape.insert(shape.begin() + axis, 1);
  Value number = builder.reshapeWithBatch(layer, input, shape);
  if (fromEnd)
    number = builder.select(
        layer, combine(builder, layer, BinaryKind::Less, number, 0.0f),
        combine(builder, layer, BinaryKind::Add, number, depth), number);
  return builder.binary(layer, BinaryKind::Equal, number,
                        countAlong(builder, layer, number, axis, depth));
}

/// The elements of `input` moved by `distance` along `axis`, to the end or to
/// the beginning, with `fill` in their place.
static Value shift(ModelBuilder &builder, StringRef layer, Value input,
                   int64_t axis, int64_t distance, bool isReverse,
                   double fill) {
  if (!input)
    return {};
  SmallVector<int64_t> size(getShape(input)), begin(size.size(), 0);
  SmallVector<int64_t> low(begin), high(begin), strides(size.size(), 1);
  size[axis] -= distance;
  begin[axis] = isReverse ? distance : 0;
  (isReverse ? high : low)[axis] = distance;
  return builder.pad(layer, builder.slice(layer, input, begin, size, strides),
                     low, high, fill);
}

Value frieze::accumulate(ModelBuilder &builder, StringRef layer,
                         BinaryKind kind, Value input, int64_t axis,
                         bool isExclusive, bool isReverse) {
  if (!input)
    return {};
  double neutral = kind == BinaryKind::Mul ? 1.0 : 0.0;
  int64_t size = getShape(input)[axis];
  if (isExclusive && size == 1) {
    Value zeros = builder.binary(layer, BinaryKind::Less, input, input);
    return neutral == 0.0 ? zeros : negateTruth(builder, layer, zeros);
  }
  auto move = [&](Value value, int64_t distance) {
    return shift(builder, layer, value, axis, distance, isReverse, neutral);
  };
  Value sums = isExclusive ? move(input, 1) : input;
  for (int64_t count = 1; count < size; count *= 2)
    sums = builder.binary(layer, kind, sums, move(sums, count));
  return sums;
}

Value frieze::keepTriangle(ModelBuilder &builder, StringRef layer, Value input,
                           int64_t diagonal, bool isUpper) {
  if (!input)
    return {};
  ArrayRef<int64_t> shape = getShape(input);
  if (!checkSize(builder, layer, shape.take_back(2)))
    return {};
  SmallVector<int64_t> maskShape(shape.size() - 2, 1);
  llvm::append_range(maskShape, shape.take_back(2));
  std::vector<double> mask;
  for (int64_t row = 0; row < maskShape.end()[-2]; ++row)
    for (int64_t column = 0; column < maskShape.back(); ++column)
      mask.push_back(isUpper ? column - row >= diagonal
                             : column - row <= diagonal);
  return builder.select(layer, makeConstant(builder, layer, maskShape, mask),
                        input, makeNumber(builder, layer, input, 0.0f));
}
