//===- NNOps.cpp - Shapes and constraints of the nn ops ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/NNOps.h"
#include "dialect/Winograd.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace frieze::nn;

//===----------------------------------------------------------------------===//
// Pieces of assembly format
//===----------------------------------------------------------------------===//

/// `type` stands for input and result alike.
static ParseResult parseSameType(OpAsmParser &parser, Type &input,
                                 Type &output) {
  if (parser.parseType(input))
    return failure();
  output = input;
  return success();
}

static void printSameType(OpAsmPrinter &printer, Operation *, Type input,
                          Type output) {
  printer << input;
}

static ParseResult parseSameTypes(OpAsmParser &parser, Type &lhs, Type &rhs,
                                  Type &output) {
  if (parser.parseType(lhs))
    return failure();
  rhs = output = lhs;
  return success();
}

static void printSameTypes(OpAsmPrinter &printer, Operation *, Type lhs, Type,
                           Type) {
  printer << lhs;
}

static ParseResult parseFunction(OpAsmParser &parser,
                                 ActivationAttr &function) {
  return parseActivation(parser, function);
}

static void printFunction(OpAsmPrinter &printer, Operation *,
                          ActivationAttr function) {
  printActivation(printer, function);
}

/// `relu, ...`, between the parentheses of `epilogue(...)`.
static ParseResult parseEpilogue(OpAsmParser &parser, ArrayAttr &epilogue) {
  SmallVector<Attribute> stages;
  auto parseStage = [&]() -> ParseResult {
    return parseEpilogueStage(parser, stages.emplace_back());
  };
  if (parser.parseCommaSeparatedList(parseStage))
    return failure();
  epilogue = parser.getBuilder().getArrayAttr(stages);
  return success();
}

static void printEpilogue(OpAsmPrinter &printer, Operation *,
                          ArrayAttr epilogue) {
  llvm::interleaveComma(epilogue, printer, [&](Attribute stage) {
    printEpilogueStage(printer, stage);
  });
}

#include "dialect/NNInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "dialect/NNOps.cpp.inc"

void EpilogueOpInterface::appendEpilogueStage(Attribute stage) {
  SmallVector<Attribute> stages(getEpilogueStages());
  stages.push_back(stage);
  setEpilogueAttr(ArrayAttr::get(getContext(), stages));
}

//===----------------------------------------------------------------------===//
// Shape arithmetic
//===----------------------------------------------------------------------===//

namespace {
/// Window positions along the spatial axes of a conv or pool.
struct WindowGeometry {
  ArrayRef<int64_t> window, strides, padding, dilations;
};
} // namespace

static SmallVector<int64_t> valuesOr(std::optional<ArrayRef<int64_t>> values,
                                     size_t size, int64_t fallback) {
  if (values)
    return SmallVector<int64_t>(*values);
  return SmallVector<int64_t>(size, fallback);
}

bool frieze::nn::hasSupportedShape(ShapedType type) {
  int64_t elements = 1;
  for (int64_t size : type.getShape()) {
    if (size < 1 || size > maxElements)
      return false;
    elements *= size;
    if (elements > maxElements)
      return false;
  }
  return true;
}

static bool isSpatial(ArrayRef<int64_t> values, size_t size, int64_t minimum) {
  return values.size() == size && llvm::all_of(values, [&](int64_t value) {
           return value >= minimum && value <= maxElements;
         });
}

/// Replaces the spatial sizes in `shape` (batch, spatial..., channels) by the
/// number of window positions along each.
static LogicalResult inferWindowPositions(std::optional<Location> loc,
                                          SmallVectorImpl<int64_t> &shape,
                                          const WindowGeometry &geometry) {
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t padded = shape[axis + 1] + geometry.padding[2 * axis] +
                     geometry.padding[2 * axis + 1];
    int64_t extent = (geometry.window[axis] - 1) * geometry.dilations[axis] + 1;
    // Conv (C6), pools (C3).
    if (extent > padded || geometry.window[axis] < 1)
      return emitOptionalError(loc,
                               "expects the window to fit into the padded "
                               "input, but got window ",
                               extent, " on size ", padded);
    shape[axis + 1] = (padded - extent) / geometry.strides[axis] + 1;
  }
  return success();
}

