//===- Evaluate.cpp - The naive evaluator of nn IR --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/reference/Evaluate.h"
#include "compiler/reference/Semantics.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;
using namespace frieze::reference;

static LogicalResult checkWeights(Operation &op) {
  return forEachWeights(&op, [&](StringRef name, ElementsAttr weights) {
    if (succeeded(readWeights(weights)))
      return success();
    op.emitOpError("expects ")
        << name << " with its data, but the data is elided";
    return failure();
  });
}

/// What every op means.
static const SemanticsTable &getSemantics() {
  static const SemanticsTable table = [] {
    SemanticsTable all;
    addConvSemantics(all);
    addDenseSemantics(all);
    addElementwiseSemantics(all);
    addLayoutSemantics(all);
    addPoolingSemantics(all);
    addReductionSemantics(all);
    addSequenceSemantics(all);
    return all;
  }();
  return table;
}

template <typename T>
FailureOr<std::vector<Tensor<T>>>
reference::evaluate(func::FuncOp function, ArrayRef<Tensor<T>> inputs,
                    Arithmetic arithmetic) {
  if (function.isDeclaration())
    return function.emitOpError("expects a body");
  ScopedArithmetic scope(arithmetic);
  llvm::DenseMap<Value, Tensor<T>> values;
  for (auto [argument, input] :
       llvm::zip_equal(function.getArguments(), inputs))
    values[argument] = input;

  std::vector<Tensor<T>> results;
  for (Operation &op : function.getBody().front()) {
    if (auto terminator = dyn_cast<func::ReturnOp>(op)) {
      for (Value operand : terminator.getOperands())
        results.push_back(values[operand]);
      return results;
    }
    const auto *semantics = getSemantics().find<T>(&op);
    if (!semantics)
      return op.emitOpError("has no reference semantics");
    if (nn::getCarried(&op))
      return op.emitOpError("carries a state from call to call, of which a "
                            "single one knows nothing");
    if (failed(checkWeights(op)))
      return failure();
    SmallVector<const Tensor<T> *> operands;
    for (Value operand : op.getOperands())
      operands.push_back(&values[operand]);
    // A map may move its entries while it grows.
    Tensor<T> result = (*semantics)(&op, Operands<T>(operands));
    values[op.getResult(0)] = std::move(result);
  }
  return function.emitOpError("expects a return");
}

template FailureOr<std::vector<Tensor<float>>>
    reference::evaluate(func::FuncOp, ArrayRef<Tensor<float>>, Arithmetic);
template FailureOr<std::vector<Tensor<double>>>
    reference::evaluate(func::FuncOp, ArrayRef<Tensor<double>>, Arithmetic);
