//===- CallBinder.cpp - The memory of some calls ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/CallBinder.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "compiler/conversion/plan/ElementType.h"

using namespace mlir;
using namespace frieze;

Value CallBinder::viewArgument(unsigned number, ShapedType type) {
  if (calls == 1)
    return arguments[number];
  int64_t elements = type.getNumElements();
  Value offset = call ? kernel.mul(call, countBytes(type)) : kernel.index(0);
  return view(arguments[number], offset, type.getElementType(),
              call ? elements : calls * elements);
}

Value CallBinder::getOutput(unsigned number) {
  Value result = function.getBody().front().getTerminator()->getOperand(number);
  return viewArgument(function.getNumArguments() + number,
                      cast<ShapedType>(result.getType()));
}

Value CallBinder::findBuffer(Value value) {
  auto type = cast<ShapedType>(value.getType());
  if (auto argument = dyn_cast<BlockArgument>(value))
    return viewArgument(argument.getArgNumber(), type);
  if (auto output = plan.outputs.find(value); output != plan.outputs.end())
    return getOutput(output->second);
  if (Value constant = findConstant(value))
    return constant;
  auto slot = plan.values.find(value);
  // What is read in place has no buffer.
  if (slot == plan.values.end())
    return nullptr;
  int64_t elements = type.getNumElements();
  Value offset = kernel.index(slot->second.offset);
  if (plan.perCall.contains(value) && call)
    offset = kernel.add(offset, kernel.mul(call, countBytes(type)));
  return view(arguments.back(), offset, type.getElementType(),
              call ? elements : calls * elements);
}

void CallBinder::bindStep(ArrayRef<Operation *> step, Value ofCall) {
  call = ofCall;
  kernel.buffers.clear();
  for (Operation *op : step)
    bind(op);
}

void CallBinder::bindTogether(Operation *op, const MicroBatch &microBatch) {
  bindStep(op, /*call=*/nullptr);
  Operation *together = microBatch.findTogether(op);
  for (auto [value, ofAll] :
       llvm::zip_equal(op->getOperands(), together->getOperands()))
    kernel.buffers[ofAll] = kernel.buffers[value];
  if (auto binary = findBinaryInEpilogue(op))
    kernel.buffers[findBinaryInEpilogue(together)->other] =
        kernel.buffers[binary->other];
  kernel.buffers[together->getResult(0)] = kernel.buffers[op->getResult(0)];
  kernel.originals[together] = op;
  if (int64_t elements = microBatch.plans.getScratchElements(together))
    kernel.scratch[together] = viewArena(plan.scratch.lookup(op).offset,
                                         kernel.getAccumulatorType(), elements);
}
