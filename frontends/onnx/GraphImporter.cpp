//===- GraphImporter.cpp - Import of an ONNX graph --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/GraphImporter.h"
#include "frontends/onnx/Node.h"
#include "frontends/onnx/OnnxModel.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// The versions of ONNX's operators that this importer knows.
static constexpr int64_t minimumOpset = 7, maximumOpset = 28;

/// Elements of all constants of a model, read and computed, and its nodes.
static constexpr int64_t maxRead = int64_t(1) << 28;
static constexpr int64_t maxComputed = int64_t(1) << 26;
static constexpr int maxNodes = 1 << 16;

static SmallVector<ArrayRef<Operator>> getFamilies() {
  return {getActivationOperators(),    getArithmeticOperators(),
          getConstantOperators(),      getConvolutionOperators(),
          getIndexingOperators(),      getMatrixOperators(),
          getNormalizationOperators(), getPoolingOperators(),
          getRecurrentOperators(),     getReductionOperators(),
          getResizeOperators(),        getShapeOperators()};
}

const Operator *frieze::onnx::findOperator(StringRef name) {
  for (ArrayRef<Operator> family : getFamilies())
    for (const Operator &known : family)
      if (known.name == name)
        return &known;
  return nullptr;
}

std::vector<LayerDescription> frieze::listOnnxOperators() {
  std::vector<LayerDescription> operators;
  for (ArrayRef<Operator> family : getFamilies())
    for (const Operator &known : family)
      operators.push_back({"ONNX", known.name.str(), {}});
  llvm::sort(operators,
             [](const auto &a, const auto &b) { return a.name < b.name; });
  return operators;
}

static bool isOwnDomain(StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

namespace {
struct UnsupportedOperator {
  std::string name, firstLayer;
  unsigned count = 0;
};

class GraphImporter {
public:
  GraphImporter(ModelBuilder &builder, const ::onnx::ModelProto &model,
                StringRef folder)
      : builder(builder), model(model), graph(model.graph()), folder(folder) {}

  void run();

private:
  bool readOpset();
  void findUses();
  void importInputs();
  void importNode(const ::onnx::NodeProto &proto);
  void importOutputs();
  bool checkSupport(const ::onnx::NodeProto &proto, StringRef layer);
  std::optional<Tensor> find(StringRef name);
  bool checkBudget(const Tensor &tensor, int64_t &count, int64_t maximum);
  void reportUnsupported();

  ModelBuilder &builder;
  const ::onnx::ModelProto &model;
  const ::onnx::GraphProto &graph;
  StringRef folder;
  int64_t opset = 0;
  StringMap<const ::onnx::TensorProto *> initializers;
  StringMap<Tensor> tensors;
  int64_t readCount = 0, computedCount = 0;
  /// The names that an output depends on.
  llvm::StringSet<> used;
  std::vector<bool> isLive;
  /// Operators without an importer, in the order of their first nodes.
  std::vector<UnsupportedOperator> unsupported;
};
} // namespace

bool GraphImporter::readOpset() {
  for (const auto &import : model.opset_import()) {
    if (!isOwnDomain(import.domain()))
      continue;
    if (opset != 0 && opset != import.version()) {
      builder.emitError() << "expects operators of one version of ONNX, but "
                             "got versions "
                          << opset << " and " << import.version();
      return false;
    }
    opset = import.version();
  }
  if (opset >= minimumOpset && opset <= maximumOpset)
    return true;
  builder.emitError() << "expects operators of ONNX's version " << minimumOpset
                      << " to " << maximumOpset << ", but got version "
                      << opset;
  return false;
}

/// Nodes that no output depends on are left out, whatever they are.
void GraphImporter::findUses() {
  for (const auto &output : graph.output())
    used.insert(output.name());
  isLive.resize(graph.node_size());
  for (int index = graph.node_size(); index-- > 0;) {
    const ::onnx::NodeProto &node = graph.node(index);
    isLive[index] = llvm::any_of(node.output(), [&](const std::string &name) {
      return !name.empty() && used.contains(name);
    });
    if (isLive[index])
      for (const std::string &input : node.input())
        used.insert(input);
  }
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
    Tensor &tensor = tensors[name];
    const auto &type = input.type().tensor_type();
    int elementType = type.elem_type();
    bool isFloat = elementType == ::onnx::TensorProto::FLOAT;
    bool isInteger = elementType == ::onnx::TensorProto::INT32 ||
                     elementType == ::onnx::TensorProto::INT64;
    if (!input.type().has_tensor_type() || !type.has_shape() ||
        type.shape().dim_size() == 0 || (!isFloat && !isInteger)) {
      builder.emitError(name)
          << "expects an input of known rank, with a batch, and of element "
             "type float32, int32 or int64"
          << (isFloat || isInteger
                  ? ""
                  : ", but got type " + getTypeName(elementType));
      // What is behind one of another type is still checked.
      if (!type.has_shape() || type.shape().dim_size() == 0)
        continue;
    }
    SmallVector<int64_t> shape;
    SmallVector<std::string> names;
    for (const auto &dimension : type.shape().dim()) {
      names.push_back(dimension.dim_param());
      // Some exporters write 0 or -1 for what is open.
      shape.push_back(dimension.dim_value() > 0 ? dimension.dim_value()
                                                : ShapedType::kDynamic);
    }
    tensor = Tensor(builder.addInput(name, shape, names),
                    isInteger ? DataType(elementType) : DataType::Float);
  }
}

