//===- Broadcasting.cpp - Tensors that repeat along axes --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/GraphNode.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nn::BinaryKind;

std::optional<SmallVector<int64_t>> frieze::broadcast(ArrayRef<int64_t> a,
                                                      ArrayRef<int64_t> b) {
  SmallVector<int64_t> result(std::max(a.size(), b.size()), 1);
  for (ArrayRef<int64_t> shape : {a, b})
    for (size_t i = 1; i <= shape.size(); ++i) {
      int64_t &size = result[result.size() - i], other = *(shape.end() - i);
      if (size != other && size != 1 && other != 1)
        return std::nullopt;
      size = size == 1 ? other : size;
    }
  return countElements(result) ? std::optional(result) : std::nullopt;
}

std::vector<double> frieze::expand(const Constant &constant,
                                   ArrayRef<int64_t> shape) {
  if (ArrayRef<int64_t>(constant.shape) == shape)
    return constant.values;
  SmallVector<int64_t> strides(shape.size(), 0);
  int64_t stride = 1;
  for (size_t i = 1; i <= constant.shape.size(); ++i) {
    int64_t size = *(constant.shape.end() - i);
    strides[shape.size() - i] = size == 1 ? 0 : stride;
    stride *= size;
  }
  return readStrided<double>(constant.values, shape, strides);
}

Tensor frieze::combineConstants(GraphNode &node, BinaryFn function,
                                const Constant &a, const Constant &b,
                                bool isComparison) {
  auto shape = broadcast(a.shape, b.shape);
  if (!shape) {
    node.emitError() << "expects shapes that broadcast, but got "
                     << formatShape(a.shape) << " and " << formatShape(b.shape);
    return {};
  }
  if (!checkFolded(node, *shape))
    return {};
  DataType type = isComparison ? DataType::Bool : a.type;
  Constant result{type, *shape, expand(a, *shape)};
  std::vector<double> others = expand(b, *shape);
  for (size_t i = 0; i < others.size(); ++i) {
    double value = function(result.values[i], others[i]);
    if (isInteger(type) && !std::isfinite(value)) {
      node.emitError() << "expects no division by zero";
      return {};
    }
    result.values[i] = roundTo(value, type);
  }
  return result;
}

Value frieze::addAxes(GraphNode &node, Value value, size_t rank) {
  if (!value)
    return {};
  SmallVector<int64_t> shape(frieze::getShape(value));
  if (shape.size() >= rank)
    return value;
  shape.insert(shape.begin(), rank - shape.size(), 1);
  return node.builder.reshapeWithBatch(node.name, value, shape);
}

Tensor frieze::combine(GraphNode &node, BinaryKind kind, const Tensor &lhs,
                       const Tensor &rhs) {
  if (!lhs || !rhs)
    return {};
  size_t rank = std::max(lhs.getShape().size(), rhs.getShape().size());
  if (lhs.value && rhs.value) {
    if (kind == BinaryKind::Mul) {
      if (Value gated = importGatedProduct(node, lhs.value, rhs.value))
        return gated;
      if (Value gated = importGatedProduct(node, rhs.value, lhs.value))
        return gated;
    }
    return node.builder.binary(node.name, kind, addAxes(node, lhs.value, rank),
                               addAxes(node, rhs.value, rank));
  }
  bool isFirst = bool(lhs.constant);
  return node.builder.binaryWithWeights(
      node.name, kind, addAxes(node, isFirst ? rhs.value : lhs.value, rank),
      (isFirst ? lhs : rhs).constant->toArray(), isFirst);
}

/// A value compared with an infinity, which no constant is; null for others.
static Value compareInfinity(GraphNode &node, BinaryKind kind,
                             const Tensor &lhs, const Tensor &rhs) {
  const Tensor &other = lhs.constant ? lhs : rhs;
  Value value = lhs.constant ? rhs.value : lhs.value;
  if (!value || !other.constant || other.constant->values.size() != 1 ||
      other.getShape().size() > getShape(value).size() ||
      !std::isinf(other.constant->values.front()))
    return {};
  bool isPositive = other.constant->values.front() > 0;
  Value found = findInfinity(node.builder, node.name, value,
                             /*isNegative=*/!isPositive, isPositive);
  return kind == BinaryKind::Equal
             ? found
             : negateTruth(node.builder, node.name, found);
}

