//===- ReplacedNodes.cpp - ONNX operators with a replacement ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/ReplacedNodes.h"
#include "frontends/onnx/onnx.pb.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;
using nlohmann::json;
using ::onnx::AttributeProto;

/// The numbers of `constant` from `first` on, in lists as its shape from `axis`
/// on.
static json nest(const Constant &constant, size_t axis, size_t &first) {
  if (axis == constant.shape.size())
    return constant.values[first++];
  json list = json::array();
  for (int64_t i = 0; i < constant.shape[axis]; ++i)
    list.push_back(nest(constant, axis + 1, first));
  return list;
}

/// What an attribute holds; an object where that is no number, text or list, so
/// that nothing takes it.
static json toJson(Node &node, const AttributeProto &attribute) {
  switch (attribute.type()) {
  case AttributeProto::INT:
    return attribute.i();
  case AttributeProto::FLOAT:
    return attribute.f();
  case AttributeProto::STRING:
    return attribute.s();
  case AttributeProto::INTS:
    return std::vector<int64_t>(attribute.ints().begin(),
                                attribute.ints().end());
  case AttributeProto::FLOATS:
    return std::vector<float>(attribute.floats().begin(),
                              attribute.floats().end());
  case AttributeProto::STRINGS:
    return std::vector<std::string>(attribute.strings().begin(),
                                    attribute.strings().end());
  case AttributeProto::TENSOR: {
    Tensor tensor = node.takeTensor(attribute.name());
    size_t first = 0;
    return tensor.constant ? nest(*tensor.constant, 0, first) : json(false);
  }
  default:
    return {{"type", int(attribute.type())}};
  }
}

Tensors frieze::onnx::importReplaced(Replacements &replacements,
                                     const Replacement &replacement,
                                     Node &node) {
  json attributes = json::object();
  for (const AttributeProto &attribute : node.proto.attribute())
    attributes[attribute.name()] = toJson(node, attribute);
  ObjectReader config(attributes, [&] { return node.emitError(); });
  ReplacedLayer layer{node.name, {}, config, {}};
  for (auto [index, input] : enumerate(node.getInputs())) {
    if (input.value)
      layer.inputs.push_back({"", input});
    else if (input.constant)
      layer.weights.push_back(
          {std::to_string(index), node.proto.input(index),
           [constant = input.constant]() -> Expected<DoubleArray> {
             return constant->toArray();
           }});
  }
  SmallVector<Value> outputs = replacements.import(replacement, layer);
  if (outputs.empty())
    return {};
  if (node.proto.output_size() > int(outputs.size())) {
    node.emitError() << "expects a replacement with "
                     << node.proto.output_size() << " outputs, but got "
                     << outputs.size();
    return {};
  }
  return Tensors(outputs.begin(), outputs.end());
}
