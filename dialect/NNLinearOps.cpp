//===- NNLinearOps.cpp - Shapes of linear layers ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/ShapeInference.h"
#include "dialect/Winograd.h"

using namespace mlir;
using namespace frieze::nn;

/// Checks constraints C3 and C4 of the convolutions.
static LogicalResult verifyGroups(std::optional<Location> loc, int64_t groups,
                                  int64_t channels, int64_t filters,
                                  int64_t kernelChannels) {
  if (groups < 1 || channels % groups != 0 || filters % groups != 0)
    return emitOptionalError(loc, "expects groups to divide ", channels,
                             " input and ", filters,
                             " output channels, but got ", groups);
  if (kernelChannels != channels / groups)
    return emitOptionalError(loc, "expects ", channels / groups,
                             " kernel channels to match the input, but got ",
                             kernelChannels);
  return success();
}

/// The axes of a kernel (window..., channels, filters) that are its window's.
static SmallVector<int64_t> getWindow(ElementsAttr kernel) {
  return SmallVector<int64_t>(kernel.getShapedType().getShape().drop_back(2));
}

SmallVector<int64_t> ConvOp::getWindowSizes() { return getWindow(getKernel()); }

RankedTensorType ConvOp::getConvType() {
  SmallVector<int64_t> shape(getInput().getType().getShape());
  [[maybe_unused]] LogicalResult fits = inferWindowPositions(
      std::nullopt, shape,
      WindowPositions(*this, getWindowSizes(), getSpatialRank(), 1));
  assert(succeeded(fits) && "expects a verified op");
  shape.back() = getKernel().getShapedType().getShape().back();
  return RankedTensorType::get(shape, getType().getElementType());
}

LogicalResult ConvOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyRank(loc, input)))
    return failure();
  size_t spatialRank = input.getRank() - 2;
  ArrayRef<int64_t> kernel = adaptor.getKernel().getShapedType().getShape();
  if (kernel.size() != spatialRank + 2) // C1
    return emitOptionalError(loc, "expects a kernel of rank ", spatialRank + 2,
                             ", but got rank ", kernel.size());
  WindowPositions positions(adaptor, kernel.take_front(spatialRank),
                            spatialRank, /*stride=*/1);
  if (!positions.isSpatial(spatialRank, /*minimumPadding=*/0)) // C2
    return emitOptionalError(loc, "expects ", spatialRank,
                             " positive strides and dilations and ",
                             2 * spatialRank, " non-negative paddings");
  int64_t channels = input.getShape().back(), filters = kernel.back();
  if (failed(verifyGroups(loc, adaptor.getGroups(), channels, filters,
                          kernel[spatialRank])) || // C3, C4
      failed(
          verifyParameter(loc, "bias", adaptor.getBiasAttr(), filters))) // C5
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  if (failed(inferWindowPositions(loc, shape, positions))) // C6
    return failure();
  shape.back() = filters;
  if (failed(verifyParameter(loc, "border value", adaptor.getBorderAttr(),
                             channels))) // C7
    return failure();
  return inferEpilogue(
      loc, adaptor.getEpilogueAttr(), shape, input.getElementType(),
      /*affineAxis=*/shape.size() - 1, /*mayPool=*/true, types); // C8
}

LogicalResult ConvOp::verify() {
  std::optional<ArrayRef<int64_t>> outputs = getWinograd(),
                                   products = getProducts();
  if (products && !outputs) // C9
    return emitOpError("expects winograd with products");
  if (outputs && !WinogradTiling::find(*this, *outputs, products)) { // C9
    InFlightDiagnostic error =
        emitOpError("expects tiles that minimal filtering can compute, but "
                    "got winograd = [")
        << *outputs << "]";
    if (products)
      error << " products = [" << *products << "]";
    return error;
  }
  return success();
}

SmallVector<int64_t> ConvTransposeOp::getWindowSizes() {
  return getWindow(getKernel());
}

LogicalResult ConvTransposeOp::inferReturnTypes(MLIRContext *,
                                                std::optional<Location> loc,
                                                Adaptor adaptor,
                                                SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyRank(loc, input)))
    return failure();
  size_t spatialRank = input.getRank() - 2;
  ArrayRef<int64_t> kernel = adaptor.getKernel().getShapedType().getShape();
  if (!isSpatial(kernel, spatialRank + 2, 1)) // C1
    return emitOptionalError(loc, "expects a kernel of rank ", spatialRank + 2,
                             " without empty axes, but got ",
                             adaptor.getKernel().getShapedType());
  WindowPositions positions(adaptor, kernel.take_front(spatialRank),
                            spatialRank, /*stride=*/1);
  if (!positions.isSpatial(spatialRank, -maxElements)) // C2
    return emitOptionalError(loc, "expects ", spatialRank,
                             " positive strides and dilations and ",
                             2 * spatialRank, " paddings");
  ArrayRef<int64_t> padding = positions.padding;
  // Each phase of a dilated kernel is code of its own.
  for (auto [stride, dilation] :
       llvm::zip_equal(positions.strides, positions.dilations))
    if (dilation > 1 && stride > 16)
      return emitOptionalError(
          loc, "expects a stride of at most 16 with a dilation, but got ",
          stride);
  int64_t channels = input.getShape().back(), filters = kernel.back();
  if (failed(verifyGroups(loc, adaptor.getGroups(), channels, filters,
                          kernel[spatialRank])) || // C3, C4
      failed(
          verifyParameter(loc, "bias", adaptor.getBiasAttr(), filters))) // C5
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  for (size_t axis = 0; axis < spatialRank; ++axis) {
    int64_t full = (shape[axis + 1] - 1) * positions.strides[axis] +
                   (kernel[axis] - 1) * positions.dilations[axis] + 1;
    shape[axis + 1] = full - padding[2 * axis] - padding[2 * axis + 1];
    if (shape[axis + 1] < 1) // C6
      return emitOptionalError(loc, "expects padding that leaves something of ",
                               full, " positions, but got ", padding[2 * axis],
                               " and ", padding[2 * axis + 1]);
  }
  shape.back() = filters;
  return inferEpilogue(
      loc, adaptor.getEpilogueAttr(), shape, input.getElementType(),
      /*affineAxis=*/shape.size() - 1, /*mayPool=*/false, types); // C7
}

