//===- Conv.cpp - Lowering of convolutions ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/RegisterTile.h"
#include "compiler/conversion/ImageShape.h"
#include "compiler/conversion/Lowerings.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// A conv over an input that has its padding in it, in terms of groups.
struct ConvShape {
  explicit ConvShape(ConvOp op)
      : input(op.getInput().getType().getShape()),
        output(op.getType().getShape()), pool(findPool(op)),
        window(op.getKernel().getShapedType().getShape().drop_back(2), 1),
        stride(op.getStrideValues(), 1), dilation(op.getDilationValues(), 1),
        padding(op.getPaddingValues()), groups(op.getGroups()) {
    input.height += padding.top + padding.bottom;
    input.width += padding.left + padding.right;
  }

  /// The pooling in the epilogue, or null.
  static PoolStageAttr findPool(ConvOp op) {
    for (Attribute stage : op.getEpilogueStages())
      if (auto pool = dyn_cast<PoolStageAttr>(stage))
        return pool;
    return nullptr;
  }
  /// Positions of the convolution from one output to the next, by axis.
  Spatial getPoolStride() const {
    return pool ? Spatial(pool.getStrides(), 1) : Spatial({1, 1}, 1);
  }
  /// Where the windows start whose results are pooled into one.
  SmallVector<int64_t> getPoolOffsets() const {
    SmallVector<int64_t> offsets;
    Spatial size = pool ? Spatial(pool.getWindow(), 1) : Spatial({1, 1}, 1);
    for (int64_t h = 0; h < size.height; ++h)
      for (int64_t w = 0; w < size.width; ++w)
        offsets.push_back(h * stride.height * input.getRowElements() +
                          w * stride.width * input.channels);
    return offsets;
  }

  /// One filter per channel: columns of the product are channels of the input.
  bool isDepthwise() const {
    return groups == input.channels && groups == output.channels && groups > 1;
  }
  /// Groups that are matrix products of their own.
  int64_t getProducts() const { return isDepthwise() ? 1 : groups; }
  int64_t getInputChannels() const { return input.channels / groups; }
  int64_t getColumns() const { return output.channels / getProducts(); }
  int64_t getPaddedColumns() const {
    return llvm::alignTo(getColumns(), getColumnPadding(getColumns()));
  }
  int64_t getTerms() const {
    return window.height * window.width * getInputChannels();
  }

  ImageShape input, output;
  PoolStageAttr pool;
  Spatial window, stride, dilation;
  SpatialPadding padding;
  int64_t groups;
};
} // namespace

/// `values` as (rows, products * columns) to (products, rows, padded columns).
static SmallVector<double> packColumns(ArrayRef<double> values, int64_t rows,
                                       const ConvShape &shape) {
  int64_t columns = shape.getColumns(), padded = shape.getPaddedColumns();
  SmallVector<double> packed(shape.getProducts() * rows * padded, 0.0);
  for (int64_t product = 0; product < shape.getProducts(); ++product)
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column)
        packed[(product * rows + row) * padded + column] =
            values[row * shape.output.channels + product * columns + column];
  return packed;
}

static SmallVector<ReductionLoop> getTerms(const ConvShape &shape) {
  int64_t padded = shape.getPaddedColumns();
  int64_t pixel = shape.input.channels, channels = shape.getInputChannels();
  SmallVector<ReductionLoop> terms;
  terms.push_back({shape.window.height,
                   shape.dilation.height * shape.input.getRowElements(),
                   shape.window.width * channels * padded});
  // Without dilation, the taps and channels of a window row are contiguous.
  if (shape.dilation.width == 1 && channels == pixel) {
    terms.push_back({shape.window.width * channels, 1, padded});
    return terms;
  }
  terms.push_back(
      {shape.window.width, shape.dilation.width * pixel, channels * padded});
  terms.push_back({channels, 1, padded});
  return terms;
}

void frieze::lowerConv(KernelBuilder &kernel, ConvOp op) {
  ConvShape shape(op);
  Value input = kernel.buffers[op.getInput()];
  if (!shape.padding.isZero()) {
    SmallVector<int64_t> low{0}, high{0}, values = op.getPaddingValues();
    for (int64_t axis = 0; axis < op.getSpatialRank(); ++axis) {
      low.push_back(values[2 * axis]);
      high.push_back(values[2 * axis + 1]);
    }
    low.push_back(0);
    high.push_back(0);
    Value padded = kernel.scratch[op];
    Value border;
    if (ElementsAttr values = op.getBorderAttr())
      border = kernel.loadConstants(op, "border", *readWeights(values));
    emitPad(kernel, input, op.getInput().getType().getShape(), padded, low,
            high, 0.0f, border);
    input = padded;
  }

  SmallVector<double> bias(shape.output.channels, 0.0);
  if (ElementsAttr attribute = op.getBiasAttr())
    bias = *readWeights(attribute);
  MatrixProduct product;
  product.input = input;
  Spatial poolStride = shape.getPoolStride();
  product.inputRowStride =
      poolStride.width * shape.stride.width * shape.input.channels;
  product.poolOffsets = shape.getPoolOffsets();
  product.weights = kernel.loadConstants(
      op, "kernel",
      packColumns(*readWeights(op.getKernel()), shape.getTerms(), shape));
  product.bias = kernel.loadConstants(op, "bias", packColumns(bias, 1, shape));
  product.output = kernel.buffers[op.getOutput()];
  product.outputRowStride = shape.output.channels;
  product.rows = shape.output.width;
  product.columns = shape.getColumns();
  product.terms = getTerms(shape);
  product.inputPerColumn = shape.isDepthwise();
  product.epilogue = kernel.loadEpilogue(op, op.getEpilogueStages());

  int64_t padded = shape.getPaddedColumns();
  kernel.forEach(shape.output.batch, [&](Value n) {
    kernel.forEach(shape.output.height, [&](Value oh) {
      kernel.forEach(shape.getProducts(), [&](Value group) {
        product.inputBase = kernel.add(
            kernel.mul(n, shape.input.getImageElements()),
            kernel.add(kernel.mul(oh, poolStride.height * shape.stride.height *
                                          shape.input.getRowElements()),
                       kernel.mul(group, shape.getInputChannels())));
        product.outputBase =
            kernel.add(kernel.mul(n, shape.output.getImageElements()),
                       kernel.add(kernel.mul(oh, shape.output.getRowElements()),
                                  kernel.mul(group, shape.getColumns())));
        product.weightBase = kernel.mul(group, shape.getTerms() * padded);
        product.biasBase = kernel.mul(group, padded);
        product.channelBase = kernel.mul(group, shape.getColumns());
        emitMatrixProduct(kernel, product);
      });
    });
  });
}

int64_t frieze::getConvScratchElements(ConvOp op) {
  ConvShape shape(op);
  return shape.padding.isZero()
             ? 0
             : shape.input.batch * shape.input.getImageElements();
}
