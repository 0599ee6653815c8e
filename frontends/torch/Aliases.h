//===- Aliases.h - Tensors that share elements ---------------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_ALIASES_H
#define FRIEZE_FRONTENDS_TORCH_ALIASES_H

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

/// Which tensors of a program may share elements: views, and results of what
/// changes its first argument. One of an operator that is not known may be a
/// view.
class Aliases {
public:
  explicit Aliases(llvm::ArrayRef<StoredNode> nodes);

  /// The first of the tensors whose elements `name` may share.
  llvm::StringRef getOwner(llvm::StringRef name) const;
  /// All of them, without the owner itself.
  llvm::ArrayRef<std::string> getViews(llvm::StringRef owner) const;
  /// Which elements of its owner, of `shape`, the tensor has. Nothing where it
  /// may have elements of its own, or where that is not known.
  std::optional<Constant> findPositions(ModelBuilder &builder,
                                        Environment &environment,
                                        llvm::StringRef name,
                                        llvm::ArrayRef<int64_t> shape) const;

private:
  llvm::ArrayRef<StoredNode> nodes;
  llvm::StringMap<std::string> owners;
  llvm::StringMap<std::vector<std::string>> views;
  /// By the name of an output.
  llvm::StringMap<size_t> definitions;
};

} // namespace frieze::torch

#endif // FRIEZE_FRONTENDS_TORCH_ALIASES_H
