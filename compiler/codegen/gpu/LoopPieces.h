//===- LoopPieces.h - Work that threads share -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_LOOPPIECES_H
#define FRIEZE_COMPILER_CODEGEN_GPU_LOOPPIECES_H

#include "mlir/Dialect/SCF/IR/SCF.h"

namespace frieze {

/// Threads that run an instruction together, at least on what is fast.
inline constexpr int64_t warpThreads = 32;

/// Elements of a buffer that an op reads or writes.
struct MemoryAccess {
  /// An argument of the function.
  mlir::Value buffer;
  /// From `first` below `end`.
  int64_t first, end;
  bool isWrite;

  bool meets(const MemoryAccess &other) const {
    return buffer == other.buffer && first < other.end && other.first < end;
  }
};

/// Independent iterations that threads share: those of nested loops, each of
/// which runs `body`, ops in the innermost, and what these need of the loops
/// around them.
struct LoopPiece {
  /// The first one's index differs between neighbouring threads.
  llvm::SmallVector<mlir::scf::ForallOp> loops;
  llvm::SmallVector<mlir::Operation *> body;
  int64_t iterations;
  llvm::SmallVector<MemoryAccess> accesses;

  /// Ops that run in all of them together.
  double countOps() const;
};

int64_t countIterations(mlir::scf::ForallOp loop);
bool writesMemory(mlir::Operation &op);
/// Whether `op` is no work of a single thread: there are independent loops in
/// it, or others need its results.
bool hasIndependentLoops(mlir::Operation &op);
/// What `op` and the ops in it access, but constants.
llvm::SmallVector<MemoryAccess> findAccesses(mlir::Operation &op);
/// Whether one reads what the other writes.
bool needEachOther(llvm::ArrayRef<MemoryAccess> accesses,
                   llvm::ArrayRef<MemoryAccess> others);

/// The ops of `block` that are work, in order, those together of which one
/// needs what another read from memory or computed in loops. All else is
/// computed again wherever it is needed.
llvm::SmallVector<llvm::SmallVector<mlir::Operation *>>
groupByNeeds(mlir::Block &block);

/// The work of `loop`, in pieces that run one after the other. A loop around
/// several others is one of each piece, as its iterations are independent;
/// where one needs more of another than can be computed again, they stay
/// together, and loops in them run in order.
llvm::SmallVector<LoopPiece> splitIntoPieces(mlir::scf::ForallOp loop);
/// The work of one thread.
LoopPiece makeSinglePiece(mlir::Operation &op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_LOOPPIECES_H
