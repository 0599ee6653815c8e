//===- ElementwiseFunctions.cpp - Functions of each element -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/GraphNode.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nn::ActivationKind;

Tensor frieze::mapConstant(const Constant &constant, UnaryFn function) {
  Constant result = constant;
  for (double &value : result.values)
    value = roundTo(function(value), result.type);
  return result;
}

Tensor frieze::applyFunction(GraphNode &node, const Tensor &input,
                             UnaryFn function, ArrayRef<ActivationKind> kinds) {
  if (input.constant)
    return mapConstant(*input.constant, function);
  Value value = input.value;
  for (ActivationKind kind : kinds)
    value = node.builder.activation(node.name, value, kind);
  return value;
}

Tensor frieze::negateTruth(GraphNode &node, const Tensor &input) {
  if (!input.constant)
    return {negateTruth(node.builder, node.name, input.value), DataType::Bool};
  Constant result = *input.constant;
  result.type = DataType::Bool;
  for (double &value : result.values)
    value = value == 0;
  return result;
}

Tensor frieze::applyWave(GraphNode &node, const Tensor &input, bool isCosine) {
  if (input.constant)
    return mapConstant(*input.constant,
                       isCosine ? UnaryFn(std::cos) : UnaryFn(std::sin));
  return addWave(node.builder, node.name, input.value, isCosine);
}

Tensor frieze::negate(GraphNode &node, const Tensor &input) {
  if (input.constant)
    return mapConstant(*input.constant, [](double x) { return -x; });
  return node.builder.scaleAndShift(node.name, input.value, -1.0, 0.0);
}
