//===- NNLayoutOps.cpp - Shapes of layers that move elements ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "dialect/ResizeAxis.h"
#include "dialect/ShapeInference.h"
#include "llvm/ADT/SmallBitVector.h"

#include <cmath>

using namespace mlir;
using namespace frieze::nn;

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  int64_t axis = adaptor.getAxis();
  if (adaptor.getInputs().empty() || axis < 1 ||
      axis >= cast<RankedTensorType>(adaptor.getInputs()[0].getType())
                  .getRank()) // C1
    return emitOptionalError(loc, "expects operands with an axis ", axis,
                             " other than the batch");
  auto first = cast<RankedTensorType>(adaptor.getInputs()[0].getType());
  SmallVector<int64_t> shape(first.getShape());
  for (Value operand : adaptor.getInputs().drop_front()) {
    auto type = cast<RankedTensorType>(operand.getType());
    SmallVector<int64_t> expected(type.getShape());
    if (type.getRank() == first.getRank())
      expected[axis] = first.getDimSize(axis);
    if (expected != first.getShape() ||
        type.getElementType() != first.getElementType()) // C2
      return emitOptionalError(loc, "expects operands that differ along axis ",
                               axis, " only, but got ", first, " and ", type);
    shape[axis] += type.getDimSize(axis);
  }
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, first.getElementType()),
                       types);
}

LogicalResult IdentityOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> loc,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  SmallVector<int64_t> shape(input.getShape());
  return inferEpilogue(loc, adaptor.getEpilogueAttr(), shape,
                       input.getElementType(), /*affineAxis=*/std::nullopt,
                       /*mayPool=*/false, types); // C1
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  size_t rank = input.getRank();
  if (!isSpatial(adaptor.getLow(), rank, 0) ||
      !isSpatial(adaptor.getHigh(), rank, 0)) // C1
    return emitOptionalError(loc, "expects ", rank,
                             " non-negative entries in low and in high");
  SmallVector<int64_t> shape(input.getShape());
  for (size_t axis = 0; axis < rank; ++axis) {
    int64_t low = adaptor.getLow()[axis], high = adaptor.getHigh()[axis];
    if (adaptor.getMode() == PadMode::Reflect &&
        std::max(low, high) >= shape[axis]) // C2
      return emitOptionalError(
          loc, "expects padding smaller than what it reflects, but got ",
          std::max(low, high), " for size ", shape[axis]);
    shape[axis] += low + high;
  }
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = getInput().getType(), to = getOutput().getType();
  if (from.getNumElements() != to.getNumElements() ||
      from.getElementType() != to.getElementType()) // C1
    return emitOpError("expects a result with the input's elements, but got ")
           << to << " from " << from;
  return success();
}

LogicalResult ResizeOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyRank(loc, input)))
    return failure();
  size_t spatialRank = input.getRank() - 2;
  if (!isSpatial(adaptor.getSizes(), spatialRank, 1)) // C1
    return emitOptionalError(loc, "expects ", spatialRank, " positive sizes");
  SmallVector<int64_t> shape(input.getShape());
  for (size_t axis = 0; axis < spatialRank; ++axis) {
    int64_t size = adaptor.getSizes()[axis];
    if (std::max(size, shape[axis + 1]) > maxResizedPositions) // C2
      return emitOptionalError(loc, "expects axes of at most ",
                               maxResizedPositions, " positions, but got ",
                               std::max(size, shape[axis + 1]));
    shape[axis + 1] = size;
  }
  if (std::optional<ArrayRef<double>> scales = adaptor.getScales())
    if (scales->size() != spatialRank || !llvm::all_of(*scales, [](double s) {
          return s > 0 && std::isfinite(s);
        })) // C3
      return emitOptionalError(loc, "expects ", spatialRank,
                               " positive scales");
  if (adaptor.getRounding() != Rounding::Floor &&
      adaptor.getKind() != ResizeKind::Nearest) // C4
    return emitOptionalError(loc, "expects rounding with 'nearest' only");
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

SmallVector<int64_t> SliceOp::getStrideValues() {
  return valuesOr(getStrides(), getSize().size(), 1);
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> loc,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  size_t rank = input.getRank();
  ArrayRef<int64_t> begin = adaptor.getBegin(), size = adaptor.getSize();
  auto strides = valuesOr(adaptor.getStrides(), rank, 1);
  if (begin.size() != rank || size.size() != rank ||
      strides.size() != rank) // C1
    return emitOptionalError(loc, "expects ", rank,
                             " entries in begin, size and strides");
  for (size_t axis = 0; axis < rank; ++axis) {
    if (size[axis] < 1 || size[axis] > maxElements || strides[axis] == 0 ||
        strides[axis] < -maxElements || strides[axis] > maxElements) // C2
      return emitOptionalError(
          loc, "expects positive sizes and strides other than zero");
    auto isInside = [&](int64_t position) {
      return position >= 0 && position < input.getDimSize(axis);
    };
    if (!isInside(begin[axis]) ||
        !isInside(begin[axis] + (size[axis] - 1) * strides[axis])) // C3
      return emitOptionalError(loc, "expects positions within the input of ",
                               input.getDimSize(axis), " along axis ", axis,
                               ", but got ", size[axis], " from ", begin[axis],
                               " with stride ", strides[axis]);
  }
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(size, input.getElementType()),
                       types);
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  ArrayRef<int64_t> permutation = adaptor.getPermutation();
  int64_t rank = input.getRank();
  llvm::SmallBitVector seen(rank);
  for (int64_t axis : permutation)
    if (axis >= 0 && axis < rank)
      seen.set(axis);
  if ((int64_t)permutation.size() != rank || !seen.all()) // C1
    return emitOptionalError(loc, "expects a permutation of ", rank, " axes");
  SmallVector<int64_t> shape;
  for (int64_t axis : permutation)
    shape.push_back(input.getDimSize(axis));
  types.push_back(RankedTensorType::get(shape, input.getElementType()));
  return success();
}

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

bool ConcatOp::canPermuteAxes(ArrayRef<int64_t> permutation) {
  return permutation[getAxis()] != 0;
}

void ConcatOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setAxis(permutation[getAxis()]);
}

bool PadOp::keepsPositionsApart(int64_t axis) {
  return getLow()[axis] == 0 && getHigh()[axis] == 0;
}

void PadOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setLow(moveEntries(getLow(), permutation));
  setHigh(moveEntries(getHigh(), permutation));
}

bool ReshapeOp::keepsPositionsApart(int64_t axis) {
  // As many elements stand behind each position then.
  ArrayRef<int64_t> from = getInput().getType().getShape();
  ArrayRef<int64_t> to = getType().getShape();
  return axis < int64_t(from.size()) &&
         from.take_front(axis + 1) == to.take_front(axis + 1);
}

bool SliceOp::keepsPositionsApart(int64_t axis) {
  return getBegin()[axis] == 0 && getStrideValues()[axis] == 1 &&
         getSize()[axis] == getInput().getType().getDimSize(axis);
}

void SliceOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setBegin(moveEntries(getBegin(), permutation));
  setSize(moveEntries(getSize(), permutation));
  if (getStrides())
    setStrides(moveEntries(*getStrides(), permutation));
}
