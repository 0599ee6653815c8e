//===- Positions.cpp - ONNX operators on positions --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Those whose results are positions along an axis, or depend on where an
// element stands.
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/onnx/Operands.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nn::BinaryKind;

/// The only number of input `index`, a constant. Nothing where a problem was
/// reported.
static std::optional<int64_t> getInteger(Node &node, size_t index) {
  std::optional<SmallVector<int64_t>> integers = node.getIntegers(index);
  if (integers && integers->size() == 1)
    return integers->front();
  if (integers)
    node.emitError() << "expects input " << index << " to be one number";
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The largest and the smallest
//===----------------------------------------------------------------------===//

template <bool isLargest> static Tensors importArg(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(0);
  bool keepDims = node.takeBool("keepdims", true);
  bool isLast = node.takeBool("select_last_index", false);
  Value input = node.getValue();
  if (!axis || !input)
    return {{}};
  SmallVector<int64_t> shape(node.getShape());
  shape[*axis] = 1;
  if (!keepDims)
    shape.erase(shape.begin() + *axis);
  Value found =
      findPosition(node.builder, node.name, input, *axis, isLargest, isLast);
  return {reshape(node, Tensor(found, DataType::Int64), shape)};
}

/// 1 where the first of the largest elements is. Before opset 13, all axes from
/// `axis` on are one.
static Tensors importHardmax(Node &node) {
  std::optional<int64_t> axis = node.takeAxis(node.opset < 13 ? 1 : -1);
  Tensor input(node.getValue());
  if (!axis || !input)
    return {{}};
  SmallVector<int64_t> shape(node.getShape());
  int64_t along = *axis;
  if (node.opset < 13) {
    SmallVector<int64_t> flat{1, 1};
    for (auto [position, size] : enumerate(shape))
      flat[int64_t(position) >= *axis] *= size;
    input = reshape(node, input, flat);
    along = 1;
  }
  Value found = findPosition(node.builder, node.name, input.value, along,
                             /*isLargest=*/true);
  Value positions = countAlong(node.builder, node.name, input.value, along,
                               input.getShape()[along]);
  return {reshape(node,
                  Tensor(node.builder.binary(node.name, BinaryKind::Equal,
                                             positions, found)),
                  shape)};
}

static Tensors importTopK(Node &node) {
  bool isLargest = node.takeBool("largest", true);
  // In order, which is as good as any other.
  node.takeBool("sorted", true);
  std::optional<int64_t> axis = node.takeAxis(-1);
  std::optional<int64_t> count =
      node.opset < 10 ? node.takeInt("k", 0) : std::optional<int64_t>();
  if (node.opset >= 10 && node.hasInput(1))
    count = getInteger(node, 1);
  Value input = node.getValue();
  if (!axis || !count || !input)
    return {{}, {}};
  int64_t size = node.getShape()[*axis];
  if (*count < 1 || *count > std::min(size, maxFound)) {
    node.emitError() << "unsupported number of elements of TopK, expects 1 to "
                     << std::min(size, maxFound) << ", but got " << *count;
    return {{}, {}};
  }
  FoundElements found =
      findExtremes(node.builder, node.name, input, *axis, *count, isLargest);
  return {concatValues(node, found.values, *axis, node.getInput().getType()),
          concatValues(node, found.positions, *axis, DataType::Int64)};
}

//===----------------------------------------------------------------------===//
// What depends on the position
//===----------------------------------------------------------------------===//

static Tensors importCumSum(Node &node) {
  bool isExclusive = node.takeBool("exclusive", false);
  bool isReverse = node.takeBool("reverse", false);
  std::optional<int64_t> given = getInteger(node, 1);
  if (!given)
    return {{}};
  std::optional<int64_t> axis =
      node.resolveAxis(*given, node.getShape().size());
  if (!axis)
    return {{}};
  return {accumulate(node.builder, node.name, BinaryKind::Add, node.getValue(),
                     *axis, isExclusive, isReverse)};
}

static Tensors importTrilu(Node &node) {
  bool isUpper = node.takeBool("upper", true);
  int64_t diagonal = 0;
  if (node.hasInput(1)) {
    std::optional<int64_t> given = getInteger(node, 1);
    if (!given)
      return {{}};
    diagonal = *given;
  }
  ArrayRef<int64_t> shape = node.getShape();
  if (shape.size() < 2) {
    node.emitError() << "expects matrices, but got shape "
                     << formatShape(shape);
    return {{}};
  }
  if (node.getInput().value)
    return {Tensor(keepTriangle(node.builder, node.name, node.getInput().value,
                                diagonal, isUpper),
                   node.getInput().valueType)};
  Constant result = *node.getInput().constant;
  int64_t columns = shape.back(), rows = shape.end()[-2];
  for (auto [index, value] : enumerate(result.values)) {
    int64_t column = index % columns, row = index / columns % rows;
    if (isUpper ? column - row < diagonal : column - row > diagonal)
      value = 0;
  }
  return {std::move(result)};
}

/// `on` where the new axis has the number of the input, else `off`; numbers
/// from -depth on, and none for others.
static Tensors importOneHot(Node &node) {
  const Constant *depth = node.getConstant(1), *values = node.getConstant(2);
  if (!depth || !values)
    return {{}};
  if (depth->values.size() != 1 || !(depth->values[0] >= 1) ||
      depth->values[0] > maxElements || values->values.size() != 2) {
    node.emitError() << "expects a positive depth and two values";
    return {{}};
  }
  std::optional<int64_t> axis =
      node.resolveAxis(node.takeInt("axis", -1), node.getShape().size() + 1);
  Value input = node.getValue();
  if (!axis || !input)
    return {{}};
  if (isFloat(node.getInput().getType()))
    input =
        node.builder.activation(node.name, input, nn::ActivationKind::Trunc);
  Value isHot = oneHot(node.builder, node.name, input, *axis,
                       int64_t(depth->values[0]), /*fromEnd=*/true);
  double off = values->values[0], on = values->values[1];
  if (off != 0 || on != 1)
    isHot = node.builder.select(
        node.name, isHot, makeNumber(node.builder, node.name, isHot, on),
        makeNumber(node.builder, node.name, isHot, off));
  return {Tensor(isHot, values->type)};
}

ArrayRef<Operator> frieze::onnx::getPositionOperators() {
  static const Operator operators[] = {
      {"ArgMax", importArg</*isLargest=*/true>, 1, 1, ValueTypes::Own},
      {"ArgMin", importArg</*isLargest=*/false>, 1, 1, ValueTypes::Own},
      {"CumSum", importCumSum, 2, 2, ValueTypes::Whole},
      {"Hardmax", importHardmax},
      {"OneHot", importOneHot, 3, 3, ValueTypes::Own},
      {"TopK", importTopK, 1, 2, ValueTypes::Own},
      {"Trilu", importTrilu, 1, 2, ValueTypes::Any},
  };
  return operators;
}
