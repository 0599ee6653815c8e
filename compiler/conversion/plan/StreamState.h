//===- StreamState.h - What a stream remembers ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_STREAMSTATE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_STREAMSTATE_H

#include "compiler/conversion/plan/ElementType.h"
#include "compiler/conversion/plan/KernelPlan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <map>

namespace frieze {

/// The memory of a stream, in bytes from its start: the counters of the entry
/// points, the time lines that are remembered, one arena for what is not, and
/// room for scores that nobody asked for.
///
/// A time line holds the rows that a block of windows computes, and before them
/// those of earlier blocks that these need. Windows are computed from the front
/// of the block to its end; then the last rows move to the front. So all rows
/// that an op reads are neighbours, and most windows move nothing.
///
/// States that recurrent layers carry from call to call have places of their
/// own.
struct StreamState {
  struct TimeLine {
    int64_t offset = 0;
    int64_t rememberedRows = 0;
    int64_t rowsPerWindow = 0;
    int64_t rowElements = 0;
    mlir::Type element;

    int64_t getRowBytes() const { return rowElements * bytesOf(element); }
    /// Where row `row` lies, in bytes: row 0 is the first of the block.
    int64_t getOffset(int64_t row) const {
      return offset + (rememberedRows + row) * getRowBytes();
    }
  };

  /// The counters: samples of the block so far, and windows before the first
  /// that is whole, each of 64 bits.
  static constexpr int64_t counterBytes = 64;

  /// By their numbers in nn.history; number 0 is the samples.
  std::map<int64_t, TimeLine> timeLines;
  /// Where carried states lie, by their numbers.
  std::map<int64_t, int64_t> carried;
  /// Windows of a block.
  int64_t block = 1;
  int64_t arenaOffset = 0, unwantedOffset = 0, bytes = 0;

  /// Plans the memory of `window` and `block`, which nn-share-windows made for
  /// one window and for several; `block` may be null.
  static StreamState create(mlir::func::FuncOp window, mlir::func::FuncOp block,
                            const KernelPlans &kernels);
};

/// Whether `window` and `block` (or null) are functions that nn-share-windows
/// could have made of `model`: their samples, scores and time lines fit to each
/// other. Else an error.
mlir::LogicalResult checkStream(mlir::func::FuncOp model,
                                mlir::func::FuncOp window,
                                mlir::func::FuncOp block);

/// The values of a function of nn-share-windows that are remembered, with the
/// numbers of their time lines.
llvm::DenseMap<mlir::Value, int64_t> findTimeLines(mlir::func::FuncOp function);

/// The values among them that ops compute.
llvm::DenseSet<mlir::Value> findRemembered(mlir::func::FuncOp function);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_STREAMSTATE_H
