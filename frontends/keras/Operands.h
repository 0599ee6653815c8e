//===- Operands.h - Operands of Keras operations ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_OPERANDS_H
#define FRIEZE_FRONTENDS_KERAS_OPERANDS_H

#include "frontends/keras/Layer.h"

namespace frieze::keras {

/// The constant parameter of that name. Reports what is no array of numbers.
std::optional<Array> takeConstant(Layer &layer, llvm::StringRef key);

/// A parameter of an operation: one tensor, or a constant.
struct Operand {
  mlir::Value value;
  std::optional<Array> constant;

  explicit operator bool() const { return value || constant; }
};

/// Takes it; null, and reported, where it is neither. The first parameter is
/// among the inputs of the layer.
Operand takeOperand(Layer &layer, llvm::StringRef key);

/// As a value of `rank`, of which a constant has no more axes. Null, and
/// reported, for other ranks: axes are matched from the last, so that the
/// batches would not be.
mlir::Value getValueOf(Layer &layer, const Operand &operand, size_t rank);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_OPERANDS_H
