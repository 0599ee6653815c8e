//===- Shapes.cpp - TensorFlow Lite operators on shapes ---------*- C++ -*-===//
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

/// One size may be -1, which stands for what is left.
static Tensors importReshape(Node &node) {
  SmallVector<int64_t> stated = node.takeInts({0, "new_shape"});
  std::optional<SmallVector<int64_t>> shape = stated;
  if (node.hasInput(1))
    shape = node.getIntegers(1);
  if (!shape)
    return {{}};
  int64_t *open = llvm::find(*shape, -1);
  if (open != shape->end()) {
    *open = 1;
    int64_t elements = countElements(node.getShape()).value_or(0);
    int64_t others = countElements(*shape).value_or(0);
    if (others > 0 && elements % others == 0)
      *open = elements / others;
  }
  return {reshape(node, node.getInput(), *shape)};
}

static Tensors importExpandDims(Node &node) {
  std::optional<SmallVector<int64_t>> given = node.getIntegers(1);
  SmallVector<int64_t> shape(node.getShape());
  if (!given)
    return {{}};
  auto axes = node.resolveAxes(*given, shape.size() + 1);
  if (!axes)
    return {{}};
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + axis, 1);
  return {reshape(node, node.getInput(), shape)};
}

/// Without axes, all of size 1.
static Tensors importSqueeze(Node &node) {
  SmallVector<int64_t> given = node.takeInts({0, "squeeze_dims"}), shape;
  auto axes = node.resolveAxes(given, node.getShape().size());
  if (!axes)
    return {{}};
  for (auto [axis, size] : enumerate(node.getShape()))
    if (axes->empty() ? size != 1 : !llvm::is_contained(*axes, axis))
      shape.push_back(size);
  return {reshape(node, node.getInput(), shape)};
}

static Tensors importTranspose(Node &node) {
  std::optional<SmallVector<int64_t>> permutation = node.getIntegers(1);
  size_t rank = node.getShape().size();
  if (!permutation || !node.resolveAxes(*permutation, rank))
    return {{}};
  if (permutation->size() != rank) {
    node.emitError() << "expects an order of " << rank << " axes, but got "
                     << formatShape(*permutation);
    return {{}};
  }
  for (int64_t &axis : *permutation)
    axis += axis < 0 ? rank : 0;
  return {transpose(node, node.getInput(), *permutation)};
}

static Tensors importShape(Node &node) {
  node.ignore({0, "out_type"});
  Constant shape = makeIntegers(node.getShape());
  shape.type = DataType::Int32;
  return {shape};
}

static Tensors importRank(Node &node) {
  Constant rank = makeInteger(node.getShape().size());
  rank.type = DataType::Int32;
  return {rank};
}

/// To the type of the output, which files have in the options too, or not.
static Tensors importCast(Node &node) {
  node.ignore({0, "in_data_type"});
  node.ignore({1, "out_data_type"});
  DataType to = node.outputType;
  const Tensor &input = node.getInput();
  if (input.constant) {
    Constant result = *input.constant;
    result.type = to;
    for (double &value : result.values) {
      if (!isInRange(value, to)) {
        node.emitError() << "expects numbers that the type of its output has, "
                            "but got "
                         << value;
        return {{}};
      }
      value = roundTo(value, to);
    }
    return {result};
  }
  DataType from = input.valueType;
  // An embedding cuts off what follows the point.
  if (to == DataType::Float || to == from ||
      (isInteger(to) && !isFloat(from)) ||
      (isInteger(to) && !node.isReadAsNumber))
    return {Tensor(input.value, to)};
  if (to == DataType::Bool)
    return {Tensor(node.builder.binaryWithWeights(node.name,
                                                  nn::BinaryKind::NotEqual,
                                                  input.value, {{}, {0.0}}),
                   to)};
  if (isInteger(to))
    return {Tensor(node.builder.activation(node.name, input.value,
                                           nn::ActivationKind::Trunc),
                   to)};
  node.emitError() << "unsupported conversion of a value computed from the "
                      "model's inputs, expects one to FLOAT32, INT32, INT64 "
                      "or BOOL";
  return {{}};
}

/// Weights that are stored in float16.
static Tensors importDequantize(Node &node) {
  const Constant *stored = node.getConstant(0);
  if (!stored)
    return {{}};
  Constant result = *stored;
  result.type = DataType::Float;
  return {result};
}

static Tensors importFill(Node &node) {
  std::optional<SmallVector<int64_t>> shape = node.getIntegers(0);
  const Constant *value = node.getConstant(1);
  if (!shape || !value || !checkFolded(node, *shape))
    return {{}};
  if (value->values.size() != 1) {
    node.emitError() << "expects one number to fill with";
    return {{}};
  }
  return {
      Constant{value->type, *shape,
               std::vector<double>(*countElements(*shape), value->values[0])}};
}

/// Repeats along axes of size 1.
static Tensors importBroadcastTo(Node &node) {
  std::optional<SmallVector<int64_t>> shape = node.getIntegers(1);
  if (!shape)
    return {{}};
  if (broadcast(node.getShape(), *shape) != shape) {
    node.emitError() << "expects a shape that the input broadcasts to, but got "
                     << formatShape(node.getShape()) << " and "
                     << formatShape(*shape);
    return {{}};
  }
  return {repeat(node, node.getInput(), *shape)};
}

static Tensors importTile(Node &node) {
  std::optional<SmallVector<int64_t>> counts = node.getIntegers(1);
  return {counts ? tile(node, node.getInput(), *counts) : Tensor()};
}

