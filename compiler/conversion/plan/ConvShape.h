//===- ConvShape.h - The geometry of a convolution --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_CONVSHAPE_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_CONVSHAPE_H

#include "compiler/conversion/plan/ConcatPart.h"
#include "compiler/conversion/plan/ElementType.h"
#include "compiler/conversion/plan/ImageShape.h"
#include "compiler/target/Target.h"
#include "dialect/Activations.h"
#include "dialect/Winograd.h"

namespace frieze {

/// A conv over an input that has its padding in it, and what minimal filtering
/// reads behind it, in terms of groups.
struct ConvShape {
  ConvShape(nn::ConvOp op, const Target &target)
      : input(op.getInput().getType().getShape()),
        output(op.getType().getShape()), pool(findPool(op)),
        hasLongEpilogue(llvm::any_of(op.getEpilogueStages(), nn::isLong)),
        window(op.getKernel().getShapedType().getShape().drop_back(2), 1),
        stride(op.getStrideValues(), 1), dilation(op.getDilationValues(), 1),
        padding(op.getPaddingValues()), groups(op.getGroups()), target(target) {
    if (std::optional<ConcatPart> part = findConcatPart(op.getOutput(), target))
      output.positionElements = part->whole.getType().getShape().back();
    if (op.getWinograd())
      padding.right += nn::WinogradTiling::get(op).behind;
    input.height += padding.top + padding.bottom;
    input.width += padding.left + padding.right;
  }

  /// The pooling in the epilogue, or null.
  static nn::PoolStageAttr findPool(nn::ConvOp op) {
    for (mlir::Attribute stage : op.getEpilogueStages())
      if (auto pool = llvm::dyn_cast<nn::PoolStageAttr>(stage))
        return pool;
    return nullptr;
  }
  /// Positions of the convolution from one output to the next, by axis.
  Spatial getPoolStride() const {
    return pool ? Spatial(pool.getStrides(), 1) : Spatial({1, 1}, 1);
  }
  /// Size of the pooling window, 1 x 1 without pooling.
  Spatial getPoolWindow() const {
    return pool ? Spatial(pool.getWindow(), 1) : Spatial({1, 1}, 1);
  }
  /// Positions of the input from one output to the next, along the width.
  int64_t getPhases() const { return getPoolStride().width * stride.width; }
  /// Where the windows start whose results are pooled into one.
  llvm::SmallVector<int64_t> getPoolOffsets() const {
    llvm::SmallVector<int64_t> offsets;
    Spatial size = getPoolWindow();
    for (int64_t h = 0; h < size.height; ++h)
      for (int64_t w = 0; w < size.width; ++w)
        offsets.push_back(h * stride.height * input.getRowElements() +
                          w * stride.width * input.channels);
    return offsets;
  }

  /// The input without its padding.
  ImageShape getImage() const {
    ImageShape image = input;
    image.height -= padding.top + padding.bottom;
    image.width -= padding.left + padding.right;
    return image;
  }
  /// Rows of a convolution without pooling that read no padding.
  Positions findInsideRows() const {
    return findInside(output.height, stride.height,
                      (window.height - 1) * dilation.height + 1, padding.top,
                      getImage().height);
  }
  /// Positions of its rows that read no padding beside them.
  Positions findInsideColumns() const {
    return findInside(output.width, stride.width,
                      (window.width - 1) * dilation.width + 1, padding.left,
                      getImage().width);
  }

  /// One filter per channel: columns of the product are channels of the input.
  bool isDepthwise() const {
    return groups == input.channels && groups == output.channels && groups > 1;
  }
  /// Groups that are matrix products of their own.
  int64_t getProducts() const { return isDepthwise() ? 1 : groups; }
  int64_t getInputChannels() const { return input.channels / groups; }
  int64_t getColumns() const { return output.channels / getProducts(); }
  int64_t getPaddedColumns() const { return target.padColumns(getColumns()); }
  /// Of the copy of the input with its padding, if there is one.
  int64_t getPaddedElements() const {
    return padding.isZero() ? 0 : input.batch * input.getImageElements();
  }
  int64_t getTerms() const {
    return window.height * window.width * getInputChannels();
  }
  /// Whether the taps and channels of a window row are contiguous in the input.
  bool hasContiguousRows() const { return dilation.width == 1 && groups == 1; }
  /// Bytes of the packed kernel.
  int64_t getKernelBytes() const {
    return getProducts() * getTerms() * getPaddedColumns() * accumulatorBytes;
  }

  ImageShape input, output;
  nn::PoolStageAttr pool;
  bool hasLongEpilogue;
  Spatial window, stride, dilation;
  SpatialPadding padding;
  int64_t groups;
  const Target &target;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_CONVSHAPE_H
