//===- Graph.h - The tables of a TensorFlow Lite graph -------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_TFLITE_GRAPH_H
#define FRIEZE_FRONTENDS_TFLITE_GRAPH_H

#include "frontends/ModelBuilder.h"
#include "frontends/Tensor.h"
#include "frontends/tflite/FlatTable.h"

namespace frieze::tflite {

/// A model's operators, all their operands, and the characters of a name.
inline constexpr size_t maxOperators = 1 << 16, maxOperands = 1 << 20;
inline constexpr size_t maxName = 4096;

/// A table Tensor of the schema.
struct StoredTensor {
  explicit StoredTensor(const FlatTable &table)
      : table(table), type(table.get<int8_t>(1, 0)) {}

  llvm::SmallVector<int64_t> getShape() const { return table.getInts(0); }
  llvm::StringRef getName() const {
    return table.getString(3).take_front(maxName);
  }

  FlatTable table;
  int64_t type;
};

/// A table Operator of the schema.
struct StoredOperator {
  std::string operatorName;
  bool isCustom = false;
  llvm::SmallVector<int64_t> inputs, outputs;
  FlatTable table;
};

/// A table SubGraph of the schema. All numbers of tensors in it are in its
/// list, but for -1, which stands for an operand that is absent.
struct Graph {
  std::vector<StoredTensor> tensors;
  std::vector<StoredOperator> operators;
  llvm::SmallVector<int64_t> inputs, outputs;
};

/// Graph `table` of `model`. Nothing, and reported, where it is damaged.
std::optional<Graph> readGraph(ModelBuilder &builder, const FlatTable &model,
                               const FlatTable &table);

/// The elements of a tensor that has some in the file, whose buffers are
/// `buffers`; a null tensor where a problem was reported. Nothing where there
/// are none.
std::optional<Tensor> readConstant(ModelBuilder &builder,
                                   const StoredTensor &tensor,
                                   llvm::ArrayRef<FlatTable> buffers);

} // namespace frieze::tflite

#endif // FRIEZE_FRONTENDS_TFLITE_GRAPH_H
