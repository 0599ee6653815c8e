//===- GraphNames.cpp - The names in an ONNX graph --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::onnx;

namespace {
/// The names of the graphs around a place in the file.
class Names {
public:
  explicit Names(ModelBuilder &builder) : builder(builder) {}

  void checkGraph(const ::onnx::GraphProto &graph);
  void checkFunction(const ::onnx::FunctionProto &function);

private:
  void checkNode(const ::onnx::NodeProto &node);
  void define(StringRef layer, StringRef name);

  ModelBuilder &builder;
  llvm::StringSet<> defined;
  /// In the order of their definition.
  std::vector<StringRef> order;
};
} // namespace

void Names::define(StringRef layer, StringRef name) {
  if (name.empty())
    return;
  if (defined.insert(name).second)
    order.push_back(name);
  else
    builder.emitError(layer) << "expects a name to be defined once, but '"
                             << name << "' is defined before";
}

void Names::checkNode(const ::onnx::NodeProto &node) {
  for (const auto &attribute : node.attribute()) {
    if (attribute.has_g())
      checkGraph(attribute.g());
    llvm::for_each(attribute.graphs(),
                   [&](const auto &inner) { checkGraph(inner); });
  }
  for (const std::string &output : node.output())
    define(getNodeName(node), output);
}

void Names::checkFunction(const ::onnx::FunctionProto &function) {
  for (const std::string &input : function.input())
    define(function.name(), input);
  for (const auto &node : function.node())
    checkNode(node);
}

void Names::checkGraph(const ::onnx::GraphProto &graph) {
  size_t outside = order.size();
  llvm::StringSet<> inputs, constants;
  for (const auto &input : graph.input()) {
    inputs.insert(input.name());
    define(input.name(), input.name());
  }
  for (const auto &tensor : graph.initializer())
    // Old files list the constants among the inputs.
    if (!constants.insert(tensor.name()).second ||
        !inputs.contains(tensor.name()))
      define(tensor.name(), tensor.name());
  for (const auto &tensor : graph.sparse_initializer())
    define(tensor.values().name(), tensor.values().name());
  for (const auto &node : graph.node())
    checkNode(node);
  // Graphs beside this one may have the same names.
  for (StringRef name : ArrayRef(order).drop_front(outside))
    defined.erase(name);
  order.resize(outside);
}

void frieze::onnx::checkNames(ModelBuilder &builder,
                              const ::onnx::GraphProto &graph) {
  Names(builder).checkGraph(graph);
}

void frieze::onnx::checkNames(ModelBuilder &builder,
                              const ::onnx::FunctionProto &function) {
  Names(builder).checkFunction(function);
}
