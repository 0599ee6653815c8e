//===- Winograd.h - Minimal filtering -------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_WINOGRAD_H
#define FRIEZE_DIALECT_WINOGRAD_H

#include "dialect/NNOps.h"

namespace frieze::nn {

/// F(outputs, taps) along one axis (Winograd, "Arithmetic Complexity of
/// Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional
/// Neural Networks", 2016): `outputs` neighbouring results of a filter with
/// `taps` taps from `outputs + taps - 1` inputs d and as many products,
/// `y = A^T ((G g) * (B^T d))`. Evaluation points are 0, 1 and infinity for
/// F(2,2), also -1 for F(2,3), also 1/2 and -2 for F(4,3) (with these the error
/// of F(4,3) is a third of what the usual 2 and -2 give). F(1,1) is a plain
/// product, for the axis along which a window has one tap.
///
/// The transforms of inputs and outputs are templates over `Ops`, like
/// ElementaryFunctions, so that code generation and the reference evaluator
/// agree in every bit.
struct WinogradForm {
  int64_t outputs, taps;

  static bool isSupported(int64_t outputs, int64_t taps) {
    return (outputs == 1 && taps == 1) || (outputs == 2 && taps == 2) ||
           (outputs == 2 && taps == 3) || (outputs == 4 && taps == 3);
  }

  int64_t getPoints() const { return outputs + taps - 1; }
  /// The product at the point 1, which goes into every output with factor 1:
  /// its sum starts from the bias.
  int64_t getBiasPoint() const { return getPoints() == 1 ? 0 : 1; }
  /// G: one row per point, one column per tap.
  llvm::ArrayRef<double> getKernelTransform() const;

  /// B^T d, in place: `values` holds one input per point.
  template <typename Ops>
  void transformInput(Ops &ops,
                      llvm::MutableArrayRef<typename Ops::Value> values) const;
  /// A^T m: one product per point in `values`, of which the first `outputs`
  /// become the results.
  template <typename Ops>
  void transformOutput(Ops &ops,
                       llvm::MutableArrayRef<typename Ops::Value> values) const;
};

/// How the outputs of a convolution along one axis are divided into tiles.
/// With a pooling in the epilogue, tiles hold whole windows of it. The last
/// tile is moved back to end at the last output, and where tiles overlap, the
/// later one counts.
struct WinogradAxis {
  WinogradForm form;
  /// Window and stride of the pooling, or 1.
  int64_t window, stride;
  /// Results after pooling.
  int64_t extent;

  /// Results after pooling of one tile.
  int64_t getTileExtent() const { return form.outputs / window; }
  int64_t getTileCount() const {
    return (extent + getTileExtent() - 1) / getTileExtent();
  }
  /// First result of tile `tile`.
  int64_t getTileStart(int64_t tile) const {
    return std::min(tile * getTileExtent(), extent - getTileExtent());
  }
  /// Whether tiles hold whole windows, next to each other where more than one,
  /// and no two tiles parts of one.
  bool isValid() const {
    return form.outputs % window == 0 && stride >= window &&
           (stride == window || form.outputs == window) &&
           extent >= getTileExtent();
  }
};

/// A conv's spatial axes; those of a sequence are an image of height 1.
struct WinogradTiling {
  WinogradAxis height, width;

  /// With `outputs` results of the convolution along each axis of `op`'s input
  /// in a tile. What `op` has of it is not looked at.
  static WinogradTiling get(ConvOp op, llvm::ArrayRef<int64_t> outputs);
  static WinogradTiling get(ConvOp op) { return get(op, *op.getWinograd()); }

