//===- NNNormalizationOps.cpp - Shapes of normalisations --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"

#include <cmath>

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

LogicalResult NormalizeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (adaptor.getAxes().empty()) // C1
    return emitOptionalError(loc, "expects at least one axis");
  if (failed(verifyAxes(loc, input, adaptor.getAxes()))) // C1
    return failure();
  double epsilon = adaptor.getEpsilon().convertToDouble();
  if (!std::isfinite(epsilon) || epsilon < 0) // C2
    return emitOptionalError(
        loc, "expects a finite epsilon that is not negative, but got ",
        epsilon);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(), input, types);
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

void BatchNormOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setAxis(permutation[getAxis()]);
}

void AffineOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setAxis(permutation[getAxis()]);
}

bool NormalizeOp::keepsPositionsApart(int64_t axis) {
  return !llvm::is_contained(getAxes(), axis);
}

void NormalizeOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setAxes(renameAxes(getAxes(), permutation));
}
