//===- MemoryPlan.cpp - Where each value lives ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "compiler/conversion/plan/ConcatPart.h"
#include "compiler/conversion/plan/ConvShape.h"
#include "compiler/conversion/plan/MicroBatch.h"
#include "compiler/conversion/plan/StreamState.h"
#include "compiler/conversion/plan/WindowsInPlace.h"

using namespace mlir;
using namespace frieze;

namespace {
/// Memory that is in use from op number `first` to op number `last`.
struct Request {
  ArenaSlot *slot;
  int64_t first, last;
};
} // namespace

/// Places the requests, largest first, each at the lowest offset that is free
/// during its lifetime. Returns the bytes needed.
static int64_t place(MutableArrayRef<Request> requests) {
  llvm::sort(requests, [](const Request &a, const Request &b) {
    return std::make_pair(-a.slot->bytes, a.first) <
           std::make_pair(-b.slot->bytes, b.first);
  });
  int64_t total = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    Request &request = requests[i];
    SmallVector<ArenaSlot> taken;
    for (const Request &other : requests.take_front(i))
      if (other.first <= request.last && request.first <= other.last)
        taken.push_back(*other.slot);
    llvm::sort(taken, [](const ArenaSlot &a, const ArenaSlot &b) {
      return a.offset < b.offset;
    });
    int64_t offset = 0;
    for (const ArenaSlot &slot : taken) {
      if (offset + request.slot->bytes <= slot.offset)
        break;
      offset = std::max(offset, slot.offset + slot.bytes);
    }
    request.slot->offset = offset;
    total = std::max(total, offset + request.slot->bytes);
  }
  return total;
}

int64_t MemoryPlan::Room::countBytesWith(Value value) const {
  return before + countBytes(value.getType()) + behind;
}

std::optional<MemoryPlan::Room>
MemoryPlan::findPadding(Operation *op, const KernelPlans &kernels) {
  auto conv = dyn_cast<nn::ConvOp>(op);
  if (!conv || !kernels.padsInput(op) || conv.getSpatialRank() > 1 ||
      kernels.getTarget().device)
    return std::nullopt;
  ConvShape shape(conv, kernels.getTarget());
  int64_t position = shape.input.channels * accumulatorBytes;
  if (shape.input.batch > 1)
    return std::nullopt;
  return Room{shape.padding.left * position, shape.padding.right * position};
}

Value MemoryPlan::getStorage(Value value) {
  while (auto reshape = value.getDefiningOp<nn::ReshapeOp>())
    value = reshape.getInput();
  return value;
}

MemoryPlan MemoryPlan::create(func::FuncOp function,
                              const KernelPlans &kernels) {
  return create(function, kernels, MicroBatch(kernels.getTarget()));
}

