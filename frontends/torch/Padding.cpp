//===- Padding.cpp - PyTorch's operators that pad ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;

/// What wraps around has no mode of nn: positions of each axis in turn.
static Tensor padAround(Node &node, Tensor input, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> high) {
  for (size_t axis = 0; axis < low.size() && input; ++axis) {
    int64_t size = input.getShape()[axis];
    if (low[axis] > size || high[axis] > size ||
        size + low[axis] + high[axis] < 1) {
      node.emitError() << "expects padding of at most " << size
                       << " positions around, but got " << low[axis] << " and "
                       << high[axis];
      return {};
    }
    SmallVector<int64_t> positions;
    for (int64_t i = -low[axis]; i < size + high[axis]; ++i)
      positions.push_back((i + size) % size);
    if (low[axis] != 0 || high[axis] != 0)
      input = gather(node, input, axis, makeIntegers(positions));
  }
  return input;
}

/// Pads by pairs, from the last axis on; without a mode, around.
static Tensors addPad(Node &node, std::optional<nn::PadMode> mode) {
  Tensor input = node.takeTensor("self");
  auto pad = node.takeInts(node.has("pad") ? "pad" : "padding");
  double fill = node.takeNumber("value", 0.0);
  if (!input || !pad)
    return {{}};
  size_t rank = input.getShape().size();
  if (pad->size() % 2 != 0 || pad->size() > 2 * rank ||
      llvm::any_of(*pad, [](int64_t size) {
        return size < -maxElements || size > maxElements;
      })) {
    node.emitError() << "expects padding before and after " << rank
                     << " axes at most, but got " << formatShape(*pad);
    return {{}};
  }
  SmallVector<int64_t> low(rank, 0), high(rank, 0);
  for (size_t i = 0; i < pad->size(); i += 2) {
    low[rank - 1 - i / 2] = (*pad)[i];
    high[rank - 1 - i / 2] = (*pad)[i + 1];
  }
  if (!mode)
    return {padAround(node, input, low, high)};
  Value value = node.makeValue(input);
  return {value ? padValue(node, value, low, high, fill, *mode) : Value()};
}

template <nn::PadMode mode> static Tensors importPad(Node &node) {
  return addPad(node, mode);
}

static Tensors importNamedPad(Node &node) {
  std::string mode = node.takeString("mode", "constant");
  if (mode == "constant")
    return addPad(node, nn::PadMode::Constant);
  if (mode == "reflect")
    return addPad(node, nn::PadMode::Reflect);
  if (mode == "replicate")
    return addPad(node, nn::PadMode::Edge);
  if (mode == "circular")
    return addPad(node, std::nullopt);
  node.emitError() << "unsupported value of 'mode': '" << mode << "'";
  return {{}};
}

ArrayRef<Operator> frieze::torch::getPaddingOperators() {
  static const Operator operators[] = {
      {"constant_pad_nd.default", importPad<nn::PadMode::Constant>,
       ValueTypes::Any},
      {"pad.default", importNamedPad, ValueTypes::Any},
      {"reflection_pad1d.default", importPad<nn::PadMode::Reflect>,
       ValueTypes::Any},
      {"reflection_pad2d.default", importPad<nn::PadMode::Reflect>,
       ValueTypes::Any},
      {"replication_pad1d.default", importPad<nn::PadMode::Edge>,
       ValueTypes::Any},
      {"replication_pad2d.default", importPad<nn::PadMode::Edge>,
       ValueTypes::Any},
  };
  return operators;
}
