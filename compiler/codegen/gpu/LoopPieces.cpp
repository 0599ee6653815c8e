//===- LoopPieces.cpp - Work that threads share -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/gpu/LoopPieces.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace frieze;

int64_t frieze::countIterations(scf::ForallOp loop) {
  return *getConstantIntValue(loop.getMixedUpperBound().front());
}

static bool isStore(Operation *op) {
  return isa<memref::StoreOp, vector::StoreOp>(op);
}

bool frieze::writesMemory(Operation &op) {
  return op
      .walk([](Operation *inner) {
        return isStore(inner) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

bool frieze::hasIndependentLoops(Operation &op) {
  return !op.use_empty() || op.walk([](scf::ForallOp) {
                                return WalkResult::interrupt();
                              }).wasInterrupted();
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

namespace {
/// What an index is at least and at most.
struct IndexRange {
  int64_t low, high;
};

/// One load or store.
struct Access {
  Value buffer, index;
  bool isWrite;
};
} // namespace

static std::optional<IndexRange> findRange(Value value) {
  if (std::optional<int64_t> constant = getConstantIntValue(value))
    return IndexRange{*constant, *constant};
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    Operation *parent = argument.getOwner()->getParentOp();
    if (auto loop = dyn_cast<scf::ForallOp>(parent))
      return IndexRange{0, countIterations(loop) - 1};
    auto loop = dyn_cast<scf::ForOp>(parent);
    if (!loop || loop.getInductionVar() != value)
      return std::nullopt;
    std::optional<IndexRange> low = findRange(loop.getLowerBound());
    std::optional<IndexRange> high = findRange(loop.getUpperBound());
    if (!low || !high)
      return std::nullopt;
    return IndexRange{low->low, std::max(low->low, high->high - 1)};
  }
  Operation *op = value.getDefiningOp();
  SmallVector<IndexRange> ranges;
  for (Value operand : op->getOperands()) {
    // A condition has none.
    std::optional<IndexRange> range =
        operand.getType().isIndex() ? findRange(operand) : IndexRange{0, 0};
    if (!range)
      return std::nullopt;
    ranges.push_back(*range);
  }
  if (isa<arith::AddIOp>(op))
    return IndexRange{ranges[0].low + ranges[1].low,
                      ranges[0].high + ranges[1].high};
  if (isa<arith::SubIOp>(op))
    return IndexRange{ranges[0].low - ranges[1].high,
                      ranges[0].high - ranges[1].low};
  if (isa<arith::MinSIOp>(op))
    return IndexRange{std::min(ranges[0].low, ranges[1].low),
                      std::min(ranges[0].high, ranges[1].high)};
  if (isa<arith::MaxSIOp>(op))
    return IndexRange{std::max(ranges[0].low, ranges[1].low),
                      std::max(ranges[0].high, ranges[1].high)};
  if (isa<arith::SelectOp>(op))
    return IndexRange{std::min(ranges[1].low, ranges[2].low),
                      std::max(ranges[1].high, ranges[2].high)};
  bool isByConstant = ranges.size() == 2 && ranges[1].low == ranges[1].high &&
                      ranges[1].low > 0;
  if (!isByConstant)
    return std::nullopt;
  int64_t number = ranges[1].low;
  if (isa<arith::MulIOp>(op))
    return IndexRange{ranges[0].low * number, ranges[0].high * number};
  if (ranges[0].low < 0)
    return std::nullopt;
  if (isa<arith::DivUIOp>(op))
    return IndexRange{ranges[0].low / number, ranges[0].high / number};
  if (isa<arith::RemUIOp>(op))
    return IndexRange{0, std::min(ranges[0].high, number - 1)};
  return std::nullopt;
}

static std::optional<Access> getAccess(Operation *op) {
  if (auto load = dyn_cast<memref::LoadOp>(op))
    return Access{load.getMemRef(), load.getIndices()[0], false};
  if (auto load = dyn_cast<vector::LoadOp>(op))
    return Access{load.getBase(), load.getIndices()[0], false};
  if (auto store = dyn_cast<vector::StoreOp>(op))
    return Access{store.getBase(), store.getIndices()[0], true};
  return std::nullopt;
}

/// The argument that `buffer` is a view of, and where it starts there if that
/// is known; null for a constant.
static std::pair<Value, std::optional<IndexRange>> findArgument(Value buffer) {
  if (buffer.getDefiningOp<memref::GetGlobalOp>())
    return {};
  auto view = buffer.getDefiningOp<memref::ViewOp>();
  if (!view)
    return {buffer, IndexRange{0, 0}};
  std::optional<IndexRange> bytes = findRange(view.getByteShift());
  if (!bytes)
    return {view.getSource(), std::nullopt};
  constexpr int64_t size = sizeof(float);
  return {view.getSource(), IndexRange{bytes->low / size, bytes->high / size}};
}

SmallVector<MemoryAccess> frieze::findAccesses(Operation &op) {
  SmallVector<MemoryAccess> accesses;
  op.walk([&](Operation *inner) {
    std::optional<Access> access = getAccess(inner);
    if (!access)
      return;
    auto [argument, start] = findArgument(access->buffer);
    if (!argument)
      return;
    std::optional<IndexRange> range = findRange(access->index);
    MemoryAccess found{argument, 0, std::numeric_limits<int64_t>::max(),
                       access->isWrite};
    if (range && start) {
      found.first = start->low + range->low;
      found.end = start->high + range->high + 1;
    } else if (start) {
      auto type = cast<MemRefType>(access->buffer.getType());
      found.first = start->low;
      found.end = start->high + type.getNumElements();
    }
    // One entry for all accesses of a kind to neighbouring elements.
    for (MemoryAccess &known : accesses)
      if (known.buffer == argument && known.isWrite == found.isWrite &&
          known.first <= found.end && found.first <= known.end) {
        known.first = std::min(known.first, found.first);
        known.end = std::max(known.end, found.end);
        return;
      }
    accesses.push_back(found);
  });
  return accesses;
}

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

/// How often `op` runs for once that `within` does.
static double countRuns(Operation *op, Operation *within) {
  double runs = 1;
  for (Operation *parent = op; parent != within;) {
    parent = parent->getParentOp();
    if (auto loop = dyn_cast<scf::ForallOp>(parent))
      runs *= countIterations(loop);
    if (auto loop = dyn_cast<scf::ForOp>(parent)) {
      std::optional<IndexRange> low = findRange(loop.getLowerBound());
      std::optional<IndexRange> high = findRange(loop.getUpperBound());
      if (low && high)
        runs *= std::max<int64_t>(1, high->high - low->low);
    }
  }
  return runs;
}

double LoopPiece::countOps() const {
  double ops = 0;
  for (Operation *op : body)
    op->walk([&](Operation *inner) {
      if (!isa<arith::ConstantOp>(inner))
        ops += countRuns(inner, op);
    });
  return ops * iterations;
}

/// By how much `index` grows with `variable`; none where that is not linear.
static std::optional<int64_t> findFactor(Value index, Value variable) {
  if (index == variable)
    return 1;
  Operation *op = index.getDefiningOp();
  if (!op || getConstantIntValue(index))
    return 0;
  auto find = [&](unsigned operand) {
    return findFactor(op->getOperand(operand), variable);
  };
  if (isa<arith::AddIOp>(op)) {
    std::optional<int64_t> a = find(0), b = find(1);
    return a && b ? std::optional(*a + *b) : std::nullopt;
  }
  if (isa<arith::MulIOp>(op)) {
    std::optional<int64_t> a = find(0);
    std::optional<int64_t> b = getConstantIntValue(op->getOperand(1));
    return a && b ? std::optional(*a * *b) : std::nullopt;
  }
  // The last of several chunks is moved back.
  if (isa<arith::MinSIOp>(op))
    return find(0);
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    if (find(i) != 0)
      return std::nullopt;
  return 0;
}

static constexpr int64_t banks = 32;

/// Cycles that a warp takes for one access, whose address differs by
/// `addresses` between its threads. Shared memory answers for one address of
/// each bank in a cycle, a cache for one line.
static double countCycles(ArrayRef<int64_t> addresses, bool isArena) {
  // From the lowest one: reversed rows have negative factors.
  int64_t lowest = *llvm::min_element(addresses);
  llvm::SmallSetVector<int64_t, 32> distinct;
  for (int64_t address : addresses)
    distinct.insert(address - lowest);
  int64_t most = 0;
  if (isArena) {
    std::array<int64_t, banks> perBank{};
    for (int64_t address : distinct)
      most = std::max(most, ++perBank[address % banks]);
    return most;
  }
  llvm::SmallSetVector<int64_t, 32> lines;
  for (int64_t address : distinct)
    lines.insert(address / banks);
  return lines.size();
}

/// Cycles that a warp takes for all accesses of `piece`, with its loops in that
/// order.
static double countAccessCycles(const LoopPiece &piece) {
  double cycles = 0;
  for (Operation *root : piece.body)
    root->walk([&](Operation *op) {
      std::optional<Access> access = getAccess(op);
      if (!access)
        return;
      bool isArena = access->buffer.getDefiningOp<memref::ViewOp>() != nullptr;
      SmallVector<int64_t> addresses(warpThreads, 0);
      int64_t inner = 1;
      for (scf::ForallOp loop : piece.loops) {
        // What is not linear is taken for scattered.
        int64_t factor =
            findFactor(access->index, loop.getInductionVar(0)).value_or(banks);
        int64_t count = countIterations(loop);
        for (int64_t thread = 0; thread < warpThreads; ++thread)
          addresses[thread] += thread / inner % count * factor;
        inner *= count;
      }
      cycles += countCycles(addresses, isArena) * countRuns(op, root);
    });
  return cycles;
}

/// Orders the loops of `piece` as memory likes best.
static void orderLoops(LoopPiece &piece) {
  // The innermost one first, then as they are nested.
  std::reverse(piece.loops.begin(), piece.loops.end());
  LoopPiece best = piece;
  double lowest = countAccessCycles(piece);
  for (size_t i = 1; i < piece.loops.size(); ++i) {
    LoopPiece other = piece;
    std::rotate(other.loops.begin(), other.loops.begin() + i,
                other.loops.begin() + i + 1);
    double cycles = countAccessCycles(other);
    if (cycles < lowest) {
      lowest = cycles;
      best = other;
    }
  }
  piece = best;
}

bool frieze::needEachOther(ArrayRef<MemoryAccess> accesses,
                           ArrayRef<MemoryAccess> others) {
  for (const MemoryAccess &one : accesses)
    for (const MemoryAccess &other : others)
      if (one.isWrite != other.isWrite && one.meets(other))
        return true;
  return false;
}

/// Whether `op` computes the same again wherever it stands.
static bool isRepeatable(Operation *op) {
  return op->getNumRegions() == 0 && !getAccess(op) && !isStore(op);
}

/// The ops of `block` that are not repeatable and that `op` needs.
static void findNeeds(Operation *op, Block *block,
                      llvm::SmallSetVector<Operation *, 8> &needs) {
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands()) {
      Operation *source = operand.getDefiningOp();
      if (!source || source->getBlock() != block)
        continue;
      if (isRepeatable(source))
        findNeeds(source, block, needs);
      else
        needs.insert(source);
    }
  });
}

