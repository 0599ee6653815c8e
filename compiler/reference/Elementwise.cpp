//===- Elementwise.cpp - Normalisations, functions, epilogues ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"
#include "compiler/reference/ScalarOps.h"
#include "dialect/ElementaryFunctions.h"

#include <limits>

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

static double applyExactly(ActivationAttr function, double x) {
  double alpha = function.getAlpha(), beta = function.getBeta();
  auto hardSigmoid = [&](double slope, double offset) {
    double y = slope * x + offset;
    return y < 0 ? 0 : y > 1 ? 1 : y;
  };
  auto softplus = [&] {
    return (x > 0 ? x : 0) + std::log1p(std::exp(-std::fabs(x)));
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
    return softplus();
  case ActivationKind::Softsign:
    return x / (1 + std::fabs(x));
  case ActivationKind::Gelu:
    return x * std::erfc(-x * std::sqrt(0.5)) / 2;
  case ActivationKind::GeluTanh:
    return x *
           (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))) /
           2;
  case ActivationKind::ThresholdedRelu:
    return x <= beta ? alpha == 0 ? 0 : alpha * (x - beta) : x;
  case ActivationKind::Celu:
    return x < 0 ? alpha * std::expm1(x / alpha) : x;
  case ActivationKind::Mish:
    return x * std::tanh(softplus());
  case ActivationKind::Abs:
    return std::fabs(x);
  case ActivationKind::Square:
    return x * x;
  case ActivationKind::Sqrt:
    return std::sqrt(x);
  case ActivationKind::Reciprocal:
    return 1 / x;
  case ActivationKind::Log:
    return std::log(x);
  case ActivationKind::Erf:
    return std::erf(x);
  case ActivationKind::Sign:
    return x > 0 ? 1 : x < 0 ? -1 : x;
  case ActivationKind::Floor:
    return std::floor(x);
  case ActivationKind::Ceil:
    return std::ceil(x);
  case ActivationKind::Round:
    return std::nearbyint(x);
  case ActivationKind::Trunc:
    return std::trunc(x);
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

static double power(double x, double y) { return std::pow(x, y); }
static float power(float x, float y) {
  ScalarOps ops;
  return ElementaryFunctions<ScalarOps>(ops).pow(x, y);
}

