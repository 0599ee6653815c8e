//===- Layout.cpp - Layers that move elements -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/OpAccess.h"
#include "dialect/ResizeAxis.h"

using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

template <typename T> static Tensor<T> concat(ConcatOp op, Operands<T> inputs) {
  Tensor<T> y = makeResult<ConcatOp, T>(op);
  size_t outer = 1;
  for (int64_t axis = 0; axis < (int64_t)op.getAxis(); ++axis)
    outer *= y.shape[axis];
  auto end = y.values.begin();
  for (size_t block = 0; block < outer; ++block)
    for (size_t i = 0; i < inputs.size(); ++i) {
      size_t run = inputs[i].values.size() / outer;
      end = std::copy_n(inputs[i].values.begin() + block * run, run, end);
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

/// The position that padding at `position`, relative to the input, repeats, and
/// nothing for padding with a constant.
static std::optional<int64_t> findPadded(PadMode mode, int64_t position,
                                         int64_t size) {
  if (position >= 0 && position < size)
    return position;
  switch (mode) {
  case PadMode::Constant:
    return std::nullopt;
  case PadMode::Edge:
    return std::clamp<int64_t>(position, 0, size - 1);
  case PadMode::Reflect:
    return position < 0 ? -position : 2 * (size - 1) - position;
  }
  llvm_unreachable("covered switch");
}

template <typename T> static Tensor<T> pad(PadOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<PadOp, T>(op);
  forEachIndex(y.shape, [&](llvm::ArrayRef<int64_t> index, size_t element) {
    std::optional<size_t> source = 0;
    for (size_t axis = 0; axis < index.size(); ++axis) {
      auto position = findPadded(op.getMode(), index[axis] - op.getLow()[axis],
                                 x.shape[axis]);
      if (source && position)
        source = *source * x.shape[axis] + *position;
      else
        source.reset();
    }
    y.values[element] =
        source ? x.values[*source] : T(op.getValue().convertToDouble());
  });
  return y;
}

template <typename T> static Tensor<T> resize(ResizeOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<ResizeOp, T>(op);
  Image in(x.shape), out(y.shape);
  bool isImage = x.shape.size() == 4;
  // Without rows, those of the width stand in, and are not read.
  ResizeAxis rows = ResizeAxis::get(op, 0);
  ResizeAxis columns = ResizeAxis::get(op, isImage ? 1 : 0);
  auto readRow = [&](int64_t n, int64_t h, int64_t ow, int64_t c) {
    T low = x.values[in.at(n, h, columns.low[ow], c)];
    if (!columns.isInterpolated())
      return low;
    T high = x.values[in.at(n, h, columns.getHigh(ow), c)];
    return multiplyAdd(T(columns.weights[ow]), high - low, low);
  };
  for (int64_t n = 0; n < out.batch; ++n)
    for (int64_t oh = 0; oh < out.height; ++oh)
      for (int64_t ow = 0; ow < out.width; ++ow)
        for (int64_t c = 0; c < out.channels; ++c) {
          T &result = y.values[out.at(n, oh, ow, c)];
          if (!isImage) {
            result = readRow(n, 0, ow, c);
            continue;
          }
          result = readRow(n, rows.low[oh], ow, c);
          if (rows.isInterpolated())
            result = multiplyAdd(T(rows.weights[oh]),
                                 readRow(n, rows.getHigh(oh), ow, c) - result,
                                 result);
        }
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

template <typename T> static Tensor<T> slice(SliceOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<SliceOp, T>(op);
  auto strides = op.getStrideValues();
  forEachIndex(y.shape, [&](llvm::ArrayRef<int64_t> index, size_t element) {
    size_t source = 0;
    for (size_t axis = 0; axis < index.size(); ++axis)
      source = source * x.shape[axis] + op.getBegin()[axis] +
               index[axis] * strides[axis];
    y.values[element] = x.values[source];
  });
  return applyEpilogue(op.getEpilogueStages(), std::move(y));
}

template <typename T>
static Tensor<T> transpose(TransposeOp op, const Tensor<T> &x) {
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

template <typename T>
static Tensor<T> windows(WindowsOp op, const Tensor<T> &x) {
  Tensor<T> y = makeResult<WindowsOp, T>(op);
  int64_t elements = x.values.size() / x.shape[1];
  for (int64_t n = 0; n < y.shape[0]; ++n)
    for (int64_t i = 0; i < y.shape[1]; ++i) {
      int64_t row = n * op.getStride() + i * op.getDilation();
      std::copy_n(x.values.begin() + row * elements, elements,
                  y.values.begin() + (n * y.shape[1] + i) * elements);
    }
  return y;
}

/// A tensor of the type of `op` that has the elements `values`.
template <typename T, typename OpT>
static Tensor<T> makeTensor(OpT op, std::vector<T> values) {
  return {op.getType().getShape().vec(), std::move(values)};
}

void reference::addLayoutSemantics(SemanticsTable &table) {
  table.add<ConcatOp>(
      [](auto op, auto operands) { return concat(op, operands); });
  table.add<ConstantOp>([](auto op, auto operands) {
    using T = typename decltype(operands)::Element;
    return makeTensor<T>(op, read<T>(op.getValue()));
  });
  table.add<PadOp>([](auto op, auto operands) { return pad(op, operands[0]); });
  table.add<ReshapeOp>([](auto op, auto operands) {
    return makeTensor(op, operands[0].values);
  });
  table.add<ResizeOp>(
      [](auto op, auto operands) { return resize(op, operands[0]); });
  table.add<SliceOp>(
      [](auto op, auto operands) { return slice(op, operands[0]); });
  table.add<TransposeOp>(
      [](auto op, auto operands) { return transpose(op, operands[0]); });
  table.add<WindowsOp>(
      [](auto op, auto operands) { return windows(op, operands[0]); });
}