/// Whether `weights` is a vector with `size` entries.
static bool isVectorOf(ElementsAttr weights, int64_t size) {
  ArrayRef<int64_t> shape = weights.getShapedType().getShape();
  return shape.size() == 1 && shape[0] == size;
}

static LogicalResult verifyParameter(std::optional<Location> loc,
                                     StringRef name, ElementsAttr parameter,
                                     int64_t channels) {
  if (!parameter || isVectorOf(parameter, channels))
    return success();
  return emitOptionalError(loc, "expects one ", name, " per channel, that is ",
                           channels, ", but got ",
                           parameter.getShapedType().getNumElements());
}

static LogicalResult verifyAxis(std::optional<Location> loc,
                                RankedTensorType type, int64_t axis) {
  if (axis >= 0 && axis < type.getRank())
    return success();
  return emitOptionalError(loc, "expects an axis from 0 to ",
                           type.getRank() - 1, ", but got ", axis);
}

static LogicalResult verifyRank(std::optional<Location> loc,
                                RankedTensorType type) {
  if (type.getRank() == 3 || type.getRank() == 4)
    return success();
  return emitOptionalError(
      loc, "expects an input of rank 3 or 4, but got rank ", type.getRank());
}

template <typename OpAdaptorT>
static RankedTensorType inputType(OpAdaptorT &adaptor) {
  return cast<RankedTensorType>(adaptor.getInput().getType());
}

/// The type of a kernel's result of shape `shape` after its epilogue.
static LogicalResult inferEpilogue(std::optional<Location> loc,
                                   ArrayAttr epilogue,
                                   SmallVectorImpl<int64_t> &shape,
                                   Type elementType, bool mayPool,
                                   SmallVectorImpl<Type> &types) {
  if (epilogue && epilogue.empty())
    return emitOptionalError(loc, "expects an epilogue of at least one stage");
  for (Attribute stage :
       epilogue ? epilogue.getValue() : ArrayRef<Attribute>()) {
    if (auto affine = dyn_cast<AffineStageAttr>(stage)) {
      auto type = RankedTensorType::get(shape, elementType);
      if (failed(verifyAxis(loc, type, affine.getAxis())) ||
          failed(verifyParameter(loc, "scale", affine.getScale(),
                                 shape[affine.getAxis()])) ||
          failed(verifyParameter(loc, "shift", affine.getShift(),
                                 shape[affine.getAxis()])))
        return failure();
    } else if (auto pool = dyn_cast<PoolStageAttr>(stage)) {
      size_t spatialRank = shape.size() > 2 ? shape.size() - 2 : 0;
      SmallVector<int64_t> padding(2 * spatialRank, 0),
          dilations(spatialRank, 1);
      if (!mayPool || !isSpatial(pool.getWindow(), spatialRank, 1) ||
          !isSpatial(pool.getStrides(), spatialRank, 1))
        return emitOptionalError(
            loc, "expects at most one pooling with ", spatialRank,
            " positive window sizes and strides in the epilogue of a conv");
      if (failed(inferWindowPositions(
              loc, shape,
              {pool.getWindow(), pool.getStrides(), padding, dilations})))
        return failure();
      mayPool = false;
    }
  }
  types.push_back(RankedTensorType::get(shape, elementType));
  return success();
}

/// The type of a kernel without pooling, whose result is `type` before its
/// epilogue.
static LogicalResult inferEpilogue(std::optional<Location> loc,
                                   ArrayAttr epilogue, Type type,
                                   SmallVectorImpl<Type> &types) {
  auto tensor = cast<RankedTensorType>(type);
  SmallVector<int64_t> shape(tensor.getShape());
  return inferEpilogue(loc, epilogue, shape, tensor.getElementType(),
                       /*mayPool=*/false, types);
}

//===----------------------------------------------------------------------===//
// ConvOp
//===----------------------------------------------------------------------===//