SmallVector<SmallVector<Operation *>> frieze::groupByNeeds(Block &block) {
  SmallVector<SmallVector<Operation *>> parts;
  for (Operation &op : block.without_terminator()) {
    if (isRepeatable(&op) || isa<memref::PrefetchOp>(op))
      continue;
    llvm::SmallSetVector<Operation *, 8> needs;
    findNeeds(&op, &block, needs);
    parts.push_back({&op});
    auto isNeeded = [&](ArrayRef<Operation *> part) {
      return llvm::any_of(part,
                          [&](Operation *one) { return needs.contains(one); });
    };
    // All from the first one that is needed.
    auto first = llvm::find_if(parts, isNeeded);
    if (first == parts.end())
      continue;
    for (auto part = std::next(first); part != parts.end(); ++part)
      llvm::append_range(*first, *part);
    parts.erase(std::next(first), parts.end());
  }
  // What nothing reads has no effect.
  llvm::erase_if(parts, [](ArrayRef<Operation *> part) {
    return llvm::none_of(part, [](Operation *op) { return writesMemory(*op); });
  });
  return parts;
}

static SmallVector<MemoryAccess> findAccesses(ArrayRef<Operation *> part) {
  SmallVector<MemoryAccess> accesses;
  for (Operation *op : part)
    llvm::append_range(accesses, frieze::findAccesses(*op));
  return accesses;
}

