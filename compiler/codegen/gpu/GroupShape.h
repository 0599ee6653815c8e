//===- GroupShape.h - How many threads work on a call -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CODEGEN_GPU_GROUPSHAPE_H
#define FRIEZE_COMPILER_CODEGEN_GPU_GROUPSHAPE_H

#include "compiler/codegen/gpu/LoopPieces.h"
#include "compiler/target/Target.h"

namespace frieze {

// What a kernel tells of itself, as attributes of its function.
inline constexpr llvm::StringLiteral groupsPerCallName = "nn.groups_per_call";
inline constexpr llvm::StringLiteral callsPerGroupName = "nn.calls_per_group";
inline constexpr llvm::StringLiteral arenaBytesName = "nn.arena_bytes";
/// Groups that a multiprocessor is to hold at once; 1 where there is none.
inline constexpr llvm::StringLiteral residentGroupsName = "nn.resident_groups";
/// Of a kernel whose calls are the windows of a stream.
inline constexpr llvm::StringLiteral isStreamName = "nn.is_stream";

/// A group of threads is one team for each of its calls, or several groups are
/// the team of one.
struct GroupShape {
  int64_t groups, calls;
  /// Of a group, for a call.
  int64_t threads;
  /// Of a call's arena, and what keeps those of neighbours in other banks.
  int64_t arenaElements;
  /// Whether the arenas are in the memory that a group shares.
  bool isShared;
  /// Groups that registers have to leave room for on a multiprocessor.
  int64_t residentGroups = 1;

  int64_t getTeam() const { return groups * threads; }
};

/// The shape, of one group for a call, that keeps most threads of a device at
/// work with `ops` of a function whose arena has so many bytes.
GroupShape chooseGroupShape(llvm::ArrayRef<mlir::Operation *> ops,
                            int64_t arenaBytes, const Device &device);

/// Whether several groups that share `piece` gain more than it takes to launch
/// a kernel for it.
bool isWorthGroups(const LoopPiece &piece, const Device &device);

/// The shape with several groups for a call, which share `pieces`.
GroupShape chooseGroups(llvm::ArrayRef<LoopPiece> pieces, int64_t arenaBytes);

} // namespace frieze

#endif // FRIEZE_COMPILER_CODEGEN_GPU_GROUPSHAPE_H
