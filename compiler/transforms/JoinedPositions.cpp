//===- JoinedPositions.cpp - Strides as channels ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/JoinedPositions.h"
#include "dialect/Weights.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze::nn;

JoinedPositions::JoinedPositions(ConvOp op) : op(op) {
  RankedTensorType type = op.getInput().getType();
  int64_t stride = op.getStrideValues().back(), length = type.getDimSize(1);
  if (op.getSpatialRank() != 1 || stride == 1 || length % stride != 0 ||
      op.getGroups() != 1 || op.getDilationValues()[0] != 1)
    return;
  SmallVector<int64_t> padding = op.getPaddingValues();
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  zeros = llvm::alignTo(padding[0], stride) - padding[0];
  int64_t taps = llvm::divideCeil(zeros + kernel[0], stride);
  int64_t left = (padding[0] + zeros) / stride;
  int64_t right =
      op.getConvType().getDimSize(1) - 1 + taps - (left + length / stride);
  if (right < 0)
    return;

  hasZeroTaps = taps * stride > kernel[0];
  OpBuilder builder(op);
  int64_t channels = stride * kernel[1];
  Value input = ReshapeOp::create(
      builder, op.getLoc(),
      type.clone({type.getDimSize(0), length / stride, channels}),
      op.getInput());
  conv = cast<ConvOp>(builder.clone(*op));
  conv.getInputMutable().assign(input);
  conv.removeStridesAttr();
  conv.setPadding(ArrayRef<int64_t>{left, right});
  ShapedType weights = op.getKernel().getShapedType();
  conv.setKernelAttr(
      DenseElementsAttr::get(weights.clone({taps, channels, kernel[2]}),
                             builder.getZeroAttr(weights.getElementType())));
}

LogicalResult JoinedPositions::replace() {
  FailureOr<SmallVector<double>> kernel = readWeights(op.getKernel());
  FailureOr<SmallVector<double>> border = SmallVector<double>();
  if (op.getBorder())
    border = readWeights(*op.getBorder());
  if (failed(kernel) || failed(border))
    return failure();
  ArrayRef<int64_t> shape = conv.getKernel().getShapedType().getShape();
  // The taps of a position are its channels, so that all stay in order.
  SmallVector<double> joined(ShapedType::getNumElements(shape), 0.0);
  int64_t tap = kernel->size() / op.getWindowSizes()[0];
  llvm::copy(*kernel, joined.begin() + zeros * tap);
  conv.setKernelAttr(createWeightsLike(op.getKernel(), shape, joined));
  if (op.getBorder()) {
    SmallVector<double> repeated;
    while ((int64_t)repeated.size() < shape[1])
      llvm::append_range(repeated, *border);
    conv.setBorderAttr(createWeightsLike(*op.getBorder(), shape[1], repeated));
  }
  op.getOutput().replaceAllUsesWith(conv.getOutput());
  op.erase();
  return success();
}

void JoinedPositions::erase() {
  Operation *reshape = conv.getInput().getDefiningOp();
  conv.erase();
  reshape->erase();
}