/// The loop that `part` is; null where it is work of one iteration.
static scf::ForallOp getNest(ArrayRef<Operation *> part) {
  return part.size() == 1 ? dyn_cast<scf::ForallOp>(part.front()) : nullptr;
}

/// Joins neighbours of which one reads what the other wrote: where a thread
/// does both, it waits for no other.
static SmallVector<SmallVector<Operation *>>
joinByMemory(SmallVector<SmallVector<Operation *>> parts) {
  SmallVector<SmallVector<Operation *>> joined;
  for (SmallVector<Operation *> &part : parts) {
    bool mayJoin = !joined.empty() && !getNest(part) && !getNest(joined.back());
    if (mayJoin &&
        needEachOther(findAccesses(joined.back()), findAccesses(part)))
      llvm::append_range(joined.back(), part);
    else
      joined.push_back(std::move(part));
  }
  return joined;
}

static void collectPieces(Block *block, SmallVector<scf::ForallOp> loops,
                          SmallVector<LoopPiece> &pieces) {
  for (ArrayRef<Operation *> part : joinByMemory(groupByNeeds(*block))) {
    if (scf::ForallOp inner = getNest(part)) {
      SmallVector<scf::ForallOp> nested = loops;
      nested.push_back(inner);
      collectPieces(inner.getBody(), nested, pieces);
      continue;
    }
    LoopPiece &piece = pieces.emplace_back();
    piece.loops = loops;
    piece.body = llvm::to_vector(part);
    piece.iterations = 1;
    for (scf::ForallOp loop : loops)
      piece.iterations *= countIterations(loop);
    piece.accesses = findAccesses(part);
    orderLoops(piece);
  }
}

SmallVector<LoopPiece> frieze::splitIntoPieces(scf::ForallOp loop) {
  SmallVector<LoopPiece> pieces;
  collectPieces(loop.getBody(), {loop}, pieces);
  return pieces;
}

LoopPiece frieze::makeSinglePiece(Operation &op) {
  return {{}, {&op}, 1, findAccesses(op)};
}
