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

void Slice::cut(size_t axis, std::optional<int64_t> start,
                std::optional<int64_t> end, int64_t step) {
  int64_t length = size[axis];
  if (length == 0)
    return;
  auto resolve = [&](std::optional<int64_t> limit, int64_t open,
                     int64_t minimum, int64_t maximum) {
    if (!limit)
      return open;
    return std::clamp(*limit < 0 ? *limit + length : *limit, minimum, maximum);
  };
  // Backwards, a slice ends before position 0.
  bool isForward = step > 0;
  int64_t lowest = isForward ? 0 : -1,
          highest = isForward ? length : length - 1;
  int64_t first = isForward ? resolve(start, 0, 0, length)
                            : resolve(start, length - 1, 0, length - 1);
  int64_t last = resolve(end, isForward ? highest : lowest, lowest, highest);
  int64_t distance =
      std::max<int64_t>(0, isForward ? last - first : first - last);
  begin[axis] = first;
  strides[axis] = step;
  size[axis] = divideCeil(distance, std::abs(step));
}

/// Indices from the end become those from the start. Nothing, and reported,
/// where one is out of range.
static std::optional<SmallVector<int64_t>>
resolveIndices(GraphNode &node, const Constant &indices, int64_t size) {
  SmallVector<int64_t> resolved = indices.getIntegers();
  for (int64_t &index : resolved) {
    if (index < -size || index >= size) {
      node.emitError() << "expects indices of " << size
                       << " positions, but got " << index;
      return std::nullopt;
    }
    index += index < 0 ? size : 0;
  }
  return resolved;
}

/// How many of `indices` from the first on are evenly spaced, and how far apart
/// they are, which is not 0.
static std::pair<size_t, int64_t> findRun(ArrayRef<int64_t> indices) {
  int64_t step = indices.size() > 1 ? indices[1] - indices[0] : 1;
  if (step == 0)
    return {1, 1};
  size_t count = 1;
  while (count < indices.size() && indices[count] - indices[count - 1] == step)
    ++count;
  return {count, step};
}

/// The positions `indices` along an axis of a value: a slice for each part of
/// them that is evenly spaced.
static Tensor gatherPositions(GraphNode &node, const Tensor &input,
                              int64_t axis, ArrayRef<int64_t> indices) {
  // Slices are kernels.
  static constexpr size_t maxSlices = 256;
  Slice slice(input.getShape());
  Tensors parts;
  for (size_t first = 0; first == 0 || first < indices.size();) {
    auto [count, step] = findRun(indices.drop_front(first));
    slice.begin[axis] = indices.empty() ? 0 : indices[first];
    slice.size[axis] = indices.empty() ? 0 : count;
    slice.strides[axis] = step;
    if (parts.size() == maxSlices) {
      node.emitError() << "unsupported indices of a value, expects them to be "
                          "in 1 to "
                       << maxSlices << " evenly spaced parts";
      return {};
    }
    parts.push_back(frieze::slice(node, input, slice));
    first += count;
  }
  if (parts.size() == 1)
    return parts.front();
  SmallVector<Value> values;
  for (const Tensor &part : parts)
    values.push_back(part.value);
  return {node.builder.concat(node.name, values, axis), input.valueType};
}

Tensor frieze::gather(GraphNode &node, const Tensor &input, int64_t axis,
                      const Constant &indices) {
  if (!input)
    return {};
  auto resolved = resolveIndices(node, indices, input.getShape()[axis]);
  if (!resolved)
    return {};
  SmallVector<int64_t> shape(input.getShape());
  shape.erase(shape.begin() + axis);
  shape.insert(shape.begin() + axis, indices.shape.begin(),
               indices.shape.end());
  if (input.value && axis > 0)
    return reshape(node, gatherPositions(node, input, axis, *resolved), shape);
  if (input.value) {
    // Axis 0 is that of the batch.
    SmallVector<int64_t> behind(input.getShape());
    behind.insert(behind.begin(), 1);
    return reshape(
        node, gatherPositions(node, reshape(node, input, behind), 1, *resolved),
        shape);
  }
  SmallVector<int64_t> strides = getRowMajorStrides(input.getShape());
  SmallVector<int64_t> indexStrides = getRowMajorStrides(indices.shape);
  size_t indexRank = indices.shape.size();
  return pickElements(
      node, *input.constant, shape, [&](ArrayRef<int64_t> index) {
        int64_t position = 0, entry = 0;
        for (size_t i = 0; i < indexRank; ++i)
          entry += index[axis + i] * indexStrides[i];
        for (int64_t i = 0; i < int64_t(strides.size()); ++i)
          position += strides[i] * (i < axis    ? index[i]
                                    : i == axis ? (*resolved)[entry]
                                                : index[i + indexRank - 1]);
        return position;
      });
}

Tensors frieze::split(GraphNode &node, const Tensor &input, int64_t axis,
                      ArrayRef<int64_t> parts, size_t numOutputs,
                      llvm::function_ref<bool(size_t)> isUsed) {
  int64_t size = input.getShape()[axis], sum = 0;
  for (int64_t part : parts)
    sum += part < 0 || part > size ? size + 1 : part;
  if (sum != size || parts.size() != numOutputs) {
    node.emitError() << "expects parts of " << size << " positions for "
                     << numOutputs << " outputs, but got "
                     << formatShape(parts);
    return {{}};
  }
  Tensors outputs;
  Slice part(input.getShape());
  for (auto [index, length] : enumerate(parts)) {
    part.size[axis] = length;
    // One without elements is a constant.
    if (length == 0)
      outputs.emplace_back(Constant{input.getType(), part.size, {}});
    else
      outputs.push_back(isUsed(index) ? slice(node, input, part) : Tensor());
    part.begin[axis] += length;
  }
  return outputs;
}
