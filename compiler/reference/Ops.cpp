//===- Ops.cpp - One plain function per nn op -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"
#include "compiler/reference/ScalarOps.h"
#include "dialect/ElementaryFunctions.h"

#include <array>
#include <cmath>
#include <tuple>

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

template <typename OpT, typename T> static Tensor<T> makeResult(OpT op) {
  auto type = op.getOutput().getType();
  return {type.getShape().vec(), std::vector<T>(type.getNumElements())};
}

//===----------------------------------------------------------------------===//
// Pointwise functions
//===----------------------------------------------------------------------===//

static double applyExactly(ActivationAttr function, double x) {
  double alpha = function.getAlpha(), beta = function.getBeta();
  auto hardSigmoid = [&](double slope, double offset) {
    double y = slope * x + offset;
    return y < 0 ? 0 : y > 1 ? 1 : y;
  };
  auto elu = [&](double scale) { return x < 0 ? scale * std::expm1(x) : x; };
  switch (function.getKind()) {
  case ActivationKind::Linear:
    return x;
  case ActivationKind::Relu:
    return x < 0 ? 0 : x;
  case ActivationKind::LeakyRelu:
    return x < 0 ? alpha * x : x;
  case ActivationKind::Clip:
    return x < alpha ? alpha : x > beta ? beta : x;
  case ActivationKind::Elu:
    return elu(alpha);
  case ActivationKind::Selu:
    return 1.0507009873554805 * elu(1.6732632423543772);
  case ActivationKind::Exp:
    return std::exp(x);
  case ActivationKind::Sigmoid:
    return 1 / (1 + std::exp(-x));
  case ActivationKind::HardSigmoid:
    return hardSigmoid(alpha, beta);
  case ActivationKind::Silu:
    return x / (1 + std::exp(-x));
  case ActivationKind::HardSilu:
    return x * hardSigmoid(1.0 / 6, 0.5);
  case ActivationKind::Tanh:
    return std::tanh(x);
  case ActivationKind::Softplus:
    return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x)));
  case ActivationKind::Softsign:
    return x / (1 + std::fabs(x));
  case ActivationKind::Gelu:
    return x * std::erfc(-x * std::sqrt(0.5)) / 2;
  case ActivationKind::GeluTanh:
    return x *
           (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))) /
           2;
  }
  llvm_unreachable("covered switch");
}

template <> double reference::applyFunction(ActivationAttr function, double x) {
  return applyExactly(function, x);
}

template <> float reference::applyFunction(ActivationAttr function, float x) {
  ScalarOps ops;
  return ElementaryFunctions<ScalarOps>(ops).apply(function, x);
}

static double exponential(double x) { return std::exp(x); }
static float exponential(float x) {
  ScalarOps ops;
  return ElementaryFunctions<ScalarOps>(ops).exp(x);
}

/// NaN where either is; of two zeros, the second.
template <typename T> static T maximum(T x, T y) {
  return std::isnan(x) || x > y ? x : y;
}

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

