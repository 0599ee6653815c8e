//===- Operators.cpp - The operators of ONNX --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphImport.h"
#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

static SmallVector<ArrayRef<Operator>> getFamilies() {
  return {getActivationOperators(),    getArithmeticOperators(),
          getConstantOperators(),      getConvolutionOperators(),
          getFusedOperators(),         getGatheringOperators(),
          getIndexingOperators(),      getLearningOperators(),
          getLogicOperators(),         getMatrixOperators(),
          getNormalizationOperators(), getPaddingOperators(),
          getPoolingOperators(),       getPositionOperators(),
          getRecurrentOperators(),     getReductionOperators(),
          getResizeOperators(),        getShapeOperators(),
          getSpectrumOperators(),      getSubgraphOperators()};
}

const Operator *frieze::onnx::findOperator(StringRef name) {
  return frieze::findOperator(getFamilies(), name);
}

std::vector<const Operator *> frieze::onnx::getOperators() {
  std::vector<const Operator *> operators;
  for (ArrayRef<Operator> family : getFamilies())
    for (const Operator &known : family)
      operators.push_back(&known);
  return operators;
}

bool frieze::onnx::isOwnDomain(StringRef domain) {
  return domain.empty() || domain == "ai.onnx";
}

std::string frieze::onnx::getOperatorName(const ::onnx::NodeProto &proto) {
  return isOwnDomain(proto.domain()) ? proto.op_type()
                                     : proto.domain() + "::" + proto.op_type();
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

Tensors frieze::onnx::importOperator(Node &node) {
  const Operator *known = findOperator(getOperatorName(node.proto));
  size_t count = node.getNumInputs();
  bool hasAll = count >= known->minimumInputs && count <= known->maximumInputs;
  for (size_t i = 0; hasAll && i < known->minimumInputs; ++i)
    hasAll = node.hasInput(i);
  if (!hasAll) {
    node.emitError() << "expects " << node.proto.op_type() << " with "
                     << known->minimumInputs
                     << (known->minimumInputs == 1 ? " input" : " inputs")
                     << (known->maximumInputs == known->minimumInputs
                             ? ", but got "
                             : " or more, but got ")
                     << count;
    return {};
  }
  if (!checkTypes(node, known->types))
    return {};
  Tensors outputs = known->import(node);
  setTypes(node, known->types, outputs);
  // One that failed may not have come to its attributes.
  if (node.hasFailed())
    return {};
  node.finish();
  return outputs;
}
