//===- ControlFlow.cpp - TensorFlow Lite's calls of graphs ---- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which graph runs, and how often, is known once shapes are: loops are written
// out.
//
//===----------------------------------------------------------------------===//

#include "frontends/tflite/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::tflite;

/// The only element of a condition. Nothing, and reported, for others.
static std::optional<bool> getCondition(Node &node, const Tensor &tensor) {
  if (tensor.constant && tensor.constant->values.size() == 1)
    return tensor.constant->values.front() != 0;
  node.emitError() << "unsupported condition of " << node.operatorName
                   << ", expects one that is known once shapes are, but got "
                   << (tensor.constant
                           ? "shape " + formatShape(tensor.getShape())
                           : "a value computed from the model's inputs")
                   << "; give the Keras file itself";
  return std::nullopt;
}

static Tensors importIf(Node &node) {
  int64_t then = node.takeInt({0, "then_subgraph_index"}, 0);
  int64_t otherwise = node.takeInt({1, "else_subgraph_index"}, 0);
  std::optional<bool> condition = getCondition(node, node.getInput());
  if (!condition)
    return {};
  Tensors results = node.callGraph(*condition ? then : otherwise,
                                   node.getInputs().drop_front(),
                                   *condition ? "then" : "else");
  if (results.size() == node.getNumOutputs() || node.hasFailed())
    return results;
  node.emitError() << "expects a graph of " << node.getNumOutputs()
                   << " outputs, but got " << results.size();
  return {};
}

/// Rounds until the first graph says no, each of the second graph, from values
/// to values.
static Tensors importWhile(Node &node) {
  static constexpr int64_t maxRounds = 256;
  int64_t condition = node.takeInt({0, "cond_subgraph_index"}, 0);
  int64_t body = node.takeInt({1, "body_subgraph_index"}, 0);
  Tensors carried(node.getInputs());
  for (int64_t round = 0;; ++round) {
    std::string name = std::to_string(round);
    Tensors decided = node.callGraph(condition, carried, name);
    if (node.hasFailed() || (decided.size() == 1 && !decided.front()))
      return {};
    if (decided.size() != 1) {
      node.emitError() << "expects a condition with one output, but got "
                       << decided.size();
      return {};
    }
    std::optional<bool> continues = getCondition(node, decided.front());
    if (!continues)
      return {};
    if (!*continues)
      return carried;
    if (round == maxRounds) {
      node.emitError() << "unsupported WHILE of more than " << maxRounds
                       << " rounds; give the Keras file itself";
      return {};
    }
    carried = node.callGraph(body, carried, name);
    if (node.hasFailed())
      return {};
    if (carried.size() != node.getInputs().size()) {
      node.emitError() << "expects a graph of " << node.getInputs().size()
                       << " outputs, but got " << carried.size();
      return {};
    }
    // What could not be built has been reported.
    if (llvm::any_of(carried, [](const Tensor &tensor) { return !tensor; }))
      return {};
  }
}

ArrayRef<Operator> frieze::tflite::getControlFlowOperators() {
  static const Operator operators[] = {
      {"IF", 92, importIf, 1, SIZE_MAX, ValueTypes::Own},
      {"WHILE", 93, importWhile, 1, SIZE_MAX, ValueTypes::Own},
  };
  return operators;
}
