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
#include "frontends/tflite/TfliteModel.h"

#include <map>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

/// The version of the schema that all files have.
static constexpr int64_t schemaVersion = 3;

static SmallVector<ArrayRef<Operator>> getFamilies() {
  return {getActivationOperators(),  getArithmeticOperators(),
          getControlFlowOperators(), getConvolutionOperators(),
          getIndexingOperators(),    getLogicOperators(),
          getRecurrentOperators(),   getReductionOperators(),
          getShapeOperators()};
}

const Operator *frieze::tflite::findOperator(StringRef name) {
  return frieze::findOperator(getFamilies(), name);
}

std::vector<LayerDescription> frieze::listTfliteOperators() {
  return listOperators(getFamilies(), "TFLite");
}

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
  void readSignature();
  void findUses();
  void importInputs();
  void importOperators();
  void importOperator(const StoredOperator &op);
  void importOutputs();
  bool checkTypes(const StoredOperator &op, StringRef layer);
  const Tensor *find(int64_t index);
  std::optional<Tensor> readConstant(int64_t index);
  std::string getLayerName(const StoredOperator &op) const;
  std::string takeName(int64_t index,
                       StringMap<std::vector<std::string>> &names);
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
  /// What the signature calls inputs and outputs, which may have several names,
  /// by their numbers as text.
  StringMap<std::vector<std::string>> inputNames, outputNames;
  /// By the number of the tensor; nothing for one that is not there yet.
  std::vector<std::optional<Tensor>> tensors;
  std::vector<bool> isUsed, isLive;
  /// Whether anything reads a tensor as something else than row numbers.
  std::vector<bool> isReadAsNumber;
};
} // namespace

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

/// A signature names inputs and outputs as the model did before it was
/// converted.
void GraphImporter::readSignature() {
  std::vector<FlatTable> signatures = model.table.getTables(7);
  if (signatures.size() > 1) {
    builder.emitError() << "expects a model with one signature, but got "
                        << signatures.size()
                        << "; convert each by itself, with "
                           "from_concrete_functions()";
    return;
  }
  for (const FlatTable &signature : signatures) {
    if (signature.get<uint32_t>(4, 0) != 0)
      builder.emitError() << "expects a signature of the first graph";
    for (unsigned field : {0, 1})
      for (const FlatTable &entry : signature.getTables(field))
        if (StringRef name = entry.getString(0); !name.empty())
          (field == 0 ? inputNames
                      : outputNames)[std::to_string(entry.get<uint32_t>(1, 0))]
              .push_back(name.take_front(maxName).str());
  }
}

/// The next of the names that the signature has for a tensor, or its own.
std::string
GraphImporter::takeName(int64_t index,
                        StringMap<std::vector<std::string>> &names) {
  auto known = names.find(std::to_string(index));
  if (known == names.end())
    return graph.tensors[index].getName().str();
  std::string name = known->second.front();
  if (known->second.size() > 1)
    known->second.erase(known->second.begin());
  return name;
}

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
    std::string name = takeName(index, inputNames);
    std::optional<DataType> type = getDataType(tensor.type);
    if (!type || (*type != DataType::Float && !isInteger(*type)))
      builder.emitError(name)
          << "expects an input of type FLOAT32 or of integers, but got type "
          << getTypeName(tensor.type)
          << "; convert the model with float32 inputs and outputs";
    SmallVector<int64_t> shape = tensor.getShape();
    SmallVector<int64_t> signature = tensor.table.getInts(7);
    if (signature.size() == shape.size())
      shape = signature;
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

