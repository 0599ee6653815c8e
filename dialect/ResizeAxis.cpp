//===- ResizeAxis.cpp - Where a resize reads --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/ResizeAxis.h"

#include <cmath>

using namespace frieze::nn;

/// `position` as a whole number.
static double roundAs(Rounding rounding, double position) {
  switch (rounding) {
  case Rounding::Floor:
    return std::floor(position);
  case Rounding::Ceil:
    return std::ceil(position);
  case Rounding::RoundPreferFloor:
    return std::ceil(position - 0.5);
  case Rounding::RoundPreferCeil:
    return std::floor(position + 0.5);
  }
  llvm_unreachable("covered switch");
}

double frieze::nn::findResizedPosition(Coordinates coordinates, int64_t result,
                                       int64_t size, int64_t inputSize,
                                       double scale) {
  if (coordinates == Coordinates::PytorchHalfPixel)
    coordinates = size > 1 ? Coordinates::HalfPixel : Coordinates::AlignCorners;
  if (coordinates == Coordinates::HalfPixel)
    return (result + 0.5) / scale - 0.5;
  if (coordinates == Coordinates::Asymmetric)
    return result / scale;
  return size > 1 ? double(result * (inputSize - 1)) / double(size - 1) : 0.0;
}

ResizeAxis ResizeAxis::get(ResizeOp op, int64_t spatialAxis) {
  ResizeAxis axis;
  axis.inputSize = op.getInput().getType().getDimSize(spatialAxis + 1);
  int64_t size = op.getSizes()[spatialAxis];
  double scale = op.getScales() ? (*op.getScales())[spatialAxis]
                                : double(size) / double(axis.inputSize);
  for (int64_t o = 0; o < size; ++o) {
    double position = findResizedPosition(op.getCoordinates(), o, size,
                                          axis.inputSize, scale);
    bool isLinear = op.getKind() == ResizeKind::Linear;
    if (!isLinear)
      position = roundAs(op.getRounding(), position);
    position = std::clamp(position, 0.0, double(axis.inputSize - 1));
    axis.low.push_back(int64_t(position));
    if (isLinear)
      axis.weights.push_back(position - std::floor(position));
  }
  if (llvm::all_of(axis.weights, [](double weight) { return weight == 0; }))
    axis.weights.clear();
  return axis;
}

int64_t ResizeAxis::getRepeats() const {
  int64_t repeats = low.size() / inputSize;
  if (isInterpolated() || repeats * inputSize != (int64_t)low.size())
    return 0;
  for (auto [position, read] : llvm::enumerate(low))
    if (read != (int64_t)position / repeats)
      return 0;
  return repeats;
}
