//===- Tensor.h - What the reference evaluator computes with ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_REFERENCE_TENSOR_H
#define FRIEZE_COMPILER_REFERENCE_TENSOR_H

#include "dialect/NNAttrs.h"

#include <vector>

namespace frieze::reference {

/// Elements row major. T = double is the truth: plain loops and libm. T = float
/// is what compiled code must equal in every bit: sums in the order that the
/// op's description gives, by multiplyAdd of Arithmetic.h, and functions from
/// dialect/ElementaryFunctions.h.
template <typename T> struct Tensor {
  std::vector<int64_t> shape;
  std::vector<T> values;
};

/// One element of an activation.
template <typename T> T applyFunction(nn::ActivationAttr function, T x);

} // namespace frieze::reference

#endif // FRIEZE_COMPILER_REFERENCE_TENSOR_H
