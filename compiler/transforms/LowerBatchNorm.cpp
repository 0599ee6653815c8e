//===- LowerBatchNorm.cpp - Batch norm as an affine -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"

#include <cmath>

namespace frieze::nn {
#define GEN_PASS_DEF_LOWERBATCHNORMPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Reads one parameter of `op`, or `size` times `fallback` where it is absent.
static FailureOr<SmallVector<double>> readParameter(BatchNormOp op,
                                                    StringRef name,
                                                    ElementsAttr parameter,
                                                    double fallback) {
  if (!parameter)
    return SmallVector<double>(op.getMean().getNumElements(), fallback);
  auto values = readWeights(parameter);
  if (failed(values))
    return op.emitOpError("expects ") << name
                                      << " with its data, but the data "
                                         "is elided";
  for (double value : *values)
    if (!std::isfinite(value))
      return op.emitOpError("expects a finite ")
             << name << ", but got " << value;
  return values;
}

static LogicalResult lowerBatchNorm(BatchNormOp op) {
  auto gamma = readParameter(op, "gamma", op.getGammaAttr(), 1.0);
  auto beta = readParameter(op, "beta", op.getBetaAttr(), 0.0);
  auto mean = readParameter(op, "mean", op.getMeanAttr(), 0.0);
  auto variance = readParameter(op, "variance", op.getVarianceAttr(), 1.0);
  if (failed(gamma) || failed(beta) || failed(mean) || failed(variance))
    return failure();
  double epsilon = op.getEpsilon().convertToDouble();
  SmallVector<double> scale, shift;
  for (auto [g, b, m, v] : llvm::zip_equal(*gamma, *beta, *mean, *variance)) {
    if (!(v + epsilon > 0 && std::isfinite(epsilon)))
      return op.emitOpError(
                 "expects variance + epsilon to be positive, but got ")
             << v << " + " << epsilon;
    scale.push_back(g / std::sqrt(v + epsilon));
    shift.push_back(b - m * scale.back());
  }
  OpBuilder builder(op);
  int64_t channels = scale.size();
  auto affine = AffineOp::create(
      builder, tagBatchNorm(op.getLoc()), op.getType(), op.getInput(),
      op.getAxisAttr(),
      createWeightsLike(op.getGammaAttr() ? op.getGammaAttr()
                                          : op.getVarianceAttr(),
                        {channels}, scale),
      createWeightsLike(op.getBetaAttr() ? op.getBetaAttr() : op.getMeanAttr(),
                        {channels}, shift));
  op.replaceAllUsesWith(affine.getOutput());
  op.erase();
  return success();
}

namespace {
struct LowerBatchNormPass
    : frieze::nn::impl::LowerBatchNormPassBase<LowerBatchNormPass> {
  void runOnOperation() override {
    bool anyFailed = false;
    getOperation()->walk([&](BatchNormOp op) {
      if (failed(lowerBatchNorm(op)))
        anyFailed = true;
      else
        ++lowered;
    });
    if (anyFailed)
      signalPassFailure();
  }
};
} // namespace
