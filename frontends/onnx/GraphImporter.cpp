//===- GraphImporter.cpp - Import of an ONNX graph --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/GraphImporter.h"
#include "frontends/GraphImport.h"
#include "frontends/OutputLayers.h"
#include "frontends/json/Replacements.h"
#include "frontends/onnx/Functions.h"
#include "frontends/onnx/ReplacedNodes.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// Nodes of a model.
static constexpr int maxNodes = 1 << 16;

/// Graphs in attributes and functions within each other.
static constexpr size_t maxDepth = 16;

/// Bytes of the functions that nodes call, which are copied each time.
static constexpr size_t maxCopied = size_t(1) << 30;

namespace {
/// The names of one graph.
struct Scope {
  StringMap<const ::onnx::TensorProto *> initializers;
  StringMap<Tensor> tensors;
  /// The names that an output depends on.
  llvm::StringSet<> used;
  /// Of the names of its layers.
  std::string prefix;
  int64_t opset = 0;
  /// Whether it sees the names of the graph around it, as functions do not.
  bool seesOuter = false;
};

/// Its own names are those of the graph at hand.
class GraphImporter : private Scope {
public:
  GraphImporter(ModelBuilder &builder, const ::onnx::ModelProto &model,
                StringRef folder)
      : builder(builder), model(model), graph(model.graph()), folder(folder),
        budget(builder), replacements(builder) {}

  void run();

private:
  bool chooseOutputs();
  std::vector<bool> findUses(const NodeList &nodes);
  void importInputs();
  void importNodes(const NodeList &nodes);
  void importNode(const ::onnx::NodeProto &proto);
  Tensors importSubgraph(Node &node, const ::onnx::GraphProto &inner,
                         ArrayRef<Tensor> inputs, StringRef label);
  Tensors importFunction(Node &node, const ::onnx::FunctionProto &function);
  SmallVector<const ::onnx::FunctionProto *>
  findFunctions(const ::onnx::NodeProto &proto);
  Tensors importWithin(Node &node, Scope inner, const NodeList &nodes,
                       ArrayRef<std::string> outputs);
  void importOutputs();
  bool checkSupport(const ::onnx::NodeProto &proto, StringRef layer);
  std::optional<Tensor> find(StringRef name);

  ModelBuilder &builder;
  const ::onnx::ModelProto &model;
  const ::onnx::GraphProto &graph;
  StringRef folder;
  /// The names of the outputs, which are the graph's own unless it is cut.
  SmallVector<std::string> outputs;
  bool isCut = false;
  /// The graphs around the one at hand, from the model's own on.
  std::vector<Scope> outer;
  ConstantBudget budget;
  Replacements replacements;
  size_t copiedBytes = 0;
  /// Of those graphs and functions that were imported, each time.
  int64_t nodeCount = 0;
  UnsupportedOperators unsupported;
};
} // namespace

/// Finds the outputs. A node is chosen by its name, or by that of a tensor.
bool GraphImporter::chooseOutputs() {
  for (const auto &output : graph.output())
    outputs.push_back(output.name());
  ArrayRef<std::string> names = builder.takeOutputLayers();
  if (names.empty())
    return true;
  isCut = true;
  outputs.clear();
  std::vector<OutputCandidate> candidates;
  for (const auto &node : graph.node())
    for (const std::string &tensor : node.output())
      if (!tensor.empty())
        candidates.push_back({"/" + tensor, "/" + getNodeName(node)});
  auto chosen = frieze::chooseOutputs(builder, names, candidates);
  if (!chosen)
    return false;
  for (size_t index : *chosen)
    outputs.push_back(candidates[index].path.substr(1));
  return true;
}

/// All names that a node reads, those in graphs of its attributes too.
static void addReads(const ::onnx::NodeProto &node, llvm::StringSet<> &names) {
  for (const std::string &input : node.input())
    names.insert(input);
  for (const auto &attribute : node.attribute()) {
    for (const auto &inner : attribute.g().node())
      addReads(inner, names);
    for (const auto &output : attribute.g().output())
      names.insert(output.name());
  }
}

/// Nodes that no output depends on are left out, whatever they are. The names
/// of the outputs are used.
std::vector<bool> GraphImporter::findUses(const NodeList &nodes) {
  std::vector<bool> isLive(nodes.size());
  for (int index = nodes.size(); index-- > 0;) {
    const ::onnx::NodeProto &node = nodes[index];
    isLive[index] = llvm::any_of(node.output(), [&](const std::string &name) {
      return !name.empty() && used.contains(name);
    });
    if (isLive[index])
      addReads(node, used);
  }
  return isLive;
}

