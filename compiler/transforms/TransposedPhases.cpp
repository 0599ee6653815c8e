//===- TransposedPhases.cpp - Transposed convolutions in parts --*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/TransposedPhases.h"
#include "dialect/Weights.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze::nn;

/// Of more phases, the code would be many times that of one kernel.
static constexpr int64_t mostPhases = 8;

SmallVector<TransposedPhases::Phase> TransposedPhases::findPhases() {
  if (op.getSpatialRank() != 1 || op.getGroups() != 1 ||
      op.getDilationValues()[0] != 1)
    return {};
  int64_t stride = op.getStrideValues()[0], low = op.getPaddingValues()[0];
  int64_t inputs = op.getInput().getType().getDimSize(1);
  int64_t results = op.getType().getDimSize(1);
  if (stride == 1 || stride > mostPhases || results % stride != 0)
    return {};
  SmallVector<Phase> found;
  for (int64_t number = 0; number < stride; ++number) {
    // Tap k meets the input (result + low - k) / stride, where that is whole.
    int64_t last = llvm::divideFloorSigned(number + low, stride);
    int64_t first = number + low - last * stride;
    int64_t taps =
        llvm::divideCeilSigned(op.getWindowSizes()[0] - first, stride);
    Phase phase{first, taps, taps - 1 - last, results / stride + last - inputs};
    if (taps < 1 || phase.left < 0 || phase.right < 0)
      return {};
    found.push_back(phase);
  }
  return found;
}

TransposedPhases::TransposedPhases(ConvTransposeOp op)
    : op(op), phases(findPhases()) {
  OpBuilder builder(op);
  ShapedType weights = op.getKernel().getShapedType();
  SmallVector<int64_t> result(op.getType().getShape());
  for (const Phase &phase : phases) {
    auto kernel = weights.clone(
        {phase.taps, weights.getDimSize(1), weights.getDimSize(2)});
    auto conv = ConvOp::create(
        builder, op.getLoc(),
        op.getType().clone(
            {result[0], result[1] / (int64_t)phases.size(), result[2]}),
        op.getInput(),
        DenseElementsAttr::get(kernel,
                               builder.getZeroAttr(weights.getElementType())),
        op.getBiasAttr(), /*strides=*/DenseI64ArrayAttr(),
        builder.getDenseI64ArrayAttr({phase.left, phase.right}),
        /*border=*/ElementsAttr(), /*dilations=*/DenseI64ArrayAttr(),
        /*groups=*/1, /*winograd=*/DenseI64ArrayAttr(),
        /*products=*/DenseI64ArrayAttr(), op.getEpilogueAttr());
    conv->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    convs.push_back(conv);
  }
}

LogicalResult TransposedPhases::replace() {
  FailureOr<SmallVector<double>> kernel = readWeights(op.getKernel());
  if (failed(kernel))
    return failure();
  int64_t tapElements = kernel->size() / op.getWindowSizes()[0];
  for (auto [phase, conv] : llvm::zip_equal(phases, convs)) {
    // The last tap meets the first input.
    SmallVector<double> weights;
    for (int64_t tap = phase.taps - 1; tap >= 0; --tap) {
      int64_t number = phase.firstTap + tap * (int64_t)phases.size();
      llvm::append_range(
          weights, ArrayRef(*kernel).slice(number * tapElements, tapElements));
    }
    conv.setKernelAttr(createWeightsLike(
        op.getKernel(), conv.getKernel().getShapedType().getShape(), weights));
  }
  OpBuilder builder(op);
  auto outputs = llvm::map_to_vector(
      convs, [](ConvOp conv) -> Value { return conv.getOutput(); });
  SmallVector<int64_t> joined(convs.front().getType().getShape());
  joined.back() *= phases.size();
  auto concat = ConcatOp::create(builder, op.getLoc(),
                                 op.getType().clone(joined), outputs,
                                 /*axis=*/2, /*epilogue=*/nullptr);
  auto results =
      ReshapeOp::create(builder, op.getLoc(), op.getType(), concat.getOutput());
  op.getOutput().replaceAllUsesWith(results.getOutput());
  op.erase();
  return success();
}

void TransposedPhases::erase() {
  for (ConvOp conv : convs)
    conv.erase();
}
