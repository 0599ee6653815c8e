//===- GroupShape.cpp - How many threads work on a call ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/GroupShape.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze;

namespace {
/// Work that a team shares.
struct Work {
  int64_t iterations;
  /// Ops of all iterations, each time that the function runs.
  double ops;
};
} // namespace

/// What the threads of a team share in `op`, which runs `runs` times.
static void findWork(Operation &op, double runs, SmallVector<Work> &works) {
  if (auto loop = dyn_cast<scf::ForallOp>(op)) {
    for (const LoopPiece &piece : splitIntoPieces(loop))
      works.push_back({piece.iterations, runs * piece.countOps()});
  } else if (op.getNumRegions() && writesMemory(op) &&
             hasIndependentLoops(op)) {
    double rounds = 1;
    if (auto loop = dyn_cast<scf::ForOp>(op))
      rounds = std::max<double>(
          1, loop.getStaticTripCount().value_or(APInt(64, 1)).getSExtValue());
    for (Region &region : op.getRegions())
      for (Operation &inner : region.getOps())
        findWork(inner, runs * rounds, works);
  } else if (writesMemory(op)) {
    works.push_back({1, runs * makeSinglePiece(op).countOps()});
  }
}

/// The share of `team` threads that has something to do.
static double estimateShare(ArrayRef<Work> works, int64_t team) {
  double all = 0, time = 0;
  for (const Work &work : works) {
    all += work.ops;
    time +=
        work.ops / work.iterations * llvm::divideCeil(work.iterations, team);
  }
  return time == 0 ? 1 : all / (time * team);
}

/// Threads of a multiprocessor that hide its latencies: more gain nothing.
static constexpr int64_t enoughThreads = 768;
/// Of shared memory, that a group takes beside what it asks for.
static constexpr int64_t groupOverhead = 1 << 10;

static constexpr int64_t elementBytes = sizeof(float);

GroupShape frieze::chooseGroupShape(ArrayRef<Operation *> ops,
                                    int64_t arenaBytes, const Device &device) {
  SmallVector<Work> works;
  int64_t widest = 1;
  for (Operation *op : ops)
    findWork(*op, 1, works);
  for (const Work &work : works)
    widest = std::max(widest, work.iterations);
  // Four elements further with each call, as each bank of shared memory holds
  // every 32nd.
  int64_t padded = arenaBytes ? llvm::alignTo(arenaBytes, 128) + 16 : 0;
  bool isShared = arenaBytes > 0 && arenaBytes <= device.groupBytes;
  GroupShape best{1, 1, device.groupThreads, arenaBytes / elementBytes,
                  isShared};
  double highest = 0;
  for (int64_t team = 1; team <= device.groupThreads; team *= 2)
    for (int64_t calls = 1; calls * team <= device.groupThreads; calls *= 2) {
      int64_t threads = calls * team;
      int64_t bytes = calls == 1 || !isShared ? arenaBytes : padded;
      if (threads < warpThreads ||
          (isShared && calls * bytes > device.groupBytes))
        continue;
      // A call of a larger model takes so long that it gets all threads that
      // have work, and a group of its own if that is a warp.
      if (arenaBytes > device.groupBytes &&
          (team < std::min(widest, device.groupThreads) ||
           (calls > 1 && threads > warpThreads)))
        continue;
      int64_t enoughGroups = llvm::divideCeil(enoughThreads, threads);
      int64_t groups = enoughGroups;
      if (isShared)
        groups = std::min(groups,
                          device.sharedBytes / (calls * bytes + groupOverhead));
      double value = estimateShare(works, team) *
                     std::min(1.0, double(groups * threads) / enoughThreads);
      // Of equal ones, that with the most threads, which wait less often for
      // each other than for memory.
      if (value < highest * 0.999)
        continue;
      highest = std::max(highest, value);
      best = {1, calls, team, bytes / elementBytes, isShared};
      // Of several calls, a thread computes so much that registers would spill.
      if (isShared && calls == 1)
        best.residentGroups = groups;
    }
  return best;
}

/// Ops of a thread that take about as long as the launch of a kernel.
static constexpr double launchOps = 1024;
/// Those beside which the start of a thread costs little.
static constexpr double threadOps = 64;
/// A warp for each of the four schedulers of a multiprocessor: where groups
/// share nothing, more are better on another one.
static constexpr int64_t sharingThreads = 4 * warpThreads;

bool frieze::isWorthGroups(const LoopPiece &piece, const Device &device) {
  return piece.iterations > sharingThreads &&
         piece.countOps() > launchOps * device.groupThreads;
}

GroupShape frieze::chooseGroups(ArrayRef<LoopPiece> pieces,
                                int64_t arenaBytes) {
  int64_t groups = 1;
  for (const LoopPiece &piece : pieces)
    groups = std::max(
        groups,
        std::min<int64_t>(llvm::divideCeil(piece.iterations, sharingThreads),
                          piece.countOps() / (threadOps * sharingThreads)));
  return {groups, 1, sharingThreads, arenaBytes / elementBytes,
          /*isShared=*/false};
}
