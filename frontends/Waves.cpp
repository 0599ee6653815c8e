//===- Waves.cpp - Sine and cosine of values --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nn::ActivationKind;
using nn::BinaryKind;

/// Pi in parts of so few digits that the products of the first ones with whole
/// numbers up to 2^15 are exact in float32, with fused operations and without
/// (Cody and Waite, "Software Manual for the Elementary Functions", 1980).
static constexpr double piParts[] = {
    0x1.9200000000000p+1, 0x1.fa00000000000p-11, 0x1.5400000000000p-19,
    0x1.10b4611a62633p-29};

/// Up to here, the number of half turns is less than 2^15.
static constexpr double largestAngle = 100000.0;

/// The series of the sine up to x^11, which is within 6e-8 up to a quarter
/// turn.
static Value addSeries(ModelBuilder &builder, StringRef layer, Value angle) {
  Value square = builder.activation(layer, angle, ActivationKind::Square);
  // Of x^11, x^9, ... x^3.
  static constexpr double coefficients[] = {-1.0 / 39916800, 1.0 / 362880,
                                            -1.0 / 5040, 1.0 / 120, -1.0 / 6};
  Value sum;
  for (double coefficient : coefficients)
    sum = sum ? builder.scaleAndShift(
                    layer, builder.binary(layer, BinaryKind::Mul, sum, square),
                    1.0, coefficient)
              : builder.scaleAndShift(layer, square, 0.0, coefficient);
  Value cube = builder.binary(layer, BinaryKind::Mul, square, angle);
  return builder.binary(layer, BinaryKind::Add, angle,
                        builder.binary(layer, BinaryKind::Mul, sum, cube));
}

Value frieze::addWave(ModelBuilder &builder, StringRef layer, Value input,
                      bool isCosine) {
  if (!input)
    return {};
  auto scale = [&](Value value, double factor, double shift = 0.0) {
    return builder.scaleAndShift(layer, value, factor, shift);
  };
  auto apply = [&](ActivationKind kind, Value value) {
    return builder.activation(layer, value, kind);
  };
  // The sine vanishes at whole half turns, the cosine halfway between: those
  // nearest to the input.
  Value turns = apply(ActivationKind::Round,
                      scale(input, 1.0 / M_PI, isCosine ? -0.5 : 0.0));
  Value zero = isCosine ? scale(turns, 1.0, 0.5) : turns;
  Value angle = input;
  for (double part : piParts)
    angle = builder.binary(layer, BinaryKind::Sub, angle, scale(zero, part));
  // The sign alternates: (-1)^turns.
  Value pairs = apply(ActivationKind::Floor, scale(turns, 0.5));
  Value isOdd =
      builder.binary(layer, BinaryKind::Sub, turns, scale(pairs, 2.0));
  Value sign = scale(isOdd, isCosine ? 2.0 : -2.0, isCosine ? -1.0 : 1.0);
  Value wave = builder.binary(layer, BinaryKind::Mul, sign,
                              addSeries(builder, layer, angle));
  Value magnitude = apply(ActivationKind::Abs, input);
  Value isSmall = builder.binaryWithWeights(layer, BinaryKind::LessEqual,
                                            magnitude, {{}, {largestAngle}});
  Value nan = apply(ActivationKind::Sqrt, scale(magnitude, -1.0));
  return builder.select(layer, isSmall, wave, nan);
}
