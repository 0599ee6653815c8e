//===- MemoryPlan.cpp - Where each value lives ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/MemoryPlan.h"
#include "compiler/conversion/Lowerings.h"

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

Value MemoryPlan::getStorage(Value value) {
  while (auto reshape = value.getDefiningOp<nn::ReshapeOp>())
    value = reshape.getInput();
  return value;
}

MemoryPlan MemoryPlan::create(func::FuncOp function) {
  MemoryPlan plan;
  Operation *terminator = function.getBody().front().getTerminator();
  for (auto [number, result] : llvm::enumerate(terminator->getOperands())) {
    Value storage = getStorage(result);
    // An input, or a value that is returned twice, is copied at the end.
    if (storage.getDefiningOp())
      plan.outputs.try_emplace(storage, number);
  }

  auto slotBytes = [](int64_t elements) {
    return (int64_t)llvm::alignTo(elements * sizeof(float), alignment);
  };
  llvm::DenseMap<Operation *, int64_t> numbers;
  for (auto [number, op] : llvm::enumerate(function.getBody().front()))
    numbers[&op] = number;
  llvm::DenseMap<Value, int64_t> lastUses;
  function.walk([&](Operation *op) {
    if (op != function)
      for (Value operand : op->getOperands())
        lastUses[getStorage(operand)] = numbers[op];
  });
  // Slots first: a map may move its entries while it grows.
  function.walk([&](Operation *op) {
    if (int64_t elements = getScratchElements(op))
      plan.scratch[op] = {0, slotBytes(elements)};
    if (isa_and_nonnull<nn::NNDialect>(op->getDialect()) &&
        !isa<nn::ReshapeOp>(op) && !plan.outputs.contains(op->getResult(0)))
      plan.values[op->getResult(0)] = {
          0,
          slotBytes(
              cast<ShapedType>(op->getResult(0).getType()).getNumElements())};
  });
  SmallVector<Request> requests;
  function.walk([&](Operation *op) {
    if (auto found = plan.scratch.find(op); found != plan.scratch.end())
      requests.push_back({&found->second, numbers[op], numbers[op]});
    if (op->getNumResults() != 1)
      return;
    Value value = op->getResult(0);
    if (auto found = plan.values.find(value); found != plan.values.end())
      requests.push_back({&found->second, numbers[op],
                          std::max(numbers[op], lastUses[value])});
  });
  plan.arenaBytes = place(requests);
  return plan;
}
