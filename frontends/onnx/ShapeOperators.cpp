//===- ShapeOperators.cpp - ONNX operators on shapes ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

static Tensors importIdentity(Node &node) { return {node.getInput()}; }

/// 0 stands for the input's size, unless `allowzero`, and -1 for what is left.
static Tensors importReshape(Node &node) {
  bool allowZero = node.takeBool("allowzero", false);
  std::optional<SmallVector<int64_t>> shape = node.getIntegers(1);
  if (!shape)
    return {{}};
  ArrayRef<int64_t> from = node.getShape();
  int64_t *open = nullptr;
  for (auto [axis, size] : enumerate(*shape)) {
    if (size == 0 && !allowZero && axis < from.size())
      size = from[axis];
    if (size == -1 && !open) {
      open = &size;
      size = 1;
    }
  }
  int64_t elements = countElements(from).value_or(0);
  int64_t others = countElements(*shape).value_or(0);
  if (open && others > 0 && elements % others == 0)
    *open = elements / others;
  return {reshape(node, node.getInput(), *shape)};
}

static Tensors importFlatten(Node &node) {
  int64_t rank = node.getShape().size();
  int64_t axis = node.takeInt("axis", 1, -rank, rank);
  SmallVector<int64_t> shape{1, 1};
  for (auto [position, size] : enumerate(node.getShape()))
    shape[int64_t(position) >= (axis < 0 ? axis + rank : axis)] *= size;
  return {reshape(node, node.getInput(), shape)};
}

/// Without axes, all of size 1.
static Tensors importSqueeze(Node &node) {
  std::optional<SmallVector<int64_t>> given =
      node.takeIntegers("axes", 1, /*since=*/13);
  SmallVector<int64_t> shape;
  std::optional<SmallVector<int64_t>> axes;
  if (given && !(axes = node.resolveAxes(*given, node.getShape().size())))
    return {{}};
  for (auto [axis, size] : enumerate(node.getShape()))
    if (axes ? !llvm::is_contained(*axes, axis) : size != 1)
      shape.push_back(size);
  return {reshape(node, node.getInput(), shape)};
}

static Tensors importUnsqueeze(Node &node) {
  std::optional<SmallVector<int64_t>> given =
      node.takeIntegers("axes", 1, /*since=*/13);
  if (!given) {
    if (!node.hasFailed())
      node.emitError() << "expects 'axes'";
    return {{}};
  }
  SmallVector<int64_t> shape(node.getShape());
  auto axes = node.resolveAxes(*given, shape.size() + given->size());
  if (!axes)
    return {{}};
  for (int64_t axis : *axes)
    shape.insert(shape.begin() + axis, 1);
  return {reshape(node, node.getInput(), shape)};
}

static Tensors importTranspose(Node &node) {
  size_t rank = node.getShape().size();
  SmallVector<int64_t> reversed;
  for (size_t axis = rank; axis-- > 0;)
    reversed.push_back(axis);
  SmallVector<int64_t> permutation = node.takeInts("perm").value_or(reversed);
  if (!node.resolveAxes(permutation, rank))
    return {{}};
  if (permutation.size() != rank ||
      llvm::any_of(permutation, [](int64_t axis) { return axis < 0; })) {
    node.emitError() << "expects 'perm' to have " << rank << " axes, but got "
                     << formatShape(permutation);
    return {{}};
  }
  return {transpose(node, node.getInput(), permutation)};
}

static Tensors importShape(Node &node) {
  int64_t rank = node.getShape().size();
  auto clamp = [&](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + rank : position, 0,
                               rank);
  };
  int64_t start = clamp(node.takeInt("start", 0));
  int64_t end = clamp(node.takeInt("end", rank));
  return {makeIntegers(
      node.getShape().slice(start, std::max<int64_t>(0, end - start)))};
}

static Tensors importSize(Node &node) {
  return {makeInteger(countElements(node.getShape()).value_or(0))};
}

/// Blocks of neighbours become channels (`toDepth`), or the other way round.
static Tensors importDepth(Node &node, bool toDepth) {
  int64_t block = node.takeInt("blocksize", 1, 1);
  std::string mode = node.takeString("mode", "DCR");
  if (mode != "DCR" && (mode != "CRD" || toDepth))
    node.emitError() << "unsupported value of 'mode': '" << mode << "'";
  ArrayRef<int64_t> shape = node.getShape();
  bool isDivisible = shape.size() == 4;
  if (isDivisible)
    isDivisible = toDepth
                      ? shape[2] % block == 0 && shape[3] % block == 0
                      : shape[1] / block % block == 0 && shape[1] % block == 0;
  if (!isDivisible)
    node.emitError() << "expects an input of rank 4 that is made of blocks of "
                     << block << ", but got " << formatShape(shape);
  if (node.hasFailed())
    return {{}};
  int64_t batch = shape[0], channels = shape[1], height = shape[2],
          width = shape[3];
  if (toDepth) {
    Tensor parts =
        reshape(node, node.getInput(),
                {batch, channels, height / block, block, width / block, block});
    return {reshape(
        node, transpose(node, parts, {0, 3, 5, 1, 2, 4}),
        {batch, channels * block * block, height / block, width / block})};
  }
  channels /= block * block;
  bool blockFirst = mode == "DCR";
  Tensor parts = reshape(
      node, node.getInput(),
      blockFirst
          ? SmallVector<int64_t>{batch, block, block, channels, height, width}
          : SmallVector<int64_t>{batch, channels, block, block, height, width});
  Tensor moved = blockFirst ? transpose(node, parts, {0, 3, 4, 1, 5, 2})
                            : transpose(node, parts, {0, 1, 4, 2, 5, 3});
  return {
      reshape(node, moved, {batch, channels, height * block, width * block})};
}

