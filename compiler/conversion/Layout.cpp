//===- Layout.cpp - Lowering of padding and transposition -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Lowerings.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

void frieze::emitCopy(KernelBuilder &kernel, Value from, Value fromAt, Value to,
                      Value toAt, int64_t count) {
  kernel.forEachVector(count, [&](Value offset, int64_t width) {
    Value vector = kernel.loadVector(from, kernel.add(fromAt, offset), width);
    kernel.storeVector(vector, to, kernel.add(toAt, offset), width);
  });
}

/// Calls `body(from, to)` for each index of the leading `shape`, with the
/// offsets that its strides in the two buffers give.
static void forEachIndex(KernelBuilder &kernel, ArrayRef<int64_t> shape,
                         ArrayRef<int64_t> fromStrides,
                         ArrayRef<int64_t> toStrides, Value from, Value to,
                         llvm::function_ref<void(Value, Value)> body) {
  if (shape.empty())
    return body(from, to);
  kernel.forEach(shape.front(), [&](Value i) {
    forEachIndex(kernel, shape.drop_front(), fromStrides.drop_front(),
                 toStrides.drop_front(),
                 kernel.add(from, kernel.mul(i, fromStrides.front())),
                 kernel.add(to, kernel.mul(i, toStrides.front())), body);
  });
}

static SmallVector<int64_t> getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t axis = (int64_t)shape.size() - 2; axis >= 0; --axis)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

void frieze::emitPad(KernelBuilder &kernel, Value input,
                     ArrayRef<int64_t> shape, Value output,
                     ArrayRef<int64_t> low, ArrayRef<int64_t> high, float value,
                     Value border) {
  SmallVector<int64_t> padded;
  for (auto [size, before, after] : llvm::zip_equal(shape, low, high))
    padded.push_back(before + size + after);
  SmallVector<int64_t> fromStrides = getStrides(shape);
  SmallVector<int64_t> toStrides = getStrides(padded);
  int64_t corner = 0, elements = 1;
  for (auto [stride, before, size] : llvm::zip_equal(toStrides, low, padded)) {
    corner += stride * before;
    elements *= size;
  }
  if (border) {
    int64_t channels = padded.back();
    kernel.forEach(elements / channels, [&](Value pixel) {
      emitCopy(kernel, border, kernel.index(0), output,
               kernel.mul(pixel, channels), channels);
    });
  } else {
    kernel.forEachVector(elements, [&](Value at, int64_t width) {
      kernel.storeVector(kernel.constant(value, width), output, at, width);
    });
  }
  // Trailing axes without padding are one contiguous run.
  size_t runAxis = shape.size() - 1;
  while (runAxis > 0 && low[runAxis] == 0 && high[runAxis] == 0)
    --runAxis;
  int64_t run = fromStrides[runAxis] * shape[runAxis];
  forEachIndex(kernel, shape.take_front(runAxis), fromStrides, toStrides,
               kernel.index(0), kernel.index(corner),
               [&](Value from, Value to) {
                 emitCopy(kernel, input, from, output, to, run);
               });
}

void frieze::lowerPad(KernelBuilder &kernel, PadOp op) {
  emitPad(kernel, kernel.buffers[op.getInput()],
          op.getInput().getType().getShape(), kernel.buffers[op.getOutput()],
          op.getLow(), op.getHigh(), op.getValue().convertToDouble(), Value());
}

void frieze::lowerTranspose(KernelBuilder &kernel, TransposeOp op) {
  SmallVector<int64_t> inputStrides =
      getStrides(op.getInput().getType().getShape());
  SmallVector<int64_t> fromStrides;
  for (int64_t axis : op.getPermutation())
    fromStrides.push_back(inputStrides[axis]);
  ArrayRef<int64_t> shape = op.getType().getShape();
  SmallVector<int64_t> toStrides = getStrides(shape);
  forEachIndex(kernel, shape, fromStrides, toStrides, kernel.index(0),
               kernel.index(0), [&](Value from, Value to) {
                 emitCopy(kernel, kernel.buffers[op.getInput()], from,
                          kernel.buffers[op.getOutput()], to, 1);
               });
}

void frieze::lowerConcat(KernelBuilder &kernel, ConcatOp op) {
  int64_t outer = 1, axis = op.getAxis();
  for (int64_t i = 0; i < axis; ++i)
    outer *= op.getType().getDimSize(i);
  int64_t outputRun = op.getType().getNumElements() / outer, start = 0;
  Value output = kernel.buffers[op.getOutput()];
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  for (Value operand : op.getInputs()) {
    Value input = kernel.buffers[operand];
    int64_t run = cast<ShapedType>(operand.getType()).getNumElements() / outer;
    kernel.forEach(outer, [&](Value block) {
      Value from = kernel.mul(block, run);
      Value to = kernel.add(kernel.mul(block, outputRun), start);
      // An epilogue has its affines along the last axis, which is also the axis
      // of the concatenation: a run is a slice of the channels.
      kernel.forEachVector(run, [&](Value offset, int64_t width) {
        Value vector =
            kernel.loadVector(input, kernel.add(from, offset), width);
        vector =
            kernel.applyEpilogue(epilogue, vector, kernel.add(offset, start));
        kernel.storeVector(vector, output, kernel.add(to, offset), width);
      });
    });
    start += run;
  }
}
