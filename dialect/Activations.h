//===- Activations.h - What is known of each activation ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One row for each kind of activation. What passes, lowerings and frontends ask
// of one stands here and nowhere else; how it is computed, in
// ElementaryFunctions.h and in compiler/reference/Elementwise.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_ACTIVATIONS_H
#define FRIEZE_DIALECT_ACTIVATIONS_H

#include "dialect/NNAttrs.h"

#include <limits>

namespace frieze::nn {

/// What holds of an activation f with its parameters, for all numbers x and the
/// infinities; NaN is left out, as x and as a result. Each claim is tried on
/// numbers of all sizes by tests/unit/ActivationsTest.cpp, in float32 and in
/// float64. What nothing is said of is not known to hold.
struct ActivationFacts {
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  /// All results are from `low` to `high`; in float32 as these are rounded.
  double low = -infinity, high = infinity;
  /// f(0), infinite at a pole.
  double atZero = 0.0;
  /// |f(x)| is at most `growth` |x| + |f(0)|; infinite where that bounds
  /// nothing.
  double growth = infinity;
  /// A larger x gives no smaller f(x), and no finite x gives NaN.
  bool isMonotone = false;
  /// f(s x) = s f(x) for s > 0.
  bool isHomogeneous = false;
  /// f(x) is x, to the bit, for a kind that nobody writes for anything else.
  bool isIdentity = false;

  /// The largest magnitude of a result, perhaps infinite.
  double getMagnitude() const { return std::max(-low, high); }
};

ActivationFacts getFacts(ActivationAttr function);

/// How many operations ElementaryFunctions takes for one element.
unsigned countInstructions(ActivationAttr function);

/// Whether a stage of an epilogue is a function of so many operations that a
/// copy of them for each value of a tile may make the code longer than the time
/// that it saves is worth: more than a clip has.
bool isLong(mlir::Attribute stage);

/// How many of alpha and beta `kind` has: 0, 1 or 2.
unsigned getNumParameters(ActivationKind kind);

/// What `kind` requires of its parameters, after "expects", where these are not
/// so; else "".
llvm::StringRef findUnmetRequirement(ActivationKind kind, double alpha,
                                     double beta);

/// A function and the parameters that a name stands for.
struct NamedActivation {
  ActivationKind kind;
  double alpha, beta;
};

/// The function that Keras calls `name`, if that always means the same and is
/// one of nn's.
std::optional<NamedActivation> findKerasActivation(llvm::StringRef name);

/// All names by which that finds `kind`.
llvm::SmallVector<llvm::StringRef> getKerasNames(ActivationKind kind);

/// ONNX's operator without attributes that is `kind`, or "".
llvm::StringLiteral getOnnxName(ActivationKind kind);
/// The kind that such an operator is.
std::optional<ActivationKind> findOnnxActivation(llvm::StringRef name);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_ACTIVATIONS_H