MemoryPlan MemoryPlan::create(func::FuncOp function, const KernelPlans &kernels,
                              const MicroBatch &microBatch) {
  MemoryPlan plan;
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [number, result] : llvm::enumerate(terminator->getOperands())) {
    Value storage = getStorage(result);
    // An input, a constant, or a value that is returned twice, is copied at the
    // end.
    if (storage.getDefiningOp() && !storage.getDefiningOp<nn::ConstantOp>())
      plan.outputs.try_emplace(storage, number);
  }

  /// Numbers of an op and of the ends of its step.
  struct Place {
    int64_t number, stepFirst, stepLast;
  };
  llvm::DenseMap<Operation *, Place> places;
  for (ArrayRef<Operation *> step : microBatch.getSteps(function)) {
    int64_t first = places.size(), last = first + step.size() - 1;
    for (auto [number, op] : llvm::enumerate(step))
      places[op] = {first + (int64_t)number, first, last};
  }
  llvm::DenseMap<Value, Place> lastUses;
  auto use = [&](Value value, const Place &place) {
    auto [last, isFirst] = lastUses.try_emplace(getStorage(value), place);
    if (!isFirst && place.number > last->second.number)
      last->second = place;
  };
  function.walk([&](Operation *op) {
    if (op == function)
      return;
    for (Value operand : op->getOperands())
      use(operand, places[findComputing(op)]);
    auto dense = dyn_cast<nn::DenseOp>(op);
    if (auto windows = dense ? findWindowsInPlace(dense) : nullptr)
      use(windows.getInput(), places[op]);
  });
  int64_t alignment = kernels.getTarget().layout.alignment;
  auto slotBytes = [&](int64_t bytes) {
    return (int64_t)llvm::alignTo(bytes, alignment);
  };
  llvm::DenseSet<Value> elsewhere = findRemembered(function);
  /// Of a concatenation, the first op that writes into it.
  llvm::DenseMap<Operation *, Place> begins;
  function.walk([&](Operation *op) {
    auto dense = dyn_cast<nn::DenseOp>(op);
    if (auto windows = dense ? findWindowsInPlace(dense) : nullptr)
      elsewhere.insert(windows);
    if (findBinaryInEpilogue(op))
      elsewhere.insert(op->getResult(0));
    auto conv = dyn_cast<nn::ConvOp>(op);
    auto part = conv ? findConcatPart(conv.getOutput(), kernels.getTarget())
                     : std::nullopt;
    if (!part)
      return;
    elsewhere.insert(conv.getOutput());
    begins.try_emplace(part->whole.getDefiningOp(), places[op]);
  });
  /// Where the elements of the result of `op` come to be.
  auto findBegin = [&](Operation *op) {
    auto begin = begins.find(op);
    return begin != begins.end() ? begin->second
                                 : places.lookup(findComputing(op));
  };
  // Slots first: a map may move its entries while it grows.
  function.walk([&](Operation *op) {
    Operation *together = microBatch.findTogether(op);
    int64_t elements = kernels.getScratchElements(op);
    if (together)
      elements =
          std::max(elements, microBatch.plans.getScratchElements(together));
    if (elements > 0)
      plan.scratch[op] = {0, slotBytes(elements * accumulatorBytes)};
    if (!isa_and_nonnull<nn::NNDialect>(op->getDialect()) ||
        isa<nn::ConstantOp, nn::ReshapeOp, nn::HistoryOp>(op) ||
        elsewhere.contains(op->getResult(0)) ||
        plan.outputs.contains(op->getResult(0)))
      return;
    Value value = op->getResult(0);
    int64_t bytes = countBytes(value.getType());
    auto lastUse = lastUses.find(value);
    Operation *computing = findComputing(op);
    if (microBatch.findTogether(computing) ||
        (lastUse != lastUses.end() &&
         lastUse->second.stepFirst != findBegin(op).stepFirst)) {
      plan.perCall.insert(value);
      bytes *= microBatch.getCalls();
    }
    plan.values[value] = {0, slotBytes(bytes)};
  });
  /// The operand, if any, that the result of an elementwise op may replace
  /// element by element, as nothing reads it later. Threads of a device would
  /// have to wait for each other where they need not.
  auto findReplaced = [&](Operation *op) -> Value {
    auto layer = dyn_cast<nn::LayerOpInterface>(op);
    if (!layer || !layer.isElementwise() || findComputing(op) != op ||
        kernels.getTarget().device)
      return nullptr;
    Value result = op->getResult(0);
    for (Value operand : op->getOperands()) {
      Value storage = getStorage(operand);
      if (plan.values.contains(storage) &&
          countBytes(storage.getType()) == countBytes(result.getType()) &&
          lastUses.lookup(storage).number == places[op].number &&
          plan.perCall.contains(storage) == plan.perCall.contains(result))
        return storage;
    }
    return nullptr;
  };
  /// Makes room around `value` where it has none, or less.
  auto makeRoom = [&](Value value, const Room &room) {
    Room &own = plan.rooms[value];
    own.before = std::max(own.before, room.before);
    own.behind = std::max(own.behind, room.behind);
  };
  function.walk([&](Operation *op) {
    std::optional<Room> padding = findPadding(op, kernels);
    Value storage = padding ? getStorage(op->getOperand(0)) : Value();
    if (!plan.values.contains(storage) || plan.perCall.contains(storage))
      return;
    makeRoom(storage, *padding);
    if (kernels.getScratchElements(op) * accumulatorBytes ==
        padding->countBytesWith(storage))
      plan.scratch.erase(op);
  });
  // What is replaced has the room of what replaces it.
  for (Operation &op : llvm::reverse(function.getBody().front()))
    if (op.getNumResults() == 1 && plan.rooms.contains(op.getResult(0)))
      if (Value operand = findReplaced(&op))
        makeRoom(operand, Room(plan.rooms[op.getResult(0)]));
  SmallVector<Request> requests;
  llvm::DenseMap<Value, size_t> requestOf;
  SmallVector<std::pair<ArenaSlot *, ArenaSlot *>> replaced;
  function.walk([&](Operation *op) {
    if (op == function)
      return;
    Place place = findBegin(op);
    if (auto found = plan.scratch.find(op); found != plan.scratch.end())
      requests.push_back({&found->second, place.number, place.number});
    if (op->getNumResults() != 1)
      return;
    Value value = op->getResult(0);
    auto found = plan.values.find(value);
    if (found == plan.values.end())
      return;
    // A step runs for one call after the other: what it reads from or leaves to
    // other steps is in use from its start to its end.
    Place last = lastUses.contains(value) ? lastUses[value] : place;
    bool isPerCall = plan.perCall.contains(value);
    int64_t end = isPerCall ? last.stepLast : last.number;
    if (Value operand = findReplaced(op)) {
      if (plan.rooms.contains(operand))
        plan.rooms[value] = Room(plan.rooms[operand]);
      Request &request = requests[requestOf.lookup(operand)];
      request.last = std::max(request.last, end);
      requestOf[value] = requestOf.lookup(operand);
      replaced.push_back({&found->second, request.slot});
      return;
    }
    if (auto room = plan.rooms.find(value); room != plan.rooms.end())
      found->second.bytes =
          slotBytes(room->second.before) +
          slotBytes(found->second.bytes + room->second.behind);
    requestOf[value] = requests.size();
    requests.push_back(
        {&found->second, isPerCall ? place.stepFirst : place.number, end});
  });
  plan.arenaBytes = place(requests);
  for (auto &[value, room] : plan.rooms)
    plan.values[value].offset += slotBytes(room.before);
  for (auto [slot, of] : replaced)
    slot->offset = of->offset;
  return plan;
}
