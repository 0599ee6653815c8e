//===- OperandNode.h - A node whose inputs are a list -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_OPERANDNODE_H
#define FRIEZE_FRONTENDS_OPERANDNODE_H

#include "frontends/GraphNode.h"

namespace frieze {

/// One node of a format whose nodes have inputs by their positions.
class OperandNode : public GraphNode {
public:
  /// `operatorName`, which messages have, outlives the node.
  OperandNode(ModelBuilder &builder, std::string name,
              llvm::StringRef operatorName, Tensors inputs)
      : GraphNode(builder, std::move(name)), operatorName(operatorName),
        inputs(std::move(inputs)) {}

  const llvm::StringRef operatorName;

  size_t getNumInputs() const { return inputs.size(); }
  bool hasInput(size_t index) const {
    return index < inputs.size() && inputs[index];
  }
  /// The tensor, which is not null for an input that the operator needs.
  const Tensor &getInput(size_t index = 0) const { return inputs[index]; }
  llvm::ArrayRef<Tensor> getInputs() const { return inputs; }
  llvm::ArrayRef<int64_t> getShape(size_t index = 0) const {
    return inputs[index].getShape();
  }
  /// The input, which must be a constant. Null, and reported, where it isn't.
  const Constant *getConstant(size_t index);
  /// The same, as integers of a tensor of rank 1 at most.
  std::optional<llvm::SmallVector<int64_t>> getIntegers(size_t index);
  bool areAllConstant() const;
  /// Has the importer of another operator see another input.
  void replaceInput(size_t index, Tensor input) {
    inputs[index] = std::move(input);
  }

private:
  Tensors inputs;
};

} // namespace frieze

#endif // FRIEZE_FRONTENDS_OPERANDNODE_H
