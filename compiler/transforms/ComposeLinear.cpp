//===- ComposeLinear.cpp - Two dense layers in a row are one ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

namespace frieze::nn {
#define GEN_PASS_DEF_COMPOSELINEARPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// The dense layer before `second`, where nothing non-linear lies between and
/// nothing else reads its result; perhaps before a reshape that leaves the last
/// axis alone.
static DenseOp findFirst(DenseOp second) {
  Value value = second.getInput();
  int64_t features = second.getInput().getType().getShape().back();
  while (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    if (!value.hasOneUse() ||
        reshape.getInput().getType().getShape().back() != features)
      return nullptr;
    value = reshape.getInput();
  }
  auto first = value.getDefiningOp<DenseOp>();
  if (!first || !first->hasOneUse() || !first.getEpilogueStages().empty())
    return nullptr;
  return first;
}

/// `(x A + a) B + b = x (A B) + (a B + b)`, where that takes fewer products.
static LogicalResult compose(DenseOp second) {
  DenseOp first = findFirst(second);
  if (!first)
    return failure();
  int64_t inputs = first.getKernel().getShapedType().getShape()[0];
  int64_t middle = first.getKernel().getShapedType().getShape()[1];
  int64_t outputs = second.getKernel().getShapedType().getShape()[1];
  if (inputs * outputs >= inputs * middle + middle * outputs)
    return failure();
  auto a = readWeights(first.getKernel()), b = readWeights(second.getKernel());
  auto aBias = readWeightsOrZeros(first.getBiasAttr(), middle);
  auto bias = readWeightsOrZeros(second.getBiasAttr(), outputs);
  if (failed(a) || failed(b) || failed(aBias) || failed(bias))
    return failure();
  SmallVector<double> kernel(inputs * outputs, 0.0);
  for (int64_t m = 0; m < middle; ++m)
    for (int64_t o = 0; o < outputs; ++o) {
      double weight = (*b)[m * outputs + o];
      (*bias)[o] += (*aBias)[m] * weight;
      for (int64_t i = 0; i < inputs; ++i)
        kernel[i * outputs + o] += (*a)[i * middle + m] * weight;
    }

  OpBuilder builder(second);
  // The reshape between them stands before the composed layer now.
  SmallVector<int64_t> shape(second.getInput().getType().getShape());
  shape.back() = inputs;
  Value input = first.getInput();
  auto type = RankedTensorType::get(shape, second.getType().getElementType());
  if (input.getType() != type)
    input = ReshapeOp::create(builder, first.getLoc(), type, input);
  emitDecision(first.getLoc(), "dense",
               "composed with " + getLayerName(second) +
                   ", as nothing lies between");
  second.setKernelAttr(
      createWeightsLike(second.getKernel(), {inputs, outputs}, kernel));
  second.setBiasAttr(replaceWeights(second.getBiasAttr(), second.getKernel(),
                                    {outputs}, *bias));
  Operation *unread = second.getInput().getDefiningOp();
  second.getInputMutable().assign(input);
  // The first layer, and reshapes after it.
  while (unread && unread->use_empty()) {
    Operation *before = unread->getOperand(0).getDefiningOp();
    unread->erase();
    unread = isa_and_present<ReshapeOp, DenseOp>(before) ? before : nullptr;
  }
  return success();
}

namespace {
struct ComposeLinearPass
    : frieze::nn::impl::ComposeLinearPassBase<ComposeLinearPass> {
  void runOnOperation() override {
    SmallVector<DenseOp> layers;
    getOperation()->walk([&](DenseOp op) { layers.push_back(op); });
    for (DenseOp op : layers)
      if (succeeded(compose(op)))
        ++composed;
  }
};
} // namespace