/// The tensor of that name, null where it could not be built. Nothing where
/// there is no such name.
std::optional<Tensor> GraphImporter::find(StringRef name) {
  auto found = tensors.find(name);
  if (found != tensors.end())
    return found->second;
  auto initializer = initializers.find(name);
  if (initializer == initializers.end())
    return std::nullopt;
  Tensor &tensor = tensors[name];
  if (readCount > maxRead)
    return tensor;
  Expected<Constant> constant = readTensor(*initializer->second, folder);
  if (!constant)
    builder.report(name, constant.takeError());
  else if (Tensor read(std::move(*constant));
           checkBudget(read, readCount, maxRead))
    tensor = read;
  return tensor;
}

/// Counts the elements of a constant. A file can ask for many times its size,
/// by many tensors with one place and by operators.
bool GraphImporter::checkBudget(const Tensor &tensor, int64_t &count,
                                int64_t maximum) {
  if (!tensor.constant || count > maximum)
    return count <= maximum;
  count += tensor.constant->values.size();
  if (count <= maximum)
    return true;
  builder.emitError() << "expects constants of at most " << maximum
                      << " elements in all";
  return false;
}

/// Whether there is an importer for the operator. Those without are reported at
/// the end.
bool GraphImporter::checkSupport(const ::onnx::NodeProto &proto,
                                 StringRef layer) {
  // A function of the model goes before an operator of its name.
  bool isFunction = llvm::any_of(model.functions(), [&](const auto &function) {
    return function.domain() == proto.domain() &&
           function.name() == proto.op_type();
  });
  if (isOwnDomain(proto.domain()) && findOperator(proto.op_type()) &&
      !isFunction)
    return true;
  std::string name = "'";
  if (!isOwnDomain(proto.domain()))
    name += proto.domain() + "::";
  name += proto.op_type() + "'";
  if (isFunction)
    name += ", a function of the model";
  auto known = llvm::find_if(
      unsupported, [&](const auto &other) { return other.name == name; });
  if (known == unsupported.end())
    known = unsupported.insert(known, {name, layer.str()});
  ++known->count;
  return false;
}

void GraphImporter::reportUnsupported() {
  for (const auto &[name, firstLayer, count] : unsupported) {
    InFlightDiagnostic diagnostic = builder.emitError(firstLayer);
    diagnostic << "unsupported operator " << name;
    if (count > 1)
      diagnostic << ", here and in " << count - 1
                 << (count == 2 ? " other node" : " other nodes");
  }
}

