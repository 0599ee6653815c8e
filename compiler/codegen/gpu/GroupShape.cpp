//===- GroupShape.cpp - How many threads work on a call ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/GroupShape.h"
#include "compiler/codegen/gpu/LoopPieces.h"
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

/// What the threads of a team share in `block`, which runs `runs` times.
static void findWork(Block &block, double runs, SmallVector<Work> &works) {
  for (Operation &op : block) {
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
        for (Block &inner : region)
          findWork(inner, runs * rounds, works);
    } else if (writesMemory(op)) {
      works.push_back({1, runs * makeSinglePiece(op).countOps()});
    }
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
static constexpr double enoughThreads = 768;
/// Of shared memory, that a group takes beside what it asks for.
static constexpr int64_t groupOverhead = 1 << 10;

GroupShape frieze::chooseGroupShape(func::FuncOp function,
                                    const Device &device) {
  SmallVector<Work> works;
  findWork(function.getBody().front(), 1, works);
  constexpr int64_t size = sizeof(float);
  auto arena = cast<MemRefType>(function.getArguments().back().getType());
  int64_t bytes = arena.getNumElements();
  // Four elements further with each call, as each bank of shared memory holds
  // every 32nd.
  int64_t padded = bytes ? llvm::alignTo(bytes, 128) + 16 : 0;
  auto isShared = [&](int64_t calls) {
    return bytes > 0 &&
           (calls == 1 ? bytes : calls * padded) <= device.groupBytes;
  };
  GroupShape best{1, device.groupThreads, bytes / size, isShared(1)};
  double highest = 0;
  for (int64_t team = 1; team <= device.groupThreads; team *= 2)
    for (int64_t calls = 1; calls * team <= device.groupThreads; calls *= 2) {
      int64_t threads = calls * team;
      if (threads < warpThreads || (calls > 1 && bytes > 0 && !isShared(calls)))
        continue;
      int64_t arenaBytes = calls == 1 ? bytes : padded;
      double resident = enoughThreads;
      if (isShared(calls))
        resident =
            double(device.sharedBytes / (calls * arenaBytes + groupOverhead)) *
            threads;
      double value =
          estimateShare(works, team) * std::min(1.0, resident / enoughThreads);
      // Of equal ones, that with the most threads, which wait less often for
      // each other than for memory.
      if (value < highest * 0.999)
        continue;
      highest = std::max(highest, value);
      best = {calls, team, arenaBytes / size, isShared(calls)};
    }
  return best;
}
