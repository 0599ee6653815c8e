//===- Copies.cpp - Copying elements ----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/Copies.h"

using namespace mlir;
using namespace frieze;

SmallVector<int64_t> frieze::getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t axis = (int64_t)shape.size() - 2; axis >= 0; --axis)
    strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

void frieze::emitCopy(KernelBuilder &kernel, Value from, Value fromAt, Value to,
                      Value toAt, int64_t count) {
  kernel.forEachVector(count, [&](Value offset, int64_t width) {
    Value vector = kernel.loadVector(from, kernel.add(fromAt, offset), width);
    kernel.storeVector(vector, to, kernel.add(toAt, offset), width);
  });
}

void frieze::emitMove(KernelBuilder &kernel, Value buffer, Value fromAt,
                      Value toAt, int64_t count) {
  kernel.inOrderVectors(count, [&](Value offset, int64_t width) {
    Value vector = kernel.loadVector(buffer, kernel.add(fromAt, offset), width);
    kernel.storeVector(vector, buffer, kernel.add(toAt, offset), width);
  });
}

namespace {
/// Emits padding with a constant, axis by axis, each element once.
class PadEmitter {
public:
  PadEmitter(KernelBuilder &kernel, Value input, ArrayRef<int64_t> shape,
             Value output, ArrayRef<int64_t> low, ArrayRef<int64_t> high,
             float value, Value border)
      : kernel(kernel), input(input), output(output), border(border),
        shape(shape), low(low), high(high), value(value) {
    SmallVector<int64_t> padded;
    for (auto [size, before, after] : llvm::zip_equal(shape, low, high))
      padded.push_back(before + size + after);
    fromStrides = getStrides(shape);
    toStrides = getStrides(padded);
    // What lies within it is one contiguous run.
    while (lastAxis > 0 && low[lastAxis] == 0 && high[lastAxis] == 0)
      --lastAxis;
  }

  void emit(size_t axis, Value from, Value to);

private:
  void fill(Value to, int64_t count) {
    fillPadding(kernel, output, to, count, value, border, shape.back());
  }

  KernelBuilder &kernel;
  Value input, output, border;
  ArrayRef<int64_t> shape, low, high;
  float value;
  SmallVector<int64_t> fromStrides, toStrides;
  /// The last axis with padding.
  size_t lastAxis = shape.size() - 1;
};
} // namespace

void frieze::fillPadding(KernelBuilder &kernel, Value buffer, Value at,
                         int64_t count, float value, Value border,
                         int64_t channels) {
  if (!border)
    return kernel.forEachVector(count, [&](Value offset, int64_t width) {
      kernel.storeVector(kernel.constant(value, width), buffer,
                         kernel.add(at, offset), width);
    });
  kernel.forEach(count / channels, [&](Value position) {
    emitCopy(kernel, border, kernel.index(0), buffer,
             kernel.add(at, kernel.mul(position, channels)), channels);
  });
}

void PadEmitter::emit(size_t axis, Value from, Value to) {
  fill(to, low[axis] * toStrides[axis]);
  Value inner = kernel.add(to, low[axis] * toStrides[axis]);
  if (axis == lastAxis)
    emitCopy(kernel, input, from, output, inner,
             shape[axis] * fromStrides[axis]);
  else
    kernel.forEach(shape[axis], [&](Value i) {
      emit(axis + 1, kernel.add(from, kernel.mul(i, fromStrides[axis])),
           kernel.add(inner, kernel.mul(i, toStrides[axis])));
    });
  fill(kernel.add(inner, shape[axis] * toStrides[axis]),
       high[axis] * toStrides[axis]);
}

void frieze::emitPad(KernelBuilder &kernel, Value input,
                     ArrayRef<int64_t> shape, Value output,
                     ArrayRef<int64_t> low, ArrayRef<int64_t> high, float value,
                     Value border) {
  PadEmitter(kernel, input, shape, output, low, high, value, border)
      .emit(0, kernel.index(0), kernel.index(0));
}
