//===- Node.cpp - One node of an ONNX graph being imported ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using ::onnx::AttributeProto;

std::string frieze::onnx::getNodeName(const ::onnx::NodeProto &proto) {
  if (!proto.name().empty())
    return proto.name();
  for (const std::string &output : proto.output())
    if (!output.empty())
      return output;
  return proto.op_type();
}

Node::Node(ModelBuilder &builder, const ::onnx::NodeProto &proto, int64_t opset,
           StringRef folder, Tensors inputs, SmallVector<bool> usedOutputs,
           StringRef prefix, ImportGraphFn importGraphFn)
    : OperandNode(builder, prefix.str() + getNodeName(proto), proto.op_type(),
                  std::move(inputs)),
      proto(proto), opset(opset), folder(folder),
      usedOutputs(std::move(usedOutputs)), importGraphFn(importGraphFn) {}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

const AttributeProto *Node::take(StringRef key) {
  taken.insert(key);
  noteRead(key);
  for (const AttributeProto &attribute : proto.attribute())
    if (attribute.name() == key)
      return &attribute;
  return nullptr;
}

void Node::noteRead(StringRef key) {
  if (noted.insert(key).second)
    readKeys.push_back(key.str());
}

bool Node::canTake(StringRef key) {
  noteRead(key);
  return hasAttribute(key);
}

bool Node::hasAttribute(StringRef key) const {
  return llvm::any_of(proto.attribute(), [&](const AttributeProto &attribute) {
    return attribute.name() == key;
  });
}

void Node::reportKind(StringRef key, StringRef kind) {
  emitError() << "expects '" << key << "' to be " << kind;
}

int64_t Node::takeInt(StringRef key, int64_t fallback, int64_t minimum,
                      int64_t maximum) {
  const AttributeProto *attribute = take(key);
  if (!attribute)
    return fallback;
  if (!attribute->has_i()) {
    reportKind(key, "an integer");
    return fallback;
  }
  if (attribute->i() < minimum || attribute->i() > maximum) {
    emitError() << "expects '" << key << "' to be from " << minimum << " to "
                << maximum << ", but got " << attribute->i();
    return fallback;
  }
  return attribute->i();
}

bool Node::takeBool(StringRef key, bool fallback) {
  return takeInt(key, fallback, 0, 1);
}

double Node::takeFloat(StringRef key, double fallback) {
  const AttributeProto *attribute = take(key);
  if (!attribute)
    return fallback;
  if (!attribute->has_f()) {
    reportKind(key, "a number");
    return fallback;
  }
  return attribute->f();
}

std::string Node::takeString(StringRef key, StringRef fallback) {
  const AttributeProto *attribute = take(key);
  if (!attribute)
    return fallback.str();
  if (!attribute->has_s()) {
    reportKind(key, "a string");
    return fallback.str();
  }
  return attribute->s();
}

/// Whether an attribute is a list of `kind`, which an empty one may leave open.
static bool isOfKind(const AttributeProto &attribute,
                     AttributeProto::AttributeType kind) {
  if (attribute.type() != AttributeProto::UNDEFINED)
    return attribute.type() == kind;
  return !attribute.has_i() && !attribute.has_f() && !attribute.has_s() &&
         (attribute.ints().empty() || kind == AttributeProto::INTS) &&
         (attribute.floats().empty() || kind == AttributeProto::FLOATS) &&
         (attribute.strings().empty() || kind == AttributeProto::STRINGS);
}

std::optional<SmallVector<int64_t>> Node::takeInts(StringRef key) {
  const AttributeProto *attribute = take(key);
  if (!attribute)
    return std::nullopt;
  if (!isOfKind(*attribute, AttributeProto::INTS)) {
    reportKind(key, "a list of integers");
    return std::nullopt;
  }
  return SmallVector<int64_t>(attribute->ints().begin(),
                              attribute->ints().end());
}

SmallVector<int64_t> Node::takeInts(StringRef key, size_t count,
                                    int64_t fallback, int64_t minimum) {
  SmallVector<int64_t> fallbacks(count, fallback);
  SmallVector<int64_t> values = takeInts(key).value_or(fallbacks);
  if (values.size() == count && llvm::all_of(values, [&](int64_t value) {
        return value >= minimum && value <= maxElements;
      }))
    return values;
  emitError() << "expects '" << key << "' to be " << count
              << (count == 1 ? " integer" : " integers") << " from " << minimum
              << " to " << maxElements << ", but got " << formatShape(values);
  return fallbacks;
}

SmallVector<double> Node::takeFloats(StringRef key) {
  const AttributeProto *attribute = take(key);
  if (attribute && !isOfKind(*attribute, AttributeProto::FLOATS)) {
    reportKind(key, "a list of numbers");
    attribute = nullptr;
  }
  if (!attribute)
    return {};
  return SmallVector<double>(attribute->floats().begin(),
                             attribute->floats().end());
}

