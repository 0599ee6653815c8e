//===- Sequence.cpp - Embeddings and recurrent layers -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"
#include "compiler/reference/ScalarOps.h"
#include "dialect/ElementaryFunctions.h"

#include <array>
#include <tuple>

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

template <typename T>
Tensor<T> reference::embedding(EmbeddingOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<EmbeddingOp, T>(op);
  auto table = read<T>(op.getTable());
  int64_t rows = op.getTable().getShapedType().getDimSize(0);
  size_t width = op.getTable().getShapedType().getDimSize(1);
  for (size_t i = 0; i < x.values.size(); ++i) {
    bool isRow = x.values[i] > -1 && x.values[i] < T(rows);
    for (size_t c = 0; c < width; ++c)
      y.values[i * width + c] = isRow ? table[size_t(x.values[i]) * width + c]
                                      : std::numeric_limits<T>::quiet_NaN();
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

/// The new cell and state of one unit, from its sums z_i, z_f, z_g, z_o.
static std::pair<double, double>
updateCell(LSTMOp op, const std::array<double, 4> &z, double cell) {
  auto gate = [&](double sum) {
    return applyFunction(op.getRecurrentActivation(), sum);
  };
  cell =
      gate(z[1]) * cell + gate(z[0]) * applyFunction(op.getActivation(), z[2]);
  return {cell, gate(z[3]) * applyFunction(op.getActivation(), cell)};
}
static std::pair<float, float>
updateCell(LSTMOp op, const std::array<float, 4> &z, float cell) {
  ScalarOps ops;
  auto updated = ElementaryFunctions<ScalarOps>(ops).updateCell(
      op.getRecurrentActivation(), op.getActivation(), z, cell);
  return {updated.cell, updated.state};
}

template <typename T> Tensor<T> reference::lstm(LSTMOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<LSTMOp, T>(op);
  int64_t batch = x.shape[0], steps = x.shape[1], channels = x.shape[2];
  int64_t units = y.shape.back(), columns = 4 * units;
  auto kernel = read<T>(op.getKernel()), recurrent = read<T>(op.getRecurrent());
  auto bias = readOr<T>(op.getBiasAttr(), columns, 0);
  for (int64_t n = 0; n < batch; ++n) {
    std::vector<T> h(units, 0), c(units, 0), z;
    for (int64_t step = 0; step < steps; ++step) {
      int64_t t = op.getBackwards() ? steps - 1 - step : step;
      z = bias;
      for (int64_t k = 0; k < channels; ++k)
        for (int64_t j = 0; j < columns; ++j)
          z[j] = std::fma(x.values[(n * steps + t) * channels + k],
                          kernel[k * columns + j], z[j]);
      for (int64_t k = 0; k < units; ++k)
        for (int64_t j = 0; j < columns; ++j)
          z[j] = std::fma(h[k], recurrent[k * columns + j], z[j]);
      for (int64_t j = 0; j < units; ++j) {
        std::array<T, 4> sums;
        for (int64_t gate = 0; gate < 4; ++gate)
          sums[gate] = z[gate * units + j];
        std::tie(c[j], h[j]) = updateCell(op, sums, c[j]);
      }
      int64_t row = op.getSequences() ? n * steps + step : n;
      std::copy(h.begin(), h.end(), y.values.begin() + row * units);
    }
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

#define FRIEZE_INSTANTIATE(T)                                                  \
  template Tensor<T> reference::embedding(EmbeddingOp, const Tensor<T> &);     \
  template Tensor<T> reference::lstm(LSTMOp, const Tensor<T> &);
FRIEZE_INSTANTIATE(float)
FRIEZE_INSTANTIATE(double)