  /// Products of a tile for each pair of an input and an output channel.
  int64_t getPoints() const {
    return height.form.getPoints() * width.form.getPoints();
  }
  /// Whether a result depends on inputs of its tile that its own window does
  /// not read, which cancel only up to rounding. F(2, .) has none: of its
  /// points, 0 alone meets the first input, and infinity alone the last, and
  /// each of these goes into the one result that reads that input.
  bool reachesBeyond() const {
    return height.form.outputs > 2 || width.form.outputs > 2;
  }
  /// The product whose sum starts from the bias.
  int64_t getBiasPoint() const {
    return height.form.getBiasPoint() * width.form.getPoints() +
           width.form.getBiasPoint();
  }
  int64_t getTileCount() const {
    return height.getTileCount() * width.getTileCount();
  }
};

/// Sums over input channels are made in blocks of so many, which are then
/// added in order.
constexpr int64_t winogradBlock = 64;

/// G g G^T for the kernel of `op`, in double: (points, input channels, output
/// channels), the points of the height outside.
llvm::SmallVector<double> transformKernel(ConvOp op);

/// How far the results of `op`, which has `winograd`, before their epilogue,
/// can lie from the exact sums of its kernel in f32, for inputs of magnitude at
/// most 1 in a tile: n u / (1 - n u) times what the algorithm adds up without
/// signs, where n roundings lie on the longest way from an input to a result,
/// and u is 2^-24 (Higham, "Accuracy and Stability of Numerical Algorithms",
/// section 3.1). The bias counts with its own magnitude. Nothing where weights
/// are elided.
std::optional<double> boundError(ConvOp op);

template <typename Ops>
void WinogradForm::transformInput(
    Ops &ops, llvm::MutableArrayRef<typename Ops::Value> d) const {
  using Value = typename Ops::Value;
  if (outputs == 2 && taps == 2) {
    d[0] = ops.sub(d[0], d[1]);
    d[2] = ops.sub(d[2], d[1]);
  } else if (outputs == 2) {
    Value sum = ops.add(d[1], d[2]), difference = ops.sub(d[2], d[1]);
    d[0] = ops.sub(d[0], d[2]);
    d[3] = ops.sub(d[3], d[1]);
    d[1] = sum;
    d[2] = difference;
  } else if (outputs == 4) {
    Value threeHalves = ops.constant(1.5f);
    Value odd = ops.sub(d[3], d[1]), even = ops.sub(d[4], d[2]);
    Value first = ops.fma(odd, threeHalves, ops.add(ops.sub(d[0], d[2]), even));
    Value last = ops.fma(even, threeHalves, ops.sub(ops.sub(d[5], d[3]), odd));
    Value one = ops.fma(ops.add(d[2], d[3]), threeHalves, ops.add(even, odd));
    Value minusOne =
        ops.fma(ops.sub(d[3], d[2]), threeHalves, ops.sub(even, odd));
    d[0] = first;
    d[1] = one;
    d[2] = minusOne;
    d[3] = ops.fma(odd, ops.constant(2.0f), even);
    d[4] = ops.fma(odd, ops.constant(-0.5f), even);
    d[5] = last;
  }
}

template <typename Ops>
void WinogradForm::transformOutput(
    Ops &ops, llvm::MutableArrayRef<typename Ops::Value> m) const {
  using Value = typename Ops::Value;
  if (outputs == 2 && taps == 2) {
    m[0] = ops.add(m[0], m[1]);
    m[1] = ops.add(m[1], m[2]);
  } else if (outputs == 2) {
    Value sum = ops.add(m[1], m[2]), difference = ops.sub(m[1], m[2]);
    m[0] = ops.add(m[0], sum);
    m[1] = ops.add(difference, m[3]);
  } else if (outputs == 4) {
    Value sum = ops.add(m[1], m[2]), difference = ops.sub(m[1], m[2]);
    Value half = m[3], minusTwo = m[4], infinity = m[5];
    auto combine = [&](Value value, float ofHalf, float ofMinusTwo) {
      return ops.fma(minusTwo, ops.constant(ofMinusTwo),
                     ops.fma(half, ops.constant(ofHalf), value));
    };
    m[0] = ops.add(ops.add(m[0], sum), ops.add(half, minusTwo));
    m[1] = combine(difference, 0.5f, -2.0f);
    m[2] = combine(sum, 0.25f, 4.0f);
    m[3] = combine(ops.add(difference, infinity), 0.125f, -8.0f);
  }
}

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_WINOGRAD_H
