//===- Graph.cpp - The graph of an exported program -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Graph.h"
#include "frontends/Json.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nlohmann::json;

/// Nodes of a model.
static constexpr size_t maxNodes = 1 << 16;

static constexpr StringLiteral ownPrefix = "torch.ops.aten.";

bool StoredNode::isOwn() const {
  return StringRef(target).starts_with(ownPrefix);
}

bool StoredNode::isInPlace() const {
  StringRef name = target;
  if (!name.consume_front(ownPrefix) || name == "detach_.default")
    return false;
  StringRef base = name.split('.').first;
  return base.ends_with("_") && !base.ends_with("__");
}

std::string StoredNode::getOperator() const {
  StringRef name = target;
  name.consume_front(ownPrefix);
  auto [base, overload] = name.split('.');
  if (isInPlace())
    base = base.drop_back();
  return (base + "." + overload).str();
}

Node StoredNode::makeNode(ModelBuilder &builder, const Environment &environment,
                          std::vector<bool> usedOutputs) const {
  return Node(builder, outputs.front(),
              isOwn() ? StringRef(target).drop_front(ownPrefix.size()).str()
                      : target,
              *call, environment, outputs.size(), std::move(usedOutputs));
}

/// Adds all names of tensors and sizes in `value`.
static void collectNames(const json &value, std::vector<std::string> &names) {
  if (value.is_array()) {
    for (const json &entry : value)
      collectNames(entry, names);
  } else if (value.is_object()) {
    for (const auto &[key, entry] : value.items())
      if ((key == "name" || key == "as_name") && entry.is_string())
        names.push_back(entry.get<std::string>());
      else
        collectNames(entry, names);
  }
}

/// Whether there are nodes, and not too many; reported if not.
static bool readNodes(ModelBuilder &builder, const json &graph,
                      std::vector<StoredNode> &nodes) {
  const json *list = findMember(graph, "nodes");
  if (!list || !list->is_array() || list->size() > maxNodes) {
    builder.emitError() << "expects a graph of at most " << maxNodes
                        << " nodes";
    return false;
  }
  for (const json &call : *list) {
    StoredNode node{&call, findString(call, "target"), {}, {}, false};
    if (const json *inputs = findMember(call, "inputs");
        inputs && inputs->is_array())
      for (const json &input : *inputs)
        if (const json *argument = findMember(input, "arg"))
          collectNames(*argument, node.inputs);
    if (const json *results = findMember(call, "outputs"))
      collectNames(*results, node.outputs);
    nodes.push_back(std::move(node));
  }
  return true;
}

/// Outputs have the names of nodes, or where the module returns a dictionary
/// those of its keys.
static std::vector<std::string>
readOutputNames(const json &module, const std::vector<std::string> &outputs) {
  const json *calls = findMember(module, "module_call_graph");
  if (!calls || !calls->is_array() || calls->empty())
    return outputs;
  const json *signature = findMember(calls->front(), "signature");
  Expected<json> spec =
      parseJson(signature ? findString(*signature, "out_spec") : "");
  if (!spec || !spec->is_array() || spec->size() != 2) {
    consumeError(spec.takeError());
    return outputs;
  }
  const json &tree = (*spec)[1];
  Expected<json> keys = parseJson(findString(tree, "context"));
  if (!keys || findString(tree, "type") != "builtins.dict") {
    consumeError(keys.takeError());
    return outputs;
  }
  auto names = readStrings(*keys);
  return names && names->size() == outputs.size() ? *names : outputs;
}

static std::vector<std::string> readOutputs(ModelBuilder &builder,
                                            const json &signature) {
  std::vector<std::string> outputs;
  const json *specs = findMember(signature, "output_specs");
  for (const json &spec : specs && specs->is_array() ? *specs : json::array()) {
    const json *output = findMember(spec, "user_output");
    const json *argument = output ? findMember(*output, "arg") : nullptr;
    const json *tensor =
        argument ? findMember(*argument, "as_tensor") : nullptr;
    if (tensor)
      outputs.push_back(findString(*tensor, "name"));
    else if (argument && argument->contains("as_none"))
      continue;
    else
      builder.emitError() << "unsupported output, expects tensors alone, but "
                             "got "
                          << (spec.is_object() && !spec.empty()
                                  ? spec.items().begin().key()
                                  : "another kind of output")
                          << "; export the module after eval()";
  }
  if (outputs.empty())
    builder.emitError() << "expects a program with outputs";
  return outputs;
}

std::optional<Graph> frieze::torch::readGraph(ModelBuilder &builder,
                                              const json &program) {
  Graph graph;
  const json *module = findMember(program, "graph_module");
  const json *stored = module ? findMember(*module, "graph") : nullptr;
  graph.signature = module ? findMember(*module, "signature") : nullptr;
  graph.values = stored ? findMember(*stored, "tensor_values") : nullptr;
  if (!graph.signature || !graph.values) {
    builder.emitError() << "expects an exported program with a graph";
    return std::nullopt;
  }
  if (!readNodes(builder, *stored, graph.nodes))
    return std::nullopt;
  graph.outputs = readOutputs(builder, *graph.signature);
  graph.outputNames = readOutputNames(*module, graph.outputs);
  return graph;
}
