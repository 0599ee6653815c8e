//===- NNStreamOps.cpp - Windows that slide over a recording ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"

using namespace mlir;
using namespace frieze::nn;

/// Whether `input` is a time line: one sample of rows.
static LogicalResult verifyTimeLine(std::optional<Location> loc,
                                    RankedTensorType input) {
  int64_t rank = input.getRank();
  if ((rank == 2 || rank == 3) && input.getDimSize(0) == 1)
    return success();
  return emitOptionalError(
      loc, "expects an input of rank 2 or 3 with a batch of 1, but got ",
      input);
}

LogicalResult HistoryOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyTimeLine(loc, input))) // C1
    return failure();
  ArrayRef<int64_t> rows = adaptor.getRows();
  if (rows.size() != 2 || rows[0] >= rows[1] || rows[0] < -maxElements ||
      rows[1] < -maxElements || rows[1] > input.getDimSize(1)) // C2
    return emitOptionalError(
        loc, "expects two rows in ascending order, the second at most ",
        input.getDimSize(1));
  if (int64_t(adaptor.getTimeline()) < 0) // C3
    return emitOptionalError(loc,
                             "expects the timeline not to be negative, but "
                             "got ",
                             int64_t(adaptor.getTimeline()));
  SmallVector<int64_t> shape(input.getShape());
  shape[1] = rows[1] - rows[0];
  types.push_back(input.clone(shape));
  return success();
}

LogicalResult WindowsOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyTimeLine(loc, input))) // C1
    return failure();
  int64_t length = adaptor.getLength(), dilation = adaptor.getDilation(),
          stride = adaptor.getStride();
  for (int64_t value : {length, dilation, stride})
    if (value < 1 || value > maxElements) // C2
      return emitOptionalError(
          loc, "expects positive length, dilation and stride, but got ", length,
          ", ", dilation, " and ", stride);
  int64_t last = input.getDimSize(1) - 1 - (length - 1) * dilation;
  if (last < 0) // C3
    return emitOptionalError(loc, "expects a window of ", length,
                             " rows with dilation ", dilation,
                             " to fit into the input of ", input.getDimSize(1));
  SmallVector<int64_t> shape(input.getShape());
  shape[0] = last / stride + 1;
  shape[1] = length;
  types.push_back(input.clone(shape));
  return success();
}
