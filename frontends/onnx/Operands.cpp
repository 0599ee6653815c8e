//===- Operands.cpp - Inputs of ONNX nodes as operands ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Operands.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

std::optional<SmallVector<int64_t>> frieze::onnx::broadcastInputs(Node &node) {
  SmallVector<int64_t> shape;
  for (const Tensor &input : node.getInputs()) {
    auto joined = broadcast(shape, input.getShape());
    if (!joined) {
      node.emitError() << "expects shapes that broadcast, but got "
                       << formatShape(shape) << " and "
                       << formatShape(input.getShape());
      return std::nullopt;
    }
    shape = *joined;
  }
  return shape;
}

Value frieze::onnx::getOperand(Node &node, size_t index, size_t rank,
                               bool isMask) {
  const Tensor &input = node.getInput(index);
  if (input.value)
    return addAxes(node, input.value, rank);
  if (!input.constant || input.constant->values.empty())
    return node.getValue(index); // Reports what has no elements.
  DoubleArray array = input.constant->toArray();
  array.shape.insert(array.shape.begin(), rank - array.shape.size(), 1);
  return node.builder.constant(
      node.name, isMask ? node.builder.addMask(node.name, "value", array)
                        : node.builder.addWeights(node.name, "value", array));
}

Tensor frieze::onnx::concatValues(Node &node, ArrayRef<Value> values,
                                  int64_t axis, DataType type) {
  if (llvm::is_contained(values, Value()))
    return {};
  Tensors tensors;
  for (Value value : values)
    tensors.emplace_back(value, type);
  Tensor joined = concat(node, tensors, axis);
  joined.valueType = type;
  return joined;
}
