//===- BinaryInEpilogue.cpp - Binary ops of other kernels -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Not that of a power, which would be written out for each value of a tile.
static std::optional<BinaryKind> findKind(Operation *op) {
  return llvm::TypeSwitch<Operation *, std::optional<BinaryKind>>(op)
      .Case<AddOp, SubOp, MulOp, DivOp, MaximumOp, MinimumOp, EqualOp,
            NotEqualOp, LessOp, LessEqualOp>(
          [](auto binary) { return decltype(binary)::kind; })
      .Default(std::nullopt);
}

/// Whether `value` has its elements before `op` runs.
static bool isBefore(Value value, Operation *op) {
  Operation *producer = MemoryPlan::getStorage(value).getDefiningOp();
  return !producer || producer->isBeforeInBlock(op);
}

OpOperand *frieze::findReader(Value value) {
  while (value.hasOneUse()) {
    OpOperand &use = *value.getUses().begin();
    auto reshape = dyn_cast<ReshapeOp>(use.getOwner());
    if (!reshape)
      return &use;
    value = reshape.getOutput();
  }
  return nullptr;
}

std::optional<BinaryInEpilogue> frieze::findBinaryInEpilogue(Operation *op) {
  auto dense = dyn_cast<DenseOp>(op);
  // A single output is a dot product, whose results are rows.
  bool isProduct =
      dense ? dense.getType().getShape().back() > 1 : isa<ConvOp>(op);
  OpOperand *use = isProduct ? findReader(op->getResult(0)) : nullptr;
  std::optional<BinaryKind> kind =
      use ? findKind(use->getOwner()) : std::nullopt;
  if (!kind)
    return std::nullopt;
  Operation *user = use->getOwner();
  bool otherIsFirst = use->getOperandNumber() == 1;
  Value other = user->getOperand(otherIsFirst ? 0 : 1);
  bool hasAffine =
      llvm::any_of(cast<EpilogueOpInterface>(user).getEpilogueStages(),
                   [](Attribute stage) { return isa<AffineStageAttr>(stage); });
  if (hasAffine || other.getType() != use->get().getType() ||
      !isBefore(other, op))
    return std::nullopt;
  return BinaryInEpilogue{user, *kind, other, otherIsFirst};
}

Operation *frieze::findComputing(Operation *op) {
  for (Value operand : op->getOperands()) {
    Operation *producer = MemoryPlan::getStorage(operand).getDefiningOp();
    auto binary = producer ? findBinaryInEpilogue(producer) : std::nullopt;
    if (binary && binary->op == op)
      return producer;
  }
  return op;
}
