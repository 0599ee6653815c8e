//===- RecurrentNode.h - What recurrent operators share ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ONNX_RECURRENTNODE_H
#define FRIEZE_FRONTENDS_ONNX_RECURRENTNODE_H

#include "frontends/onnx/Node.h"

namespace frieze::onnx {

/// What the recurrent operators have in common.
struct RecurrentNode {
  int64_t units = 0, directions = 1;
  bool isReverse = false, isBatchFirst = false;
  /// Of each direction in turn.
  llvm::SmallVector<nn::ActivationAttr> activations;
  std::optional<double> clip;
  /// As nn has them: (batch, steps, channels), and 1 where a step is within
  /// its sequence, or null.
  mlir::Value input, mask;

  int64_t getBatch() const { return frieze::getShape(input)[0]; }
};

/// Takes the attributes and checks the inputs of a layer with `gates` times its
/// units in a kernel, whose functions are `defaults`. Nothing where a problem
/// was reported.
std::optional<RecurrentNode>
takeRecurrent(Node &node, int64_t gates,
              llvm::ArrayRef<llvm::StringRef> defaults);

/// The state of `direction` before the first step, input `index`: (batch,
/// units), or null where it is left out.
mlir::Value readState(Node &node, const RecurrentNode &layer, size_t index,
                      int64_t direction);

} // namespace frieze::onnx

#endif // FRIEZE_FRONTENDS_ONNX_RECURRENTNODE_H
