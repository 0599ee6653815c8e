//===- Padding.cpp - ONNX paddings ------------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Operands.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// Each axis goes on from its other end, as often as that takes: `low` and
/// `high` positions, which are not negative.
static Value wrap(Node &node, Value input, ArrayRef<int64_t> low,
                  ArrayRef<int64_t> high) {
  // Each part is a kernel.
  static constexpr int64_t maxParts = 64;
  for (size_t axis = 0; input && axis < low.size(); ++axis) {
    SmallVector<int64_t> shape(frieze::getShape(input));
    int64_t size = shape[axis];
    if ((low[axis] + high[axis]) / size > maxParts) {
      node.emitError() << "unsupported padding of more than " << maxParts
                       << " times the size, but got " << low[axis] << " and "
                       << high[axis] << " for " << size;
      return {};
    }
    SmallVector<Value> parts;
    for (int64_t at = -low[axis]; at < size + high[axis];) {
      SmallVector<int64_t> begin(shape.size(), 0), part(shape),
          ones(shape.size(), 1);
      begin[axis] = (at % size + size) % size;
      part[axis] = std::min(size - begin[axis], size + high[axis] - at);
      at += part[axis];
      parts.push_back(part == shape ? input
                                    : node.builder.slice(node.name, input,
                                                         begin, part, ones));
    }
    if (parts.size() > 1)
      input = concatValues(node, parts, axis, DataType::Float).value;
  }
  return input;
}

/// That which wraps around has no mode of nn.
static Value padAs(Node &node, Value input, ArrayRef<int64_t> low,
                   ArrayRef<int64_t> high, double value,
                   std::optional<nn::PadMode> mode) {
  if (mode)
    return padValue(node, input, SmallVector<int64_t>(low),
                    SmallVector<int64_t>(high), value, *mode);
  SmallVector<int64_t> added[2], cut[2];
  for (auto [side, pads] :
       enumerate(std::array<ArrayRef<int64_t>, 2>{low, high}))
    for (int64_t pad : pads) {
      added[side].push_back(std::max<int64_t>(pad, 0));
      cut[side].push_back(std::min<int64_t>(pad, 0));
    }
  // Negative padding takes positions away.
  bool isCut = llvm::any_of(cut[0], [](int64_t pad) { return pad < 0; }) ||
               llvm::any_of(cut[1], [](int64_t pad) { return pad < 0; });
  if (isCut)
    input = padValue(node, input, cut[0], cut[1], 0.0, nn::PadMode::Constant);
  return wrap(node, input, added[0], added[1]);
}

static Tensors importPad(Node &node) {
  std::string name = node.takeString("mode", "constant");
  auto mode = llvm::StringSwitch<std::optional<nn::PadMode>>(name)
                  .Case("constant", nn::PadMode::Constant)
                  .Case("edge", nn::PadMode::Edge)
                  .Case("reflect", nn::PadMode::Reflect)
                  .Default(std::nullopt);
  if (!mode && (name != "wrap" || node.opset < 19))
    node.emitError() << "unsupported value of 'mode': '" << name << "'";
  std::optional<SmallVector<int64_t>> pads =
      node.takeIntegers("pads", 1, /*since=*/11);
  double value = node.opset < 11 ? node.takeFloat("value", 0.0) : 0.0;
  if (node.hasInput(2))
    if (const Constant *constant = node.getConstant(2);
        constant && !constant->values.empty())
      value = constant->values[0];
  size_t rank = node.getShape().size();
  SmallVector<int64_t> axes;
  for (size_t axis = 0; axis < rank; ++axis)
    axes.push_back(axis);
  if (node.hasInput(3)) {
    std::optional<SmallVector<int64_t>> given = node.getIntegers(3);
    if (!given || !node.resolveAxes(*given, rank))
      return {{}};
    axes.clear();
    for (int64_t axis : *given)
      axes.push_back(axis < 0 ? axis + rank : axis);
  }
  if (!pads || pads->size() != 2 * axes.size()) {
    if (!node.hasFailed())
      node.emitError() << "expects 'pads' to be " << 2 * axes.size()
                       << " integers";
    return {{}};
  }
  SmallVector<int64_t> low(rank, 0), high(rank, 0);
  for (auto [index, axis] : enumerate(axes)) {
    auto clamp = [](int64_t pad) {
      return std::clamp<int64_t>(pad, -maxElements, maxElements);
    };
    low[axis] = clamp((*pads)[index]);
    high[axis] = clamp((*pads)[index + axes.size()]);
  }
  Value input = node.getValue();
  if (node.hasFailed())
    return {{}};
  return {padAs(node, input, low, high, value, mode)};
}

ArrayRef<Operator> frieze::onnx::getPaddingOperators() {
  static const Operator operators[] = {
      {"Pad", importPad, 1, 4, ValueTypes::Any},
  };
  return operators;
}
