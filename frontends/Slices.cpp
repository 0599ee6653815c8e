//===- Slices.cpp - Parts of tensors, cut and joined ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphNode.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

Tensor frieze::pickElements(
    GraphNode &node, const Constant &from, ArrayRef<int64_t> shape,
    llvm::function_ref<int64_t(ArrayRef<int64_t> index)> pick) {
  if (!checkFolded(node, shape))
    return {};
  Constant result{from.type, SmallVector<int64_t>(shape), {}};
  SmallVector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0, count = *countElements(shape); i < count; ++i) {
    result.values.push_back(from.values[pick(index)]);
    for (size_t axis = shape.size(); axis-- > 0;) {
      if (++index[axis] < shape[axis])
        break;
      index[axis] = 0;
    }
  }
  return result;
}

SmallVector<int64_t> frieze::getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t axis = strides.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

Tensor frieze::slice(GraphNode &node, const Tensor &input, const Slice &slice) {
  if (!input)
    return {};
  if (input.value) {
    if (llvm::is_contained(slice.size, 0)) {
      node.emitError() << "expects a slice with elements, but got shape "
                       << formatShape(slice.size);
      return {};
    }
    return {node.builder.slice(node.name, input.value, slice.begin, slice.size,
                               slice.strides),
            input.valueType};
  }
  SmallVector<int64_t> strides = getRowMajorStrides(input.getShape());
  return pickElements(
      node, *input.constant, slice.size, [&](ArrayRef<int64_t> index) {
        int64_t position = 0;
        for (auto [axis, i] : enumerate(index))
          position +=
              strides[axis] * (slice.begin[axis] + slice.strides[axis] * i);
        return position;
      });
}

/// Values are joined along an axis behind that of the batch.
static Tensor concatValues(GraphNode &node, ArrayRef<Tensor> inputs,
                           int64_t axis) {
  SmallVector<Value> values;
  for (const Tensor &input : inputs) {
    values.push_back(node.makeValue(input));
    if (!values.back())
      return {};
  }
  if (axis > 0)
    return node.builder.concat(node.name, values, axis);
  SmallVector<int64_t> shape(inputs.front().getShape());
  shape[0] = 0;
  for (Value &value : values) {
    SmallVector<int64_t> sizes{1};
    llvm::append_range(sizes, frieze::getShape(value));
    shape[0] += sizes[1];
    value = node.builder.reshapeWithBatch(node.name, value, sizes);
  }
  Value joined = node.builder.concat(node.name, values, 1);
  return joined ? reshape(node, Tensor(joined), shape) : Tensor();
}

static Tensor concatConstants(GraphNode &node, ArrayRef<Tensor> inputs,
                              int64_t axis) {
  const Constant &first = *inputs.front().constant;
  Constant result{first.type, first.shape, {}};
  int64_t outer = 1;
  for (int64_t i = 0; i < axis; ++i)
    outer *= first.shape[i];
  result.shape[axis] = 0;
  for (const Tensor &input : inputs)
    result.shape[axis] += input.constant->shape[axis];
  if (!checkFolded(node, result.shape))
    return {};
  for (int64_t row = 0; row < outer; ++row)
    for (const Tensor &input : inputs) {
      int64_t length = input.constant->values.size() / outer;
      auto begin = input.constant->values.begin() + row * length;
      result.values.insert(result.values.end(), begin, begin + length);
    }
  return result;
}

Tensor frieze::concat(GraphNode &node, ArrayRef<Tensor> inputs, int64_t axis) {
  ArrayRef<int64_t> first = inputs.front().getShape();
  bool areConstant = true;
  for (const Tensor &input : inputs) {
    SmallVector<int64_t> shape(input.getShape()), expected(first);
    if (shape.size() == expected.size())
      shape[axis] = expected[axis];
    if (shape != expected) {
      node.emitError() << "expects inputs that differ in size along axis "
                       << axis << " only, but got " << formatShape(first)
                       << " and " << formatShape(input.getShape());
      return {};
    }
    areConstant &= !input.value;
  }
  if (!areConstant)
    return concatValues(node, inputs, axis);
  if (llvm::is_contained(first.take_front(axis), 0))
    return inputs.front();
  return concatConstants(node, inputs, axis);
}

Value frieze::padValue(GraphNode &node, Value input, SmallVector<int64_t> low,
                       SmallVector<int64_t> high, double value,
                       nn::PadMode mode) {
  SmallVector<int64_t> begin, size, strides(low.size(), 1);
  bool isSlice = false;
  for (auto [axis, length] : enumerate(frieze::getShape(input))) {
    begin.push_back(std::max<int64_t>(0, -low[axis]));
    size.push_back(length - begin.back() - std::max<int64_t>(0, -high[axis]));
    isSlice |= size.back() != length;
    low[axis] = std::max<int64_t>(0, low[axis]);
    high[axis] = std::max<int64_t>(0, high[axis]);
  }
  if (isSlice)
    input = node.builder.slice(node.name, input, begin, size, strides);
  return node.builder.pad(node.name, input, low, high, value, mode);
}
