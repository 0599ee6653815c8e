//===- Logic.cpp - PyTorch's truth values and positions ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nn::BinaryKind;

//===----------------------------------------------------------------------===//
// Truth values
//===----------------------------------------------------------------------===//

static bool checkTruth(Node &node, const Tensor &input) {
  if (input.getType() == DataType::Bool)
    return true;
  node.emitError() << "unsupported type of " << node.target << ", expects bool";
  return false;
}

template <BinaryKind kind> static Tensors importLogical(Node &node) {
  Tensor lhs = node.takeTensor("self"), rhs = node.takeTensor("other");
  if (!lhs || !rhs || !checkTruth(node, lhs) || !checkTruth(node, rhs))
    return {{}};
  return {combineTruth(node, kind, lhs, rhs)};
}

/// Whether an element is zero; bitwise, of truth values alone.
template <bool isBitwise> static Tensors importNot(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input || (isBitwise && !checkTruth(node, input)))
    return {{}};
  return {negateTruth(node, input)};
}

static Tensors importIsNaN(Node &node) {
  Value input = node.makeValue(node.takeTensor("self"));
  return {Tensor(findNaN(node.builder, node.name, input), DataType::Bool)};
}

static Tensors importIsInf(Node &node) {
  Value input = node.makeValue(node.takeTensor("self"));
  return {Tensor(findInfinity(node.builder, node.name, input), DataType::Bool)};
}

//===----------------------------------------------------------------------===//
// Positions
//===----------------------------------------------------------------------===//

/// The first position of the extreme along an axis, or of all elements.
template <bool isLargest> static Tensors importArg(Node &node) {
  Tensor input(node.makeValue(node.takeTensor("self")));
  bool keepsAxis = node.takeBool("keepdim", false);
  if (!input)
    return {{}};
  SmallVector<int64_t> shape(input.getShape());
  bool isFlat = !node.has("dim");
  if (isFlat)
    input = reshape(node, input, *countElements(shape));
  auto axis = node.takeAxis("dim", 0, input.getShape().size());
  if (!axis)
    return {{}};
  if (isFlat)
    shape.assign(keepsAxis ? shape.size() : 0, 1);
  else if (keepsAxis)
    shape[*axis] = 1;
  else
    shape.erase(shape.begin() + *axis);
  Value found =
      findPosition(node.builder, node.name, input.value, *axis, isLargest);
  return {reshape(node, Tensor(found, DataType::Int64), shape)};
}

/// The largest elements along an axis, or the smallest, and their positions.
static Tensors importTopK(Node &node) {
  Tensor input(node.makeValue(node.takeTensor("self")));
  int64_t count = node.takeInt("k", std::nullopt);
  bool isLargest = node.takeBool("largest", true);
  // In order, which is as good as any other.
  node.ignore("sorted");
  if (!input || node.hasFailed())
    return Tensors(2);
  auto axis = node.takeAxis("dim", -1, input.getShape().size());
  if (!axis)
    return Tensors(2);
  int64_t most = std::min(input.getShape()[*axis], maxFound);
  if (count < 1 || count > most) {
    node.emitError() << "unsupported value of 'k', expects 1 to " << most
                     << ", but got " << count;
    return Tensors(2);
  }
  FoundElements found = findExtremes(node.builder, node.name, input.value,
                                     *axis, count, isLargest);
  auto join = [&](ArrayRef<Value> parts, DataType type) {
    Tensors tensors;
    for (Value part : parts)
      tensors.push_back(Tensor(part, type));
    return concat(node, tensors, *axis);
  };
  return {join(found.values, DataType::Float),
          join(found.positions, DataType::Int64)};
}

/// Of float32, or of truth values and integers as such.
template <BinaryKind kind> static Tensors importAccumulation(Node &node) {
  Tensor input = node.takeTensor("self");
  if (!input)
    return {{}};
  DataType natural =
      isFloat(input.getType()) ? DataType::Float : DataType::Int64;
  auto type = node.takeType("dtype", natural);
  auto axis = node.takeAxis("dim", std::nullopt, input.getShape().size());
  if (!type || !axis)
    return {{}};
  if (*type != natural && *type != DataType::Float) {
    node.emitError() << "unsupported 'dtype' of " << node.target
                     << ", expects float32";
    return {{}};
  }
  Value value = node.makeValue(input);
  return {
      Tensor(accumulate(node.builder, node.name, kind, value, *axis), *type)};
}

/// The elements below, or above, a diagonal.
template <bool isUpper> static Tensors importTriangle(Node &node) {
  Tensor input = node.takeTensor("self");
  int64_t diagonal = node.takeInt("diagonal", 0);
  if (!input)
    return {{}};
  size_t rank = input.getShape().size();
  if (rank < 2) {
    node.emitError() << "expects a matrix, but got shape "
                     << formatShape(input.getShape());
    return {{}};
  }
  if (input.value)
    return {Tensor(
        keepTriangle(node.builder, node.name, input.value, diagonal, isUpper),
        input.valueType)};
  Constant result = *input.constant;
  int64_t rows = result.shape[rank - 2], columns = result.shape[rank - 1];
  for (auto [index, value] : enumerate(result.values)) {
    int64_t row = index / columns % rows, column = index % columns;
    bool isKept = isUpper ? column - row >= diagonal : column - row <= diagonal;
    value = isKept ? value : 0.0;
  }
  return {result};
}

ArrayRef<Operator> frieze::torch::getLogicOperators() {
  static const Operator operators[] = {
      {"__and__.Tensor", importLogical<BinaryKind::Minimum>, ValueTypes::Own},
      {"__or__.Tensor", importLogical<BinaryKind::Maximum>, ValueTypes::Own},
      {"__xor__.Tensor", importLogical<BinaryKind::NotEqual>, ValueTypes::Own},
      {"argmax.default", importArg<true>},
      {"argmin.default", importArg<false>},
      {"bitwise_and.Tensor", importLogical<BinaryKind::Minimum>,
       ValueTypes::Own},
      {"bitwise_not.default", importNot<true>, ValueTypes::Own},
      {"bitwise_or.Tensor", importLogical<BinaryKind::Maximum>,
       ValueTypes::Own},
      {"bitwise_xor.Tensor", importLogical<BinaryKind::NotEqual>,
       ValueTypes::Own},
      {"cumprod.default", importAccumulation<BinaryKind::Mul>, ValueTypes::Own},
      {"cumsum.default", importAccumulation<BinaryKind::Add>, ValueTypes::Own},
      {"isinf.default", importIsInf},
      {"isnan.default", importIsNaN},
      {"logical_and.default", importLogical<BinaryKind::Minimum>,
       ValueTypes::Own},
      {"logical_not.default", importNot<false>, ValueTypes::Own},
      {"logical_or.default", importLogical<BinaryKind::Maximum>,
       ValueTypes::Own},
      {"logical_xor.default", importLogical<BinaryKind::NotEqual>,
       ValueTypes::Own},
      {"topk.default", importTopK},
      {"tril.default", importTriangle<false>, ValueTypes::Own},
      {"triu.default", importTriangle<true>, ValueTypes::Own},
  };
  return operators;
}