/// Pads the axes by the rows of input 1: before and after. Nothing, and
/// reported, where they do not fit.
static std::optional<std::pair<SmallVector<int64_t>, SmallVector<int64_t>>>
takePadding(Node &node) {
  const Constant *padding = node.getConstant(1);
  if (!padding)
    return std::nullopt;
  SmallVector<int64_t> low, high, all = padding->getIntegers();
  size_t rank = node.getShape().size();
  for (auto [index, size] : enumerate(all))
    (index % 2 ? high : low).push_back(size);
  if (all.size() == 2 * rank && llvm::all_of(all, [](int64_t size) {
        return size >= 0 && size <= maxElements;
      }))
    return std::pair(low, high);
  node.emitError() << "expects padding before and after " << rank
                   << " axes, but got " << formatShape(all);
  return std::nullopt;
}

static Tensors importPad(Node &node) {
  auto padding = takePadding(node);
  const Constant *fill = node.hasInput(2) ? node.getConstant(2) : nullptr;
  Value input = node.getValue();
  if (!padding || !input || node.hasFailed())
    return {{}};
  if (fill && fill->values.size() != 1) {
    node.emitError() << "expects one number to pad with";
    return {{}};
  }
  return {node.builder.pad(node.name, input, padding->first, padding->second,
                           fill ? fill->values[0] : 0.0)};
}

/// `size` positions of axis `axis` from `begin` on, backwards.
static Tensor reverse(Node &node, Value input, size_t axis, int64_t begin,
                      int64_t size) {
  Slice part(frieze::getShape(input));
  part.begin[axis] = begin;
  part.size[axis] = size;
  part.strides[axis] = -1;
  return slice(node, Tensor(input), part);
}

/// Mirrors at the last elements (`REFLECT`), or behind them.
static Tensors importMirrorPad(Node &node) {
  int64_t mode = node.takeEnum({0, "mode"});
  auto padding = takePadding(node);
  Value value = node.getValue();
  if (mode != 0 && mode != 1)
    node.emitError() << "unsupported value of 'mode': " << mode;
  if (!padding || !value || node.hasFailed())
    return {{}};
  auto &[low, high] = *padding;
  if (mode == 0)
    return {node.builder.pad(node.name, value, low, high, 0.0,
                             nn::PadMode::Reflect)};
  for (size_t axis = 0; axis < low.size(); ++axis) {
    int64_t size = node.getShape()[axis];
    if (std::max(low[axis], high[axis]) > size) {
      node.emitError() << "expects padding of " << size
                       << " positions at most along axis " << axis;
      return {{}};
    }
    Tensors parts{Tensor(value)};
    if (low[axis] > 0)
      parts.insert(parts.begin(),
                   reverse(node, value, axis, low[axis] - 1, low[axis]));
    if (high[axis] > 0)
      parts.push_back(reverse(node, value, axis, size - 1, high[axis]));
    if (!llvm::all_of(parts, [](const Tensor &part) { return bool(part); }))
      return {{}};
    value = concat(node, parts, axis).value;
    if (!value)
      return {{}};
  }
  return {value};
}

/// Blocks of neighbours become channels (`toDepth`), or the other way round.
template <bool toDepth> static Tensors importDepth(Node &node) {
  int64_t block = node.takeSize({0, "block_size"}, 0);
  ArrayRef<int64_t> shape = node.getShape();
  bool fits = shape.size() == 4 && block <= maxChannels;
  if (fits)
    fits = toDepth ? shape[1] % block == 0 && shape[2] % block == 0
                   : shape[3] % (block * block) == 0;
  if (!fits || node.hasFailed()) {
    node.emitError() << "expects an input of rank 4 that is made of blocks of "
                     << block << ", but got " << formatShape(shape);
    return {{}};
  }
  int64_t batch = shape[0], height = shape[1], width = shape[2],
          channels = shape[3];
  if (toDepth) {
    height /= block;
    width /= block;
    Tensor parts = reshape(node, node.getInput(),
                           {batch, height, block, width, block, channels});
    return {reshape(node, transpose(node, parts, {0, 1, 3, 2, 4, 5}),
                    {batch, height, width, block * block * channels})};
  }
  channels /= block * block;
  Tensor parts = reshape(node, node.getInput(),
                         {batch, height, width, block, block, channels});
  return {reshape(node, transpose(node, parts, {0, 1, 3, 2, 4, 5}),
                  {batch, height * block, width * block, channels})};
}

ArrayRef<Operator> frieze::tflite::getShapeOperators() {
  static const Operator operators[] = {
      {"BROADCAST_TO", 104, importBroadcastTo, 2, 2, ValueTypes::Any},
      {"CAST", 37, importCast, 1, 1, ValueTypes::Own},
      {"DEPTH_TO_SPACE", 94, importDepth<false>, 1, 1, ValueTypes::Any},
      {"DEQUANTIZE", 38, importDequantize},
      {"EXPAND_DIMS", 52, importExpandDims, 2, 2, ValueTypes::Any},
      {"FILL", 68, importFill, 2, 2},
      {"MIRROR_PAD", 77, importMirrorPad, 2, 2, ValueTypes::Any},
      {"PAD", 22, importPad, 2, 2, ValueTypes::Any},
      {"PADV2", 43, importPad, 3, 3, ValueTypes::Any},
      {"RANK", 86, importRank, 1, 1, ValueTypes::Own},
      {"RESHAPE", 17, importReshape, 1, 2, ValueTypes::Any},
      {"SHAPE", 55, importShape, 1, 1, ValueTypes::Own},
      {"SPACE_TO_DEPTH", 19, importDepth<true>, 1, 1, ValueTypes::Any},
      {"SQUEEZE", 30, importSqueeze, 1, 1, ValueTypes::Any},
      {"TILE", 51, importTile, 2, 2, ValueTypes::Any},
      {"TRANSPOSE", 26, importTranspose, 2, 2, ValueTypes::Any},
  };
  return operators;
}
