//===- NNPointwiseOps.cpp - Shapes of elementwise layers --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"

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
  bool fits =
      x.getRank() == y.getRank() && x.getElementType() == y.getElementType();
  SmallVector<int64_t> shape;
  for (int64_t axis = 0; fits && axis < x.getRank(); ++axis) {
    int64_t a = x.getDimSize(axis), b = y.getDimSize(axis);
    fits = a == b || a == 1 || b == 1;
    shape.push_back(std::max(a, b));
  }
  if (!fits) // C1
    return emitOptionalError(
        loc, "expects operands whose sizes are equal or 1, but got ", x,
        " and ", y);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, x.getElementType()), types);
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
