//===- KernelSegments.cpp - What each kernel of a model computes *- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/KernelSegments.h"

using namespace mlir;
using namespace frieze;

/// Whether both write the same.
static bool writeTogether(const LoopPiece &a, const LoopPiece &b) {
  for (const MemoryAccess &one : a.accesses)
    for (const MemoryAccess &other : b.accesses)
      if (one.isWrite && other.isWrite && one.meets(other))
        return true;
  return false;
}

/// Whether `piece` has to see what one of `earlier` did, of which all but the
/// first `others` are of its own nest.
static bool needsOneOf(const LoopPiece &piece, ArrayRef<LoopPiece> earlier,
                       size_t others) {
  for (auto [number, one] : llvm::enumerate(earlier))
    // Those of a nest write no differently where both write.
    if (needEachOther(piece.accesses, one.accesses) ||
        (number < others && writeTogether(piece, one)))
      return true;
  return false;
}

/// The pieces of `part` if it is a nest of loops that several groups are worth;
/// otherwise none.
static SmallVector<LoopPiece> findWidePieces(ArrayRef<Operation *> part,
                                             const Device &device) {
  auto loop = dyn_cast<scf::ForallOp>(part.front());
  if (!loop || part.size() > 1)
    return {};
  SmallVector<LoopPiece> pieces = splitIntoPieces(loop);
  auto isWide = [&](const LoopPiece &piece) {
    return isWorthGroups(piece, device);
  };
  return llvm::any_of(pieces, isWide) ? pieces : SmallVector<LoopPiece>();
}

/// Has several groups share a short segment that is a kernel anyway, as those
/// around it are, if nothing in it has to wait.
static void shareAmongGroups(KernelSegment &segment) {
  SmallVector<LoopPiece> pieces;
  for (Operation *op : segment.ops) {
    auto loop = dyn_cast<scf::ForallOp>(op);
    if (!loop)
      return;
    size_t others = pieces.size();
    for (const LoopPiece &piece : splitIntoPieces(loop)) {
      if (needsOneOf(piece, pieces, others))
        return;
      pieces.push_back(piece);
    }
  }
  if (chooseGroups(pieces, /*arenaBytes=*/0).groups == 1)
    return;
  segment.pieces = pieces;
  segment.ops.clear();
}

std::vector<KernelSegment> frieze::splitIntoSegments(func::FuncOp function,
                                                     const Device &device) {
  int64_t arenaBytes =
      cast<MemRefType>(function.getArguments().back().getType())
          .getNumElements();
  bool isShared = arenaBytes > 0 && arenaBytes <= device.groupBytes;
  std::vector<KernelSegment> segments;
  auto addInOrder = [&](ArrayRef<Operation *> part) {
    if (segments.empty() || !segments.back().pieces.empty())
      segments.emplace_back();
    llvm::append_range(segments.back().ops, part);
  };
  for (ArrayRef<Operation *> part : groupByNeeds(function.getBody().front())) {
    SmallVector<LoopPiece> pieces;
    if (!isShared)
      pieces = findWidePieces(part, device);
    if (pieces.empty()) {
      addInOrder(part);
      continue;
    }
    // Pieces of the last segment that are of other nests.
    size_t others = segments.empty() ? 0 : segments.back().pieces.size();
    for (const LoopPiece &piece : pieces) {
      if (segments.empty() || !segments.back().ops.empty() ||
          needsOneOf(piece, segments.back().pieces, others)) {
        segments.emplace_back();
        others = 0;
      }
      segments.back().pieces.push_back(piece);
    }
  }
  // A model that does nothing has a kernel, too.
  if (segments.empty())
    segments.emplace_back();
  for (KernelSegment &segment : segments) {
    if (segments.size() > 1 && segment.pieces.empty())
      shareAmongGroups(segment);
    segment.shape = segment.pieces.empty()
                        ? chooseGroupShape(segment.ops, arenaBytes, device)
                        : chooseGroups(segment.pieces, arenaBytes);
  }
  return segments;
}