void GraphImporter::importInputs() {
  for (const auto &tensor : graph.initializer())
    initializers.try_emplace(tensor.name(), &tensor);
  for (const auto &tensor : graph.sparse_initializer())
    builder.emitError(tensor.values().name()) << "unsupported sparse constant";
  for (const auto &input : graph.input()) {
    const std::string &name = input.name();
    // Old files list the initializers among the inputs.
    if (initializers.contains(name))
      continue;
    if (isCut && !used.contains(name))
      continue;
    tensors[name] = importInput(builder, input);
  }
}

/// The tensor of that name, null where it could not be built. Nothing where
/// there is no such name.
std::optional<Tensor> GraphImporter::find(StringRef name) {
  Scope *scope = this;
  for (size_t depth = outer.size();; scope = &outer[--depth]) {
    auto found = scope->tensors.find(name);
    if (found != scope->tensors.end())
      return found->second;
    if (scope->initializers.contains(name))
      break;
    if (!scope->seesOuter)
      return std::nullopt;
  }
  auto initializer = scope->initializers.find(name);
  Tensor &tensor = scope->tensors[name];
  if (!budget.canRead())
    return tensor;
  Expected<Constant> constant =
      readTensor(builder, *initializer->second, folder);
  if (!constant)
    builder.report(name, constant.takeError());
  else
    tensor = budget.takeRead(std::move(*constant));
  return tensor;
}

/// The functions that a node may mean, which go before an operator of its name.
SmallVector<const ::onnx::FunctionProto *>
GraphImporter::findFunctions(const ::onnx::NodeProto &proto) {
  SmallVector<const ::onnx::FunctionProto *> found;
  for (const auto &function : model.functions())
    if (function.domain() == proto.domain() &&
        function.name() == proto.op_type())
      found.push_back(&function);
  return found;
}

/// Whether there is an importer for the operator. Those without are reported at
/// the end.
bool GraphImporter::checkSupport(const ::onnx::NodeProto &proto,
                                 StringRef layer) {
  std::string name = getOperatorName(proto);
  if (findOperator(name))
    return true;
  // Behind the name of a function, what that is.
  auto [plain, kind] = StringRef(name).split(',');
  unsupported.add(("unsupported operator '" + plain + "'" +
                   (kind.empty() ? "" : ",") + kind)
                      .str(),
                  getWayOut(plain), layer);
  return false;
}

//===----------------------------------------------------------------------===//
// Graphs within others
//===----------------------------------------------------------------------===//

/// Imports nodes with the names of `inner`, and returns `outputs`.
Tensors GraphImporter::importWithin(Node &node, Scope inner,
                                    const NodeList &nodes,
                                    ArrayRef<std::string> outputs) {
  if (outer.size() == maxDepth) {
    node.emitError() << "expects graphs and functions at most " << maxDepth
                     << " deep within each other";
    return {};
  }
  outer.push_back(std::exchange(static_cast<Scope &>(*this), std::move(inner)));
  used.insert_range(outputs);
  importNodes(nodes);
  Tensors results;
  for (const std::string &name : outputs) {
    std::optional<Tensor> result = find(name);
    // Where there were too many nodes, some are missing.
    if (!result && nodeCount <= maxNodes)
      node.emitError() << "expects output '" << name
                       << "' of its graph to be defined";
    results.push_back(result.value_or(Tensor()));
  }
  static_cast<Scope &>(*this) = std::move(outer.back());
  outer.pop_back();
  return results;
}

Tensors GraphImporter::importSubgraph(Node &node,
                                      const ::onnx::GraphProto &inner,
                                      ArrayRef<Tensor> inputs,
                                      StringRef label) {
  if (inner.input_size() != int(inputs.size())) {
    node.emitError() << "expects a graph with " << inputs.size()
                     << " inputs, but got " << inner.input_size();
    return {};
  }
  Scope scope;
  scope.seesOuter = true;
  scope.opset = opset;
  scope.prefix = node.name + "/" + label.str() + "/";
  for (auto [tensor, input] : zip_equal(inputs, inner.input()))
    scope.tensors[input.name()] = tensor;
  for (const auto &tensor : inner.initializer())
    scope.initializers.try_emplace(tensor.name(), &tensor);
  for (const auto &tensor : inner.sparse_initializer())
    builder.emitError(tensor.values().name()) << "unsupported sparse constant";
  SmallVector<std::string> outputs;
  for (const auto &output : inner.output())
    outputs.push_back(output.name());
  return importWithin(node, std::move(scope), inner.node(), outputs);
}

