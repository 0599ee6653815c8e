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

/// Adds `piece` to those of `segment`, unless it has to see what one of them
/// did, of which all but the first `others` are of its own nest.
static bool addPiece(KernelSegment &segment, const LoopPiece &piece,
                     size_t others) {
  for (auto [number, one] : llvm::enumerate(segment.pieces))
    // Those of a nest write no differently where both write.
    if (needEachOther(piece.accesses, one.accesses) ||
        (number < others && writeTogether(piece, one)))
      return false;
  segment.pieces.push_back(piece);
  return true;
}

/// Adds all of `pieces`, of one nest, or none.
static bool addNest(KernelSegment &segment, ArrayRef<LoopPiece> pieces) {
  size_t others = segment.pieces.size();
  bool areAdded = llvm::all_of(pieces, [&](const LoopPiece &piece) {
    return addPiece(segment, piece, others);
  });
  if (!areAdded)
    segment.pieces.truncate(others);
  return areAdded;
}

/// The pieces of `part`; none where something in it has to wait.
static SmallVector<LoopPiece> findPieces(ArrayRef<Operation *> part) {
  if (part.size() > 1)
    return {};
  if (auto loop = dyn_cast<scf::ForallOp>(part.front()))
    return splitIntoPieces(loop);
  if (hasIndependentLoops(*part.front()))
    return {};
  return {makeSinglePiece(*part.front())};
}

/// Has several groups share a short segment that is a kernel anyway, as those
/// around it are, if nothing in it has to wait.
static void shareAmongGroups(KernelSegment &segment) {
  KernelSegment shared;
  for (Operation *op : segment.ops) {
    SmallVector<LoopPiece> pieces = findPieces(op);
    if (pieces.empty() || !addNest(shared, pieces))
      return;
  }
  if (chooseGroups(shared.pieces, /*arenaBytes=*/0).groups > 1)
    segment = shared;
}

std::vector<KernelSegment> frieze::splitIntoSegments(func::FuncOp function,
                                                     const Device &device) {
  int64_t arenaBytes =
      cast<MemRefType>(function.getArguments().back().getType())
          .getNumElements();
  bool isShared = arenaBytes > 0 && arenaBytes <= device.groupBytes;
  std::vector<KernelSegment> segments;
  for (ArrayRef<Operation *> part : groupByNeeds(function.getBody().front())) {
    SmallVector<LoopPiece> pieces;
    if (!isShared)
      pieces = findPieces(part);
    auto hasPieces = [&] {
      return !segments.empty() && !segments.back().pieces.empty();
    };
    if (!pieces.empty() && hasPieces() && addNest(segments.back(), pieces))
      continue;
    if (llvm::none_of(pieces, [&](const LoopPiece &piece) {
          return isWorthGroups(piece, device);
        })) {
      if (segments.empty() || hasPieces())
        segments.emplace_back();
      llvm::append_range(segments.back().ops, part);
      continue;
    }
    size_t others = hasPieces() ? segments.back().pieces.size() : 0;
    for (const LoopPiece &piece : pieces) {
      if (hasPieces() && addPiece(segments.back(), piece, others))
        continue;
      segments.emplace_back().pieces.push_back(piece);
      others = 0;
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
