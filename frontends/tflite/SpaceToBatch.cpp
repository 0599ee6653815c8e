//===- SpaceToBatch.cpp - Blocks of space as samples ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

namespace {
struct Blocks {
  SmallVector<int64_t> sizes;
  /// Before and after each axis of space.
  SmallVector<int64_t> low, high;
  int64_t count = 1;
};
} // namespace

/// The sizes of blocks from input 1 and what is padded or cropped from input 2.
static std::optional<Blocks> getBlocks(Node &node) {
  std::optional<SmallVector<int64_t>> sizes = node.getIntegers(1);
  const Constant *edges = node.getConstant(2);
  if (!sizes || !edges)
    return std::nullopt;
  Blocks blocks{*sizes, {}, {}};
  bool fits = sizes->size() + 1 <= node.getShape().size() &&
              edges->values.size() == 2 * sizes->size();
  for (auto [index, size] : enumerate(edges->getIntegers())) {
    fits &= size >= 0 && size <= maxElements;
    (index % 2 ? blocks.high : blocks.low).push_back(size);
  }
  for (int64_t size : *sizes) {
    fits &= size >= 1 && size <= maxChannels && blocks.count <= maxChannels;
    blocks.count *= fits ? size : 1;
  }
  if (fits)
    return blocks;
  node.emitError() << "expects blocks of an input of shape "
                   << formatShape(node.getShape()) << ", but got "
                   << formatShape(*sizes);
  return std::nullopt;
}

static Tensors importSpaceToBatch(Node &node) {
  std::optional<Blocks> blocks = getBlocks(node);
  Value input = node.getValue();
  if (!blocks || !input)
    return {{}};
  size_t axes = blocks->sizes.size(), rank = node.getShape().size();
  SmallVector<int64_t> low{0}, high{0};
  llvm::append_range(low, blocks->low);
  llvm::append_range(high, blocks->high);
  low.resize(rank, 0);
  high.resize(rank, 0);
  Tensor padded(node.builder.pad(node.name, input, low, high, 0.0));
  if (!padded)
    return {{}};
  ArrayRef<int64_t> shape = padded.getShape();
  SmallVector<int64_t> parts{shape[0]}, joined{shape[0] * blocks->count}, order;
  for (size_t i = 0; i < axes; ++i) {
    int64_t size = shape[i + 1], block = blocks->sizes[i];
    if (size % block != 0) {
      node.emitError() << "expects axis " << i + 1 << " in blocks of " << block
                       << ", but got size " << size;
      return {{}};
    }
    parts.append({size / block, block});
    joined.push_back(size / block);
    order.push_back(2 * i + 2);
  }
  order.push_back(0);
  for (size_t i = 0; i < axes; ++i)
    order.push_back(2 * i + 1);
  for (size_t i = axes + 1; i < rank; ++i) {
    order.push_back(i + axes);
    parts.push_back(shape[i]);
    joined.push_back(shape[i]);
  }
  if (parts.size() > maxRank) {
    node.emitError() << "unsupported blocks along " << axes << " axes";
    return {{}};
  }
  return {reshape(node, transpose(node, reshape(node, padded, parts), order),
                  joined)};
}

static Tensors importBatchToSpace(Node &node) {
  std::optional<Blocks> blocks = getBlocks(node);
  Value input = node.getValue();
  if (!blocks || !input)
    return {{}};
  size_t axes = blocks->sizes.size();
  ArrayRef<int64_t> shape = node.getShape();
  if (shape[0] % blocks->count != 0 || shape.size() + axes > maxRank) {
    node.emitError() << "expects samples in blocks of " << blocks->count
                     << ", but got shape " << formatShape(shape);
    return {{}};
  }
  SmallVector<int64_t> parts(blocks->sizes), joined{shape[0] / blocks->count};
  parts.push_back(joined[0]);
  llvm::append_range(parts, shape.drop_front());
  SmallVector<int64_t> order{int64_t(axes)};
  for (size_t i = 0; i < axes; ++i) {
    order.append({int64_t(axes + 1 + i), int64_t(i)});
    joined.push_back(shape[i + 1] * blocks->sizes[i]);
  }
  for (size_t i = axes + 1; i < shape.size(); ++i) {
    order.push_back(axes + i);
    joined.push_back(shape[i]);
  }
  Tensor whole =
      reshape(node, transpose(node, reshape(node, Tensor(input), parts), order),
              joined);
  Slice part(joined);
  for (size_t i = 0; i < axes; ++i) {
    part.begin[i + 1] = blocks->low[i];
    part.size[i + 1] -= blocks->low[i] + blocks->high[i];
    if (part.size[i + 1] < 1) {
      node.emitError() << "expects to crop less than axis " << i + 1 << " has";
      return {{}};
    }
  }
  return {slice(node, whole, part)};
}

ArrayRef<Operator> frieze::tflite::getSpaceToBatchOperators() {
  static const Operator operators[] = {
      {"BATCH_TO_SPACE_ND", 24, importBatchToSpace, 3, 3, ValueTypes::Any},
      {"SPACE_TO_BATCH_ND", 25, importSpaceToBatch, 3, 3, ValueTypes::Any},
  };
  return operators;
}
