//===- GraphImporter.cpp - Import of a TensorFlow Lite graph ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/GraphImporter.h"
#include "frontends/GraphImport.h"
#include "frontends/tflite/Graph.h"
#include "frontends/tflite/Node.h"
#include "frontends/tflite/Signature.h"
#include "frontends/tflite/TfliteModel.h"

#include <map>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

/// The version of the schema that all files have.
static constexpr int64_t schemaVersion = 3;

namespace {
/// What the graphs of a model share.
struct Model {
  ModelBuilder &builder;
  const FlatTable &table;
  std::vector<FlatTable> graphs, buffers;
  ConstantBudget budget;
  UnsupportedOperators unsupported;
  /// How many operators were imported, those in loops each time.
  size_t imported = 0;

  Model(ModelBuilder &builder, const FlatTable &table)
      : builder(builder), table(table), budget(builder) {}
};

class GraphImporter {
public:
  GraphImporter(Model &model, Graph graph)
      : model(model), builder(model.builder), graph(std::move(graph)),
        tensors(this->graph.tensors.size()), isUsed(this->graph.tensors.size()),
        isReadAsNumber(this->graph.tensors.size()) {
    findUses();
  }

  /// Imports the first graph of the model.
  void run();
  /// Imports a graph that an operator calls: its outputs for `inputs`, null
  /// ones where a problem was reported. `suffix` tells its layers from those of
  /// other calls.
  Tensors call(ArrayRef<Tensor> inputs, StringRef suffix);

private:
  void findUses();
  void importInputs();
  void importOperators();
  void importOperator(const StoredOperator &op);
  void importOutputs();
  bool checkTypes(const StoredOperator &op, StringRef layer);
  const Tensor *find(int64_t index);
  std::string getLayerName(const StoredOperator &op) const;
  Tensors callGraph(Node &node, int64_t number, ArrayRef<Tensor> inputs,
                    StringRef round);

  Model &model;
  ModelBuilder &builder;
  Graph graph;
  /// Those that operators call, by their numbers.
  std::map<int64_t, GraphImporter> called;
  /// What the names of layers end with, and how deep a call is.
  std::string suffix;
  size_t depth = 0;
  Signature signature;
  /// By the number of the tensor; nothing for one that is not there yet.
  std::vector<std::optional<Tensor>> tensors;
  std::vector<bool> isUsed, isLive;
  /// Whether anything reads a tensor as something else than row numbers.
  std::vector<bool> isReadAsNumber;
};
} // namespace

/// Operators have no names: that of the first tensor that one computes. Where
/// an operator stands for several layers, it joins their names, the last one
/// first.
std::string GraphImporter::getLayerName(const StoredOperator &op) const {
  StringRef name =
      op.outputs.empty()
          ? StringRef()
          : graph.tensors[op.outputs[0]].getName().split(';').first;
  return (name.empty() ? StringRef(op.operatorName) : name).str() + suffix;
}

