//===- ConcatPart.cpp - Results that lie in a concatenation -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/ConcatPart.h"
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

/// The concatenation of channels that alone reads `value`, or null.
static ConcatOp findConcat(Value value) {
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    auto reshape = dyn_cast<ReshapeOp>(user);
    if (!reshape) {
      auto concat = dyn_cast<ConcatOp>(user);
      bool isOfChannels =
          concat && int64_t(concat.getAxis()) + 1 == concat.getType().getRank();
      return isOfChannels ? concat : nullptr;
    }
    // A position stays one.
    if (reshape.getType().getShape().back() !=
        reshape.getInput().getType().getShape().back())
      return nullptr;
    value = reshape.getOutput();
  }
  return nullptr;
}

std::optional<ConcatPart> frieze::findConcatPart(Value value,
                                                 const Target &target) {
  auto conv = value.getDefiningOp<ConvOp>();
  ConcatOp concat = conv ? findConcat(value) : nullptr;
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
