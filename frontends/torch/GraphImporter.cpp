//===- GraphImporter.cpp - Import of an exported program --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/GraphImporter.h"
#include "frontends/GraphImport.h"
#include "frontends/torch/Aliases.h"
#include "frontends/torch/TorchModel.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;
using nlohmann::json;

/// The major versions of torch.export's schema that are known: 7 is that of
/// PyTorch 2.5, 8 of 2.6 and later.
static constexpr int64_t minimumSchema = 7, maximumSchema = 8;

/// Elements that changes in place write.
static constexpr int64_t maxElementsChanged = int64_t(1) << 26;

static constexpr StringLiteral wayOut =
    "; export the program to ONNX with torch.onnx.export(torch.export.load("
    "'model.pt2'), dynamo=True).save('model.onnx')";

static SmallVector<ArrayRef<Operator>> getFamilies() {
  return {getActivationOperators(),  getArithmeticOperators(),
          getBlockOperators(),       getConstantOperators(),
          getConvolutionOperators(), getLogicOperators(),
          getMatrixOperators(),      getNormalizationOperators(),
          getPaddingOperators(),     getPartOperators(),
          getPoolingOperators(),     getRecurrentOperators(),
          getReductionOperators(),   getShapeOperators(),
          getVectorOperators()};
}

const Operator *frieze::torch::findOperator(StringRef name) {
  return frieze::findOperator(getFamilies(), name);
}

std::vector<LayerDescription> frieze::listTorchOperators() {
  return listOperators(getFamilies(), "PyTorch");
}

namespace {
class GraphImporter {
public:
  GraphImporter(ModelBuilder &builder, const ProgramArchive &archive)
      : builder(builder), archive(archive), budget(builder) {}

  void run();

private:
  bool checkVersion();
  void findUses();
  void importInputs();
  void importUserInput(StringRef name);
  void importNode(const StoredNode &stored, size_t position);
  Tensors callOperator(const StoredNode &stored, Node &node);
  void changeInPlace(const StoredNode &stored, Node &node, size_t position,
                     const Tensor &changed);
  void load(StringRef name);
  void importOutputs();

  ModelBuilder &builder;
  const ProgramArchive &archive;
  Graph graph;
  Environment environment;
  /// What the module calls the constants, by what the graph calls them.
  StringMap<std::string> constants;
  /// Where a name is read last.
  StringMap<size_t> lastUses;
  std::optional<Aliases> aliases;
  /// Elements of tensors that share those of one that was changed.
  int64_t elementsChanged = 0;
  ConstantBudget budget;
  UnsupportedOperators unsupported;
};
} // namespace

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

bool GraphImporter::checkVersion() {
  const json &program = archive.getProgram();
  const json *version = findMember(program, "schema_version");
  int64_t major =
      (version ? asInteger(findMember(*version, "major")) : std::nullopt)
          .value_or(0);
  if (major >= minimumSchema && major <= maximumSchema)
    return true;
  builder.emitError() << "expects an exported program of schema version "
                      << minimumSchema << " or " << maximumSchema
                      << ", but got version " << major << wayOut;
  return false;
}

