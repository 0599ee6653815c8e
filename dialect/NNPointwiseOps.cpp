//===- NNPointwiseOps.cpp - Shapes of elementwise layers --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Axes.h"
#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze::nn;

LogicalResult ActivationOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

/// The type of an elementwise op of two operands.
template <typename BinaryOpT>
static LogicalResult inferBinary(std::optional<Location> loc,
                                 typename BinaryOpT::Adaptor adaptor,
                                 SmallVectorImpl<Type> &types) {
  auto x = cast<RankedTensorType>(adaptor.getLhs().getType());
  auto y = cast<RankedTensorType>(adaptor.getRhs().getType());
  std::optional<SmallVector<int64_t>> shape;
  if (x.getRank() == y.getRank() && x.getElementType() == y.getElementType())
    shape = repeatSizes(x.getShape(), y.getShape(), x.getRank());
  if (!shape) // C1
    return emitOptionalError(
        loc, "expects operands whose sizes are equal or 1, but got ", x,
        " and ", y);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(*shape, x.getElementType()),
                       types);
}

LogicalResult AddOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBinary<AddOp>(loc, adaptor, types);
}

LogicalResult SubOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBinary<SubOp>(loc, adaptor, types);
}

LogicalResult MulOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBinary<MulOp>(loc, adaptor, types);
}

LogicalResult DivOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferBinary<DivOp>(loc, adaptor, types);
}

LogicalResult MaximumOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferBinary<MaximumOp>(loc, adaptor, types);
}

LogicalResult MinimumOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferBinary<MinimumOp>(loc, adaptor, types);
}

LogicalResult EqualOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> loc,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  return inferBinary<EqualOp>(loc, adaptor, types);
}

LogicalResult NotEqualOp::inferReturnTypes(MLIRContext *,
                                           std::optional<Location> loc,
                                           Adaptor adaptor,
                                           SmallVectorImpl<Type> &types) {
  return inferBinary<NotEqualOp>(loc, adaptor, types);
}

LogicalResult LessOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  return inferBinary<LessOp>(loc, adaptor, types);
}

LogicalResult LessEqualOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  return inferBinary<LessEqualOp>(loc, adaptor, types);
}

LogicalResult SelectOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto condition = cast<RankedTensorType>(adaptor.getCondition().getType());
  std::optional<SmallVector<int64_t>> shape(condition.getShape());
  for (Value value : {adaptor.getChosen(), adaptor.getOther()}) {
    auto type = cast<RankedTensorType>(value.getType());
    if (shape && type.getRank() == condition.getRank() &&
        type.getElementType() == condition.getElementType())
      shape = repeatSizes(*shape, type.getShape(), type.getRank());
    else
      shape.reset();
  }
  if (!shape) // C1
    return emitOptionalError(
        loc, "expects operands whose sizes are equal or 1, but got ", condition,
        ", ", adaptor.getChosen().getType(), " and ",
        adaptor.getOther().getType());
  return inferEpilogue(
      loc, adaptor.getEpilogueAttr(),
      RankedTensorType::get(*shape, condition.getElementType()), types);
}

LogicalResult ConstantOp::verify() {
  ShapedType value = getValue().getShapedType();
  if (value.getShape() != getType().getShape()) // C1
    return emitOpError("expects a result of the value's shape, but got ")
           << getType() << " from " << value;
  return success();
}

LogicalResult DropoutOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location>,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult PreluOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> loc,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  ShapedType slope = adaptor.getSlope().getShapedType();
  bool fits = slope.getRank() == input.getRank();
  for (int64_t axis = 0; fits && axis < input.getRank(); ++axis)
    fits = slope.getDimSize(axis) == 1 ||
           (axis > 0 && slope.getDimSize(axis) == input.getDimSize(axis));
  if (!fits) // C1
    return emitOptionalError(
        loc, "expects slopes whose sizes are the input's or 1, but got ", slope,
        " for ", input);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(), input, types);
}

bool PreluOp::keepsPositionsApart(int64_t axis) {
  return getSlope().getShapedType().getDimSize(axis) == 1;
}

bool PreluOp::canPermuteAxes(ArrayRef<int64_t> permutation) {
  // The slopes leave the batch alone.
  return permutation[0] == 0 && hasData(getSlope());
}

void PreluOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setSlopeAttr(*transposeWeights(getSlope(), invert(permutation)));
}

LogicalResult SoftmaxOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyAxis(loc, input, adaptor.getAxis())))
    return failure();
  if (adaptor.getAxis() == 0) // C1
    return emitOptionalError(loc, "expects an axis other than the batch");
  types.push_back(input);
  return success();
}

bool SoftmaxOp::canPermuteAxes(ArrayRef<int64_t> permutation) {
  return permutation[getAxis()] != 0;
}

void SoftmaxOp::permuteAxes(ArrayRef<int64_t> permutation) {
  setAxis(permutation[getAxis()]);
}
