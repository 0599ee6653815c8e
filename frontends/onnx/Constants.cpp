//===- Constants.cpp - ONNX operators on constants --------------*- C++ -*-===//
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

static Tensors importConstant(Node &node) {
  if (node.canTake("value"))
    return {node.takeTensor("value")};
  if (node.canTake("value_float"))
    return {
        Constant{DataType::Float, {}, {node.takeFloat("value_float", 0.0)}}};
  if (node.canTake("value_floats")) {
    SmallVector<double> values = node.takeFloats("value_floats");
    return {Constant{DataType::Float,
                     {int64_t(values.size())},
                     std::vector<double>(values.begin(), values.end())}};
  }
  if (node.canTake("value_int"))
    return {makeInteger(node.takeInt("value_int", 0,
                                     std::numeric_limits<int64_t>::min(),
                                     std::numeric_limits<int64_t>::max()))};
  if (auto values = node.takeInts("value_ints"))
    return {makeIntegers(*values)};
  node.emitError() << "unsupported kind of constant";
  return {{}};
}

static Tensors importConstantOfShape(Node &node) {
  Tensor fill = node.canTake("value")
                    ? node.takeTensor("value")
                    : Tensor(Constant{DataType::Float, {}, {0.0}});
  std::optional<SmallVector<int64_t>> shape = node.getIntegers(0);
  if (!fill || !shape)
    return {{}};
  if (fill.constant->values.size() != 1) {
    node.emitError() << "expects 'value' to be one number";
    return {{}};
  }
  if (!checkFolded(node, *shape))
    return {{}};
  return {Constant{
      fill.constant->type, *shape,
      std::vector<double>(*countElements(*shape), fill.constant->values[0])}};
}

static Tensors importRange(Node &node) {
  node.ignore("stash_type");
  double limits[3];
  for (size_t i = 0; i < 3; ++i) {
    const Constant *constant = node.getConstant(i);
    if (!constant || constant->values.size() != 1) {
      if (constant)
        node.emitError() << "expects the limits of Range to be scalars";
      return {{}};
    }
    limits[i] = constant->values[0];
  }
  auto [start, end, step] = limits;
  double count = std::max(0.0, std::ceil((end - start) / step));
  // Not a number where the step is zero.
  if (!(count <= double(maxElements)) || !checkFolded(node, {int64_t(count)})) {
    if (!node.hasFailed())
      node.emitError() << "expects fewer numbers from " << start << " to "
                       << end;
    return {{}};
  }
  Constant result{node.getInput().getType(), {int64_t(count)}, {}};
  for (int64_t i = 0; i < int64_t(count); ++i)
    result.values.push_back(roundTo(start + i * step, result.type));
  return {result};
}

/// Weights that are stored as integers: `(x - zero point) * scale`, of all or
/// of each position of an axis.
static Tensors importDequantizeLinear(Node &node) {
  node.expectOnly("block_size", 0);
  int64_t outputType = node.takeInt("output_dtype", 0);
  int64_t axis = node.takeInt("axis", 1);
  const Constant *stored = node.getConstant(0), *scale = node.getConstant(1);
  if (!stored || !scale)
    return {{}};
  const Constant *zero = node.hasInput(2) ? node.getConstant(2) : nullptr;
  size_t count = scale->values.size();
  std::optional<int64_t> resolved = 0;
  if (count != 1)
    resolved = node.resolveAxis(axis, stored->shape.size());
  if (!resolved || node.hasFailed())
    return {{}};
  if (scale->shape.size() > 1 || (zero && zero->values.size() != count) ||
      (count != 1 && int64_t(count) != stored->shape[*resolved])) {
    node.emitError() << "expects a scale and a zero point for all or for each "
                        "position of 'axis', but got shape "
                     << formatShape(scale->shape);
    return {{}};
  }
  size_t inner = 1;
  for (int64_t size :
       ArrayRef(stored->shape)
           .drop_front(count == 1 ? stored->shape.size() : *resolved + 1))
    inner *= size;
  Constant result = *stored;
  // 0 is that of the scale.
  std::optional<DataType> type =
      outputType == 0 ? scale->type : getDataType(int(outputType));
  if (!type || !isFloat(*type)) {
    node.emitError() << "unsupported element type of a constant: "
                     << getTypeName(type ? int(*type) : int(outputType));
    return {{}};
  }
  result.type = *type;
  for (auto [index, value] : enumerate(result.values)) {
    size_t position = index / inner % count;
    double origin = zero ? zero->values[position] : 0.0;
    value = roundTo((value - origin) * scale->values[position], *type);
  }
  return {result};
}

ArrayRef<Operator> frieze::onnx::getConstantOperators() {
  static const Operator operators[] = {
      {"Constant", importConstant, 0, 0},
      {"ConstantOfShape", importConstantOfShape},
      {"DequantizeLinear", importDequantizeLinear, 2, 3},
      {"Range", importRange, 3, 3},
  };
  return operators;
}
