//===- OpAccess.h - What ops are given, as plain numbers --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_REFERENCE_OPACCESS_H
#define FRIEZE_COMPILER_REFERENCE_OPACCESS_H

#include "compiler/reference/Arithmetic.h"
#include "compiler/reference/Semantics.h"
#include "dialect/Weights.h"

namespace frieze::reference {

/// The values of a parameter whose data is there.
template <typename T> std::vector<T> read(mlir::ElementsAttr weights) {
  llvm::SmallVector<double> values = *nn::readWeights(weights);
  return std::vector<T>(values.begin(), values.end());
}

template <typename T>
std::vector<T> readOr(mlir::ElementsAttr weights, size_t size, T fallback) {
  return weights ? read<T>(weights) : std::vector<T>(size, fallback);
}

/// The axes of a 1-D or 2-D op, as 2-D: a sequence is an image of height 1.
struct Image {
  int64_t batch, height, width, channels;
  Image(llvm::ArrayRef<int64_t> shape)
      : batch(shape[0]), height(shape.size() == 4 ? shape[1] : 1),
        width(shape[shape.size() - 2]), channels(shape.back()) {}
  int64_t at(int64_t n, int64_t h, int64_t w, int64_t c) const {
    return ((n * height + h) * width + w) * channels + c;
  }
};

/// Entry for the last (width) or the one before (height) of the spatial axes.
inline int64_t widthOf(llvm::ArrayRef<int64_t> values) { return values.back(); }
inline int64_t heightOf(llvm::ArrayRef<int64_t> values, int64_t fallback) {
  return values.size() == 2 ? values[0] : fallback;
}

/// A result of `op`, all zero.
template <typename OpT, typename T> Tensor<T> makeResult(OpT op) {
  auto type = op.getOutput().getType();
  return {type.getShape().vec(), std::vector<T>(type.getNumElements())};
}

/// NaN where either is; of two zeros, the second.
template <typename T> T maximum(T x, T y) {
  return std::isnan(x) || x > y ? x : y;
}

/// NaN where either is; of two zeros, the second.
template <typename T> T minimum(T x, T y) {
  return std::isnan(x) || x < y ? x : y;
}

/// Calls `function(element, channel)` for each element, the channel along
/// `axis`.
template <typename T, typename Function>
void forEachChannel(const Tensor<T> &x, int64_t axis, Function function) {
  size_t inner = 1;
  for (size_t i = axis + 1; i < x.shape.size(); ++i)
    inner *= x.shape[i];
  for (size_t element = 0; element < x.values.size(); ++element)
    function(element, element / inner % x.shape[axis]);
}

/// Partial sums of a reduction whose elements are neighbours.
inline constexpr size_t reductionChains = 16;

/// For each element of `x` in turn, the number of the result of a reduction
/// over `axes` that it belongs to, and of its chain.
struct ReductionPlace {
  size_t result, chain;
};
std::vector<ReductionPlace> placeForReduction(llvm::ArrayRef<int64_t> shape,
                                              llvm::ArrayRef<int64_t> axes);

/// Combines the elements of `x` that differ in `axes` only, as nn.reduce does:
/// `take(partial, element, result)` adds an element to a partial result, which
/// starts as `start`, and `combine` two partial results.
template <typename T, typename Take, typename Combine>
std::vector<T> reduceAxes(const Tensor<T> &x, llvm::ArrayRef<int64_t> axes,
                          T start, Take take, Combine combine) {
  std::vector<ReductionPlace> places = placeForReduction(x.shape, axes);
  std::vector<T> partial((places.back().result + 1) * reductionChains, start);
  for (size_t i = 0; i < places.size(); ++i) {
    T &chain = partial[places[i].result * reductionChains + places[i].chain];
    chain = take(chain, x.values[i], places[i].result);
  }
  for (size_t count = partial.size(); partial.size() > count / reductionChains;
       partial.resize(partial.size() / 2))
    for (size_t i = 0; i < partial.size() / 2; ++i)
      partial[i] = combine(partial[2 * i], partial[2 * i + 1]);
  return partial;
}

/// `x` through the stages of an epilogue.
template <typename T>
Tensor<T> applyEpilogue(llvm::ArrayRef<mlir::Attribute> stages, Tensor<T> x);

/// The maximum or mean of `x` over each window. Padding takes no part.
template <typename T>
Tensor<T> pool(const Tensor<T> &x, nn::PoolKind kind,
               llvm::ArrayRef<int64_t> window, llvm::ArrayRef<int64_t> strides,
               llvm::ArrayRef<int64_t> padding,
               llvm::ArrayRef<int64_t> dilations);

} // namespace frieze::reference

#endif // FRIEZE_COMPILER_REFERENCE_OPACCESS_H
