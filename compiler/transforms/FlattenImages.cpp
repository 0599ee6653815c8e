//===- FlattenImages.cpp - Images as sequences ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

namespace frieze::nn {
#define GEN_PASS_DEF_FLATTENIMAGESPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Removes the entry of spatial axis `axis`, or its `perAxis` entries.
static DenseI64ArrayAttr dropEntry(DenseI64ArrayAttr values, int64_t axis,
                                   int64_t perAxis = 1) {
  SmallVector<int64_t> kept(values.asArrayRef());
  auto *first = kept.begin() + axis * perAxis;
  kept.erase(first, first + perAxis);
  return DenseI64ArrayAttr::get(values.getContext(), kept);
}

/// Removes spatial axis `axis` from what the attributes of `op` say of each
/// axis, but from its kernel.
static void dropAxis(WindowOpInterface op, int64_t axis) {
  for (StringRef name : {"window", "strides", "dilations", "winograd"})
    if (auto values = op->getAttrOfType<DenseI64ArrayAttr>(name))
      op->setAttr(name, dropEntry(values, axis));
  if (auto values = op->getAttrOfType<DenseI64ArrayAttr>("padding"))
    op->setAttr("padding", dropEntry(values, axis, /*perAxis=*/2));
  auto kernel = cast<EpilogueOpInterface>(op.getOperation());
  if (!kernel.getEpilogueAttr())
    return;
  int64_t channels = cast<ShapedType>(op->getResultTypes()[0]).getRank() - 2;
  SmallVector<Attribute> stages;
  for (Attribute stage : kernel.getEpilogueStages()) {
    if (auto pool = dyn_cast<PoolStageAttr>(stage))
      stage = PoolStageAttr::get(stage.getContext(), pool.getKind(),
                                 dropEntry(pool.getWindow(), axis),
                                 dropEntry(pool.getStrides(), axis));
    else if (auto affine = dyn_cast<AffineStageAttr>(stage))
      stage = AffineStageAttr::get(stage.getContext(), channels,
                                   affine.getScale(), affine.getShift());
    stages.push_back(stage);
  }
  kernel.setEpilogueAttr(ArrayAttr::get(op->getContext(), stages));
}

namespace {
/// An op with a window over an image, and the sequence in its place.
class ImageOp {
public:
  explicit ImageOp(WindowOpInterface op)
      : op(op), image(cast<ShapedType>(op->getOperand(0).getType()).getShape()),
        window(op.getWindowSizes()), padding(op.getPaddingValues()) {}

  bool flatten();

private:
  bool isPadded(int64_t axis) const {
    return padding[2 * axis] != 0 || padding[2 * axis + 1] != 0;
  }
  /// Whether the window has nowhere to go along `axis`, of size 1.
  bool isFlat(int64_t axis) const {
    return image[axis + 1] == 1 && window[axis] == 1 && !isPadded(axis);
  }
  /// Whether a row of the image is a position with more channels.
  bool coversRows(ConvOp conv) const;
  /// Whether the positions of all rows may stand in one.
  bool staysInColumns(ConvOp conv) const;

  /// Replaces the op by its copy on an input of shape `shape`, without spatial
  /// axis `axis`. `change` is for what else is different in it.
  bool replace(ArrayRef<int64_t> shape, int64_t axis, const Twine &why,
               llvm::function_ref<void(Operation *)> change = nullptr);

  WindowOpInterface op;
  ArrayRef<int64_t> image;
  SmallVector<int64_t> window, padding;
};
} // namespace

bool ImageOp::coversRows(ConvOp conv) const {
  // With a dilation, such a window would not fit.
  return window[1] == image[2] && !isPadded(1) && conv.getGroups() == 1 &&
         !conv.getBorder();
}

bool ImageOp::staysInColumns(ConvOp conv) const {
  auto fits = [&](int64_t rows) { return rows <= maxElements / image[2]; };
  auto isPool = [](Attribute stage) { return isa<PoolStageAttr>(stage); };
  return window[1] == 1 && !isPadded(1) &&
         llvm::all_of(conv.getStrideValues(),
                      [](int64_t stride) { return stride == 1; }) &&
         fits(conv.getDilationValues()[0]) && fits(padding[0]) &&
         fits(padding[1]) && llvm::none_of(conv.getEpilogueStages(), isPool);
}

bool ImageOp::replace(ArrayRef<int64_t> shape, int64_t axis, const Twine &why,
                      llvm::function_ref<void(Operation *)> change) {
  auto kernel = op->getAttrOfType<ElementsAttr>("kernel");
  if (kernel) {
    SmallVector<int64_t> sizes(kernel.getShapedType().getShape());
    // The taps of a row that is one position are its channels.
    sizes.erase(sizes.begin() + axis);
    sizes[1] = kernel.getNumElements() / (sizes.front() * sizes.back());
    kernel = reshapeWeights(kernel, sizes);
    if (!kernel)
      return false;
  }
  OpBuilder builder(op);
  Location loc = op->getLoc();
  auto from = cast<RankedTensorType>(op->getOperand(0).getType());
  Value input =
      ReshapeOp::create(builder, loc, from.clone(shape), op->getOperand(0));
  Operation *copy = builder.clone(*op.getOperation());
  copy->setOperand(0, input);
  dropAxis(cast<WindowOpInterface>(copy), axis);
  if (kernel)
    copy->setAttr("kernel", kernel);
  if (change)
    change(copy);
  [[maybe_unused]] LogicalResult fits = inferResultTypes(copy);
  assert(succeeded(fits) && "expects the shape to fit");
  emitDecision(loc, "image", "computed as a sequence", why);
  op->getResult(0).replaceAllUsesWith(ReshapeOp::create(
      builder, loc, op->getResultTypes()[0], copy->getResult(0)));
  op->erase();
  return true;
}

bool ImageOp::flatten() {
  // What a file at nn-opt has was chosen for an image.
  if (op->hasAttr("winograd"))
    return false;
  for (int64_t axis : {1, 0})
    if (isFlat(axis)) {
      SmallVector<int64_t> shape(image);
      shape.erase(shape.begin() + axis + 1);
      return replace(shape, axis, "it has size 1 along the other axis");
    }
  auto conv = dyn_cast<ConvOp>(op.getOperation());
  if (!conv)
    return false;
  int64_t width = image[2], channels = image[3];
  if (coversRows(conv))
    return replace({image[0], image[1], width * channels}, /*axis=*/1,
                   "its windows cover whole rows");
  if (!staysInColumns(conv))
    return false;
  // The position below is `width` further.
  auto spread = [&](Operation *copy) {
    Builder builder(copy);
    auto flat = cast<ConvOp>(copy);
    if (window[0] > 1)
      flat.setDilationsAttr(
          builder.getDenseI64ArrayAttr({conv.getDilationValues()[0] * width}));
    if (isPadded(0))
      flat.setPaddingAttr(builder.getDenseI64ArrayAttr(
          {padding[0] * width, padding[1] * width}));
  };
  return replace({image[0], image[1] * width, channels}, /*axis=*/1,
                 "its windows have width 1", spread);
}

namespace {
struct FlattenImagesPass
    : frieze::nn::impl::FlattenImagesPassBase<FlattenImagesPass> {
  void runOnOperation() override {
    SmallVector<WindowOpInterface> images;
    getOperation()->walk([&](WindowOpInterface op) {
      if (op.getSpatialRank() == 2)
        images.push_back(op);
    });
    for (WindowOpInterface op : images)
      flattened += ImageOp(op).flatten();
  }
};
} // namespace
