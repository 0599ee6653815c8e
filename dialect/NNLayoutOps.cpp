//===- NNLayoutOps.cpp - Shapes of layers that move elements ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"
#include "llvm/ADT/SmallBitVector.h"

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
  return inferEpilogue(loc, adaptor.getEpilogueAttr(), inputType(adaptor),
                       types);
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
  for (size_t axis = 0; axis < rank; ++axis)
    shape[axis] += adaptor.getLow()[axis] + adaptor.getHigh()[axis];
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
