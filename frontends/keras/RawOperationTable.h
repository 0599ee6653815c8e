//===- RawOperationTable.h - Operations as functions ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_RAWOPERATIONTABLE_H
#define FRIEZE_FRONTENDS_KERAS_RAWOPERATIONTABLE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <nlohmann/json_fwd.hpp>

namespace frieze::keras {

/// Changes the constant arguments of a call, among which are the attributes.
/// Fails for those that the function has no words for.
using ChangeFn = bool (*)(nlohmann::json &arguments);

/// An operation as a call of a function of TensorFlow.
struct RawOperation {
  llvm::StringLiteral name, function;
  /// The parameters that its inputs are, with commas between; one with a star
  /// takes all that the others leave.
  llvm::StringLiteral inputs;
  /// Of its attributes, `attribute=parameter` with commas between; without
  /// `=`, one that only `change` reads.
  llvm::StringLiteral attributes = "";
  ChangeFn change = nullptr;
  /// Whether it takes values of any type, and not only floating-point numbers.
  bool takesAny = false;
};

/// Those that have such a function.
llvm::ArrayRef<RawOperation> getRawOperations();

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_RAWOPERATIONTABLE_H
