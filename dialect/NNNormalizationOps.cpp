//===- NNNormalizationOps.cpp - Shapes of normalisations --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"

using namespace mlir;
using namespace frieze::nn;

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyAxis(loc, input, adaptor.getAxis()))) // C1
    return failure();
  int64_t channels = input.getDimSize(adaptor.getAxis());
  if (failed(verifyParameter(loc, "gamma", adaptor.getGammaAttr(), channels)) ||
      failed(verifyParameter(loc, "beta", adaptor.getBetaAttr(), channels)) ||
      failed(verifyParameter(loc, "mean", adaptor.getMeanAttr(), channels)) ||
      failed(verifyParameter(loc, "variance", adaptor.getVarianceAttr(),
                             channels))) // C2
    return failure();
  types.push_back(input);
  return success();
}

LogicalResult AffineOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyAxis(loc, input, adaptor.getAxis()))) // C1
    return failure();
  int64_t channels = input.getDimSize(adaptor.getAxis());
  if (failed(verifyParameter(loc, "scale", adaptor.getScaleAttr(), channels)) ||
      failed(verifyParameter(loc, "shift", adaptor.getShiftAttr(),
                             channels))) // C2
    return failure();
  types.push_back(input);
  return success();
}
