//===- LinearTransform.h - Exact matrices as operations ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_LINEARTRANSFORM_H
#define FRIEZE_DIALECT_LINEARTRANSFORM_H

#include "mlir/Analysis/Presburger/Fraction.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

namespace frieze::nn {

using Rational = mlir::presburger::Fraction;
using RationalMatrix = llvm::SmallVector<llvm::SmallVector<Rational>>;

double toDouble(const Rational &value);
/// Whether the denominator is a power of two.
bool isDyadic(const Rational &value);

/// The product of a matrix and a vector in a fixed order of operations. Sums of
/// two terms that several rows have in common are made once.
class LinearTransform {
public:
  /// All entries have to be exact in float32.
  explicit LinearTransform(const RationalMatrix &matrix);

  int64_t getInputs() const { return inputs; }
  int64_t getResults() const { return results.size(); }
  /// The value that result `i` is, as it was given, if it is one.
  std::optional<int64_t> findGiven(int64_t i) const {
    int64_t value = results[i].value;
    return value < inputs ? std::optional(value) : std::nullopt;
  }

  /// Calls `body` with each result in turn, as soon as it is known. `Ops`
  /// computes, or emits, the operations, like those of ElementaryFunctions, so
  /// that code generation and the reference evaluator agree in every bit.
  template <typename Ops>
  void apply(Ops &ops, llvm::ArrayRef<typename Ops::Value> values,
             llvm::function_ref<void(int64_t, typename Ops::Value)> body) const;
  /// All results.
  template <typename Ops>
  llvm::SmallVector<typename Ops::Value>
  apply(Ops &ops, llvm::ArrayRef<typename Ops::Value> values) const {
    llvm::SmallVector<typename Ops::Value> all;
    apply<Ops>(ops, values, [&](int64_t, typename Ops::Value value) {
      all.push_back(value);
    });
    return all;
  }

private:
  /// One value more: value `first`, if there is one, + `factor` * value
  /// `second`.
  struct Step {
    std::optional<int64_t> first;
    int64_t second;
    float factor;
  };
  /// A value, known after so many steps.
  struct Result {
    int64_t value;
    size_t stepCount;
  };

  int64_t inputs;
  llvm::SmallVector<Step> steps;
  llvm::SmallVector<Result> results;
};

template <typename Ops>
void LinearTransform::apply(
    Ops &ops, llvm::ArrayRef<typename Ops::Value> given,
    llvm::function_ref<void(int64_t, typename Ops::Value)> body) const {
  using Value = typename Ops::Value;
  llvm::SmallVector<Value> values(given);
  auto run = [&](const Step &step) -> Value {
    Value second = values[step.second];
    if (!step.first)
      return ops.mul(second, ops.constant(step.factor));
    Value first = values[*step.first];
    if (step.factor == 1)
      return ops.add(first, second);
    if (step.factor == -1)
      return ops.sub(first, second);
    return ops.fma(second, ops.constant(step.factor), first);
  };
  for (int64_t i = 0; i < getResults(); ++i) {
    while (values.size() < inputs + results[i].stepCount)
      values.push_back(run(steps[values.size() - inputs]));
    body(i, values[results[i].value]);
  }
}

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_LINEARTRANSFORM_H
