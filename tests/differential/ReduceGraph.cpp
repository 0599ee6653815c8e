//===- ReduceGraph.cpp - The smallest graph that still fails ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/ReduceGraph.h"
#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace frieze;

static func::FuncOp getModel(ModuleOp module) {
  return module.lookupSymbol<func::FuncOp>("model");
}

/// Takes what the results follow from, and nothing else.
static void dropUnused(func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  function.setFunctionType(FunctionType::get(function.getContext(),
                                             function.getArgumentTypes(),
                                             terminator->getOperandTypes()));
  SmallVector<Operation *> layers;
  for (Operation &layer : function.getBody().front().without_terminator())
    layers.push_back(&layer);
  for (Operation *layer : llvm::reverse(layers))
    if (layer->use_empty())
      layer->erase();
}

/// A way to change layer `position`: false where it does not apply.
using Change = llvm::function_ref<bool(func::FuncOp, Operation *)>;

static OwningOpRef<ModuleOp> tryChange(ModuleOp graph, size_t position,
                                       Change change) {
  OwningOpRef<ModuleOp> candidate = graph.clone();
  func::FuncOp function = getModel(*candidate);
  Operation *op =
      &*std::next(function.getBody().front().begin(), (int64_t)position);
  if (!change(function, op))
    return nullptr;
  dropUnused(function);
  ScopedDiagnosticHandler quiet(graph.getContext(), [](Diagnostic &) {});
  return succeeded(verify(*candidate)) ? std::move(candidate) : nullptr;
}

static bool endHere(func::FuncOp function, Operation *op) {
  Operation *terminator = function.getBody().front().getTerminator();
  if (op->getNextNode() == terminator && terminator->getNumOperands() == 1)
    return false;
  terminator->setOperands(op->getResults());
  return true;
}

static bool leaveOut(func::FuncOp, Operation *op) {
  for (Value operand : op->getOperands())
    if (operand.getType() == op->getResult(0).getType()) {
      op->getResult(0).replaceAllUsesWith(operand);
      return true;
    }
  return false;
}

static bool dropEpilogue(func::FuncOp, Operation *op) {
  auto kernel = dyn_cast<nn::EpilogueOpInterface>(op);
  if (!kernel || kernel.getEpilogueStages().empty())
    return false;
  SmallVector<Attribute> stages(kernel.getEpilogueStages().drop_back());
  kernel.setEpilogueAttr(
      stages.empty() ? nullptr : ArrayAttr::get(op->getContext(), stages));
  return true;
}

OwningOpRef<ModuleOp>
frieze::reduceGraph(ModuleOp graph, llvm::function_ref<bool(ModuleOp)> fails) {
  OwningOpRef<ModuleOp> smallest = graph.clone();
  auto makeSmaller = [&] {
    size_t layers =
        getModel(*smallest).getBody().front().getOperations().size() - 1;
    for (size_t position = 0; position < layers; ++position)
      for (Change change :
           {Change(endHere), Change(leaveOut), Change(dropEpilogue)}) {
        OwningOpRef<ModuleOp> candidate =
            tryChange(*smallest, position, change);
        if (candidate && fails(*candidate)) {
          smallest = std::move(candidate);
          return true;
        }
      }
    return false;
  };
  while (makeSmaller())
    ;
  return smallest;
}
