//===- Blocks.cpp - PyTorch's operators on blocks of elements ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

/// `(batch, channels block², h, w)` to `(batch, channels, h block, w block)`.
static Tensors importPixelShuffle(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t block = node.takeInt("upscale_factor", std::nullopt);
  if (!input)
    return {{}};
  ArrayRef<int64_t> shape = input.getShape();
  if (shape.size() != 4 || block < 1 || block > maxChannels ||
      shape[1] % (block * block) != 0) {
    node.emitError() << "expects an input of rank 4 with channels in blocks of "
                     << block << ", but got " << formatShape(shape);
    return {{}};
  }
  int64_t channels = shape[1] / (block * block);
  Tensor parts = reshape(
      node, input, {shape[0], channels, block, block, shape[2], shape[3]});
  return {reshape(node, transpose(node, parts, {0, 1, 4, 2, 5, 3}),
                  {shape[0], channels, shape[2] * block, shape[3] * block})};
}

static Tensors importChannelShuffle(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t groups = node.takeInt("groups", std::nullopt);
  if (!input)
    return {{}};
  SmallVector<int64_t> shape(input.getShape());
  if (shape.size() < 3 || groups < 1 || shape[1] % groups != 0) {
    node.emitError() << "expects channels in " << groups
                     << " groups, but got shape " << formatShape(shape);
    return {{}};
  }
  SmallVector<int64_t> parts(shape);
  parts[1] /= groups;
  parts.insert(parts.begin() + 1, groups);
  SmallVector<int64_t> order =
      llvm::to_vector(llvm::seq<int64_t>(0, parts.size()));
  std::swap(order[1], order[2]);
  return {reshape(node, transpose(node, reshape(node, input, parts), order),
                  shape)};
}

/// `(batch, channels, h block, w block)` to `(batch, channels block², h, w)`.
static Tensors importPixelUnshuffle(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t block = node.takeInt("downscale_factor", std::nullopt);
  if (!input)
    return {{}};
  ArrayRef<int64_t> shape = input.getShape();
  if (shape.size() != 4 || block < 1 || block > maxChannels ||
      shape[2] % block != 0 || shape[3] % block != 0) {
    node.emitError() << "expects an input of rank 4 in blocks of " << block
                     << ", but got " << formatShape(shape);
    return {{}};
  }
  int64_t rows = shape[2] / block, columns = shape[3] / block;
  Tensor parts =
      reshape(node, input, {shape[0], shape[1], rows, block, columns, block});
  return {reshape(node, transpose(node, parts, {0, 1, 3, 5, 2, 4}),
                  {shape[0], shape[1] * block * block, rows, columns})};
}

//===----------------------------------------------------------------------===//
// Windows and repetition
//===----------------------------------------------------------------------===//

/// The positions of each window, one behind the other: `(windows, size)`.
static Constant getWindows(int64_t windows, int64_t step, int64_t size,
                           int64_t dilation = 1) {
  SmallVector<int64_t> positions;
  for (int64_t window = 0; window < windows; ++window)
    for (int64_t i = 0; i < size; ++i)
      positions.push_back(window * step + i * dilation);
  Constant result = makeIntegers(positions);
  result.shape = {windows, size};
  return result;
}

/// The windows of an axis in its place, and their elements along a new last
/// one.
static Tensors importUnfold(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t size = node.takeInt("size", std::nullopt);
  int64_t step = node.takeInt("step", std::nullopt);
  if (!input)
    return {{}};
  int64_t rank = input.getShape().size();
  auto axis = node.takeAxis("dimension", std::nullopt, rank);
  if (!axis)
    return {{}};
  int64_t length = input.getShape()[*axis];
  if (size < 1 || size > length || step < 1 || step > maxElements) {
    node.emitError() << "expects windows of 1 to " << length
                     << " positions, but got " << size;
    return {{}};
  }
  Tensor windows = gather(node, input, *axis,
                          getWindows((length - size) / step + 1, step, size));
  SmallVector<int64_t> permutation;
  for (int64_t i = 0; i <= rank; ++i)
    if (i != *axis + 1)
      permutation.push_back(i);
  permutation.push_back(*axis + 1);
  return {transpose(node, windows, permutation)};
}

