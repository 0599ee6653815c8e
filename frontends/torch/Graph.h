//===- Graph.h - The graph of an exported program ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_GRAPH_H
#define FRIEZE_FRONTENDS_TORCH_GRAPH_H

#include "frontends/torch/Node.h"

namespace frieze::torch {

/// A node of the graph, with the names of what it reads and computes.
struct StoredNode {
  const nlohmann::json *call;
  /// `torch.ops.aten.relu.default`
  std::string target;
  std::vector<std::string> inputs, outputs;
  bool isLive = false;

  bool isOwn() const;
  /// Without `torch.ops.aten.`, and without the underscore of those that
  /// change their first argument.
  std::string getOperator() const;
  bool isInPlace() const;
  /// The node to import, of which `usedOutputs` are read.
  Node makeNode(ModelBuilder &builder, const Environment &environment,
                std::vector<bool> usedOutputs) const;
};

/// The graph of a program, as it stands in the file.
struct Graph {
  std::vector<StoredNode> nodes;
  /// The names of tensors, and what the module calls them.
  std::vector<std::string> outputs, outputNames;
  /// The kinds of the inputs, and the types and shapes of all tensors by their
  /// names.
  const nlohmann::json *signature = nullptr, *values = nullptr;
};

/// The graph of `program`, which must outlive it. Reports outputs that are no
/// tensors, and leaves them out. Nothing, and reported, where there is no graph
/// or one of too many nodes.
std::optional<Graph> readGraph(ModelBuilder &builder,
                               const nlohmann::json &program);

} // namespace frieze::torch

#endif // FRIEZE_FRONTENDS_TORCH_GRAPH_H
