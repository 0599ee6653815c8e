//===- GraphImporter.cpp - Import of an ONNX graph --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/onnx/GraphImporter.h"
#include "frontends/OutputLayers.h"
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
  return {getActivationOperators(), getArithmeticOperators(),
          getConstantOperators(),   getConvolutionOperators(),
          getFusedOperators(),      getIndexingOperators(),
          getMatrixOperators(),     getNormalizationOperators(),
          getPoolingOperators(),    getRecurrentOperators(),
          getReductionOperators(),  getResizeOperators(),
          getShapeOperators()};
}

const Operator *frieze::onnx::findOperator(StringRef name) {
  for (ArrayRef<Operator> family : getFamilies())
    for (const Operator &known : family)
      if (known.name == name)
        return &known;
  return nullptr;
}

std::vector<const Operator *> frieze::onnx::getOperators() {
  std::vector<const Operator *> operators;
  for (ArrayRef<Operator> family : getFamilies())
    for (const Operator &known : family)
      operators.push_back(&known);
  return operators;
}

static bool isOwnDomain(StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

/// Its name in the table of operators.
static std::string getOperatorName(const ::onnx::NodeProto &proto) {
  return isOwnDomain(proto.domain()) ? proto.op_type()
                                     : proto.domain() + "::" + proto.op_type();
}

/// What to do about an operator without an importer.
static StringRef getWayOut(StringRef name) {
  StringRef type = name.rsplit("::").second;
  type = type.empty() ? name : type;
  if (type.contains("Quant") || type.starts_with("QLinear") ||
      type.starts_with("QAttention") || type.starts_with("QGemm") ||
      type.ends_with("Integer") || type.contains("NBits"))
    return "; export the model before it is quantized";
  if (name.starts_with("com.microsoft"))
    return "; save the model as it was exported, not as ONNX Runtime optimises "
           "it, or with its basic optimisations alone";
  return "";
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
  bool chooseOutputs();
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
  /// The names of the outputs, which are the graph's own unless it is cut.
  SmallVector<std::string> outputs;
  bool isCut = false;
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

/// Nodes that no output depends on are left out, whatever they are.
void GraphImporter::findUses() {
  for (const std::string &output : outputs)
    used.insert(output);
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
    if (isCut && !used.contains(name))
      continue;
    Tensor &tensor = tensors[name];
    const auto &type = input.type().tensor_type();
    int elementType = type.elem_type();
    std::optional<DataType> dataType = getDataType(elementType);
    if (!input.type().has_tensor_type() || !type.has_shape() ||
        type.shape().dim_size() == 0 || !dataType) {
      builder.emitError(name)
          << "expects an input of known rank, with a batch, and of element "
             "type float, double, float16, bfloat16, bool or an integer type"
          << (dataType ? "" : ", but got type " + getTypeName(elementType));
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
                    dataType.value_or(DataType::Float));
    noteType(builder, tensor.valueType);
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
  std::string name = getOperatorName(proto);
  if (findOperator(name) && !isFunction)
    return true;
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
    // Behind the name of a function, what that is.
    auto [plain, kind] = StringRef(name).split(',');
    diagnostic << "unsupported operator '" << plain << "'"
               << (kind.empty() ? "" : ",") << kind;
    if (count > 1)
      diagnostic << ", here and in " << count - 1
                 << (count == 2 ? " other node" : " other nodes");
    diagnostic << getWayOut(plain);
  }
}

/// Whether values have types that the operator takes; reported if not.
static bool checkTypes(Node &node, ValueTypes types) {
  for (auto [index, input] : enumerate(node.getInputs())) {
    DataType type = input.valueType;
    // Narrower ones wrap where float32 goes on.
    bool isWhole = type == DataType::Int32 || type == DataType::Int64;
    if (!input.value || isFloat(type) || types == ValueTypes::Any ||
        types == ValueTypes::Own || (types == ValueTypes::Whole && isWhole))
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
    const Operator *known = findOperator(getOperatorName(proto));
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
  if (outputs.empty())
    builder.emitError() << "expects a model with outputs";
  for (const std::string &name : outputs) {
    std::optional<Tensor> tensor = find(name);
    if (!tensor)
      builder.emitError(name) << "expects an output to be defined";
    else if (tensor->constant)
      builder.emitError(name) << "unsupported output that depends on no input";
    builder.addOutput(name, tensor ? tensor->value : Value());
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
  if (!chooseOutputs())
    return;
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
