//===- Aliases.h - Tensors that share elements ---------------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TORCH_ALIASES_H
#define FRIEZE_FRONTENDS_TORCH_ALIASES_H

#include "frontends/torch/Graph.h"

namespace frieze::torch {

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
