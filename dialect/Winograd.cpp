//===- Winograd.cpp - Minimal filtering -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Winograd.h"
#include "dialect/Weights.h"
#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace frieze::nn;

// Row of a point p: (1, p, p^2) over the product of its differences to the
// other finite points.
static constexpr double transform11[] = {1};
static constexpr double transform22[] = {1, 0, 1, 1, 0, 1};
static constexpr double transform23[] = {1,   0,    0,   0.5, 0.5, 0.5,
                                         0.5, -0.5, 0.5, 0,   0,   1};
static constexpr double transform43[] = {
    1,        0,         0,        1.0 / 3,    1.0 / 3,   1.0 / 3,
    -1.0 / 3, 1.0 / 3,   -1.0 / 3, -16.0 / 15, -8.0 / 15, -4.0 / 15,
    1.0 / 15, -2.0 / 15, 4.0 / 15, 0,          0,         1};

llvm::ArrayRef<double> WinogradForm::getKernelTransform() const {
  if (taps == 1)
    return transform11;
  if (taps == 2)
    return transform22;
  if (outputs == 2)
    return transform23;
  return transform43;
}

WinogradTiling WinogradTiling::get(ConvOp op, llvm::ArrayRef<int64_t> outputs) {
  llvm::ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  llvm::ArrayRef<int64_t> result = op.getType().getShape();
  int64_t rank = op.getSpatialRank();
  PoolStageAttr pool;
  for (mlir::Attribute stage : op.getEpilogueStages())
    if (auto found = llvm::dyn_cast<PoolStageAttr>(stage))
      pool = found;
  auto get = [&](int64_t axis) -> WinogradAxis {
    return {{outputs[axis], kernel[axis]},
            pool ? pool.getWindow()[axis] : 1,
            pool ? pool.getStrides()[axis] : 1,
            result[1 + axis]};
  };
  return {rank == 2 ? get(0) : WinogradAxis{{1, 1}, 1, 1, 1}, get(rank - 1)};
}

llvm::SmallVector<double> frieze::nn::transformKernel(ConvOp op) {
  WinogradTiling tiling = WinogradTiling::get(op);
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  llvm::SmallVector<double> kernel = *readWeights(op.getKernel());
  // Pairs of an input and an output channel.
  int64_t pairs = kernel.size() / (height.taps * width.taps);
  llvm::SmallVector<double> transformed(tiling.getPoints() * pairs, 0.0);
  for (int64_t i = 0; i < height.getPoints(); ++i)
    for (int64_t j = 0; j < width.getPoints(); ++j)
      for (int64_t h = 0; h < height.taps; ++h)
        for (int64_t w = 0; w < width.taps; ++w) {
          double factor = height.getKernelTransform()[i * height.taps + h] *
                          width.getKernelTransform()[j * width.taps + w];
          const double *from = kernel.data() + (h * width.taps + w) * pairs;
          double *to = transformed.data() + (i * width.getPoints() + j) * pairs;
          for (int64_t pair = 0; pair < pairs; ++pair)
            to[pair] += factor * from[pair];
        }
  return transformed;
}

namespace {
/// A sum without signs, and the roundings on the longest way to it.
struct Magnitude {
  double value = 0;
  int64_t roundings = 0;
};

struct MagnitudeOps {
  using Value = Magnitude;
  Magnitude constant(float value) { return {std::fabs(value), 0}; }
  Magnitude add(Magnitude a, Magnitude b) {
    return {a.value + b.value, std::max(a.roundings, b.roundings) + 1};
  }
  Magnitude sub(Magnitude a, Magnitude b) { return add(a, b); }
  Magnitude fma(Magnitude a, Magnitude b, Magnitude c) {
    return {a.value * b.value + c.value,
            std::max(a.roundings + b.roundings, c.roundings) + 1};
  }
};
} // namespace

/// Applies `transform` to each column of a tile, a row after the other, or to
/// each row.
static void transformTile(
    llvm::MutableArrayRef<Magnitude> tile, int64_t rows, int64_t columns,
    bool alongHeight,
    llvm::function_ref<void(llvm::MutableArrayRef<Magnitude>)> transform) {
  for (int64_t line = 0; line < (alongHeight ? columns : rows); ++line) {
    auto at = [&](int64_t i) -> Magnitude & {
      return tile[alongHeight ? i * columns + line : line * columns + i];
    };
    llvm::SmallVector<Magnitude> values;
    for (int64_t i = 0; i < (alongHeight ? rows : columns); ++i)
      values.push_back(at(i));
    transform(values);
    for (auto [i, value] : llvm::enumerate(values))
      at(i) = value;
  }
}

std::optional<double> frieze::nn::boundError(ConvOp op) {
  if (mlir::failed(readWeights(op.getKernel())) ||
      (op.getBiasAttr() && mlir::failed(readWeights(op.getBiasAttr()))))
    return std::nullopt;
  WinogradTiling tiling = WinogradTiling::get(op);
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  int64_t rows = height.getPoints(), columns = width.getPoints();
  MagnitudeOps ops;
  llvm::SmallVector<Magnitude> inputs(tiling.getPoints(), Magnitude{1, 0});
  transformTile(inputs, rows, columns, true,
                [&](auto values) { height.transformInput(ops, values); });
  transformTile(inputs, rows, columns, false,
                [&](auto values) { width.transformInput(ops, values); });

  llvm::SmallVector<double> kernel = transformKernel(op);
  llvm::ArrayRef<int64_t> shape = op.getKernel().getShapedType().getShape();
  int64_t filters = shape.back(), channels = shape[shape.size() - 2];
  llvm::SmallVector<double> bias(filters, 0.0);
  if (op.getBiasAttr())
    bias = *readWeights(op.getBiasAttr());
  // The terms of a block, its sum, and the rounding of the weights.
  int64_t inSum = std::min(channels, winogradBlock) +
                  (channels + winogradBlock - 1) / winogradBlock + 1;
  double worst = 0;
  for (int64_t f = 0; f < filters; ++f) {
    llvm::SmallVector<Magnitude> tile(tiling.getPoints());
    for (int64_t point = 0; point < tiling.getPoints(); ++point) {
      double weights = 0;
      for (int64_t c = 0; c < channels; ++c)
        weights += std::fabs(kernel[(point * channels + c) * filters + f]);
      if (point == tiling.getBiasPoint())
        weights += std::fabs(bias[f]) / inputs[point].value;
      tile[point] = {weights * inputs[point].value,
                     inputs[point].roundings + inSum};
    }
    transformTile(tile, rows, columns, false,
                  [&](auto values) { width.transformOutput(ops, values); });
    transformTile(tile, rows, columns, true,
                  [&](auto values) { height.transformOutput(ops, values); });
    for (int64_t i = 0; i < height.outputs; ++i)
      for (int64_t j = 0; j < width.outputs; ++j) {
        const Magnitude &result = tile[i * columns + j];
        double roundings = std::ldexp((double)result.roundings, -24);
        worst = std::max(worst, result.value * roundings / (1 - roundings));
      }
  }
  return worst;
}
