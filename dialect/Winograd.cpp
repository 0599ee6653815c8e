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

/// In how many pieces `scheme` computes a window of these taps; 0 where it
/// cannot. The last taps of a nested one may be zero, and are cheaper than a
/// scheme for each number of taps.
static int64_t countPieces(const WinogradScheme &scheme,
                           llvm::ArrayRef<int64_t> window) {
  int64_t rows = scheme.rows->taps, columns = scheme.columns->taps;
  switch (scheme.kind) {
  case WinogradScheme::Kind::Sequence:
    return window.size() == 1 && window[0] == columns;
  case WinogradScheme::Kind::Image:
    return window.size() == 2 && window[0] == rows && window[1] == columns;
  case WinogradScheme::Kind::Nested:
    if (window.size() != 1 || window[0] <= (rows - 1) * columns)
      return 0;
    return scheme.hasPieces() ? llvm::divideCeil(window[0], rows * columns)
                              : window[0] <= rows * columns;
  }
  llvm_unreachable("unknown kind");
}

std::optional<WinogradTiling>
WinogradTiling::find(ConvOp op, const WinogradScheme &scheme) {
  auto isOne = [](int64_t value) { return value == 1; };
  llvm::ArrayRef<int64_t> window =
      op.getKernel().getShapedType().getShape().drop_back(2);
  int64_t pieces = countPieces(scheme, window);
  if (op.getGroups() != 1 || !llvm::all_of(op.getStrideValues(), isOne) ||
      pieces == 0)
    return std::nullopt;
  llvm::ArrayRef<int64_t> result = op.getType().getShape();
  llvm::SmallVector<int64_t> dilations = op.getDilationValues();
  PoolStageAttr pool;
  for (mlir::Attribute stage : op.getEpilogueStages())
    if (auto found = llvm::dyn_cast<PoolStageAttr>(stage))
      pool = found;
  auto getAxis = [&](int64_t axis, int64_t outputs) -> WinogradAxis {
    return {outputs, pool ? pool.getWindow()[axis] : 1,
            pool ? pool.getStrides()[axis] : 1, result[1 + axis],
            window[axis] == 1 ? 1 : dilations[axis]};
  };
  WinogradTiling tiling{&scheme, {1, 1, 1, 1}, {1, 1, 1, 1}, 0};
  if (scheme.kind == WinogradScheme::Kind::Image)
    tiling.height = getAxis(0, scheme.rows->outputs);
  tiling.width = getAxis(window.size() - 1,
                         scheme.columns->outputs *
                             (tiling.isNested() ? scheme.rows->outputs : 1));
  if (tiling.isNested()) {
    WinogradAxis &width = tiling.width;
    int64_t taps = scheme.rows->taps * scheme.columns->taps;
    tiling.behind = (taps - window[0]) * width.dilation;
    width.pieces = pieces;
    if (pieces > 1) {
      int64_t last = width.getTileStart(width.getTileCount() - 1);
      int64_t end =
          last * width.stride + width.dilation * (width.outputs + taps - 2) + 1;
      int64_t size =
          op.getConvType().getDimSize(1) + width.dilation * (window[0] - 1);
      tiling.behind = std::max<int64_t>(0, end - size);
    }
  }
  // Windows of a pooling lie in a row.
  if (!tiling.height.isValid() || !tiling.width.isValid() ||
      scheme.columns->outputs % tiling.width.window != 0)
    return std::nullopt;
  return tiling;
}

llvm::SmallVector<int64_t> WinogradScheme::getOutputs() const {
  switch (kind) {
  case Kind::Sequence:
    return {columns->outputs};
  case Kind::Image:
    return {rows->outputs, columns->outputs};
  case Kind::Nested:
    return {rows->outputs * columns->outputs};
  }
  llvm_unreachable("unknown kind");
}

llvm::SmallVector<int64_t> WinogradScheme::getProducts(int64_t pieces) const {
  if (kind == Kind::Image)
    return {rows->getPoints(), columns->getPoints()};
  return {getPoints() * pieces};
}

bool WinogradScheme::hasFewestProducts() const {
  return kind != Kind::Nested && rows->getPoints() == rows->getInputs() &&
         columns->getPoints() == columns->getInputs();
}

std::optional<WinogradTiling>
WinogradTiling::find(ConvOp op, llvm::ArrayRef<int64_t> outputs,
                     std::optional<llvm::ArrayRef<int64_t>> products) {
  for (const WinogradScheme &scheme : getWinogradSchemes()) {
    if (outputs != llvm::ArrayRef(scheme.getOutputs()))
      continue;
    std::optional<WinogradTiling> tiling = find(op, scheme);
    if (tiling && (products ? *products == llvm::ArrayRef(tiling->getProducts())
                            : scheme.hasFewestProducts()))
      return tiling;
  }
  return std::nullopt;
}

