//===- Operators.cpp - The operators of ONNX --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphImport.h"
#include "frontends/json/Replacements.h"
#include "frontends/onnx/Node.h"
#include "frontends/onnx/onnx.pb.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

/// The versions of ONNX's operators that this importer knows.
static constexpr int64_t minimumOpset = 7, maximumOpset = 28;

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

std::string frieze::onnx::getWayOut(StringRef name) {
  StringRef type = name.rsplit("::").second;
  type = type.empty() ? name : type;
  if (type.contains("Quant") || type.starts_with("QLinear") ||
      type.starts_with("QAttention") || type.starts_with("QGemm") ||
      type.ends_with("Integer") || type.contains("NBits"))
    return "; export the model before it is quantized";
  if (name.starts_with("com.microsoft"))
    return "; save the model as it was exported, not as ONNX Runtime optimises "
           "it, or with its basic optimisations alone";
  if (name.starts_with("ai.onnx.ml"))
    return "; of classical models, linear ones and networks are read";
  return suggestReplacement(type);
}

bool frieze::onnx::checkOpset(ModelBuilder &builder, int64_t version,
                              StringRef layer) {
  if (version >= minimumOpset && version <= maximumOpset)
    return true;
  builder.emitError(layer) << "expects operators of ONNX's version "
                           << minimumOpset << " to " << maximumOpset
                           << ", but got version " << version;
  return false;
}

std::optional<int64_t>
frieze::onnx::readOpset(ModelBuilder &builder,
                        const ::onnx::ModelProto &model) {
  int64_t opset = 0;
  for (const auto &import : model.opset_import()) {
    if (!isOwnDomain(import.domain()))
      continue;
    if (opset != 0 && opset != import.version()) {
      builder.emitError() << "expects operators of one version of ONNX, but "
                             "got versions "
                          << opset << " and " << import.version();
      return std::nullopt;
    }
    opset = import.version();
  }
  return checkOpset(builder, opset, "") ? std::optional(opset) : std::nullopt;
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
