//===- MemoryPlan.h - Where each value lives --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_MEMORYPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_MEMORYPLAN_H

#include "compiler/conversion/plan/KernelPlan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace frieze {

class MicroBatch;

/// A place in the arena, in bytes.
struct ArenaSlot {
  int64_t offset;
  int64_t bytes;
};

/// The memory of one model: its inputs and outputs belong to the caller, and
/// everything else has a slot in one arena, which values share when their
/// lifetimes do not overlap. What a stream remembers has its place elsewhere.
struct MemoryPlan {
  /// Slots of values that are neither inputs nor outputs, and of scratch
  /// memory.
  llvm::DenseMap<mlir::Value, ArenaSlot> values;
  llvm::DenseMap<mlir::Operation *, ArenaSlot> scratch;
  /// Values that are written straight into the output of that number.
  llvm::DenseMap<mlir::Value, unsigned> outputs;
  /// Values that are kept for every call of a micro-batch, one after the other.
  llvm::DenseSet<mlir::Value> perCall;
  /// Bytes before and behind values, in their slots, for the padding of
  /// convolutions that read them.
  struct Room {
    int64_t before = 0, behind = 0;

    /// Bytes of `value` and of the room.
    int64_t countBytesWith(mlir::Value value) const;
  };
  llvm::DenseMap<mlir::Value, Room> rooms;
  int64_t arenaBytes = 0;

  /// Plans `function`, a straight line of nn ops on f32 tensors whose kernels
  /// are planned, for one call or for those of `microBatch`.
  static MemoryPlan create(mlir::func::FuncOp function,
                           const KernelPlans &kernels,
                           const MicroBatch &microBatch);
  static MemoryPlan create(mlir::func::FuncOp function,
                           const KernelPlans &kernels);

  /// The padding of `op`, a convolution that reads it from memory, if its
  /// elements are one run with it before and behind: of one sequence.
  static std::optional<Room> findPadding(mlir::Operation *op,
                                         const KernelPlans &kernels);
  /// The value whose memory `value` is: a reshape shares its input's.
  static mlir::Value getStorage(mlir::Value value);
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_MEMORYPLAN_H
