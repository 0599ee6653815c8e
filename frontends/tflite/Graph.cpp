//===- Graph.cpp - The tables of a TensorFlow Lite graph ------ -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Graph.h"
#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

static bool checkIndices(ModelBuilder &builder, const Graph &graph,
                         ArrayRef<int64_t> indices, bool mayBeAbsent) {
  for (int64_t index : indices)
    if (index < (mayBeAbsent ? -1 : 0) ||
        index >= int64_t(graph.tensors.size())) {
      builder.emitError() << "expects numbers of " << graph.tensors.size()
                          << " tensors, but got " << index;
      return false;
    }
  return true;
}

static bool readOperators(ModelBuilder &builder, const FlatTable &model,
                          const FlatTable &table, Graph &graph) {
  std::vector<FlatTable> codes = model.getTables(1);
  std::vector<FlatTable> tables = table.getTables(3);
  if (tables.size() > maxOperators) {
    builder.emitError() << "expects a model of at most " << maxOperators
                        << " operators, but got " << tables.size();
    return false;
  }
  size_t operands = 0;
  for (const FlatTable &call : tables) {
    uint32_t index = call.get<uint32_t>(0, 0);
    if (index >= codes.size()) {
      builder.emitError() << "expects an operator's number in a list of "
                          << codes.size() << ", but got " << index;
      return false;
    }
    const FlatTable &code = codes[index];
    // Old files have the number in a byte, which stops at 127.
    int64_t number =
        std::max<int64_t>(code.get<int8_t>(0, 0), code.get<int32_t>(3, 0));
    StoredOperator read;
    read.operatorName = getOperatorName(number);
    read.isCustom = read.operatorName == "CUSTOM";
    if (read.isCustom)
      read.operatorName = code.getString(1).take_front(maxName).str();
    read.inputs = call.getInts(1);
    read.outputs = call.getInts(2);
    read.table = call;
    operands += read.inputs.size() + read.outputs.size();
    if (operands > maxOperands) {
      builder.emitError() << "expects a model of at most " << maxOperands
                          << " operands";
      return false;
    }
    if (!checkIndices(builder, graph, read.inputs, /*mayBeAbsent=*/true) ||
        !checkIndices(builder, graph, read.outputs, /*mayBeAbsent=*/false))
      return false;
    graph.operators.push_back(std::move(read));
  }
  return true;
}

std::optional<Graph> frieze::tflite::readGraph(ModelBuilder &builder,
                                               const FlatTable &model,
                                               const FlatTable &table) {
  Graph graph;
  for (const FlatTable &tensor : table.getTables(0))
    graph.tensors.emplace_back(tensor);
  graph.inputs = table.getInts(1);
  graph.outputs = table.getInts(2);
  if (!checkIndices(builder, graph, graph.inputs, /*mayBeAbsent=*/false) ||
      !checkIndices(builder, graph, graph.outputs, /*mayBeAbsent=*/false) ||
      !readOperators(builder, model, table, graph))
    return std::nullopt;
  return graph;
}

std::optional<Tensor>
frieze::tflite::readConstant(ModelBuilder &builder, const StoredTensor &tensor,
                             ArrayRef<FlatTable> buffers) {
  uint32_t number = tensor.table.get<uint32_t>(2, 0);
  // Of variables, which begin with zeros.
  bool isVariable = tensor.table.get<uint8_t>(5, 0);
  auto fail = [&](const Twine &problem) {
    builder.emitError(tensor.getName()) << problem;
    return Tensor();
  };
  if (number >= buffers.size())
    return fail("expects the number of one of " + Twine(buffers.size()) +
                " buffers, but got " + Twine(number));
  StringRef bytes = buffers[number].getBytes(0);
  SmallVector<int64_t> shape = tensor.getShape();
  std::optional<int64_t> count = countElements(shape);
  std::optional<DataType> type = getDataType(tensor.type);
  if (buffers[number].has(1) || tensor.table.has(10))
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
