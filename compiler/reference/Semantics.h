//===- Semantics.h - What each op means, as a table -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_REFERENCE_SEMANTICS_H
#define FRIEZE_COMPILER_REFERENCE_SEMANTICS_H

#include "compiler/reference/Tensor.h"
#include "dialect/NNOps.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace frieze::reference {

/// The operands of an op, in their order.
template <typename T> class Operands {
public:
  using Element = T;

  explicit Operands(llvm::ArrayRef<const Tensor<T> *> tensors)
      : tensors(tensors) {}

  size_t size() const { return tensors.size(); }
  const Tensor<T> &operator[](size_t index) const { return *tensors[index]; }

private:
  llvm::ArrayRef<const Tensor<T> *> tensors;
};

/// For each op the plain function that computes its one result. Each file of
/// this folder adds the ops of its family. The parameters of an op are checked
/// to hold their data before its function is called.
class SemanticsTable {
public:
  template <typename T>
  using Function = std::function<Tensor<T>(mlir::Operation *, Operands<T>)>;

  /// `function(op, operands)` is called for float, whose results are the bits,
  /// and for double, the truth.
  template <typename OpT, typename FunctionT> void add(FunctionT function) {
    auto call = [function](mlir::Operation *op, auto operands) {
      return function(llvm::cast<OpT>(op), operands);
    };
    rows[mlir::TypeID::get<OpT>()] = {call, call};
  }

  /// The same for each of several ops.
  template <typename OpT, typename OtherT, typename... OthersT,
            typename FunctionT>
  void add(FunctionT function) {
    add<OpT>(function);
    add<OtherT, OthersT...>(function);
  }

  /// Null where the op has no row.
  template <typename T> const Function<T> *find(mlir::Operation *op) const {
    auto row = rows.find(op->getName().getTypeID());
    return row == rows.end() ? nullptr : &std::get<Function<T>>(row->second);
  }

private:
  llvm::DenseMap<mlir::TypeID, std::tuple<Function<float>, Function<double>>>
      rows;
};

/// The ops of each family.
void addConvSemantics(SemanticsTable &table);
void addDenseSemantics(SemanticsTable &table);
void addElementwiseSemantics(SemanticsTable &table);
void addLayoutSemantics(SemanticsTable &table);
void addPoolingSemantics(SemanticsTable &table);
void addReductionSemantics(SemanticsTable &table);
void addSequenceSemantics(SemanticsTable &table);

} // namespace frieze::reference

#endif // FRIEZE_COMPILER_REFERENCE_SEMANTICS_H
