//===- Layout.cpp - Layers that move elements -------------------*- C++ -*-===//
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
  template Tensor<T> reference::concat(ConcatOp,                               \
                                       llvm::ArrayRef<const Tensor<T> *>);     \
  template Tensor<T> reference::pad(PadOp, const Tensor<T> &);                 \
  template Tensor<T> reference::transpose(TransposeOp, const Tensor<T> &);
FRIEZE_INSTANTIATE(float)
FRIEZE_INSTANTIATE(double)