/// Whether values have types that the operator takes; reported if not.
static bool checkTypes(Node &node, ValueTypes types) {
  for (auto [index, input] : enumerate(node.getInputs())) {
    DataType type = input.valueType;
    if (!input.value || type == DataType::Float || types == ValueTypes::Any ||
        types == ValueTypes::Own ||
        (types == ValueTypes::Whole && isInteger(type)))
      continue;
    node.emitError() << "unsupported type of input " << index << " of "
                     << node.proto.op_type()
                     << ", a value computed from the model's inputs, expects "
                        "float32, but got "
                     << getTypeName(type);
  }
  return !node.hasFailed();
}

/// Gives the values among `outputs` the type of the first among the inputs.
static void setTypes(const Node &node, ValueTypes types,
                     MutableArrayRef<Tensor> outputs) {
  if (types == ValueTypes::Own)
    return;
  auto first = llvm::find_if(
      node.getInputs(), [](const Tensor &input) { return bool(input.value); });
  if (first != node.getInputs().end())
    for (Tensor &output : outputs)
      output.valueType = first->valueType;
}

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

  Node node(builder, proto, opset, folder, std::move(inputs),
            std::move(usedOutputs));
  Tensors outputs;
  if (!missing.empty()) {
    node.emitError() << "expects its input '" << missing
                     << "' to be defined before it";
  } else if (checkSupport(proto, node.name) && isComplete) {
    const Operator *known = findOperator(proto.op_type());
    size_t count = node.getNumInputs();
    bool hasAll =
        count >= known->minimumInputs && count <= known->maximumInputs;
    for (size_t i = 0; hasAll && i < known->minimumInputs; ++i)
      hasAll = node.hasInput(i);
    if (hasAll && checkTypes(node, known->types)) {
      outputs = known->import(node);
      setTypes(node, known->types, outputs);
      // One that failed may not have come to its attributes.
      if (node.hasFailed())
        outputs.clear();
      else
        node.finish();
      for (Tensor &output : outputs)
        if (!checkBudget(output, computedCount, maxComputed))
          output = Tensor();
    } else if (!hasAll) {
      node.emitError() << "expects " << proto.op_type() << " with "
                       << known->minimumInputs
                       << (known->minimumInputs == 1 ? " input" : " inputs")
                       << (known->maximumInputs == known->minimumInputs
                               ? ", but got "
                               : " or more, but got ")
                       << count;
    }
  }
  outputs.resize(std::max<size_t>(outputs.size(), proto.output_size()));
  for (auto [index, name] : enumerate(proto.output()))
    if (!name.empty())
      tensors.try_emplace(name, outputs[index]);
}

void GraphImporter::importOutputs() {
  if (graph.output().empty())
    builder.emitError() << "expects a model with outputs";
  for (const auto &output : graph.output()) {
    std::optional<Tensor> tensor = find(output.name());
    if (!tensor)
      builder.emitError(output.name()) << "expects an output to be defined";
    else if (tensor->constant)
      builder.emitError(output.name())
          << "unsupported output that depends on no input";
    builder.addOutput(output.name(), tensor ? tensor->value : Value());
  }
}

void GraphImporter::run() {
  if (!readOpset())
    return;
  if (graph.node_size() > maxNodes) {
    builder.emitError() << "expects a model of at most " << maxNodes
                        << " nodes, but got " << graph.node_size();
    return;
  }
  checkNames(builder, graph);
  findUses();
  importInputs();
  for (int index = 0; index < graph.node_size(); ++index)
    if (isLive[index])
      importNode(graph.node(index));
  reportUnsupported();
  importOutputs();
}

void frieze::onnx::importGraph(ModelBuilder &builder,
                               const ::onnx::ModelProto &model,
                               StringRef folder) {
  GraphImporter(builder, model, folder).run();
}
