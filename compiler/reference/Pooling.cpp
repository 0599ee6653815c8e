//===- Pooling.cpp - Maxima and means over windows --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

template <typename T>
Tensor<T> reference::pool(const Tensor<T> &x, PoolKind kind,
                          llvm::ArrayRef<int64_t> window,
                          llvm::ArrayRef<int64_t> strides,
                          llvm::ArrayRef<int64_t> padding,
                          llvm::ArrayRef<int64_t> dilations) {
  Image in(x.shape);
  int64_t top = padding.size() == 4 ? padding[0] : 0;
  int64_t left = padding[padding.size() - 2];
  Tensor<T> y{x.shape, {}};
  for (size_t axis = 0; axis < window.size(); ++axis)
    y.shape[axis + 1] =
        (x.shape[axis + 1] + padding[2 * axis] + padding[2 * axis + 1] -
         (window[axis] - 1) * dilations[axis] - 1) /
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
              int64_t h =
                  oh * heightOf(strides, 1) + kh * heightOf(dilations, 1) - top;
              int64_t w =
                  ow * widthOf(strides) + kw * widthOf(dilations) - left;
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

/// Of nn.max_pool and nn.avg_pool.
template <typename OpT, typename T>
static Tensor<T> poolWindows(OpT op, PoolKind kind, const Tensor<T> &x) {
  return applyEpilogue(op.getEpilogueStages(),
                       pool(x, kind, op.getWindow(), op.getStrideValues(),
                            op.getPaddingValues(), op.getDilationValues()));
}

template <typename T>
static Tensor<T> globalPool(GlobalPoolOp op, const Tensor<T> &x) {
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

#define FRIEZE_INSTANTIATE(T)                                                  \
  template Tensor<T> reference::pool(                                          \
      const Tensor<T> &, PoolKind, llvm::ArrayRef<int64_t>,                    \
      llvm::ArrayRef<int64_t>, llvm::ArrayRef<int64_t>,                        \
      llvm::ArrayRef<int64_t>);
FRIEZE_INSTANTIATE(float)
FRIEZE_INSTANTIATE(double)

void reference::addPoolingSemantics(SemanticsTable &table) {
  table.add<MaxPoolOp>([](auto op, auto operands) {
    return poolWindows(op, PoolKind::Max, operands[0]);
  });
  table.add<AvgPoolOp>([](auto op, auto operands) {
    return poolWindows(op, PoolKind::Avg, operands[0]);
  });
  table.add<GlobalPoolOp>(
      [](auto op, auto operands) { return globalPool(op, operands[0]); });
}
