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

/// The type of what is computed of operands of `types`, each repeated along
/// axes of size 1; null where they do not fit.
static RankedTensorType repeatTypes(ArrayRef<Type> types) {
  auto first = cast<RankedTensorType>(types.front());
  std::optional<SmallVector<int64_t>> shape(first.getShape());
  for (Type other : types.drop_front()) {
    auto type = cast<RankedTensorType>(other);
    if (type.getRank() != first.getRank() ||
        type.getElementType() != first.getElementType())
      return nullptr;
    shape = repeatSizes(*shape, type.getShape(), type.getRank());
    if (!shape)
      return nullptr;
  }
  return RankedTensorType::get(*shape, first.getElementType());
}

LogicalResult frieze::nn::inferBinary(std::optional<Location> loc, Type lhs,
                                      Type rhs, ArrayAttr epilogue,
                                      SmallVectorImpl<Type> &types) {
  RankedTensorType type = repeatTypes({lhs, rhs});
  if (!type) // C1
    return emitOptionalError(
        loc, "expects operands whose sizes are equal or 1, but got ", lhs,
        " and ", rhs);
  return inferEpilogue(loc, epilogue, type, types);
}

LogicalResult SelectOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  Type condition = adaptor.getCondition().getType();
  Type chosen = adaptor.getChosen().getType();
  Type other = adaptor.getOther().getType();
  RankedTensorType type = repeatTypes({condition, chosen, other});
  if (!type) // C1
    return emitOptionalError(
        loc, "expects operands whose sizes are equal or 1, but got ", condition,
        ", ", chosen, " and ", other);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(), type, types);
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
