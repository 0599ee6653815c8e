//===- ConcatPart.cpp - Results that lie in a concatenation -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/ConcatPart.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "compiler/conversion/plan/MemoryPlan.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Whether `value`, under any shape, is an output.
static bool isReturned(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    auto reshape = dyn_cast<ReshapeOp>(user);
    return reshape ? isReturned(reshape.getOutput())
                   : isa<func::ReturnOp>(user);
  });
}

/// The concatenation of channels that alone reads those of `value`, or null.
static ConcatOp findConcat(TypedValue<RankedTensorType> value) {
  OpOperand *use = findReader(value);
  auto concat = use ? dyn_cast<ConcatOp>(use->getOwner()) : nullptr;
  if (!concat || int64_t(concat.getAxis()) + 1 != concat.getType().getRank())
    return nullptr;
  // Under its shape there, too, a position has all channels.
  auto read = cast<RankedTensorType>(use->get().getType());
  return read.getShape().back() == value.getType().getShape().back() ? concat
                                                                     : nullptr;
}

std::optional<ConcatPart> frieze::findConcatPart(Value value,
                                                 const Target &target) {
  auto conv = value.getDefiningOp<ConvOp>();
  ConcatOp concat = conv ? findConcat(conv.getOutput()) : nullptr;
  if (!concat || target.device || !concat.getEpilogueStages().empty() ||
      isReturned(concat.getOutput()))
    return std::nullopt;
  int64_t firstChannel = 0;
  for (Value operand : concat.getInputs()) {
    if (MemoryPlan::getStorage(operand) == value)
      break;
    firstChannel += cast<ShapedType>(operand.getType()).getShape().back();
  }
  return ConcatPart{concat.getOutput(), firstChannel};
}
