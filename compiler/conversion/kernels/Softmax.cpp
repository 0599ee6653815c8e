//===- Softmax.cpp - Lowering of softmax ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Elements before (as a count of blocks) and after axis `axis`.
static std::pair<int64_t, int64_t> splitAround(RankedTensorType type,
                                               int64_t axis) {
  int64_t outer = 1, inner = 1;
  for (int64_t i = 0; i < type.getRank(); ++i)
    (i < axis ? outer : inner) *= i == axis ? 1 : type.getDimSize(i);
  return {outer, inner};
}

/// Softmax of `width` neighbouring rows at once, whose elements are `inner`
/// apart.
static void emitSoftmaxRows(KernelBuilder &kernel, SoftmaxOp op, Value first,
                            int64_t length, int64_t inner, int64_t width) {
  OpBuilder &builder = kernel.builder;
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  auto at = [&](Value k) { return kernel.add(first, kernel.mul(k, inner)); };
  Value largest =
      kernel.reduce(kernel.index(1), kernel.index(length),
                    kernel.loadVector(input, first, width),
                    [&](Value k, ValueRange carried) -> SmallVector<Value> {
                      return {kernel.maximum(
                          carried[0], kernel.loadVector(input, at(k), width))};
                    })[0];
  auto exponential = [&](Value position, int64_t lanes, Value offset) {
    Value x = kernel.loadVector(input, position, lanes);
    x = arith::SubFOp::create(builder, kernel.getLocation(), x, offset);
    kernel.storeVector(kernel.exp(x), output, position, lanes);
  };
  auto divide = [&](Value position, int64_t lanes, Value sum) {
    Value y = kernel.loadVector(output, position, lanes);
    y = arith::DivFOp::create(builder, kernel.getLocation(), y, sum);
    kernel.storeVector(y, output, position, lanes);
  };
  auto sumUp = [&] {
    return kernel.reduce(
        length, kernel.constant(0.0f, width),
        [&](Value k, ValueRange carried) -> SmallVector<Value> {
          return {kernel.addFloat(carried[0],
                                  kernel.loadVector(output, at(k), width))};
        })[0];
  };
  if (inner == 1) {
    // One row, so that the vectors run along it.
    auto spread = [&](Value single, int64_t lanes) -> Value {
      return kernel.broadcastLane(single, lanes);
    };
    kernel.forEachVector(length, [&](Value k, int64_t lanes) {
      exponential(kernel.add(first, k), lanes, spread(largest, lanes));
    });
    Value sum = sumUp();
    kernel.forEachVector(length, [&](Value k, int64_t lanes) {
      divide(kernel.add(first, k), lanes, spread(sum, lanes));
    });
    return;
  }
  kernel.forEach(length, [&](Value k) { exponential(at(k), width, largest); });
  Value sum = sumUp();
  kernel.forEach(length, [&](Value k) { divide(at(k), width, sum); });
}

static void lowerSoftmax(KernelBuilder &kernel, SoftmaxOp op) {
  int64_t length = op.getType().getDimSize(op.getAxis());
  int64_t outer = splitAround(op.getType(), op.getAxis()).first;
  int64_t inner = splitAround(op.getType(), op.getAxis()).second;
  kernel.forEach(outer, [&](Value block) {
    Value first = kernel.mul(block, length * inner);
    if (inner == 1)
      return emitSoftmaxRows(kernel, op, first, length, 1, 1);
    kernel.forEachVector(inner, [&](Value offset, int64_t width) {
      emitSoftmaxRows(kernel, op, kernel.add(first, offset), length, inner,
                      width);
    });
  });
}

void frieze::addSoftmaxLowerings(LoweringTable &table) {
  table.add<SoftmaxOp, lowerSoftmax>();
}
