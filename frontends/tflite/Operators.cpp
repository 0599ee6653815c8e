//===- Operators.cpp - The operators of TensorFlow Lite ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/GraphImport.h"
#include "frontends/tflite/Node.h"
#include "frontends/tflite/TfliteModel.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

static SmallVector<ArrayRef<Operator>> getFamilies() {
  return {getActivationOperators(),  getArithmeticOperators(),
          getControlFlowOperators(), getConvolutionOperators(),
          getIndexingOperators(),    getLogicOperators(),
          getRecurrentOperators(),   getReductionOperators(),
          getShapeOperators(),       getSpaceToBatchOperators()};
}

const Operator *frieze::tflite::findOperator(StringRef name) {
  return frieze::findOperator(getFamilies(), name);
}

std::vector<LayerDescription> frieze::listTfliteOperators() {
  return listOperators(getFamilies(), "TFLite");
}

/// Whether the node has the inputs that its operator takes; reported if not.
static bool checkInputs(Node &node, const Operator &known) {
  size_t count = node.getNumInputs();
  bool hasCount = count >= known.minimumInputs && count <= known.maximumInputs;
  bool hasAll = hasCount;
  for (size_t i = 0; hasAll && i < known.minimumInputs; ++i)
    hasAll = node.hasInput(i);
  if (!hasAll) {
    node.emitError() << "expects " << known.name << " with "
                     << known.minimumInputs
                     << (known.minimumInputs == 1 ? " input" : " inputs")
                     << ", but got " << count
                     << (hasCount ? ", of which one is absent" : "");
  }
  return hasAll;
}

/// Whether values have types that the operator takes; reported if not.
static bool checkTypes(Node &node, const Operator &known) {
  bool areKnown = llvm::all_of(node.getInputs(), [&](const Tensor &input) {
    return !input.value || input.valueType == DataType::Float ||
           known.types == ValueTypes::Any || known.types == ValueTypes::Own ||
           (known.types == ValueTypes::Whole && isInteger(input.valueType));
  });
  if (!areKnown)
    node.emitError() << "unsupported type of an input of " << known.name
                     << ", a value computed from the model's inputs, expects "
                        "FLOAT32";
  return areKnown;
}

Tensors frieze::tflite::importOperator(Node &node, const Operator &known,
                                       unsigned optionsType) {
  if (!checkInputs(node, known))
    return {};
  if (optionsType != known.optionsType && optionsType != 0) {
    node.emitError() << "expects options of " << known.name
                     << ", but got those of another operator";
    return {};
  }
  if (!checkTypes(node, known))
    return {};
  auto first = llvm::find_if(
      node.getInputs(), [](const Tensor &input) { return bool(input.value); });
  Tensors results = known.import(node);
  if (known.types != ValueTypes::Own && first != node.getInputs().end())
    for (Tensor &result : results)
      result.valueType = first->valueType;
  // One that failed may not have come to its options.
  if (node.hasFailed())
    return {};
  node.finish();
  return results;
}
