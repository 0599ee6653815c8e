//===- NNPoolingOps.cpp - Shapes of pooling ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"

using namespace mlir;
using namespace frieze::nn;

template <typename PoolOpT>
static LogicalResult inferPool(std::optional<Location> loc,
                               typename PoolOpT::Adaptor adaptor,
                               SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyRank(loc, input)))
    return failure();
  size_t spatialRank = input.getRank() - 2;
  ArrayRef<int64_t> window = adaptor.getWindow();
  WindowPositions positions(adaptor, window, spatialRank,
                            /*stride=*/std::nullopt);
  if (!isSpatial(window, spatialRank, 1) ||
      !positions.isSpatial(spatialRank, /*minimumPadding=*/0)) // C1
    return emitOptionalError(loc, "expects ", spatialRank,
                             " positive window sizes, strides and dilations "
                             "and ",
                             2 * spatialRank, " non-negative paddings");
  ArrayRef<int64_t> padding = positions.padding;
  for (size_t i = 0; i < padding.size(); ++i) {
    if (padding[i] >= window[i / 2]) // C2
      return emitOptionalError(
          loc, "expects padding smaller than the window, but got ", padding[i],
          " for window ", window[i / 2]);
    // Else a window might have nothing but padding.
    if (padding[i] > 0 && positions.dilations[i / 2] > 1) // C2
      return emitOptionalError(loc,
                               "expects no padding where there is dilation, "
                               "but got ",
                               padding[i]);
  }
  SmallVector<int64_t> shape(input.getShape());
  if (failed(inferWindowPositions(loc, shape, positions))) // C3
    return failure();
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPool<MaxPoolOp>(loc, adaptor, types);
}

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPool<AvgPoolOp>(loc, adaptor, types);
}

LogicalResult GlobalPoolOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> loc,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyRank(loc, input)))
    return failure();
  SmallVector<int64_t> shape{input.getShape().front()};
  if (adaptor.getKeepDims())
    shape.append(input.getRank() - 2, 1);
  shape.push_back(input.getShape().back());
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

LogicalResult ReduceOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyAxes(loc, input, adaptor.getAxes()))) // C1
    return failure();
  SmallVector<int64_t> shape;
  for (auto [axis, size] : llvm::enumerate(input.getShape()))
    if (!llvm::is_contained(adaptor.getAxes(), (int64_t)axis))
      shape.push_back(size);
    else if (adaptor.getKeepDims())
      shape.push_back(1);
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

bool ReduceOp::keepsPositionsApart(int64_t axis) {
  // Without those that go, axes behind them have other numbers.
  return llvm::all_of(getAxes(), [&](int64_t reduced) {
    return getKeepDims() ? reduced != axis : reduced > axis;
  });
}

void ReduceOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setAxes(renameAxes(getAxes(), permutation));
}
