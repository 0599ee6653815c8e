//===- ReductionLoops.h - Loops over the terms of a reduction ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_REDUCTIONLOOPS_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_REDUCTIONLOOPS_H

#include "compiler/conversion/emit/KernelBuilder.h"

namespace frieze {

using Combiner = llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)>;

/// Neighbouring lanes combined pairwise until one is left.
mlir::Value combineNeighbours(KernelBuilder &kernel, mlir::Value vector,
                              Combiner combine);

/// Emits the loops of a reduction over some axes of a tensor, in the order of
/// nn.reduce. Results run along vectors where the last axis is kept, and
/// elements of one result where it is not.
class ReductionLoops {
public:
  /// `hasChannels`: vectors do not reach beyond the last axis.
  ReductionLoops(KernelBuilder &kernel, llvm::ArrayRef<int64_t> shape,
                 llvm::ArrayRef<int64_t> axes, bool hasChannels = false);

  /// Some neighbouring results: where the first element of the first of them
  /// stands in the input, which number it has, and how many they are.
  struct Results {
    mlir::Value input, number;
    int64_t width;
    /// Position on the last axis, where that is kept.
    mlir::Value channel;
  };
  void forEachResult(llvm::function_ref<void(Results)> body);

  /// Neighbouring elements: `width` from `at`, of which the last ones only are
  /// new where they overlap those before.
  using Loader = llvm::function_ref<mlir::Value(mlir::Value at, int64_t width,
                                                bool overlaps)>;
  /// Combines the elements of `results`, as `load` gives them: `take(partial,
  /// elements)` adds to partial results, which start as `start`.
  mlir::Value combineTerms(Results results, Loader load, float start,
                           Combiner take, Combiner combine);

  /// Vectors of partial results that combineTerms() works on at a time.
  int64_t countPartials() const;

  /// Elements of the input that are neighbours, from `channel` of the last axis
  /// (`isOneChannel`: it has size 1).
  struct Terms {
    mlir::Value at;
    int64_t width;
    mlir::Value channel;
    bool isOneChannel;
  };
  /// Calls `body` for the elements of `results`.
  void forEachTerm(Results results, llvm::function_ref<void(Terms)> body);

  /// How many elements make a result.
  int64_t getCount() const { return count; }

private:
  /// Neighbouring axes that are all kept or all reduced.
  struct Run {
    int64_t size, stride;
  };
  /// Partial results of neighbouring elements, and those of one vector.
  int64_t getChains() const;
  int64_t getLanes() const;
  /// Calls `body(at)` for all positions of `runs`.
  void forEachPosition(llvm::ArrayRef<Run> runs, mlir::Value at,
                       llvm::function_ref<void(mlir::Value)> body);
  using Sums = llvm::SmallVector<mlir::Value>;
  /// Carries values through a loop for each of `runs`.
  Sums reduceRuns(llvm::ArrayRef<Run> runs, mlir::Value at, Sums carried,
                  llvm::function_ref<Sums(mlir::Value, Sums)> body);

  KernelBuilder &kernel;
  llvm::SmallVector<Run> kept, reduced;
  /// Whether the last run is reduced.
  bool endsReduced = false;
  int64_t count = 1, lastAxis;
  bool hasChannels;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_REDUCTIONLOOPS_H