/// Operators that no output depends on are left out, whatever they are.
void GraphImporter::findUses() {
  for (int64_t index : graph.outputs)
    isUsed[index] = isReadAsNumber[index] = true;
  isLive.resize(graph.operators.size());
  for (size_t i = graph.operators.size(); i-- > 0;) {
    const StoredOperator &op = graph.operators[i];
    isLive[i] =
        llvm::any_of(op.outputs, [&](int64_t index) { return isUsed[index]; });
    if (!isLive[i])
      continue;
    for (auto [position, index] : enumerate(op.inputs)) {
      if (index < 0)
        continue;
      isUsed[index] = true;
      if (op.operatorName != "GATHER" || position != 1)
        isReadAsNumber[index] = true;
    }
  }
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

void GraphImporter::importInputs() {
  for (int64_t index : graph.inputs) {
    const StoredTensor &tensor = graph.tensors[index];
    std::string name = signature.inputs.take(index, tensor.getName());
    std::optional<DataType> type = getDataType(tensor.type);
    if (!type || (*type != DataType::Float && !isInteger(*type)))
      builder.emitError(name)
          << "expects an input of type FLOAT32 or of integers, but got type "
          << getTypeName(tensor.type)
          << "; convert the model with float32 inputs and outputs";
    SmallVector<int64_t> shape = tensor.getShape();
    SmallVector<int64_t> open = tensor.table.getInts(7);
    if (open.size() == shape.size())
      shape = open;
    if (shape.empty()) {
      builder.emitError(name) << "expects an input with an axis for the batch";
      tensors[index] = Tensor();
      continue;
    }
    for (int64_t &size : shape)
      size = size < 0 ? ShapedType::kDynamic : size;
    if (tensors[index])
      builder.emitError(name) << "expects a tensor to be an input once";
    tensors[index] =
        Tensor(builder.addInput(name, shape), type.value_or(DataType::Float));
  }
}

/// The tensor of that number, null where it could not be built. Null itself
/// where nothing defines it.
const Tensor *GraphImporter::find(int64_t index) {
  std::optional<Tensor> &tensor = tensors[index];
  if (tensor)
    return &*tensor;
  if (!model.budget.canRead())
    return nullptr;
  tensor = readConstant(builder, graph.tensors[index], model.buffers);
  if (!tensor)
    return nullptr;
  tensor = model.budget.takeRead(*tensor);
  return &*tensor;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static std::string describeUnsupported(const StoredOperator &op) {
  StringRef name = op.operatorName;
  std::string text = "unsupported operator '" + name.str() + "'";
  if (name == "CALL" || name == "CALL_ONCE")
    return text + ", control flow; convert the Keras model with unroll=True in "
                  "its recurrent layers, or give the Keras file itself";
  if (op.isCustom)
    return text + ", which is not one of TensorFlow Lite's own; convert the "
                  "model with TFLITE_BUILTINS alone, or give the Keras file "
                  "itself";
  if (name == "QUANTIZE")
    return text + ", of a quantised model; convert the model without "
                  "quantisation, or with weights in float16";
  return text;
}

/// Whether all tensors of an operator have types that importers know.
bool GraphImporter::checkTypes(const StoredOperator &op, StringRef layer) {
  for (int64_t index : llvm::concat<const int64_t>(op.inputs, op.outputs)) {
    if (index < 0 || getDataType(graph.tensors[index].type))
      continue;
    // The scale of its quantisation.
    bool isQuantised = graph.tensors[index].table.getTable(4).has(2);
    model.unsupported.add(
        "unsupported tensor of type " + getTypeName(graph.tensors[index].type) +
            (isQuantised ? ", quantised; convert the model without "
                           "converter.optimizations, or with "
                           "float16 as its only supported type"
                         : ""),
        /*wayOut=*/"", layer);
    return false;
  }
  return true;
}

void GraphImporter::importOperator(const StoredOperator &op) {
  std::string layer = getLayerName(op);
  Tensors operands;
  bool isComplete = true, isDefined = true;
  const Operator *known = op.isCustom ? nullptr : findOperator(op.operatorName);
  if (!known)
    model.unsupported.add(describeUnsupported(op), /*wayOut=*/"", layer);
  bool hasTypes = checkTypes(op, layer);
  for (int64_t index : op.inputs) {
    const Tensor *operand = index < 0 ? nullptr : find(index);
    operands.push_back(operand ? *operand : Tensor());
    isComplete &= index < 0 || operands.back();
    isDefined &= index < 0 || operand || !hasTypes;
  }
  Node node(builder, layer, op.operatorName, op.table.getTable(4),
            std::move(operands), op.outputs.size());
  auto call = [&](int64_t number, ArrayRef<Tensor> inputs, StringRef round) {
    return callGraph(node, number, inputs, round);
  };
  node.callGraph = call;
  Tensors results;
  if (!isDefined) {
    node.emitError() << "expects its inputs to be defined before it";
  } else if (known && hasTypes && isComplete) {
    node.isReadAsNumber =
        !op.outputs.empty() && isReadAsNumber[op.outputs.front()];
    if (!op.outputs.empty() && op.outputs.front() >= 0)
      node.outputType = getDataType(graph.tensors[op.outputs.front()].type)
                            .value_or(DataType::Float);
    results = tflite::importOperator(node, *known, op.table.get<uint8_t>(3, 0));
    model.budget.takeComputed(results);
  }
  results.resize(op.outputs.size());
  for (auto [index, result] : zip_equal(op.outputs, results)) {
    if (tensors[index])
      node.emitError() << "expects a tensor to be defined once, but '"
                       << graph.tensors[index].getName()
                       << "' is defined before";
    tensors[index] = result;
  }
}

void GraphImporter::importOutputs() {
  if (graph.outputs.empty())
    builder.emitError() << "expects a model with outputs";
  // A converter lists a tensor once that has several names.
  for (int64_t index : llvm::to_vector(graph.outputs))
    graph.outputs.append(
        std::max<int64_t>(0, signature.outputs.count(index) -
                                 llvm::count(graph.outputs, index)),
        index);
  for (int64_t index : graph.outputs) {
    std::string name =
        signature.outputs.take(index, graph.tensors[index].getName());
    addGraphOutput(builder, name, name, find(index));
  }
}

void GraphImporter::importOperators() {
  for (auto [index, op] : enumerate(graph.operators)) {
    if (!isLive[index])
      continue;
    if (++model.imported > maxOperators) {
      if (model.imported == maxOperators + 1)
        builder.emitError() << "expects a model of at most " << maxOperators
                            << " operators, those in loops counted each time";
      return;
    }
    importOperator(op);
  }
}

Tensors GraphImporter::call(ArrayRef<Tensor> inputs, StringRef round) {
  suffix = round.str();
  for (auto [index, input] : zip_equal(graph.inputs, inputs))
    tensors[index] = input;
  importOperators();
  Tensors outputs;
  for (int64_t index : graph.outputs) {
    const Tensor *output = find(index);
    if (!output)
      builder.emitError(graph.tensors[index].getName())
          << "expects an output of a graph to be defined in it";
    outputs.push_back(output ? *output : Tensor());
  }
  // Constants stay for the next call.
  for (int64_t index : graph.inputs)
    tensors[index].reset();
  for (const StoredOperator &op : graph.operators)
    for (int64_t index : op.outputs)
      tensors[index].reset();
  return outputs;
}

/// The outputs of graph `number` for `inputs`, which `node` calls.
Tensors GraphImporter::callGraph(Node &node, int64_t number,
                                 ArrayRef<Tensor> inputs, StringRef round) {
  static constexpr size_t maxDepth = 8;
  if (number < 1 || number >= int64_t(model.graphs.size()) ||
      depth == maxDepth) {
    node.emitError() << "expects the number of another of "
                     << model.graphs.size() << " graphs, which call at most "
                     << maxDepth << " others in turn, but got " << number;
    return {};
  }
  auto known = called.find(number);
  if (known == called.end()) {
    std::optional<Graph> inner =
        readGraph(builder, model.table, model.graphs[number]);
    if (!inner) {
      node.emitError() << "expects a graph that is not damaged";
      return {};
    }
    known = called.try_emplace(number, model, std::move(*inner)).first;
    known->second.depth = depth + 1;
  }
  GraphImporter &inner = known->second;
  if (inner.graph.inputs.size() != inputs.size()) {
    node.emitError() << "expects a graph of " << inputs.size()
                     << " inputs, but got " << inner.graph.inputs.size();
    return {};
  }
  return inner.call(inputs, suffix + ("/" + round).str());
}

void GraphImporter::run() {
  signature = readSignature(builder, model.table);
  importInputs();
  importOperators();
  model.unsupported.report(builder, "operator");
  importOutputs();
}

void frieze::tflite::importGraph(ModelBuilder &builder,
                                 const FlatTable &table) {
  if (int64_t version = table.get<uint32_t>(0, 0); version != schemaVersion) {
    builder.emitError() << "expects a TensorFlow Lite model of version "
                        << schemaVersion << ", but got version " << version;
    return;
  }
  Model model(builder, table);
  model.graphs = table.getTables(2);
  model.buffers = table.getTables(4);
  if (model.graphs.empty()) {
    builder.emitError() << "expects a model with a graph";
    return;
  }
  if (std::optional<Graph> graph =
          readGraph(builder, table, model.graphs.front()))
    GraphImporter(model, std::move(*graph)).run();
}