SmallVector<int64_t> ConvOp::getStrideValues() {
  return valuesOr(getStrides(), getSpatialRank(), 1);
}
SmallVector<int64_t> ConvOp::getPaddingValues() {
  return valuesOr(getPadding(), 2 * getSpatialRank(), 0);
}
SmallVector<int64_t> ConvOp::getDilationValues() {
  return valuesOr(getDilations(), getSpatialRank(), 1);
}

RankedTensorType ConvOp::getConvType() {
  SmallVector<int64_t> shape(getInput().getType().getShape());
  [[maybe_unused]] LogicalResult fits = inferWindowPositions(
      std::nullopt, shape,
      {getKernel().getShapedType().getShape().drop_back(2), getStrideValues(),
       getPaddingValues(), getDilationValues()});
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
  auto strides = valuesOr(adaptor.getStrides(), spatialRank, 1);
  auto dilations = valuesOr(adaptor.getDilations(), spatialRank, 1);
  auto padding = valuesOr(adaptor.getPadding(), 2 * spatialRank, 0);
  if (!isSpatial(strides, spatialRank, 1) ||
      !isSpatial(dilations, spatialRank, 1) ||
      !isSpatial(padding, 2 * spatialRank, 0)) // C2
    return emitOptionalError(loc, "expects ", spatialRank,
                             " positive strides and dilations and ",
                             2 * spatialRank, " non-negative paddings");
  int64_t channels = input.getShape().back(), filters = kernel.back();
  int64_t groups = adaptor.getGroups();
  if (groups < 1 || channels % groups != 0 || filters % groups != 0) // C3
    return emitOptionalError(loc, "expects groups to divide ", channels,
                             " input and ", filters,
                             " output channels, but got ", groups);
  if (kernel[spatialRank] != channels / groups) // C4
    return emitOptionalError(loc, "expects ", channels / groups,
                             " kernel channels to match the input, but got ",
                             kernel[spatialRank]);
  if (failed(
          verifyParameter(loc, "bias", adaptor.getBiasAttr(), filters))) // C5
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  if (failed(inferWindowPositions(
          loc, shape,
          {kernel.take_front(spatialRank), strides, padding, dilations}))) // C6
    return failure();
  shape.back() = filters;
  if (failed(verifyParameter(loc, "border value", adaptor.getBorderAttr(),
                             channels))) // C7
    return failure();
  return inferEpilogue(loc, adaptor.getEpilogueAttr(), shape,
                       input.getElementType(), /*mayPool=*/true, types); // C8
}

bool ConvOp::allowsWinograd(ArrayRef<int64_t> outputs) {
  auto areOnes = [](ArrayRef<int64_t> values) {
    return llvm::all_of(values, [](int64_t value) { return value == 1; });
  };
  if (outputs.size() != size_t(getSpatialRank()) || getGroups() != 1 ||
      !areOnes(getStrideValues()) || !areOnes(getDilationValues()))
    return false;
  WinogradTiling tiling = WinogradTiling::get(*this, outputs);
  return llvm::all_of(
      std::array{tiling.height, tiling.width}, [](const WinogradAxis &axis) {
        return WinogradForm::isSupported(axis.form.outputs, axis.form.taps) &&
               axis.isValid();
      });
}

LogicalResult ConvOp::verify() {
  if (std::optional<ArrayRef<int64_t>> outputs = getWinograd();
      outputs && !allowsWinograd(*outputs)) // C9
    return emitOpError("expects tiles that minimal filtering can compute, but "
                       "got winograd = [")
           << *outputs << "]";
  return success();
}

//===----------------------------------------------------------------------===//
// DenseOp
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// BatchNormOp, AffineOp
//===----------------------------------------------------------------------===//