/// The windows of an image as columns: `(batch, channels window, windows)`.
static Tensors importColumns(Node &node) {
  Tensor input = node.takeTensor("self");
  SmallVector<int64_t> window = node.takeInts("kernel_size", 2, 1);
  SmallVector<int64_t> dilation = node.takeInts("dilation", 2, 1);
  SmallVector<int64_t> padding = node.takeInts("padding", 2, 0, 0);
  SmallVector<int64_t> stride = node.takeInts("stride", 2, 1);
  if (!input || node.hasFailed())
    return {{}};
  if (input.getShape().size() != 4) {
    node.emitError() << "expects an input of rank 4 with the batch, but got "
                        "shape "
                     << formatShape(input.getShape());
    return {{}};
  }
  SmallVector<int64_t> low{0, 0, padding[0], padding[1]};
  input = Tensor(padValue(node, node.makeValue(input), low, low, 0.0,
                          nn::PadMode::Constant));
  SmallVector<int64_t> counts;
  for (size_t i = 0; i < 2 && input; ++i) {
    // The axes of the first windows are before that of the second.
    int64_t axis = i == 0 ? 2 : 4, length = input.getShape()[axis];
    int64_t reach = (window[i] - 1) * dilation[i] + 1;
    if (reach > length) {
      node.emitError() << "expects windows of at most " << length
                       << " positions, but got " << reach;
      return {{}};
    }
    counts.push_back((length - reach) / stride[i] + 1);
    input = gather(node, input, axis,
                   getWindows(counts[i], stride[i], window[i], dilation[i]));
  }
  if (!input)
    return {{}};
  int64_t batch = input.getShape()[0], channels = input.getShape()[1];
  return {reshape(
      node, transpose(node, input, {0, 1, 3, 5, 2, 4}),
      {batch, channels * window[0] * window[1], counts[0] * counts[1]})};
}

/// Each position so many times, one behind the other; without an axis, of all
/// elements.
static Tensors importRepeatEach(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t repeats = node.takeInt("repeats", std::nullopt);
  node.ignore("output_size");
  if (!input)
    return {{}};
  if (!node.has("dim"))
    input = reshape(node, input, *countElements(input.getShape()));
  auto axis =
      node.takeAxis("dim", 0, input ? input.getShape().size() : size_t(1));
  if (!axis || !input)
    return {{}};
  if (repeats < 1 || repeats > maxElements) {
    node.emitError() << "expects 'repeats' to be 1 or more, but got "
                     << repeats;
    return {{}};
  }
  SmallVector<int64_t> shape(input.getShape()), one(shape), each(shape);
  one.insert(one.begin() + *axis + 1, 1);
  each.insert(each.begin() + *axis + 1, repeats);
  shape[*axis] *= repeats;
  if (!countElements(each)) {
    node.emitError() << "expects a result of at most " << maxElements
                     << " elements, but got " << formatShape(each);
    return {{}};
  }
  return {reshape(node, repeat(node, reshape(node, input, one), each), shape)};
}

ArrayRef<Operator> frieze::torch::getBlockOperators() {
  static const Operator operators[] = {
      {"channel_shuffle.default", importChannelShuffle, ValueTypes::Any},
      {"im2col.default", importColumns},
      {"native_channel_shuffle.default", importChannelShuffle, ValueTypes::Any},
      {"pixel_shuffle.default", importPixelShuffle, ValueTypes::Any},
      {"pixel_unshuffle.default", importPixelUnshuffle, ValueTypes::Any},
      {"repeat_interleave.self_int", importRepeatEach, ValueTypes::Any},
      {"unfold.default", importUnfold, ValueTypes::Any},
  };
  return operators;
}
