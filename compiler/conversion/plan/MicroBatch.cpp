//===- MicroBatch.cpp - Several calls of a model at once --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/MicroBatch.h"
#include "compiler/conversion/plan/BinaryInEpilogue.h"
#include "compiler/conversion/plan/ConcatPart.h"
#include "compiler/conversion/plan/ConvShape.h"
#include "compiler/conversion/plan/ElementType.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "compiler/conversion/plan/WindowsInPlace.h"
#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;

/// How many times larger than what each call keeps in memory meanwhile a kernel
/// must be. The values of several calls leave the caches between two layers,
/// and are written and read again.
static constexpr int64_t leastKernelToValues = 4;

/// Bytes of the values that `op` reads and makes, and of those that are kept
/// beside it.
static int64_t countBytesBeside(Operation *op) {
  Block *block = op->getBlock();
  llvm::SmallSetVector<Value, 8> values;
  auto add = [&](Value value) {
    Value storage = MemoryPlan::getStorage(value);
    Operation *from = storage.getDefiningOp();
    if (from && from->getBlock() == block && !isa<nn::ConstantOp>(from) &&
        (from == op || from->isBeforeInBlock(op)))
      values.insert(storage);
  };
  add(op->getResult(0));
  for (Operation &reader : llvm::make_range(op->getIterator(), block->end()))
    llvm::for_each(reader.getOperands(), add);
  int64_t bytes = 0;
  for (Value value : values)
    bytes += countBytes(value.getType());
  return bytes;
}

/// Bytes of the kernel of `conv` as it is packed.
static int64_t countKernelBytes(const KernelPlans &kernels, nn::ConvOp conv) {
  const Target &target = kernels.getTarget();
  const KernelPlan *plan = kernels.find(conv, target.machines.front());
  return plan && plan->winograd ? plan->winograd->getKernelBytes()
                                : ConvShape(conv, target).getKernelBytes();
}

/// Whether calls share the kernel of a convolution, which reads it for many
/// positions: only one that leaves the second-level cache is worth it.
static bool sharesKernel(const KernelPlans &kernels, nn::ConvOp conv) {
  const Target &target = kernels.getTarget();
  int64_t bytes = countKernelBytes(kernels, conv);
  return conv.getType().getDimSize(0) == 1 && nn::keepsSamplesApart(conv) &&
         !findConcatPart(conv.getOutput(), target) &&
         bytes > target.machines.front().caches.secondLevel &&
         bytes >= leastKernelToValues * countBytesBeside(conv);
}

/// Whether calls share the weights of `op`. A dense layer reads each once a
/// call, and a recurrent layer once a step: it is worth it where they leave the
/// first-level cache.
static bool sharesWeights(const KernelPlans &kernels, Operation *op) {
  const Target &target = kernels.getTarget();
  SmallVector<Value> operands(op->getOperands());
  if (auto binary = findBinaryInEpilogue(op))
    operands.push_back(binary->other);
  // A constant exists once, not once for each call.
  if (llvm::any_of(operands, [](Value operand) {
        return MemoryPlan::getStorage(operand).getDefiningOp<nn::ConstantOp>();
      }))
    return false;
  int64_t limit = target.limits.sharedWeightsBytes / accumulatorBytes;
  if (auto conv = dyn_cast<nn::ConvOp>(op))
    return sharesKernel(kernels, conv);
  const KernelPlan *plan = kernels.find(op, target.machines.front());
  if (plan && plan->packedUnits)
    return cast<ShapedType>(op->getResult(0).getType()).getDimSize(0) == 1 &&
           nn::countWeights(op) > limit;
  auto dense = dyn_cast<nn::DenseOp>(op);
  // Windows that are read in place are in the step of their rows.
  if (!dense || findWindowsInPlace(dense))
    return false;
  ArrayRef<int64_t> kernel = dense.getKernel().getShapedType().getShape();
  int64_t inputs = kernel[0], outputs = kernel[1];
  // A single output is a dot product, which has no tile of several rows.
  return outputs > 1 && dense.getType().getNumElements() == outputs &&
         inputs * target.padColumns(outputs) > limit;
}

MicroBatch::MicroBatch(func::FuncOp function, const KernelPlans &kernels,
                       int64_t calls)
    : plans(kernels.getTarget()), calls(calls) {
  if (calls == 1)
    return;
  auto repeat = [&](Type type) {
    return nn::changeSamples(type, /*from=*/1, calls);
  };
  OpBuilder builder(function.getContext());
  layers = func::FuncOp::create(function.getLoc(), "together",
                                builder.getFunctionType({}, {}));
  Block *body = layers->addEntryBlock();
  builder.setInsertionPointToStart(body);
  for (Operation &op : function.getBody().front()) {
    if (!sharesWeights(kernels, &op))
      continue;
    Operation *copy = builder.clone(op);
    for (OpOperand &operand : copy->getOpOperands())
      operand.set(
          body->addArgument(repeat(operand.get().getType()), op.getLoc()));
    copy->getResult(0).setType(repeat(op.getResult(0).getType()));
    together[&op] = copy;
    if (auto binary = findBinaryInEpilogue(&op)) {
      Value results = copy->getResult(0);
      Value other = body->addArgument(results.getType(), op.getLoc());
      // In the shape of the results, as it goes by element.
      Operation *ofAll = builder.clone(*binary->op);
      ofAll->setOperands(binary->otherIsFirst ? ValueRange{other, results}
                                              : ValueRange{results, other});
      ofAll->getResult(0).setType(results.getType());
    }
  }
}

double MicroBatch::getSharedReads(func::FuncOp function,
                                  const KernelPlans &kernels) const {
  double reads = 0, macs = 0;
  for (Operation &op : function.getBody().front()) {
    int64_t ofLayer = nn::countMACs(&op);
    macs += ofLayer;
    if (!findTogether(&op))
      continue;
    // It alone reads a weight for many positions.
    auto conv = dyn_cast<nn::ConvOp>(op);
    reads +=
        conv ? countKernelBytes(kernels, conv) / accumulatorBytes : ofLayer;
  }
  return reads / macs;
}

SmallVector<SmallVector<Operation *>>
MicroBatch::getSteps(func::FuncOp function) const {
  SmallVector<SmallVector<Operation *>> steps;
  bool isOpen = false;
  for (Operation &op : function.getBody().front()) {
    bool isShared = findTogether(&op);
    if (isShared || !isOpen)
      steps.emplace_back();
    steps.back().push_back(&op);
    isOpen = !isShared;
  }
  return steps;
}
