//===- GraphImport.h - What importers of graphs share -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the importers of formats whose files are graphs of operators have in
// common beside their nodes: limits, tables of operators, the list of those
// without an importer, and outputs.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_GRAPHIMPORT_H
#define FRIEZE_FRONTENDS_GRAPHIMPORT_H

#include "frontends/GraphNode.h"
#include "frontends/Import.h"

namespace frieze {

/// Counts the elements of all constants of a model, read and computed. A file
/// can ask for many times its size, by many tensors with one place and by
/// operators.
class ConstantBudget {
public:
  explicit ConstantBudget(ModelBuilder &builder) : builder(builder) {}

  /// Whether more may be read, which is reported where that ends.
  bool canRead() const { return read.count <= read.maximum; }
  /// The tensor, which was read. Null where that is too much.
  Tensor takeRead(Tensor tensor) { return take(std::move(tensor), read); }
  /// Makes those among the results of an operator null that are too much.
  void takeComputed(llvm::MutableArrayRef<Tensor> results) {
    for (Tensor &result : results)
      result = take(std::move(result), computed);
  }

private:
  struct Account {
    int64_t maximum, count = 0;
  };
  Tensor take(Tensor tensor, Account &account);

  ModelBuilder &builder;
  Account read{int64_t(1) << 28}, computed{int64_t(1) << 26};
};

/// What is wrong with many operators alike is said once, with the name of the
/// first one.
class UnsupportedOperators {
public:
  /// `wayOut` stands at the end.
  void add(std::string problem, llvm::StringRef wayOut, llvm::StringRef layer);
  /// In the order of the first ones. `unit` is what the format calls an
  /// operator of a graph.
  void report(ModelBuilder &builder, llvm::StringRef unit) const;

private:
  struct Entry {
    std::string problem, wayOut, firstLayer;
    unsigned count = 0;
  };
  std::vector<Entry> entries;
};

/// Adds output `name` of the model, which the graph calls `tensorName`; null
/// where nothing defines that. Reported there, and where it is constant.
void addGraphOutput(ModelBuilder &builder, llvm::StringRef name,
                    llvm::StringRef tensorName, const Tensor *tensor);

/// The operator of that name, or null.
template <typename Operator>
const Operator *
findOperator(const llvm::SmallVectorImpl<llvm::ArrayRef<Operator>> &families,
             llvm::StringRef name) {
  for (llvm::ArrayRef<Operator> family : families)
    for (const Operator &known : family)
      if (known.name == name)
        return &known;
  return nullptr;
}

/// The operators of `format` by their names, without their attributes.
template <typename Operator>
std::vector<LayerDescription>
listOperators(const llvm::SmallVectorImpl<llvm::ArrayRef<Operator>> &families,
              llvm::StringRef format) {
  std::vector<LayerDescription> operators;
  for (llvm::ArrayRef<Operator> family : families)
    for (const Operator &known : family)
      operators.push_back({format.str(), known.name.str(), {}});
  llvm::sort(operators,
             [](const auto &a, const auto &b) { return a.name < b.name; });
  return operators;
}

} // namespace frieze

#endif // FRIEZE_FRONTENDS_GRAPHIMPORT_H