/// The elements of a tensor that has some in the file, a null tensor where a
/// problem was reported. Nothing where there are none.
std::optional<Tensor> GraphImporter::readConstant(int64_t index) {
  const StoredTensor &tensor = graph.tensors[index];
  uint32_t number = tensor.table.get<uint32_t>(2, 0);
  // Of variables, which begin with zeros.
  bool isVariable = tensor.table.get<uint8_t>(5, 0);
  auto fail = [&](const Twine &problem) {
    builder.emitError(tensor.getName()) << problem;
    return Tensor();
  };
  if (number >= model.buffers.size())
    return fail("expects the number of one of " + Twine(model.buffers.size()) +
                " buffers, but got " + Twine(number));
  StringRef bytes = model.buffers[number].getBytes(0);
  SmallVector<int64_t> shape = tensor.getShape();
  std::optional<int64_t> count = countElements(shape);
  std::optional<DataType> type = getDataType(tensor.type);
  if (model.buffers[number].has(1) || tensor.table.has(10))
    return fail("unsupported constant outside of the table of buffers");
  // Buffer 0 is that of tensors without data.
  if ((number == 0 || (bytes.empty() && count != 0)) && !isVariable)
    return std::nullopt;
  if (tensor.table.has(6))
    return fail(
        "unsupported sparse constant; convert the model without sparsity");
  // Reported for the operator that reads it.
  if (!type)
    return Tensor();
  if (!count)
    return fail("expects a constant of at most " + Twine(maxElements) +
                " elements on at most " + Twine(maxRank) +
                " axes, but got shape " + formatShape(shape));
  Constant constant{*type, shape, {}};
  ElementType element = *getElementType(*type);
  if (isVariable)
    constant.values.assign(*count, 0.0);
  else if (bytes.size() != *count * element.size)
    return fail("expects " + Twine(uint64_t(*count * element.size)) +
                " bytes for shape " + formatShape(shape) + ", but got " +
                Twine(bytes.size()));
  else
    constant.values = decodeNumbers(bytes, element);
  return Tensor(std::move(constant));
}

/// The tensor of that number, null where it could not be built. Null itself
/// where nothing defines it.
const Tensor *GraphImporter::find(int64_t index) {
  std::optional<Tensor> &tensor = tensors[index];
  if (tensor)
    return &*tensor;
  if (!model.budget.canRead())
    return nullptr;
  tensor = readConstant(index);
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
  size_t count = operands.size();
  FlatTable options = op.table.getTable(4);
  unsigned optionsType = op.table.get<uint8_t>(3, 0);
  Node node(builder, layer, op.operatorName, options, std::move(operands),
            op.outputs.size());
  auto call = [&](int64_t number, ArrayRef<Tensor> inputs, StringRef round) {
    return callGraph(node, number, inputs, round);
  };
  node.callGraph = call;
  Tensors results;
  if (!isDefined) {
    node.emitError() << "expects its inputs to be defined before it";
  } else if (known && hasTypes && isComplete) {
    bool hasAll =
        count >= known->minimumInputs && count <= known->maximumInputs;
    for (size_t i = 0; hasAll && i < known->minimumInputs; ++i)
      hasAll = node.hasInput(i);
    auto first = llvm::find_if(node.getInputs(), [](const Tensor &input) {
      return bool(input.value);
    });
    bool areNumbers = llvm::all_of(node.getInputs(), [&](const Tensor &input) {
      return !input.value || input.valueType == DataType::Float ||
             known->types == ValueTypes::Any ||
             known->types == ValueTypes::Own ||
             (known->types == ValueTypes::Whole && isInteger(input.valueType));
    });
    if (!hasAll) {
      node.emitError() << "expects " << known->name << " with "
                       << known->minimumInputs
                       << (known->minimumInputs == 1 ? " input" : " inputs")
                       << ", but got " << count
                       << (count < known->minimumInputs ||
                                   count > known->maximumInputs
                               ? ""
                               : ", of which one is absent");
    } else if (optionsType != known->optionsType && optionsType != 0) {
      node.emitError() << "expects options of " << known->name
                       << ", but got those of another operator";
    } else if (!areNumbers) {
      node.emitError() << "unsupported type of an input of " << known->name
                       << ", a value computed from the model's inputs, expects "
                          "FLOAT32";
    } else {
      node.isReadAsNumber =
          !op.outputs.empty() && isReadAsNumber[op.outputs.front()];
      if (!op.outputs.empty() && op.outputs.front() >= 0)
        node.outputType = getDataType(graph.tensors[op.outputs.front()].type)
                              .value_or(DataType::Float);
      results = known->import(node);
      if (known->types != ValueTypes::Own && first != node.getInputs().end())
        for (Tensor &result : results)
          result.valueType = first->valueType;
      // One that failed may not have come to its options.
      if (node.hasFailed())
        results.clear();
      else
        node.finish();
      model.budget.takeComputed(results);
    }
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
    if (auto known = outputNames.find(std::to_string(index));
        known != outputNames.end())
      graph.outputs.append(
          std::max<int64_t>(0, int64_t(known->second.size()) -
                                   llvm::count(graph.outputs, index)),
          index);
  for (int64_t index : graph.outputs) {
    std::string name = takeName(index, outputNames);
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
  readSignature();
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
