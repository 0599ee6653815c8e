//===- DropUnreadOutputs.cpp - Skip what nothing reads ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"

namespace frieze::nn {
#define GEN_PASS_DEF_DROPUNREADOUTPUTSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

static bool isAll(ArrayRef<int64_t> values, int64_t wanted) {
  return llvm::all_of(values, [&](int64_t value) { return value == wanted; });
}

/// The strides of `op` where it reads single positions, and not all of them: a
/// conv or pooling with a window of one and a stride.
static SmallVector<int64_t> getSkippingStrides(Operation *op) {
  if (!isa<ConvOp, MaxPoolOp, AvgPoolOp>(op))
    return {};
  auto reader = cast<WindowOpInterface>(op);
  SmallVector<int64_t> strides = reader.getStrideValues();
  if (!isAll(reader.getWindowSizes(), 1) ||
      !isAll(reader.getPaddingValues(), 0) || isAll(strides, 1))
    return {};
  return strides;
}

/// Whether `op` computes each position of its one operand on its own, whatever
/// their number: an affine along the channels, or elements.
static bool isPointwise(Operation *op) {
  if (auto affine = dyn_cast_or_null<AffineOp>(op))
    return int64_t(affine.getAxis()) == affine.getType().getRank() - 1;
  if (auto kernel = dyn_cast_or_null<EpilogueOpInterface>(op);
      kernel && !kernel.getEpilogueStages().empty())
    return false;
  auto layer = dyn_cast_or_null<LayerOpInterface>(op);
  return layer && layer.isElementwise() && op->getNumOperands() == 1;
}

/// Moves the strides of `reader` to the conv that makes its input, through
/// pointwise functions, each read by the next alone.
static LogicalResult moveStrides(Operation *reader) {
  SmallVector<int64_t> strides = getSkippingStrides(reader);
  if (strides.empty())
    return failure();
  SmallVector<Operation *> between;
  Value value = reader->getOperand(0);
  while (value.hasOneUse() && isPointwise(value.getDefiningOp())) {
    between.push_back(value.getDefiningOp());
    value = value.getDefiningOp()->getOperand(0);
  }
  auto conv = value.getDefiningOp<ConvOp>();
  // Tiles of minimal filtering hold neighbours.
  if (!conv || !value.hasOneUse() || !conv.getEpilogueStages().empty() ||
      conv.getWinograd())
    return failure();

  Builder builder(reader->getContext());
  // Of a conv, what it has before a pooling.
  auto reading = dyn_cast<ConvOp>(reader);
  auto output = reading
                    ? reading.getConvType()
                    : cast<RankedTensorType>(reader->getResult(0).getType());
  auto resize = [&](Value result) {
    SmallVector<int64_t> shape(output.getShape());
    shape.back() = cast<ShapedType>(result.getType()).getShape().back();
    result.setType(RankedTensorType::get(shape, output.getElementType()));
  };
  SmallVector<int64_t> product = conv.getStrideValues();
  for (auto [factor, stride] : llvm::zip_equal(product, strides))
    factor *= stride;
  conv.setStridesAttr(builder.getDenseI64ArrayAttr(product));
  resize(conv.getOutput());
  for (Operation *op : between)
    resize(op->getResult(0));
  reader->setAttr("strides", builder.getDenseI64ArrayAttr(
                                 SmallVector<int64_t>(strides.size(), 1)));
  emitDecision(conv.getLoc(), "outputs",
               "only those computed that " + getLayerName(reader) + " reads");
  return success();
}

/// Whether `slice` takes position `position` along `axis`, and all along
/// others.
static bool takesPosition(SliceOp slice, int64_t axis, int64_t position) {
  SmallVector<int64_t> size(slice.getInput().getType().getShape());
  SmallVector<int64_t> begin(size.size(), 0);
  size[axis] = 1;
  begin[axis] = position;
  return slice.getSize() == ArrayRef(size) &&
         slice.getBegin() == ArrayRef(begin);
}

/// A slice that takes the last step of `LayerOp`, and nothing else does: the
/// layer gives that step alone.
template <typename LayerOp> static bool keepLastStep(SliceOp slice) {
  // Of one sample, the steps may come first, as PyTorch's exporter has them.
  Value steps = slice.getInput();
  auto reshape = steps.getDefiningOp<ReshapeOp>();
  if (reshape && reshape->hasOneUse())
    steps = reshape.getInput();
  auto layer = steps.getDefiningOp<LayerOp>();
  if (!layer || !layer->hasOneUse() || !layer.getSequences() ||
      !layer.getEpilogueStages().empty() || !slice.getEpilogueStages().empty())
    return false;
  RankedTensorType type = layer.getType();
  ArrayRef<int64_t> shape = type.getShape();
  bool isTurned =
      reshape && shape[0] == 1 &&
      reshape.getType().getShape() == ArrayRef({shape[1], shape[0], shape[2]});
  int64_t last = layer.getReversed() ? 0 : shape[1] - 1;
  SmallVector<int64_t> result{shape[0], shape[2]};
  if ((reshape && !isTurned) || !takesPosition(slice, isTurned ? 0 : 1, last))
    return false;
  layer.removeSequencesAttr();
  layer.removeReversedAttr();
  layer.getOutput().setType(type.clone(result));
  OpBuilder builder(slice);
  slice.replaceAllUsesWith(ReshapeOp::create(builder, slice.getLoc(),
                                             slice.getType(), layer.getOutput())
                               .getResult());
  slice.erase();
  if (reshape)
    reshape.erase();
  emitDecision(layer.getLoc(), "outputs", "only the last step, which is read");
  return true;
}

namespace {
struct DropUnreadOutputsPass
    : frieze::nn::impl::DropUnreadOutputsPassBase<DropUnreadOutputsPass> {
  void runOnOperation() override {
    SmallVector<SliceOp> slices;
    getOperation()->walk([&](SliceOp op) { slices.push_back(op); });
    for (SliceOp op : slices)
      moved += keepLastStep<LSTMOp>(op) || keepLastStep<GRUOp>(op) ||
               keepLastStep<RNNOp>(op);
    SmallVector<Operation *> readers;
    getOperation()->walk([&](Operation *op) { readers.push_back(op); });
    // The last first: strides may move on.
    for (Operation *op : llvm::reverse(readers))
      if (succeeded(moveStrides(op)))
        ++moved;
  }
};
} // namespace
