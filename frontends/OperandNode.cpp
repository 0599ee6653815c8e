//===- OperandNode.cpp - A node whose inputs are a list ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/OperandNode.h"

using namespace llvm;
using namespace frieze;

const Constant *OperandNode::getConstant(size_t index) {
  if (inputs[index].constant)
    return inputs[index].constant.get();
  emitError() << "unsupported input " << index << " of " << operatorName
              << ", expects a constant, but got a value computed from the "
                 "model's inputs";
  return nullptr;
}

std::optional<SmallVector<int64_t>> OperandNode::getIntegers(size_t index) {
  const Constant *constant = getConstant(index);
  if (!constant)
    return std::nullopt;
  if (isInteger(constant->type) && constant->shape.size() <= 1)
    return constant->getIntegers();
  emitError() << "expects input " << index << " to be a list of integers";
  return std::nullopt;
}

bool OperandNode::areAllConstant() const {
  return llvm::all_of(inputs, [](const Tensor &input) { return !input.value; });
}
