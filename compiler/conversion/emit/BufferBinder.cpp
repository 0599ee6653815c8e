//===- BufferBinder.cpp - The memory of values ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/BufferBinder.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "compiler/conversion/plan/ConcatPart.h"
#include "compiler/conversion/plan/ElementType.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace frieze;

Value BufferBinder::view(Value bytes, Value offset, Type element,
                         int64_t count) {
  return memref::ViewOp::create(kernel.builder, kernel.getLocation(),
                                MemRefType::get(count, element), bytes, offset,
                                ValueRange());
}

Value BufferBinder::findConstant(Value value) {
  auto constant = value.getDefiningOp<nn::ConstantOp>();
  return constant ? kernel.loadConstants(constant, "value",
                                         *nn::readWeights(constant.getValue()))
                  : nullptr;
}

Value BufferBinder::findPart(Value value) {
  std::optional<ConcatPart> part = findConcatPart(value, kernel.target);
  if (!part)
    return nullptr;
  auto whole = findBuffer(part->whole).getDefiningOp<memref::ViewOp>();
  MemRefType type = whole.getType();
  Value offset =
      kernel.add(whole.getByteShift(),
                 part->firstChannel * bytesOf(type.getElementType()));
  return view(whole.getSource(), offset, type.getElementType(),
              type.getNumElements() - part->firstChannel);
}

void BufferBinder::bind(Operation *op) {
  auto bindValue = [&](Value value) {
    Value storage = MemoryPlan::getStorage(value);
    if (!kernel.buffers.contains(storage)) {
      Value buffer = findPart(storage);
      if (!buffer)
        buffer = findBuffer(storage);
      kernel.buffers[storage] = buffer;
    }
    Value buffer = kernel.buffers[storage];
    kernel.buffers[value] = buffer;
  };
  llvm::for_each(op->getOperands(), bindValue);
  llvm::for_each(op->getResults(), bindValue);
  if (std::optional<BinaryInEpilogue> binary = findBinaryInEpilogue(op)) {
    bindValue(binary->other);
    bindValue(binary->op->getResult(0));
    kernel.buffers[op->getResult(0)] = kernel.buffers[binary->op->getResult(0)];
  }
  bindRoom(op);
  // Where padding is all that it is for, and has room elsewhere, there is none.
  int64_t elements = kernels.getScratchElements(op);
  if (plan.scratch.contains(op))
    kernel.scratch[op] = viewArena(plan.scratch.lookup(op).offset,
                                   kernel.getAccumulatorType(), elements);
}

void BufferBinder::bindRoom(Operation *op) {
  std::optional<MemoryPlan::Room> padding =
      MemoryPlan::findPadding(op, kernels);
  Value storage = padding ? MemoryPlan::getStorage(op->getOperand(0)) : Value();
  if (!plan.rooms.contains(storage))
    return;
  kernel.withRoom[op] =
      viewArena(plan.values.lookup(storage).offset - padding->before,
                kernel.getAccumulatorType(),
                padding->countBytesWith(storage) / accumulatorBytes);
}

bool BufferBinder::hasKernel(Operation *op) const {
  return kernels.find(op, kernel.machine) && findComputing(op) == op &&
         kernel.buffers.lookup(op->getResult(0));
}
