//===- Aliases.cpp - Tensors that share elements -------------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Aliases.h"

#include <nlohmann/json.hpp>

#include <numeric>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;

Aliases::Aliases(ArrayRef<StoredNode> nodes) : nodes(nodes) {
  for (auto [position, node] : enumerate(nodes)) {
    const Operator *known =
        node.isOwn() ? findOperator(node.getOperator()) : nullptr;
    // A conversion to the type that a tensor has is the tensor itself.
    bool isView = node.isInPlace() || !known ||
                  known->types == ValueTypes::View ||
                  known->name.starts_with("to.");
    for (const std::string &name : node.outputs) {
      definitions.try_emplace(name, position);
      if (!isView || node.inputs.empty() || owners.contains(name))
        continue;
      std::string owner = getOwner(node.inputs.front()).str();
      owners[name] = owner;
      views[owner].push_back(name);
    }
  }
}

StringRef Aliases::getOwner(StringRef name) const {
  auto known = owners.find(name);
  return known == owners.end() ? name : StringRef(known->second);
}

ArrayRef<std::string> Aliases::getViews(StringRef owner) const {
  auto known = views.find(owner);
  if (known == views.end())
    return {};
  return known->second;
}

/// Others copy the elements where they do not lie one behind the other.
static bool isAlwaysView(StringRef name) {
  static constexpr StringLiteral names[] = {
      "alias.default", "detach.default", "narrow.default",  "permute.default",
      "select.int",    "slice.Tensor",   "squeeze.default", "squeeze.dim",
      "squeeze.dims",  "t.default",      "transpose.int",   "unsqueeze.default",
      "view.default"};
  return llvm::is_contained(names, name);
}

std::optional<Constant> Aliases::findPositions(ModelBuilder &builder,
                                               Environment &environment,
                                               StringRef name,
                                               ArrayRef<int64_t> shape) const {
  StringRef owner = getOwner(name);
  static constexpr size_t maxChain = 64;
  SmallVector<const StoredNode *> chain;
  size_t length = 0;
  for (StringRef next = name; next != owner;) {
    auto defined = definitions.find(next);
    if (defined == definitions.end() || ++length > maxChain)
      return std::nullopt;
    const StoredNode &node = nodes[defined->second];
    // What changes a tensor in its place has another name for it.
    if (node.inputs.empty() ||
        (!node.isInPlace() && !isAlwaysView(node.getOperator())))
      return std::nullopt;
    if (!node.isInPlace())
      chain.push_back(&node);
    next = node.inputs.front();
  }
  Constant positions{DataType::Int64, SmallVector<int64_t>(shape), {}};
  positions.values.resize(*countElements(shape));
  std::iota(positions.values.begin(), positions.values.end(), 0.0);
  for (const StoredNode *view : llvm::reverse(chain)) {
    // The same view, of the positions.
    Tensor &viewed = environment.tensors[view->inputs.front()];
    Tensor elements = viewed;
    viewed = Tensor(std::move(positions));
    Node node = view->makeNode(builder, environment, {true});
    const Operator *known = findOperator(view->getOperator());
    Tensors results = known ? known->import(node) : Tensors();
    viewed = std::move(elements);
    if (node.hasFailed() || results.size() != 1 || !results.front().constant)
      return std::nullopt;
    positions = *results.front().constant;
  }
  return positions;
}