Tensors GraphImporter::importFunction(Node &node,
                                      const ::onnx::FunctionProto &function) {
  if (node.proto.input_size() > function.input_size() ||
      node.proto.output_size() > function.output_size()) {
    node.emitError() << "expects at most " << function.input_size()
                     << " inputs and " << function.output_size()
                     << " outputs of function '" << function.name()
                     << "', but got " << node.proto.input_size() << " and "
                     << node.proto.output_size();
    return {};
  }
  copiedBytes += function.ByteSizeLong();
  if (copiedBytes > maxCopied) {
    node.emitError() << "expects calls of functions of at most " << maxCopied
                     << " bytes in all";
    return {};
  }
  Scope scope;
  scope.opset = opset;
  for (const auto &import : function.opset_import())
    if (isOwnDomain(import.domain()))
      scope.opset = import.version();
  if (!checkOpset(builder, scope.opset, node.name))
    return {};
  scope.prefix = node.name + "/";
  // One that is left out is absent in the function, too.
  for (auto [index, name] : enumerate(function.input()))
    scope.tensors[name] =
        index < node.getNumInputs() ? node.getInput(index) : Tensor();
  NodeList nodes = fillInAttributes(node, function);
  return importWithin(node, std::move(scope), nodes,
                      SmallVector<std::string>(function.output().begin(),
                                               function.output().end()));
}

//===----------------------------------------------------------------------===//
// The graph of the model
//===----------------------------------------------------------------------===//

void GraphImporter::importNode(const ::onnx::NodeProto &proto) {
  Tensors inputs;
  SmallVector<bool> usedOutputs;
  std::string missing;
  bool isComplete = true;
  for (const std::string &name : proto.input()) {
    std::optional<Tensor> input = name.empty() ? Tensor() : find(name);
    if (!input)
      missing = name;
    inputs.push_back(input.value_or(Tensor()));
    isComplete &= name.empty() || inputs.back();
  }
  for (const std::string &name : proto.output())
    usedOutputs.push_back(!name.empty() && used.contains(name));

  auto importGraph = [&](Node &node, const ::onnx::GraphProto &inner,
                         ArrayRef<Tensor> given, StringRef label) {
    return importSubgraph(node, inner, given, label);
  };
  Node node(builder, proto, opset, folder, std::move(inputs),
            std::move(usedOutputs), prefix, importGraph);
  Tensors outputs;
  if (!missing.empty())
    node.emitError() << "expects its input '" << missing
                     << "' to be defined before it";
  else if (const Replacement *replacement =
               replacements.find(getOperatorName(proto), "/" + node.name))
    outputs = isComplete ? importReplaced(replacements, *replacement, node)
                         : Tensors();
  else if (auto functions = findFunctions(proto); functions.size() > 1)
    node.emitError() << "unsupported function '" << proto.op_type()
                     << "', of which the model has " << functions.size();
  else if (functions.size() == 1)
    outputs = isComplete ? importFunction(node, *functions[0]) : Tensors();
  else if (checkSupport(proto, node.name) && isComplete)
    outputs = importOperator(node);
  budget.takeComputed(outputs);
  outputs.resize(std::max<size_t>(outputs.size(), proto.output_size()));
  for (auto [index, name] : enumerate(proto.output()))
    if (!name.empty())
      tensors.try_emplace(name, outputs[index]);
}

void GraphImporter::importNodes(const NodeList &nodes) {
  if (nodeCount > maxNodes)
    return; // Reported.
  if (!outer.empty())
    nodeCount += 1 + nodes.size();
  if (nodeCount > maxNodes) {
    builder.emitError() << "expects at most " << maxNodes
                        << " nodes of loops, branches and functions";
    return;
  }
  std::vector<bool> isLive = findUses(nodes);
  for (int index = 0; index < nodes.size(); ++index)
    if (isLive[index])
      importNode(nodes[index]);
}

void GraphImporter::importOutputs() {
  if (outputs.empty())
    builder.emitError() << "expects a model with outputs";
  for (const std::string &name : outputs) {
    std::optional<Tensor> tensor = find(name);
    addGraphOutput(builder, name, name, tensor ? &*tensor : nullptr);
  }
}

void GraphImporter::run() {
  std::optional<int64_t> version = readOpset(builder, model);
  if (!version)
    return;
  opset = *version;
  if (graph.node_size() > maxNodes) {
    builder.emitError() << "expects a model of at most " << maxNodes
                        << " nodes, but got " << graph.node_size();
    return;
  }
  checkNames(builder, graph);
  for (const auto &function : model.functions())
    checkNames(builder, function);
  if (!chooseOutputs())
    return;
  used.insert_range(outputs);
  if (isCut) // Then, not all of the inputs are used.
    findUses(graph.node());
  importInputs();
  importNodes(graph.node());
  unsupported.report(builder, "node");
  replacements.finish();
  importOutputs();
}

void frieze::onnx::importGraph(ModelBuilder &builder,
                               const ::onnx::ModelProto &model,
                               StringRef folder) {
  GraphImporter(builder, model, folder).run();
}
