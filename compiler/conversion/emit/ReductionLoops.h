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

/// One result each of lists of numbers, which are pairs of neighbours combined
/// until one is left: a list lies in the lanes of one vector of `vectors`, or
/// of several in a row. All are powers of two.
mlir::Value combineNeighbours(KernelBuilder &kernel,
                              llvm::SmallVector<mlir::Value> vectors,
                              int64_t results, Combiner combine);

/// Emits the loops of a reduction over some axes of a tensor, in the order of
/// nn.reduce. Results run along vectors where the last axis is kept. Where it
/// is not, elements of one result do, its row, and a few rows are gone through
/// at a time.
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

  /// Elements of the input that are neighbours.
  struct Terms {
    mlir::Value at;
    int64_t width;
    /// Which of the results they belong to, where they belong to one.
    int64_t row = 0;
    /// Only those are new that the terms before did not reach.
    bool overlap = false;
    /// From where on the last axis (`isOneChannel`: it has size 1).
    mlir::Value channel = {};
    bool isOneChannel = false;
  };
  using Loader = llvm::function_ref<mlir::Value(Terms)>;
  /// Combines the elements of `results`, as `load` gives them: `take(partial,
  /// elements)` adds to partial results, which start as `start`.
  mlir::Value combineTerms(Results results, Loader load, float start,
                           Combiner take, Combiner combine);
  /// Calls `body` for the elements of `results`.
  void forEachTerm(Results results, llvm::function_ref<void(Terms)> body);
  /// The numbers of `results`, one for each of them, beside `terms`.
  mlir::Value spread(mlir::Value results, const Terms &terms) const;

  /// Vectors of partial results that combineTerms() works on at a time for a
  /// result.
  int64_t countPartials() const;

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
  /// How many of `results` rows to go through at a time.
  int64_t countRows(int64_t results) const;
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
  /// Elements of the input from a row to the next.
  int64_t rowStride;
  int64_t count = 1, lastAxis;
  bool hasChannels;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_REDUCTIONLOOPS_H