/// Nodes that no output depends on are left out, whatever they are: not those
/// that change elements which something reads by another name.
void GraphImporter::findUses() {
  aliases.emplace(graph.nodes);
  llvm::StringSet<> used, usedOwners;
  for (const std::string &name : graph.outputs) {
    used.insert(name);
    lastUses[name] = graph.nodes.size();
  }
  for (const std::string &name : graph.outputs)
    usedOwners.insert(aliases->getOwner(name));
  for (size_t position = graph.nodes.size(); position-- > 0;) {
    StoredNode &node = graph.nodes[position];
    auto isUsed = [&](const std::string &name) { return used.contains(name); };
    node.isLive = llvm::any_of(node.outputs, isUsed) ||
                  (node.isInPlace() && !node.inputs.empty() &&
                   usedOwners.contains(aliases->getOwner(node.inputs.front())));
    if (!node.isLive)
      continue;
    for (const std::string &name : node.inputs) {
      used.insert(name);
      usedOwners.insert(aliases->getOwner(name));
      lastUses.try_emplace(name, position);
    }
  }
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

void GraphImporter::importUserInput(StringRef name) {
  const json *meta = findMember(*graph.values, name);
  const json *sizes = meta ? findMember(*meta, "sizes") : nullptr;
  if (!sizes || !sizes->is_array()) {
    builder.emitError(name) << "expects the shape of an input";
    return;
  }
  int64_t number = asInteger(findMember(*meta, "dtype")).value_or(0);
  std::optional<DataType> type = getDataType(number);
  if (!type || (*type != DataType::Float && !isInteger(*type)))
    builder.emitError(name)
        << "expects an input of type float32 or of integers, but got type "
        << getTypeName(number) << "; export the module in float32";
  SmallVector<int64_t> shape;
  for (const json &size : *sizes)
    shape.push_back(
        asInteger(findMember(size, "as_int")).value_or(ShapedType::kDynamic));
  Tensor &tensor = environment.tensors[name];
  if (shape.empty()) {
    builder.emitError(name) << "expects an input with an axis for the batch";
    return;
  }
  tensor =
      Tensor(builder.addInput(name, shape), type.value_or(DataType::Float));
}

void GraphImporter::importInputs() {
  const json *specs = findMember(*graph.signature, "input_specs");
  for (const json &spec : specs && specs->is_array() ? *specs : json::array()) {
    std::string kind = spec.is_object() && spec.size() == 1
                           ? spec.items().begin().key()
                           : "another kind";
    const json *input = findMember(spec, kind);
    const json *argument = input ? findMember(*input, "arg") : nullptr;
    static constexpr std::pair<StringLiteral, StringLiteral> stored[] = {
        {"parameter", "parameter_name"},
        {"buffer", "buffer_name"},
        {"tensor_constant", "tensor_constant_name"}};
    auto known = llvm::find_if(
        stored, [&](const auto &entry) { return entry.first == kind; });
    if (known != std::end(stored) && argument) {
      constants[findString(*argument, "name")] =
          findString(*input, known->second);
      continue;
    }
    const json *tensor =
        argument ? findMember(*argument, "as_tensor") : nullptr;
    // Numbers that were fixed at export stand in the graph.
    if (kind == "constant_input")
      continue;
    if (kind != "user_input" || !tensor)
      builder.emitError() << "unsupported input, expects tensors alone, but "
                             "got "
                          << kind;
    else
      importUserInput(findString(*tensor, "name"));
  }
}

/// Reads a constant before its first use.
void GraphImporter::load(StringRef name) {
  auto known = constants.find(name);
  if (known == constants.end() || environment.tensors.contains(name))
    return;
  Tensor &tensor = environment.tensors[name];
  if (!budget.canRead())
    return;
  Expected<Constant> constant = archive.readTensor(known->second);
  if (!constant)
    builder.report(name, constant.takeError());
  else
    tensor = budget.takeRead(std::move(*constant));
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

/// `into` with other elements at the positions of constants.
static Tensor insert(const Constant &into, const Constant &positions,
                     const Constant &elements) {
  Constant result = into;
  for (auto [position, element] : zip_equal(positions.values, elements.values))
    result.values[int64_t(position)] = element;
  return result;
}

/// Gives what a node makes of its first argument to that, and to all tensors
/// that share elements with it and are read later. Of these, only constants can
/// be changed. Reports others.
void GraphImporter::changeInPlace(const StoredNode &stored, Node &node,
                                  size_t position, const Tensor &changed) {
  StringRef name = stored.inputs.front(), owner = aliases->getOwner(name);
  // What is made later is made of what is changed now.
  auto isReadLater = [&](StringRef other) {
    auto last = lastUses.find(other);
    return other != name && last != lastUses.end() && last->second > position &&
           environment.tensors.contains(other);
  };
  SmallVector<StringRef> later;
  for (StringRef other : aliases->getViews(owner))
    if (isReadLater(other) && !llvm::is_contained(stored.outputs, other))
      later.push_back(other);
  bool isShared = !later.empty() || isReadLater(owner);
  auto report = [&] {
    node.emitError() << "unsupported change of '" << name
                     << "' in place, whose elements are read by another name; "
                        "save program.run_decompositions()";
  };
  if (constants.contains(owner))
    return report();
  if (!isShared) {
    environment.tensors[name] = changed;
    return;
  }
  Tensor &owned = environment.tensors[owner];
  if (!owned.constant || !changed.constant)
    return changed ? report() : void();
  elementsChanged += owned.constant->values.size() * (2 + later.size());
  std::optional<Constant> positions;
  if (elementsChanged <= maxElementsChanged)
    positions = aliases->findPositions(builder, environment, name,
                                       owned.constant->shape);
  if (!positions || positions->shape != changed.constant->shape)
    return report();
  owned = insert(*owned.constant, *positions, *changed.constant);
  later.push_back(name);
  for (StringRef other : later) {
    std::optional<Constant> places = aliases->findPositions(
        builder, environment, other, owned.constant->shape);
    if (!places)
      return report();
    for (double &value : places->values)
      value = owned.constant->values[int64_t(value)];
    places->type = owned.constant->type;
    environment.tensors[other] = std::move(*places);
  }
}

Tensors GraphImporter::callOperator(const StoredNode &stored, Node &node) {
  const Operator *known =
      stored.isOwn() ? findOperator(stored.getOperator()) : nullptr;
  if (!known) {
    StringRef name = stored.target;
    name.consume_front("torch.ops.");
    unsupported.add(("unsupported operator '" + name + "'").str(), wayOut,
                    node.name);
    return {};
  }
  const Tensor *first = nullptr;
  for (const std::string &name : stored.inputs) {
    auto tensor = environment.tensors.find(name);
    if (tensor == environment.tensors.end())
      continue;
    if (!tensor->second)
      return {};
    if (!tensor->second.value)
      continue;
    first = first ? first : &tensor->second;
    if (known->types == ValueTypes::Float &&
        tensor->second.valueType != DataType::Float) {
      node.emitError() << "unsupported type of '" << name << "' in "
                       << node.target
                       << ", a value computed from the model's inputs, expects "
                          "float32";
      return {};
    }
  }
  DataType type = first ? first->valueType : DataType::Float;
  Tensors results = known->import(node);
  if (known->types == ValueTypes::Any || known->types == ValueTypes::View)
    for (Tensor &result : results)
      result.valueType = type;
  // One that failed may not have come to its arguments.
  if (node.hasFailed())
    return {};
  node.finish();
  budget.takeComputed(results);
  return results;
}

void GraphImporter::importNode(const StoredNode &stored, size_t position) {
  for (const std::string &name : stored.inputs)
    load(name);
  if (stored.outputs.empty())
    return;
  const json *results = findMember(*stored.call, "outputs");
  if (results->is_array() && !results->empty() &&
      findMember(results->front(), "as_sym_int")) {
    std::string name = stored.outputs.front();
    Node node(builder, name, stored.target, *stored.call, environment, 1,
              {true});
    if (std::optional<int64_t> size = computeSize(node))
      environment.integers[name] = *size;
    return;
  }
  std::vector<bool> usedOutputs;
  for (const std::string &name : stored.outputs)
    usedOutputs.push_back(lastUses.contains(name));
  Node node = stored.makeNode(builder, environment, std::move(usedOutputs));
  bool isInPlace = stored.isInPlace() && !stored.inputs.empty();
  Tensors computed = callOperator(stored, node);
  computed.resize(std::max(computed.size(), stored.outputs.size()));
  for (auto [index, name] : enumerate(stored.outputs)) {
    if (!environment.tensors.try_emplace(name, computed[index]).second &&
        !(isInPlace && name == stored.inputs.front()))
      node.emitError() << "expects a name to be defined once, but '" << name
                       << "' is defined before";
  }
  if (isInPlace)
    changeInPlace(stored, node, position, computed.front());
}

void GraphImporter::importOutputs() {
  for (auto [name, given] : zip_equal(graph.outputs, graph.outputNames)) {
    load(name);
    auto tensor = environment.tensors.find(name);
    addGraphOutput(builder, given, name,
                   tensor == environment.tensors.end() ? nullptr
                                                       : &tensor->second);
  }
}

void GraphImporter::run() {
  if (!checkVersion())
    return;
  std::optional<Graph> read = readGraph(builder, archive.getProgram());
  if (!read)
    return;
  graph = std::move(*read);
  findUses();
  importInputs();
  for (auto [position, node] : enumerate(graph.nodes))
    if (node.isLive)
      importNode(node, position);
  unsupported.report(builder, "node");
  importOutputs();
}

void frieze::torch::importProgram(ModelBuilder &builder,
                                  const ProgramArchive &archive) {
  GraphImporter(builder, archive).run();
}