template <typename T>
static Tensor<T> batchNorm(BatchNormOp op, const Tensor<T> &x) {
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

template <typename T> static Tensor<T> affine(AffineOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<AffineOp, T>(op);
  auto scale = read<T>(op.getScale()), shift = read<T>(op.getShift());
  forEachChannel(x, op.getAxis(), [&](size_t i, size_t c) {
    y.values[i] = multiplyAdd(x.values[i], scale[c], shift[c]);
  });
  return y;
}

template <typename T>
static Tensor<T> activation(ActivationOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<ActivationOp, T>(op);
  for (size_t i = 0; i < x.values.size(); ++i)
    y.values[i] = applyFunction(op.getFunction(), x.values[i]);
  return y;
}

template <typename T> static T combine(BinaryKind kind, T x, T y) {
  switch (kind) {
  case BinaryKind::Add:
    return x + y;
  case BinaryKind::Sub:
    return x - y;
  case BinaryKind::Mul:
    return x * y;
  case BinaryKind::Div:
    return x / y;
  case BinaryKind::Maximum:
    return maximum(x, y);
  case BinaryKind::Minimum:
    return minimum(x, y);
  case BinaryKind::Pow:
    return power(x, y);
  case BinaryKind::Equal:
    return x == y ? 1 : 0;
  case BinaryKind::NotEqual:
    return x != y ? 1 : 0;
  case BinaryKind::Less:
    return x < y ? 1 : 0;
  case BinaryKind::LessEqual:
    return x <= y ? 1 : 0;
  }
  llvm_unreachable("covered switch");
}

/// The element of `x` at element number `element` of a tensor of `shape`, to
/// which `x` is repeated along axes of size 1.
template <typename T>
static T readRepeated(const Tensor<T> &x, llvm::ArrayRef<int64_t> shape,
                      size_t element) {
  size_t position = 0, stride = 1;
  for (size_t axis = shape.size(); axis-- > 0;) {
    size_t index = element % shape[axis];
    element /= shape[axis];
    position += x.shape[axis] == 1 ? 0 : index * stride;
    stride *= x.shape[axis];
  }
  return x.values[position];
}

template <typename T>
static Tensor<T> binary(BinaryKind kind, const Tensor<T> &x,
                        const Tensor<T> &y) {
  Tensor<T> z{x.shape, {}};
  size_t elements = 1;
  for (size_t axis = 0; axis < x.shape.size(); ++axis) {
    z.shape[axis] = std::max(x.shape[axis], y.shape[axis]);
    elements *= z.shape[axis];
  }
  for (size_t i = 0; i < elements; ++i)
    z.values.push_back(combine(kind, readRepeated(x, z.shape, i),
                               readRepeated(y, z.shape, i)));
  return z;
}

template <typename T>
static Tensor<T> select(SelectOp op, Operands<T> operands) {
  Tensor<T> z = makeResult<SelectOp, T>(op);
  for (size_t i = 0; i < z.values.size(); ++i) {
    bool isChosen = readRepeated(operands[0], z.shape, i) != 0;
    z.values[i] = readRepeated(operands[isChosen ? 1 : 2], z.shape, i);
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(z));
}

template <typename T> static Tensor<T> prelu(PreluOp op, const Tensor<T> &x) {
  Tensor<T> slope{op.getSlope().getShapedType().getShape().vec(),
                  read<T>(op.getSlope())};
  Tensor<T> y = makeResult<PreluOp, T>(op);
  for (size_t i = 0; i < x.values.size(); ++i) {
    T value = x.values[i];
    y.values[i] = value < 0 ? value * readRepeated(slope, x.shape, i) : value;
  }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

template <typename T>
static Tensor<T> softmax(SoftmaxOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<SoftmaxOp, T>(op);
  int64_t axis = op.getAxis();
  std::vector<ReductionPlace> places = placeForReduction(x.shape, axis);
  std::vector<T> largest = reduceAxes(
      x, axis, -std::numeric_limits<T>::infinity(),
      [](T most, T element, size_t) { return maximum(most, element); },
      maximum<T>);
  for (size_t i = 0; i < x.values.size(); ++i)
    y.values[i] = exponential(x.values[i] - largest[places[i].result]);
  std::vector<T> sums = reduceAxes(
      y, axis, T(-0.0), [](T sum, T element, size_t) { return sum + element; },
      [](T a, T b) { return a + b; });
  for (size_t i = 0; i < x.values.size(); ++i)
    y.values[i] /= sums[places[i].result];
  return y;
}

template <typename T>
static Tensor<T> attention(AttentionOp op, const Tensor<T> &query,
                           const Tensor<T> &key, const Tensor<T> &value) {
  Tensor<T> y = makeResult<AttentionOp, T>(op);
  size_t rank = y.shape.size(), terms = key.shape[rank - 1];
  size_t queries = y.shape[rank - 2], keys = key.shape[rank - 2];
  size_t columns = y.shape[rank - 1];
  T scale = op.getScale().convertToDouble();
  for (size_t row = 0; row < y.values.size() / columns; ++row) {
    const T *q = &query.values[row * terms];
    const T *k = &key.values[row / queries * keys * terms];
    const T *v = &value.values[row / queries * keys * columns];
    std::vector<T> weights(keys, T(0));
    T largest = -std::numeric_limits<T>::infinity();
    for (size_t j = 0; j < keys; ++j) {
      for (size_t i = 0; i < terms; ++i)
        weights[j] = multiplyAdd(k[j * terms + i], q[i] * scale, weights[j]);
      largest = maximum(largest, weights[j]);
    }
    T sum = 0;
    for (T &weight : weights)
      sum += weight = exponential(weight - largest);
    for (size_t e = 0; e < columns; ++e) {
      T &result = y.values[row * columns + e];
      for (size_t j = 0; j < keys; ++j)
        result = multiplyAdd(v[j * columns + e], weights[j], result);
      result /= sum;
    }
  }
  return y;
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
        x.values[i] = multiplyAdd(x.values[i], scale[c], shift[c]);
      });
    } else {
      auto pooling = llvm::cast<PoolStageAttr>(stage);
      size_t rank = pooling.getWindow().size();
      std::vector<int64_t> padding(2 * rank, 0), dilations(rank, 1);
      x = pool(x, pooling.getKind(), pooling.getWindow().asArrayRef(),
               pooling.getStrides().asArrayRef(), padding, dilations);
    }
  }
  return x;
}

template Tensor<float> reference::applyEpilogue(llvm::ArrayRef<mlir::Attribute>,
                                                Tensor<float>);
template Tensor<double>
    reference::applyEpilogue(llvm::ArrayRef<mlir::Attribute>, Tensor<double>);

void reference::addElementwiseSemantics(SemanticsTable &table) {
  table.add<ActivationOp>(
      [](auto op, auto operands) { return activation(op, operands[0]); });
  table.add<AddOp, SubOp, MulOp, DivOp, MaximumOp, MinimumOp, PowOp, EqualOp,
            NotEqualOp, LessOp, LessEqualOp>([](auto op, auto operands) {
    return applyEpilogue(op.getEpilogueStages(),
                         binary(op.kind, operands[0], operands[1]));
  });
  table.add<AffineOp>(
      [](auto op, auto operands) { return affine(op, operands[0]); });
  table.add<BatchNormOp>(
      [](auto op, auto operands) { return batchNorm(op, operands[0]); });
  table.add<DropoutOp>([](auto, auto operands) { return operands[0]; });
  table.add<IdentityOp>([](auto op, auto operands) {
    return applyEpilogue(op.getEpilogueStages(), operands[0]);
  });
  table.add<PreluOp>(
      [](auto op, auto operands) { return prelu(op, operands[0]); });
  table.add<AttentionOp>([](auto op, auto operands) {
    return attention(op, operands[0], operands[1], operands[2]);
  });
  table.add<SelectOp>(
      [](auto op, auto operands) { return select(op, operands); });
  table.add<SoftmaxOp>(
      [](auto op, auto operands) { return softmax(op, operands[0]); });
}