template <typename T>
Tensor<T> reference::dense(DenseOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<DenseOp, T>(op);
  size_t inputs = x.shape.back(), outputs = y.shape.back();
  auto kernel = read<T>(op.getKernel());
  auto bias = readOr<T>(op.getBiasAttr(), outputs, 0);
  for (size_t row = 0; row < y.values.size() / outputs; ++row)
    for (size_t f = 0; f < outputs; ++f) {
      std::vector<T> chains(op.getChains(), T(0));
      chains[0] = bias[f];
      for (size_t k = 0; k < inputs; ++k) {
        T &chain = chains[k % chains.size()];
        chain = std::fma(x.values[row * inputs + k], kernel[k * outputs + f],
                         chain);
      }
      while (chains.size() > 1) {
        for (size_t c = 0; c < chains.size() / 2; ++c)
          chains[c] = chains[2 * c] + chains[2 * c + 1];
        chains.resize(chains.size() / 2);
      }
      y.values[row * outputs + f] = chains[0];
    }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

//===----------------------------------------------------------------------===//
// Per-channel and pointwise layers
//===----------------------------------------------------------------------===//

/// Calls `function(element, channel)` for each element, the channel along
/// `axis`.
template <typename T, typename Function>
static void forEachChannel(const Tensor<T> &x, int64_t axis,
                           Function function) {
  size_t inner = 1;
  for (size_t i = axis + 1; i < x.shape.size(); ++i)
    inner *= x.shape[i];
  for (size_t element = 0; element < x.values.size(); ++element)
    function(element, element / inner % x.shape[axis]);
}

template <typename T>
Tensor<T> reference::batchNorm(BatchNormOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<BatchNormOp, T>(op);
  size_t channels = x.shape[op.getAxis()];
  auto gamma = readOr<T>(op.getGammaAttr(), channels, 1);
  auto beta = readOr<T>(op.getBetaAttr(), channels, 0);
  auto mean = read<T>(op.getMean()), variance = read<T>(op.getVariance());
  T epsilon = op.getEpsilon().convertToDouble();
  forEachChannel(x, op.getAxis(), [&](size_t i, size_t c) {
    y.values[i] = (x.values[i] - mean[c]) *
                      (gamma[c] / std::sqrt(variance[c] + epsilon)) +
                  beta[c];
  });
  return y;
}

template <typename T>
Tensor<T> reference::affine(AffineOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<AffineOp, T>(op);
  auto scale = read<T>(op.getScale()), shift = read<T>(op.getShift());
  forEachChannel(x, op.getAxis(), [&](size_t i, size_t c) {
    y.values[i] = std::fma(x.values[i], scale[c], shift[c]);
  });
  return y;
}

template <typename T>
Tensor<T> reference::activation(ActivationOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<ActivationOp, T>(op);
  for (size_t i = 0; i < x.values.size(); ++i)
    y.values[i] = applyFunction(op.getFunction(), x.values[i]);
  return y;
}

template <typename T>
Tensor<T> reference::add(AddOp op, const Tensor<T> &x, const Tensor<T> &z) {
  Tensor<T> y = makeResult<AddOp, T>(op);
  for (size_t i = 0; i < x.values.size(); ++i)
    y.values[i] = x.values[i] + z.values[i];
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

template <typename T>
Tensor<T> reference::softmax(SoftmaxOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<SoftmaxOp, T>(op);
  size_t length = x.shape[op.getAxis()], inner = 1;
  for (size_t i = op.getAxis() + 1; i < x.shape.size(); ++i)
    inner *= x.shape[i];
  for (size_t row = 0; row < x.values.size() / length; ++row) {
    size_t first = row / inner * inner * length + row % inner;
    T largest = x.values[first], sum = 0;
    for (size_t k = 1; k < length; ++k)
      largest = maximum(largest, x.values[first + k * inner]);
    for (size_t k = 0; k < length; ++k) {
      T &value = y.values[first + k * inner];
      value = exponential(x.values[first + k * inner] - largest);
      sum += value;
    }
    for (size_t k = 0; k < length; ++k)
      y.values[first + k * inner] /= sum;
  }
  return y;
}

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

template <typename T>
static Tensor<T>
pool(const Tensor<T> &x, PoolKind kind, llvm::ArrayRef<int64_t> window,
     llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> padding) {
  Image in(x.shape);
  int64_t top = padding.size() == 4 ? padding[0] : 0;
  int64_t left = padding[padding.size() - 2];
  Tensor<T> y{x.shape, {}};
  for (size_t axis = 0; axis < window.size(); ++axis)
    y.shape[axis + 1] = (x.shape[axis + 1] + padding[2 * axis] +
                         padding[2 * axis + 1] - window[axis]) /
                            strides[axis] +
                        1;
  Image out(y.shape);
  y.values.resize(out.batch * out.height * out.width * out.channels);
  for (int64_t n = 0; n < out.batch; ++n)
    for (int64_t oh = 0; oh < out.height; ++oh)
      for (int64_t ow = 0; ow < out.width; ++ow)
        for (int64_t c = 0; c < out.channels; ++c) {
          int64_t count = 0;
          T result = 0;
          for (int64_t kh = 0; kh < heightOf(window, 1); ++kh)
            for (int64_t kw = 0; kw < widthOf(window); ++kw) {
              int64_t h = oh * heightOf(strides, 1) + kh - top;
              int64_t w = ow * widthOf(strides) + kw - left;
              if (h < 0 || h >= in.height || w < 0 || w >= in.width)
                continue;
              T value = x.values[in.at(n, h, w, c)];
              result = count++ == 0            ? value
                       : kind == PoolKind::Max ? maximum(result, value)
                                               : result + value;
            }
          if (kind == PoolKind::Avg)
            result *= T(1) / T(count);
          y.values[out.at(n, oh, ow, c)] = result;
        }
  return y;
}

template <typename T>
Tensor<T> reference::maxPool(MaxPoolOp op, const Tensor<T> &x) {
  return applyEpilogue(op.getEpilogueStages(),
                       pool(x, PoolKind::Max, op.getWindow(),
                            op.getStrideValues(), op.getPaddingValues()));
}

template <typename T>
Tensor<T> reference::avgPool(AvgPoolOp op, const Tensor<T> &x) {
  return applyEpilogue(op.getEpilogueStages(),
                       pool(x, PoolKind::Avg, op.getWindow(),
                            op.getStrideValues(), op.getPaddingValues()));
}

template <typename T>
Tensor<T> reference::applyEpilogue(llvm::ArrayRef<mlir::Attribute> stages,
                                   Tensor<T> x) {
  for (mlir::Attribute stage : stages) {
    if (auto function = llvm::dyn_cast<ActivationAttr>(stage)) {
      for (T &value : x.values)
        value = applyFunction(function, value);
    } else if (auto affine = llvm::dyn_cast<AffineStageAttr>(stage)) {
      auto scale = read<T>(affine.getScale()),
           shift = read<T>(affine.getShift());
      forEachChannel(x, affine.getAxis(), [&](size_t i, size_t c) {
        x.values[i] = std::fma(x.values[i], scale[c], shift[c]);
      });
    } else {
      auto pooling = llvm::cast<PoolStageAttr>(stage);
      std::vector<int64_t> padding(2 * pooling.getWindow().size(), 0);
      x = pool(x, pooling.getKind(), pooling.getWindow().asArrayRef(),
               pooling.getStrides().asArrayRef(), padding);
    }
  }
  return x;
}

template <typename T>
Tensor<T> reference::globalPool(GlobalPoolOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<GlobalPoolOp, T>(op);
  Image in(x.shape);
  int64_t positions = in.height * in.width;
  bool isMax = op.getKind() == PoolKind::Max;
  for (int64_t n = 0; n < in.batch; ++n)
    for (int64_t c = 0; c < in.channels; ++c) {
      T result = x.values[in.at(n, 0, 0, c)];
      for (int64_t position = 1; position < positions; ++position) {
        T value = x.values[in.at(n, 0, 0, c) + position * in.channels];
        result = isMax ? maximum(result, value) : result + value;
      }
      y.values[n * in.channels + c] =
          isMax ? result : result * (T(1) / T(positions));
    }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

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
    return applyExactly(op.getRecurrentActivation(), sum);
  };
  cell =
      gate(z[1]) * cell + gate(z[0]) * applyExactly(op.getActivation(), z[2]);
  return {cell, gate(z[3]) * applyExactly(op.getActivation(), cell)};
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

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

template <typename T>
Tensor<T> reference::concat(ConcatOp op,
                            llvm::ArrayRef<const Tensor<T> *> inputs) {
  Tensor<T> y = makeResult<ConcatOp, T>(op);
  size_t outer = 1;
  for (int64_t axis = 0; axis < (int64_t)op.getAxis(); ++axis)
    outer *= y.shape[axis];
  auto end = y.values.begin();
  for (size_t block = 0; block < outer; ++block)
    for (const Tensor<T> *input : inputs) {
      size_t run = input->values.size() / outer;
      end = std::copy_n(input->values.begin() + block * run, run, end);
    }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

/// Calls `function(index, element)` for each multi-index of `shape`.
template <typename Function>
static void forEachIndex(llvm::ArrayRef<int64_t> shape, Function function) {
  std::vector<int64_t> index(shape.size(), 0);
  size_t element = 0;
  while (true) {
    function(index, element++);
    size_t axis = shape.size();
    while (axis > 0 && ++index[axis - 1] == shape[axis - 1])
      index[--axis] = 0;
    if (axis == 0)
      return;
  }
}

template <typename T> Tensor<T> reference::pad(PadOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<PadOp, T>(op);
  std::fill(y.values.begin(), y.values.end(),
            T(op.getValue().convertToDouble()));
  forEachIndex(x.shape, [&](llvm::ArrayRef<int64_t> index, size_t element) {
    size_t target = 0;
    for (size_t axis = 0; axis < index.size(); ++axis)
      target = target * y.shape[axis] + index[axis] + op.getLow()[axis];
    y.values[target] = x.values[element];
  });
  return y;
}

template <typename T>
Tensor<T> reference::transpose(TransposeOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<TransposeOp, T>(op);
  llvm::ArrayRef<int64_t> permutation = op.getPermutation();
  forEachIndex(y.shape, [&](llvm::ArrayRef<int64_t> index, size_t element) {
    std::vector<int64_t> source(index.size());
    for (size_t axis = 0; axis < index.size(); ++axis)
      source[permutation[axis]] = index[axis];
    size_t position = 0;
    for (size_t axis = 0; axis < index.size(); ++axis)
      position = position * x.shape[axis] + source[axis];
    y.values[element] = x.values[position];
  });
  return y;
}

#define FRIEZE_INSTANTIATE(T)                                                  \
  template Tensor<T> reference::dense(DenseOp, const Tensor<T> &);             \
  template Tensor<T> reference::batchNorm(BatchNormOp, const Tensor<T> &);     \
  template Tensor<T> reference::affine(AffineOp, const Tensor<T> &);           \
  template Tensor<T> reference::activation(ActivationOp, const Tensor<T> &);   \
  template Tensor<T> reference::add(AddOp, const Tensor<T> &,                  \
                                    const Tensor<T> &);                        \
  template Tensor<T> reference::softmax(SoftmaxOp, const Tensor<T> &);         \
  template Tensor<T> reference::embedding(EmbeddingOp, const Tensor<T> &);     \
  template Tensor<T> reference::lstm(LSTMOp, const Tensor<T> &);               \
  template Tensor<T> reference::concat(ConcatOp,                               \
                                       llvm::ArrayRef<const Tensor<T> *>);     \
  template Tensor<T> reference::maxPool(MaxPoolOp, const Tensor<T> &);         \
  template Tensor<T> reference::avgPool(AvgPoolOp, const Tensor<T> &);         \
  template Tensor<T> reference::globalPool(GlobalPoolOp, const Tensor<T> &);   \
  template Tensor<T> reference::pad(PadOp, const Tensor<T> &);                 \
  template Tensor<T> reference::transpose(TransposeOp, const Tensor<T> &);
FRIEZE_INSTANTIATE(float)
FRIEZE_INSTANTIATE(double)