LogicalResult BatchNormOp::inferReturnTypes(MLIRContext *,
                                            std::optional<Location> loc,
                                            Adaptor adaptor,
                                            SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyAxis(loc, input, adaptor.getAxis()))) // C1
    return failure();
  int64_t channels = input.getDimSize(adaptor.getAxis());
  if (failed(verifyParameter(loc, "gamma", adaptor.getGammaAttr(), channels)) ||
      failed(verifyParameter(loc, "beta", adaptor.getBetaAttr(), channels)) ||
      failed(verifyParameter(loc, "mean", adaptor.getMeanAttr(), channels)) ||
      failed(verifyParameter(loc, "variance", adaptor.getVarianceAttr(),
                             channels))) // C2
    return failure();
  types.push_back(input);
  return success();
}

LogicalResult AffineOp::inferReturnTypes(MLIRContext *,
                                         std::optional<Location> loc,
                                         Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyAxis(loc, input, adaptor.getAxis()))) // C1
    return failure();
  int64_t channels = input.getDimSize(adaptor.getAxis());
  if (failed(verifyParameter(loc, "scale", adaptor.getScaleAttr(), channels)) ||
      failed(verifyParameter(loc, "shift", adaptor.getShiftAttr(),
                             channels))) // C2
    return failure();
  types.push_back(input);
  return success();
}

//===----------------------------------------------------------------------===//
// Pointwise ops
//===----------------------------------------------------------------------===//

LogicalResult ActivationOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location>,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult AddOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  Type lhs = adaptor.getLhs().getType(), rhs = adaptor.getRhs().getType();
  if (lhs != rhs) // C1
    return emitOptionalError(loc, "expects operands of one type, but got ", lhs,
                             " and ", rhs);
  return inferEpilogue(loc, adaptor.getEpilogueAttr(), lhs, types);
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

//===----------------------------------------------------------------------===//
// Pooling
//===----------------------------------------------------------------------===//

template <typename PoolOpT>
static LogicalResult inferPool(std::optional<Location> loc,
                               typename PoolOpT::Adaptor adaptor,
                               SmallVectorImpl<Type> &types) {
  RankedTensorType input = inputType(adaptor);
  if (failed(verifyRank(loc, input)))
    return failure();
  size_t spatialRank = input.getRank() - 2;
  ArrayRef<int64_t> window = adaptor.getWindow();
  SmallVector<int64_t> strides(adaptor.getStrides().value_or(window));
  auto padding = valuesOr(adaptor.getPadding(), 2 * spatialRank, 0);
  if (!isSpatial(window, spatialRank, 1) ||
      !isSpatial(strides, spatialRank, 1) ||
      !isSpatial(padding, 2 * spatialRank, 0)) // C1
    return emitOptionalError(loc, "expects ", spatialRank,
                             " positive window sizes and strides and ",
                             2 * spatialRank, " non-negative paddings");
  for (size_t i = 0; i < padding.size(); ++i)
    if (padding[i] >= window[i / 2]) // C2
      return emitOptionalError(
          loc, "expects padding smaller than the window, but got ", padding[i],
          " for window ", window[i / 2]);
  SmallVector<int64_t> shape(input.getShape()), dilations(spatialRank, 1);
  if (failed(inferWindowPositions(loc, shape,
                                  {window, strides, padding, dilations}))) // C3
    return failure();
  return inferEpilogue(loc, adaptor.getEpilogueAttr(),
                       RankedTensorType::get(shape, input.getElementType()),
                       types);
}

SmallVector<int64_t> MaxPoolOp::getStrideValues() {
  return SmallVector<int64_t>(getStrides().value_or(getWindow()));
}
SmallVector<int64_t> MaxPoolOp::getPaddingValues() {
  return valuesOr(getPadding(), 2 * getWindow().size(), 0);
}
LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *,
                                          std::optional<Location> loc,
                                          Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  return inferPool<MaxPoolOp>(loc, adaptor, types);
}

SmallVector<int64_t> AvgPoolOp::getStrideValues() {
  return SmallVector<int64_t>(getStrides().value_or(getWindow()));
}
SmallVector<int64_t> AvgPoolOp::getPaddingValues() {
  return valuesOr(getPadding(), 2 * getWindow().size(), 0);
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

//===----------------------------------------------------------------------===//
// Sequences
//===----------------------------------------------------------------------===//

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

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

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
