//===- Functions.cpp - Functions of an ONNX model ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/Functions.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

using namespace llvm;
using namespace frieze;
using namespace frieze::onnx;
using ::onnx::AttributeProto;

using AttributeMap = StringMap<AttributeProto>;

/// The defaults of a function, which the schema has since its version 1.13: it
/// may be older here, and has kept them as it read them.
static void readDefaults(const ::onnx::FunctionProto &function,
                         AttributeMap &attributes) {
  constexpr uint32_t attributeProto = 11 << 3 | 2;
  std::string bytes = function.SerializeAsString();
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(bytes.data()), int(bytes.size()));
  while (uint32_t tag = stream.ReadTag()) {
    uint32_t length;
    std::string value;
    AttributeProto attribute;
    if (tag == attributeProto) {
      if (!stream.ReadVarint32(&length) || !stream.ReadString(&value, length))
        return;
      if (attribute.ParseFromString(value))
        attributes.try_emplace(attribute.name(), attribute);
    } else if (!google::protobuf::internal::WireFormatLite::SkipField(&stream,
                                                                      tag)) {
      return;
    }
  }
}

static void fillIn(::onnx::NodeProto &node, const AttributeMap &attributes) {
  google::protobuf::RepeatedPtrField<AttributeProto> filled;
  for (AttributeProto &attribute : *node.mutable_attribute()) {
    if (attribute.has_g())
      for (::onnx::NodeProto &inner : *attribute.mutable_g()->mutable_node())
        fillIn(inner, attributes);
    auto given = attributes.find(attribute.ref_attr_name());
    if (attribute.ref_attr_name().empty()) {
      *filled.Add() = attribute;
    } else if (given != attributes.end()) {
      AttributeProto *value = filled.Add();
      *value = given->second;
      value->set_name(attribute.name());
    }
  }
  *node.mutable_attribute() = std::move(filled);
}

NodeList frieze::onnx::fillInAttributes(Node &call,
                                        const ::onnx::FunctionProto &function) {
  AttributeMap attributes;
  readDefaults(function, attributes);
  for (const AttributeProto &attribute : call.proto.attribute()) {
    bool isKnown = attributes.contains(attribute.name()) ||
                   llvm::is_contained(function.attribute(), attribute.name());
    if (!isKnown)
      call.emitError() << "unsupported attribute '" << attribute.name()
                       << "' of function '" << function.name() << "'";
    attributes.insert_or_assign(attribute.name(), attribute);
  }
  NodeList nodes(function.node());
  for (::onnx::NodeProto &node : nodes)
    fillIn(node, attributes);
  return nodes;
}
