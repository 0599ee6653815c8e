//===- GraphNode.cpp - One node of a graph being imported -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphNode.h"
#include "dialect/LayerName.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

InFlightDiagnostic GraphNode::emitError() {
  failed = true;
  return builder.emitError(name);
}

std::optional<SmallVector<int64_t>>
GraphNode::resolveAxes(ArrayRef<int64_t> axes, size_t rank) {
  SmallVector<int64_t> resolved;
  for (int64_t axis : axes) {
    int64_t position = axis < 0 ? axis + int64_t(rank) : axis;
    if (position < 0 || position >= int64_t(rank) || axes.size() > maxRank ||
        llvm::is_contained(resolved, position)) {
      emitError() << "expects axes of a tensor of rank " << rank
                  << ", each once, but got " << formatShape(axes);
      return std::nullopt;
    }
    resolved.push_back(position);
  }
  llvm::sort(resolved);
  return resolved;
}

std::optional<int64_t> GraphNode::resolveAxis(int64_t axis, size_t rank) {
  if (auto axes = resolveAxes(axis, rank))
    return axes->front();
  return std::nullopt;
}

Value GraphNode::makeValue(const Tensor &tensor) {
  if (!tensor.constant)
    return tensor.value;
  if (tensor.constant->values.empty()) {
    emitError() << "expects a constant with elements, but got shape "
                << formatShape(tensor.getShape());
    return {};
  }
  return builder.constant(
      name, builder.addWeights(name, "value", tensor.constant->toArray()));
}

bool frieze::checkFolded(GraphNode &node, ArrayRef<int64_t> shape) {
  static constexpr int64_t maxFolded = int64_t(1) << 24;
  if (countElements(shape).value_or(maxFolded + 1) <= maxFolded)
    return true;
  node.emitError() << "expects a computed constant of at most " << maxFolded
                   << " elements, but got shape " << formatShape(shape);
  return false;
}

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

Tensor frieze::reshape(GraphNode &node, const Tensor &input,
                       ArrayRef<int64_t> shape) {
  if (!input)
    return {};
  if (countElements(shape) != countElements(input.getShape())) {
    node.emitError() << "expects a shape of as many elements as "
                     << formatShape(input.getShape()) << " has, but got "
                     << formatShape(shape);
    return {};
  }
  if (input.constant) {
    Constant result = *input.constant;
    result.shape.assign(shape.begin(), shape.end());
    return result;
  }
  return {node.builder.reshapeWithBatch(node.name, input.value, shape),
          input.valueType};
}

Tensor frieze::transpose(GraphNode &node, const Tensor &input,
                         ArrayRef<int64_t> permutation) {
  if (!input)
    return {};
  if (input.value)
    return {node.builder.transpose(node.name, input.value, permutation),
            input.valueType};
  const Constant &constant = *input.constant;
  SmallVector<int64_t> strides(constant.shape.size(), 1);
  for (size_t axis = strides.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * constant.shape[axis];
  SmallVector<int64_t> shape, permuted;
  for (int64_t axis : permutation) {
    shape.push_back(constant.shape[axis]);
    permuted.push_back(strides[axis]);
  }
  return Constant{constant.type, shape,
                  readStrided<double>(constant.values, shape, permuted)};
}

Value frieze::toChannelsLast(GraphNode &node, Value input) {
  if (!input)
    return {};
  SmallVector<int64_t> permutation{0};
  for (size_t axis = 2; axis < frieze::getShape(input).size(); ++axis)
    permutation.push_back(axis);
  permutation.push_back(1);
  return node.builder.transpose(node.name, input, permutation);
}

Value frieze::toChannelsFirst(GraphNode &node, Value input) {
  if (!input)
    return {};
  int64_t rank = frieze::getShape(input).size();
  SmallVector<int64_t> permutation{0, rank - 1};
  for (int64_t axis = 1; axis < rank - 1; ++axis)
    permutation.push_back(axis);
  return node.builder.transpose(node.name, input, permutation);
}

/// The input of the model whose axis 0 is that of `value`; null where another
/// axis has come to its place, or may have.
static Value findSource(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (isa<nn::ReshapeOp, nn::TransposeOp>(op) || op->getNumOperands() == 0)
      return {};
    value = op->getOperand(0);
  }
  return value;
}

Value frieze::toBatchFirst(GraphNode &node, Value input) {
  if (!input)
    return {};
  if (Value source = findSource(input);
      source && node.builder.isOpenBatch(source)) {
    StringRef name = nn::findLayerName(source.getLoc());
    node.emitError() << "expects a known number of steps, but the file leaves "
                        "axis 0 of input '"
                     << name << "' open, which is that of the steps here, and "
                     << "not the batch; fix it with --dim=" << name << ":0=N";
    return {};
  }
  return node.builder.transpose(node.name, input, {1, 0, 2});
}