Tensor frieze::combineAny(GraphNode &node, BinaryKind kind, const Tensor &lhs,
                          const Tensor &rhs) {
  static constexpr BinaryFn functions[] = {
      [](double a, double b) { return a + b; },
      [](double a, double b) { return a - b; },
      [](double a, double b) { return a * b; },
      [](double a, double b) { return a / b; },
      [](double a, double b) { return std::max(a, b); },
      [](double a, double b) { return std::min(a, b); },
      [](double a, double b) { return std::pow(a, b); },
      [](double a, double b) { return double(a == b); },
      [](double a, double b) { return double(a != b); },
      [](double a, double b) { return double(a < b); },
      [](double a, double b) { return double(a <= b); },
  };
  static_assert(std::size(functions) == size_t(BinaryKind::LessEqual) + 1);
  bool isComparison = kind >= BinaryKind::Equal;
  if (kind == BinaryKind::Equal || kind == BinaryKind::NotEqual)
    if (Value result = compareInfinity(node, kind, lhs, rhs))
      return {result, DataType::Bool};
  if (lhs.constant && rhs.constant)
    return combineConstants(node, functions[int(kind)], *lhs.constant,
                            *rhs.constant, isComparison);
  Tensor result = combine(node, kind, lhs, rhs);
  if (isComparison)
    result.valueType = DataType::Bool;
  return result;
}

Tensor frieze::combineTruth(GraphNode &node, BinaryKind kind, const Tensor &lhs,
                            const Tensor &rhs) {
  Tensor result = combineAny(node, kind, lhs, rhs);
  result.valueType = DataType::Bool;
  return result;
}

Tensor frieze::repeat(GraphNode &node, const Tensor &input,
                      ArrayRef<int64_t> shape) {
  if (!input || input.getShape() == shape)
    return input;
  if (input.constant) {
    if (!checkFolded(node, shape))
      return {};
    return Constant{input.getType(), SmallVector<int64_t>(shape),
                    expand(*input.constant, shape)};
  }
  Value value = addAxes(node, input.value, shape.size());
  SmallVector<int64_t> sizes(shape);
  for (auto [size, from] : zip_equal(sizes, frieze::getShape(value)))
    size = size == from ? 1 : size;
  std::optional<int64_t> count = countElements(sizes);
  if (!count || !checkFolded(node, sizes))
    return {};
  return {
      node.builder.binaryWithWeights(node.name, BinaryKind::Mul, value,
                                     {sizes, std::vector<double>(*count, 1.0)}),
      input.valueType};
}

Tensor frieze::tile(GraphNode &node, const Tensor &input,
                    ArrayRef<int64_t> repeats) {
  ArrayRef<int64_t> shape = input.getShape();
  if (repeats.size() != shape.size() ||
      llvm::any_of(repeats, [](int64_t count) {
        return count < 1 || count > maxElements;
      })) {
    node.emitError() << "expects " << shape.size()
                     << " numbers of repetitions, but got "
                     << formatShape(repeats);
    return {};
  }
  SmallVector<int64_t> split, repeated, result;
  for (auto [size, count] : zip_equal(shape, repeats)) {
    if (count != 1) {
      split.push_back(1);
      repeated.push_back(count);
    }
    split.push_back(size);
    repeated.push_back(size);
    result.push_back(size * count);
  }
  if (!countElements(repeated)) {
    node.emitError() << "expects a result of at most " << maxElements
                     << " elements, but got shape " << formatShape(result);
    return {};
  }
  Tensor parts = reshape(node, input, split);
  return reshape(node, repeat(node, parts, repeated), result);
}

Tensor frieze::power(GraphNode &node, const Tensor &input,
                     const Constant &exponent) {
  if (exponent.values.size() != 1)
    return combine(node, BinaryKind::Pow, input, exponent);
  Value value = addAxes(node, node.makeValue(input), exponent.shape.size());
  return raiseTo(node.builder, node.name, value, exponent.values[0]);
}