LogicalResult DenseOp::inferReturnTypes(MLIRContext *,
                                        std::optional<Location> loc,
                                        Adaptor adaptor,
                                        SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  ArrayRef<int64_t> kernel = adaptor.getKernel().getShapedType().getShape();
  if (input.getRank() == 0 || kernel.size() != 2 ||
      kernel[0] != input.getShape().back()) // C1
    return emitOptionalError(
        loc,
        "expects a kernel of rank 2 with one row per input feature, but got ",
        adaptor.getKernel().getShapedType(), " on ", input);
  if (failed(
          verifyParameter(loc, "bias", adaptor.getBiasAttr(), kernel[1]))) // C2
    return failure();
  int64_t chains = adaptor.getChains();
  if (chains < 1 || chains > 64 || !llvm::isPowerOf2_64(chains)) // C3
    return emitOptionalError(
        loc, "expects chains to be a power of two from 1 to 64, but got ",
        chains);
  SmallVector<int64_t> shape(input.getShape());
  shape.back() = kernel[1];
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

LogicalResult MatmulOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  auto x = cast<RankedTensorType>(adaptor.getLhs().getType());
  auto y = cast<RankedTensorType>(adaptor.getRhs().getType());
  int64_t rank = x.getRank();
  std::optional<SmallVector<int64_t>> shape;
  if (rank >= 2 && rank == y.getRank() &&
      x.getElementType() == y.getElementType())
    shape = repeatSizes(x.getShape(), y.getShape(), rank - 2);
  if (!shape) // C1
    return emitOptionalError(
        loc, "expects matrices whose leading sizes are equal or 1, but got ", x,
        " and ", y);
  if (x.getDimSize(rank - 1) != y.getDimSize(rank - 2)) // C2
    return emitOptionalError(loc, "expects as many rows as there are columns, ",
                             x.getDimSize(rank - 1), ", but got ",
                             y.getDimSize(rank - 2));
  shape->append({x.getDimSize(rank - 2), y.getDimSize(rank - 1)});
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(*shape, x.getElementType()),
                       types);
}

LogicalResult AttentionOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  auto query = cast<RankedTensorType>(adaptor.getQuery().getType());
  auto key = cast<RankedTensorType>(adaptor.getKey().getType());
  auto value = cast<RankedTensorType>(adaptor.getValue().getType());
  int64_t rank = query.getRank();
  auto hasLeading = [&](RankedTensorType other) {
    return other.getRank() == rank &&
           other.getElementType() == query.getElementType() &&
           other.getShape().drop_back(2) == query.getShape().drop_back(2);
  };
  if (rank < 2 || !hasLeading(key) || !hasLeading(value)) // C1
    return emitOptionalError(loc,
                             "expects queries, keys and values with the same "
                             "leading sizes, but got ",
                             query, ", ", key, " and ", value);
  if (key.getDimSize(rank - 1) != query.getDimSize(rank - 1) ||
      value.getDimSize(rank - 2) != key.getDimSize(rank - 2)) // C2
    return emitOptionalError(loc,
                             "expects keys with the terms of the queries, and "
                             "as many values, but got ",
                             query, ", ", key, " and ", value);
  if (!adaptor.getScale().isFinite()) // C3
    return emitOptionalError(loc, "expects a finite scale, but got ",
                             adaptor.getScale().convertToDouble());
  SmallVector<int64_t> shape(query.getShape());
  shape.back() = value.getDimSize(rank - 1);
  types.push_back(query.clone(shape));
  return success();
}

//===----------------------------------------------------------------------===//
// Costs
//===----------------------------------------------------------------------===//

/// Multiply-adds of `outputs` sums over all but the last axis of a kernel,
/// which counts output channels.
static int64_t countTerms(int64_t outputs, ElementsAttr kernel) {
  return outputs *
         (kernel.getNumElements() / kernel.getShapedType().getShape().back());
}

int64_t ConvOp::countMACs() {
  // Of a convolution that is pooled, only the positions that are read.
  int64_t outputs = getType().getNumElements();
  for (Attribute stage : getEpilogueStages())
    if (auto pool = dyn_cast<PoolStageAttr>(stage))
      for (int64_t size : pool.getWindow().asArrayRef())
        outputs *= size;
  return countTerms(outputs, getKernel());
}

int64_t ConvTransposeOp::countMACs() {
  // Each position of the input meets the whole kernel.
  RankedTensorType input = getInput().getType();
  return input.getNumElements() / input.getShape().back() *
         getKernel().getNumElements();
}

int64_t DenseOp::countMACs() {
  return countTerms(getType().getNumElements(), getKernel());
}

int64_t AttentionOp::countMACs() {
  int64_t keys = getKey().getType().getShape().drop_back().back();
  return keys *
         (getQuery().getType().getNumElements() + getType().getNumElements());
}

int64_t MatmulOp::countMACs() {
  return getType().getNumElements() * getLhs().getType().getShape().back();
}
