//===- ShapeInference.cpp - What shapes of nn ops follow from ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/ShapeInference.h"
#include "dialect/NNOps.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

SmallVector<int64_t> nn::valuesOr(std::optional<ArrayRef<int64_t>> values,
                                  size_t size, int64_t fallback) {
  if (values)
    return SmallVector<int64_t>(*values);
  return SmallVector<int64_t>(size, fallback);
}

bool nn::isSpatial(ArrayRef<int64_t> values, size_t size, int64_t minimum) {
  return values.size() == size && llvm::all_of(values, [&](int64_t value) {
           return value >= minimum && value <= maxElements;
         });
}

LogicalResult nn::inferWindowPositions(std::optional<Location> loc,
                                       SmallVectorImpl<int64_t> &shape,
                                       const WindowPositions &positions) {
  for (size_t axis = 0; axis < positions.window.size(); ++axis) {
    int64_t padded = shape[axis + 1] + positions.padding[2 * axis] +
                     positions.padding[2 * axis + 1];
    int64_t extent =
        (positions.window[axis] - 1) * positions.dilations[axis] + 1;
    // Conv (C6), pools (C3).
    if (extent > padded || positions.window[axis] < 1)
      return emitOptionalError(loc,
                               "expects the window to fit into the padded "
                               "input, but got window ",
                               extent, " on size ", padded);
    shape[axis + 1] = (padded - extent) / positions.strides[axis] + 1;
  }
  return success();
}

bool nn::isVectorOf(ElementsAttr weights, int64_t size) {
  ArrayRef<int64_t> shape = weights.getShapedType().getShape();
  return shape.size() == 1 && shape[0] == size;
}

LogicalResult nn::verifyParameter(std::optional<Location> loc, StringRef name,
                                  ElementsAttr parameter, int64_t channels) {
  if (!parameter || isVectorOf(parameter, channels))
    return success();
  return emitOptionalError(loc, "expects one ", name, " per channel, that is ",
                           channels, ", but got ",
                           parameter.getShapedType().getNumElements());
}

LogicalResult nn::verifyAxis(std::optional<Location> loc, RankedTensorType type,
                             int64_t axis) {
  if (axis >= 0 && axis < type.getRank())
    return success();
  return emitOptionalError(loc, "expects an axis from 0 to ",
                           type.getRank() - 1, ", but got ", axis);
}

LogicalResult nn::verifyAxes(std::optional<Location> loc, RankedTensorType type,
                             ArrayRef<int64_t> axes) {
  int64_t previous = -1;
  for (int64_t axis : axes) {
    if (failed(verifyAxis(loc, type, axis)))
      return failure();
    if (axis <= previous)
      return emitOptionalError(loc, "expects axes in ascending order, but got ",
                               axis, " after ", previous);
    previous = axis;
  }
  return success();
}

std::optional<SmallVector<int64_t>>
nn::repeatSizes(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs, size_t count) {
  SmallVector<int64_t> sizes;
  for (size_t axis = 0; axis < count; ++axis) {
    if (lhs[axis] != rhs[axis] && lhs[axis] != 1 && rhs[axis] != 1)
      return std::nullopt;
    sizes.push_back(std::max(lhs[axis], rhs[axis]));
  }
  return sizes;
}

LogicalResult nn::verifyRank(std::optional<Location> loc,
                             RankedTensorType type) {
  if (type.getRank() == 3 || type.getRank() == 4)
    return success();
  return emitOptionalError(
      loc, "expects an input of rank 3 or 4, but got rank ", type.getRank());
}

LogicalResult nn::inferEpilogue(std::optional<Location> loc, ArrayAttr epilogue,
                                SmallVectorImpl<int64_t> &shape,
                                Type elementType,
                                std::optional<int64_t> affineAxis, bool mayPool,
                                SmallVectorImpl<Type> &types) {
  if (epilogue && epilogue.empty())
    return emitOptionalError(loc, "expects an epilogue of at least one stage");
  for (Attribute stage :
       epilogue ? epilogue.getValue() : ArrayRef<Attribute>()) {
    if (auto affine = dyn_cast<AffineStageAttr>(stage)) {
      auto type = RankedTensorType::get(shape, elementType);
      if (failed(verifyAxis(loc, type, affine.getAxis())))
        return failure();
      if (affineAxis.value_or(affine.getAxis()) != affine.getAxis())
        return emitOptionalError(loc, "expects affines along axis ",
                                 *affineAxis, " in the epilogue, but got ",
                                 affine.getAxis());
      affineAxis = affine.getAxis();
      if (failed(verifyParameter(loc, "scale", affine.getScale(),
                                 shape[affine.getAxis()])) ||
          failed(verifyParameter(loc, "shift", affine.getShift(),
                                 shape[affine.getAxis()])))
        return failure();
    } else if (auto pool = dyn_cast<PoolStageAttr>(stage)) {
      size_t spatialRank = shape.size() > 2 ? shape.size() - 2 : 0;
      if (!mayPool || !isSpatial(pool.getWindow(), spatialRank, 1) ||
          !isSpatial(pool.getStrides(), spatialRank, 1))
        return emitOptionalError(
            loc, "expects at most one pooling with ", spatialRank,
            " positive window sizes and strides in the epilogue of a conv");
      if (failed(inferWindowPositions(
              loc, shape,
              WindowPositions(pool.getWindow(), pool.getStrides()))))
        return failure();
      mayPool = false;
    }
  }
  types.push_back(RankedTensorType::get(shape, elementType));
  return success();
}

LogicalResult nn::inferEpilogue(std::optional<Location> loc, ArrayAttr epilogue,
                                Type type, SmallVectorImpl<Type> &types) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  return inferEpilogue(loc, epilogue, shape, tensor.getElementType(),
                       /*affineAxis=*/tensor.getRank() - 1, /*mayPool=*/false,
                       types);
}