static Tensors importDepthToSpace(Node &node) {
  return importDepth(node, /*toDepth=*/false);
}

static Tensors importSpaceToDepth(Node &node) {
  return importDepth(node, /*toDepth=*/true);
}

static Tensor castConstant(Node &node, DataType to) {
  Constant result = *node.getInput().constant;
  DataType from = std::exchange(result.type, to);
  if (from == to)
    return result;
  for (double &value : result.values) {
    // Integers lose their higher bits, but the lower ones of those are unknown.
    bool mustFit = isFloat(from) || std::fabs(value) > 0x1p53;
    if (mustFit && !isInRange(value, to)) {
      node.emitError() << "expects numbers that " << getTypeName(to)
                       << " has, but got " << value;
      return {};
    }
    value = roundTo(value, to);
  }
  return result;
}

static bool isIndex(DataType type) {
  return type == DataType::Int32 || type == DataType::Int64;
}

/// Whether all numbers of a value of type `from`, which nn has as float32, stay
/// as they are; other types of floating-point numbers are computed in it, too.
static bool isExact(DataType from, DataType to) {
  return from == to || isFloat(to) || from == DataType::Bool ||
         (isIndex(to) && !isFloat(from));
}

static Tensor castTo(Node &node, DataType to) {
  const Tensor &input = node.getInput();
  if (input.constant)
    return castConstant(node, to);
  DataType from = input.valueType;
  if (isExact(from, to)) {
    noteType(node.builder, to);
    return {input.value, to};
  }
  if (to == DataType::Bool)
    return {node.builder.binaryWithWeights(node.name, nn::BinaryKind::NotEqual,
                                           input.value, {{}, {0.0}}),
            to};
  // What follows the point goes. What these types lack has no defined result.
  if (isIndex(to) && isFloat(from))
    return {node.builder.activation(node.name, input.value,
                                    nn::ActivationKind::Trunc),
            to};
  node.emitError() << "unsupported conversion of a value computed from the "
                      "model's inputs, expects one that keeps all numbers, "
                      "but got one from "
                   << getTypeName(from) << " to " << getTypeName(to);
  return {};
}

static Tensors importCast(Node &node) {
  int64_t type = node.takeInt("to", 0);
  // Of conversions to float8.
  node.ignore("saturate");
  node.ignore("round_mode");
  std::optional<DataType> to = getDataType(type);
  if (!to)
    node.emitError() << "unsupported value of 'to': " << getTypeName(type);
  return {to ? castTo(node, *to) : Tensor()};
}

static Tensors importCastLike(Node &node) {
  node.ignore("saturate");
  node.ignore("round_mode");
  return {castTo(node, node.getInput(1).getType())};
}

static Tensors importConcat(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(0);
  return {axis ? concat(node, node.getInputs(), *axis) : Tensor()};
}

ArrayRef<Operator> frieze::onnx::getShapeOperators() {
  static const Operator operators[] = {
      {"Cast", importCast, 1, 1, ValueTypes::Own},
      {"CastLike", importCastLike, 2, 2, ValueTypes::Own},
      {"Concat", importConcat, 1, SIZE_MAX, ValueTypes::Any},
      {"DepthToSpace", importDepthToSpace, 1, 1, ValueTypes::Any},
      {"Flatten", importFlatten, 1, 1, ValueTypes::Any},
      {"Identity", importIdentity, 1, 1, ValueTypes::Any},
      {"Reshape", importReshape, 2, 2, ValueTypes::Any},
      {"Shape", importShape, 1, 1, ValueTypes::Own},
      {"Size", importSize, 1, 1, ValueTypes::Own},
      {"SpaceToDepth", importSpaceToDepth, 1, 1, ValueTypes::Any},
      {"Squeeze", importSqueeze, 1, 2, ValueTypes::Any},
      {"Transpose", importTranspose, 1, 1, ValueTypes::Any},
      {"Unsqueeze", importUnsqueeze, 1, 2, ValueTypes::Any},
  };
  return operators;
}