template <typename T>
llvm::SmallVector<T> frieze::nn::transformKernel(ConvOp op) {
  WinogradTiling tiling = WinogradTiling::get(op);
  const WinogradForm &rows = tiling.getRows(), &columns = tiling.getColumns();
  llvm::SmallVector<double> kernel = *readWeights(op.getKernel());
  // Pairs of an input and an output channel.
  llvm::ArrayRef<int64_t> shape = op.getKernel().getShapedType().getShape();
  int64_t pairs = shape[shape.size() - 2] * shape.back();
  int64_t pieces = tiling.getPieces();
  llvm::SmallVector<T> transformed;
  transformed.reserve(tiling.getPoints() * pieces * pairs);
  llvm::SmallVector<double> sums;
  auto addTap = [&](int64_t piece, int64_t i, int64_t j, int64_t h, int64_t w) {
    // In memory, the taps of a row are next to those of the last in either
    // kind, and those of a piece, too.
    size_t tap = ((piece * rows.taps + h) * columns.taps + w) * pairs;
    double factor = rows.getKernelTransform()[i * rows.taps + h] *
                    columns.getKernelTransform()[j * columns.taps + w];
    if (tap >= kernel.size() || factor == 0)
      return;
    const double *from = kernel.data() + tap;
    for (int64_t pair = 0; pair < pairs; ++pair)
      sums[pair] += factor * from[pair];
  };
  for (int64_t i = 0; i < rows.getPoints(); ++i)
    for (int64_t j = 0; j < columns.getPoints(); ++j)
      for (int64_t piece = 0; piece < pieces; ++piece) {
        sums.assign(pairs, 0.0);
        for (int64_t h = 0; h < rows.taps; ++h)
          for (int64_t w = 0; w < columns.taps; ++w)
            addTap(piece, i, j, h, w);
        transformed.append(sums.begin(), sums.end());
      }
  return transformed;
}

template llvm::SmallVector<double> frieze::nn::transformKernel(ConvOp op);
template llvm::SmallVector<float> frieze::nn::transformKernel(ConvOp op);

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
  Magnitude mul(Magnitude a, Magnitude b) {
    return {a.value * b.value, a.roundings + b.roundings + 1};
  }
  Magnitude fma(Magnitude a, Magnitude b, Magnitude c) {
    return {a.value * b.value + c.value,
            std::max(a.roundings + b.roundings, c.roundings) + 1};
  }
};
} // namespace

std::optional<double> frieze::nn::boundError(ConvOp op) {
  if (!hasData(op.getKernel()) ||
      (op.getBiasAttr() && !hasData(op.getBiasAttr())))
    return std::nullopt;
  WinogradTiling tiling = WinogradTiling::get(op);
  MagnitudeOps ops;
  llvm::SmallVector<Magnitude> ones(
      tiling.getRows().getInputs() * tiling.getColumns().getInputs(), {1, 0});
  llvm::SmallVector<Magnitude> inputs =
      tiling.transformInputs(ops, llvm::ArrayRef<Magnitude>(ones));

  llvm::SmallVector<double> kernel = transformKernel(op);
  llvm::ArrayRef<int64_t> shape = op.getKernel().getShapedType().getShape();
  int64_t filters = shape.back(), channels = shape[shape.size() - 2];
  int64_t terms = tiling.getPieces() * channels;
  llvm::SmallVector<double> bias(filters, 0.0);
  if (op.getBiasAttr())
    bias = *readWeights(op.getBiasAttr());
  // The terms of a block, its sum, and the rounding of the weights.
  int64_t block = std::min(channels, tiling.getBlockChannels());
  int64_t inSum =
      tiling.getPieces() * block + llvm::divideCeil(channels, block) + 1;
  double worst = 0;
  for (int64_t f = 0; f < filters; ++f) {
    llvm::SmallVector<Magnitude> sums(tiling.getPoints());
    for (int64_t point = 0; point < tiling.getPoints(); ++point) {
      double weights = 0;
      for (int64_t term = 0; term < terms; ++term)
        weights += std::fabs(kernel[(point * terms + term) * filters + f]);
      if (point == tiling.getBiasPoint())
        weights += std::fabs(bias[f]) / inputs[point].value;
      sums[point] = {weights * inputs[point].value,
                     inputs[point].roundings + inSum};
    }
    for (const Magnitude &result :
         tiling.transformOutputs(ops, llvm::ArrayRef<Magnitude>(sums))) {
      double roundings = std::ldexp((double)result.roundings, -24);
      worst = std::max(worst, result.value * roundings / (1 - roundings));
    }
  }
  return worst;
}
