//===- Sizes.cpp - Sizes that a program computes ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/torch/Node.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::torch;

std::optional<int64_t> frieze::torch::computeSize(Node &node) {
  StringRef target = node.target;
  if (target == "torch.ops.aten.sym_size.int") {
    Tensor input = node.takeTensor("self");
    std::optional<int64_t> axis;
    if (input)
      axis = node.takeAxis("dim", std::nullopt, input.getShape().size());
    return axis ? std::optional(input.getShape()[*axis]) : std::nullopt;
  }
  if (target == "torch.ops.aten.sym_numel.default") {
    Tensor input = node.takeTensor("self");
    return input ? countElements(input.getShape()) : std::nullopt;
  }
  bool isUnary = target == "_operator.neg";
  int64_t a = node.takeInt("a", std::nullopt);
  int64_t b = isUnary ? 0 : node.takeInt("b", std::nullopt);
  if (node.hasFailed())
    return std::nullopt;
  // Sizes have limits, so that none of these overflows.
  bool isSmall = std::abs(a) <= maxElements && std::abs(b) <= maxElements;
  int64_t remainder = b == 0 ? 0 : ((a % b) + b) % b;
  if (isSmall && target == "_operator.add")
    return a + b;
  if (isSmall && target == "_operator.sub")
    return a - b;
  if (isSmall && target == "_operator.mul")
    return a * b;
  if (isSmall && isUnary)
    return -a;
  if (isSmall && b != 0 && target == "_operator.floordiv")
    return (a - remainder) / b;
  if (isSmall && b != 0 && target == "_operator.mod")
    return remainder;
  node.emitError() << "unsupported operator '" << target << "' of " << a
                   << " and " << b;
  return std::nullopt;
}
