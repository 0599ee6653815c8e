//===- Reductions.cpp - Axes combined into one value each -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphNode.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using nn::ActivationKind;

Tensor frieze::reduceConstant(GraphNode &node, const Constant &constant,
                              ArrayRef<int64_t> axes, ArrayRef<int64_t> shape,
                              double initial, BinaryFn combine, bool isMean) {
  Constant result{
      constant.type, SmallVector<int64_t>(shape),
      std::vector<double>(countElements(shape).value_or(0), initial)};
  double count = double(constant.values.size()) / result.values.size();
  SmallVector<int64_t> index(constant.shape.size(), 0);
  for (double value : constant.values) {
    int64_t position = 0;
    for (auto [axis, size] : enumerate(constant.shape))
      if (!llvm::is_contained(axes, axis))
        position = position * size + index[axis];
    result.values[position] = combine(result.values[position], value);
    for (size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < constant.shape[axis])
        break;
      index[axis] = 0;
    }
  }
  for (double &value : result.values)
    value = roundTo(isMean ? value / count : value, constant.type);
  return result;
}

Value frieze::logSoftmax(GraphNode &node, Value input, int64_t axis) {
  ModelBuilder &builder = node.builder;
  MLIRContext *context = builder.getBuilder().getContext();
  auto function = [&](ActivationKind kind, Value value) {
    return builder.activation(node.name, value,
                              nn::ActivationAttr::get(context, kind));
  };
  Value shifted = builder.binary(
      node.name, nn::BinaryKind::Sub, input,
      builder.reduce(node.name, nn::ReduceKind::Max, input, axis, true));
  Value sum =
      builder.reduce(node.name, nn::ReduceKind::Sum,
                     function(ActivationKind::Exp, shifted), axis, true);
  return builder.binary(node.name, nn::BinaryKind::Sub, shifted,
                        function(ActivationKind::Log, sum));
}