SmallVector<std::string> Node::takeStrings(StringRef key) {
  const AttributeProto *attribute = take(key);
  if (attribute && !isOfKind(*attribute, AttributeProto::STRINGS)) {
    reportKind(key, "a list of strings");
    attribute = nullptr;
  }
  if (!attribute)
    return {};
  return SmallVector<std::string>(attribute->strings().begin(),
                                  attribute->strings().end());
}

Tensor Node::takeTensor(StringRef key) {
  const AttributeProto *attribute = take(key);
  if (!attribute)
    return {};
  if (!attribute->has_t()) {
    reportKind(key, "a tensor");
    return {};
  }
  Expected<Constant> constant = readTensor(builder, attribute->t(), folder);
  if (constant)
    return Tensor(std::move(*constant));
  emitError() << "'" << key << "' " << toString(constant.takeError());
  return {};
}

Tensors Node::importGraph(StringRef key, ArrayRef<Tensor> inputs,
                          StringRef label) {
  const AttributeProto *attribute = take(key);
  if (attribute && attribute->has_g() && importGraphFn)
    return importGraphFn(*this, attribute->g(), inputs, label);
  reportKind(key, "a graph");
  return {};
}

void Node::expectOnly(StringRef key, int64_t value) {
  const AttributeProto *attribute = take(key);
  if (readKeys.back() == key)
    readKeys.back() += "=" + std::to_string(value);
  if (attribute && (!attribute->has_i() || attribute->i() != value))
    emitError() << "unsupported value of '" << key << "', expects " << value
                << ", but got "
                << (attribute->has_i() ? std::to_string(attribute->i())
                                       : "another kind of value");
}

void Node::finish() {
  llvm::StringSet<> names;
  for (const AttributeProto &attribute : proto.attribute())
    if (!taken.contains(attribute.name()))
      emitError() << "unsupported attribute '" << attribute.name() << "' of "
                  << proto.op_type();
    else if (!names.insert(attribute.name()).second)
      emitError() << "expects an attribute '" << attribute.name()
                  << "' once, but got it twice";
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>>
Node::takeIntegers(StringRef key, size_t index, int64_t since) {
  if (opset < since)
    return takeInts(key);
  if (!hasInput(index))
    return std::nullopt;
  return getIntegers(index);
}

Value Node::getValue(size_t index) {
  const Tensor &input = getInput(index);
  if (!input.constant || !input.constant->values.empty())
    return makeValue(input);
  emitError() << "expects elements in input " << index << ", but got shape "
              << formatShape(input.getShape());
  return {};
}

bool Node::hasOutput(size_t index) const {
  return int64_t(index) < proto.output_size() && !proto.output(index).empty();
}

std::optional<int64_t> Node::takeAxis(int64_t fallback) {
  return resolveAxis(takeInt("axis", fallback), getShape().size());
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

WindowGeometry frieze::onnx::takeWindow(Node &node, ArrayRef<int64_t> window,
                                        size_t spatialRank) {
  WindowGeometry geometry;
  geometry.window.assign(window.begin(), window.end());
  geometry.strides = node.takeInts("strides", spatialRank, 1);
  geometry.dilations = node.takeInts("dilations", spatialRank, 1);
  return geometry;
}

std::string frieze::onnx::takeAutoPad(Node &node, ArrayRef<int64_t> pads) {
  std::string mode = node.takeString("auto_pad", "NOTSET");
  if (mode != "NOTSET" && llvm::any_of(pads, [](int64_t pad) { return pad; }))
    node.emitError() << "expects 'pads' or 'auto_pad', but got both";
  return mode;
}

void frieze::onnx::takePadding(Node &node, WindowGeometry &geometry,
                               ArrayRef<int64_t> shape) {
  size_t spatialRank = geometry.window.size();
  // Of all axes low, then of all axes high.
  SmallVector<int64_t> pads = node.takeInts("pads", 2 * spatialRank, 0, 0);
  std::string mode = takeAutoPad(node, pads);
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    // Its axes begin after the batch.
    SmallVector<int64_t> sizes{1};
    llvm::append_range(sizes, shape.drop_front(2));
    geometry.padding = getPadding("same", sizes, geometry);
    if (mode == "SAME_LOWER")
      for (size_t axis = 0; axis < spatialRank; ++axis)
        std::swap(geometry.padding[2 * axis], geometry.padding[2 * axis + 1]);
    return;
  }
  if (mode != "NOTSET" && mode != "VALID")
    node.emitError() << "unsupported value of 'auto_pad': '" << mode << "'";
  for (size_t axis = 0; axis < spatialRank; ++axis)
    geometry.padding.append({pads[axis], pads[axis + spatialRank]});
}
