//===- Elementwise.cpp - Lowering of pointwise layers -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Lowerings.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

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

/// Emits `output = stages(compute(at, width))` for every element: along flat
/// vectors where no stage depends on the channel, else along the axis of its
/// affines, which is one for all.
static void emitPointwise(KernelBuilder &kernel, RankedTensorType type,
                          Value output, ArrayRef<EpilogueStage> stages,
                          llvm::function_ref<Value(Value, int64_t)> compute) {
  int64_t axis = -1;
  for (const EpilogueStage &stage : stages)
    if (auto affine = dyn_cast<AffineStageAttr>(stage.attribute))
      axis = affine.getAxis();
  auto emit = [&](Value at, int64_t width, Value channel, bool isOneChannel) {
    Value result =
        kernel.applyEpilogue(stages, compute(at, width), channel, isOneChannel);
    kernel.storeVector(result, output, at, width);
  };
  if (axis < 0)
    return kernel.forEachVector(
        type.getNumElements(),
        [&](Value at, int64_t width) { emit(at, width, Value(), false); });
  int64_t channels = type.getDimSize(axis);
  int64_t outer = splitAround(type, axis).first,
          inner = splitAround(type, axis).second;
  if (channels == 1)
    return kernel.forEachVector(type.getNumElements(),
                                [&](Value at, int64_t width) {
                                  emit(at, width, kernel.index(0), true);
                                });
  kernel.forEach(outer, [&](Value block) {
    Value first = kernel.mul(block, channels * inner);
    if (inner == 1)
      return kernel.forEachVector(channels, [&](Value channel, int64_t width) {
        emit(kernel.add(first, channel), width, channel, false);
      });
    kernel.forEach(channels, [&](Value channel) {
      Value row = kernel.add(first, kernel.mul(channel, inner));
      kernel.forEachVector(inner, [&](Value offset, int64_t width) {
        emit(kernel.add(row, offset), width, channel, true);
      });
    });
  });
}

void frieze::lowerActivation(KernelBuilder &kernel, ActivationOp op) {
  Value input = kernel.buffers[op.getInput()];
  emitPointwise(kernel, op.getType(), kernel.buffers[op.getOutput()],
                {EpilogueStage{op.getFunction(), {}, {}}},
                [&](Value at, int64_t width) {
                  return kernel.loadVector(input, at, width);
                });
}

void frieze::lowerIdentity(KernelBuilder &kernel, IdentityOp op) {
  Value input = kernel.buffers[op.getInput()];
  emitPointwise(kernel, op.getType(), kernel.buffers[op.getOutput()],
                kernel.loadEpilogue(op, op.getEpilogueStages()),
                [&](Value at, int64_t width) {
                  return kernel.loadVector(input, at, width);
                });
}

void frieze::lowerAdd(KernelBuilder &kernel, AddOp op) {
  Value lhs = kernel.buffers[op.getLhs()], rhs = kernel.buffers[op.getRhs()];
  emitPointwise(kernel, op.getType(), kernel.buffers[op.getOutput()],
                kernel.loadEpilogue(op, op.getEpilogueStages()),
                [&](Value at, int64_t width) {
                  return kernel.addFloat(kernel.loadVector(lhs, at, width),
                                         kernel.loadVector(rhs, at, width));
                });
}

void frieze::lowerAffine(KernelBuilder &kernel, AffineOp op) {
  Value input = kernel.buffers[op.getInput()];
  Attribute stage = AffineStageAttr::get(op.getContext(), op.getAxis(),
                                         op.getScale(), op.getShift());
  emitPointwise(kernel, op.getType(), kernel.buffers[op.getOutput()],
                kernel.loadEpilogue(op, stage), [&](Value at, int64_t width) {
                  return kernel.loadVector(input, at, width);
                });
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

void frieze::lowerSoftmax(KernelBuilder &kernel, SoftmaxOp op) {
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
