//===- NNSequenceOps.cpp - Shapes of layers over sequences ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"

using namespace mlir;
using namespace frieze::nn;

LogicalResult EmbeddingOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  ArrayRef<int64_t> table = adaptor.getTable().getShapedType().getShape();
  if (table.size() != 2) // C1
    return emitOptionalError(loc, "expects a table of rank 2, but got rank ",
                             table.size());
  SmallVector<int64_t> shape(input.getShape());
  shape.push_back(table[1]);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

LogicalResult LSTMOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (input.getRank() != 3 || input.getDimSize(1) < 1) // C1
    return emitOptionalError(loc,
                             "expects an input of rank 3 with at least one "
                             "step, but got ",
                             input);
  ArrayRef<int64_t> kernel = adaptor.getKernel().getShapedType().getShape();
  ArrayRef<int64_t> recurrent =
      adaptor.getRecurrent().getShapedType().getShape();
  if (recurrent.size() != 2 || recurrent[1] != 4 * recurrent[0]) // C2
    return emitOptionalError(loc,
                             "expects a recurrent kernel with four times as "
                             "many columns as rows, but got ",
                             adaptor.getRecurrent().getShapedType());
  if (kernel.size() != 2 || kernel[0] != input.getDimSize(2) ||
      kernel[1] != recurrent[1]) // C3
    return emitOptionalError(loc, "expects a kernel of ", input.getDimSize(2),
                             " rows and ", recurrent[1], " columns, but got ",
                             adaptor.getKernel().getShapedType());
  if (failed(
          verifyParameter(loc, "bias", adaptor.getBiasAttr(), kernel[1]))) // C4
    return failure();
  SmallVector<int64_t> shape{input.getDimSize(0)};
  if (adaptor.getSequences())
    shape.push_back(input.getDimSize(1));
  shape.push_back(recurrent[0]);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}
