//===- ConvOverWidth.cpp - Convolutions along the width ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/ConvOverWidth.h"
#include "compiler/conversion/emit/Interleave.h"
#include "compiler/conversion/emit/PlanarConv.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Copies one image into its planar form.
class PlanarCopy {
public:
  PlanarCopy(KernelBuilder &kernel, ConvOp op, const ConvShape &shape)
      : kernel(kernel), op(op), shape(shape), layout(shape),
        image(op.getInput().getType().getShape()),
        input(kernel.buffers[op.getInput()]), output(kernel.scratch[op]) {}

  void emit(Value imageAt);

private:
  /// Fills what the image does not cover.
  void fill();
  /// Rows of all channels and phases are one run of memory: `lanes` of each are
  /// deinterleaved at once.
  void copyRow(Value from, Value to);
  void copyChunk(Value from, Value to, int64_t pixels);
  /// Where there are too many of them for the registers, square blocks of
  /// channels and positions are transposed.
  void copyRowInBlocks(Value from, Value to);
  void copyBlock(Value from, Value to, int64_t size, int64_t positions);

  /// Loads `width` elements, and zeros up to `lanes`.
  Value loadPadded(Value at, int64_t width, int64_t lanes);
  /// Where the image's pixel `pixel` of a row is, below `layout.phases`.
  int64_t findPixel(int64_t pixel) const {
    int64_t position = pixel + shape.padding.left;
    return position % layout.phases * layout.phaseStride +
           position / layout.phases;
  }

  KernelBuilder &kernel;
  ConvOp op;
  const ConvShape &shape;
  PlanarLayout layout;
  /// The input without padding.
  ImageShape image;
  Value input, output;
};
} // namespace

Value PlanarCopy::loadPadded(Value at, int64_t width, int64_t lanes) {
  if (width >= lanes)
    return kernel.loadVector(input, at, lanes);
  Value zero = kernel.constant(0.0f, lanes);
  if (width <= 0)
    return zero;
  return vector::InsertStridedSliceOp::create(
      kernel.builder, kernel.getLocation(), kernel.loadVector(input, at, width),
      zero, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
}

void PlanarCopy::copyChunk(Value from, Value to, int64_t pixels) {
  int64_t lanes = kernel.machine.lanes, channels = image.channels;
  SmallVector<Value> vectors;
  for (int64_t i = 0; i < layout.phases * channels; ++i)
    vectors.push_back(loadPadded(kernel.add(from, i * lanes),
                                 pixels * channels - i * lanes, lanes));
  for (auto [i, vector] : llvm::enumerate(deinterleave(kernel, vectors))) {
    int64_t phase = i / channels, channel = i % channels;
    if (phase < pixels)
      kernel.storeVector(
          vector, output,
          kernel.add(to, channel * layout.channelStride + findPixel(phase)),
          std::min<int64_t>(lanes,
                            llvm::divideCeil(pixels - phase, layout.phases)));
  }
}

void PlanarCopy::copyRow(Value from, Value to) {
  int64_t lanes = kernel.machine.lanes, pixels = lanes * layout.phases;
  int64_t chunks = image.width / pixels;
  auto copy = [&](Value chunk, int64_t count) {
    copyChunk(kernel.add(from, kernel.mul(chunk, pixels * image.channels)),
              kernel.add(to, kernel.mul(chunk, lanes)), count);
  };
  kernel.forEach(chunks, [&](Value chunk) { copy(chunk, pixels); });
  if (int64_t rest = image.width % pixels)
    copy(kernel.index(chunks), rest);
}

void PlanarCopy::copyBlock(Value from, Value to, int64_t size,
                           int64_t positions) {
  SmallVector<Value> rows;
  for (int64_t i = 0; i < size; ++i)
    rows.push_back(
        i < positions
            ? kernel.loadVector(
                  input, kernel.add(from, i * layout.phases * image.channels),
                  size)
            : kernel.constant(0.0f, size));
  for (auto [i, vector] : llvm::enumerate(deinterleave(kernel, rows)))
    kernel.storeVector(vector, output, kernel.add(to, i * layout.channelStride),
                       positions);
}

void PlanarCopy::copyRowInBlocks(Value from, Value to) {
  int64_t size = getTransposedBlockSize(kernel.machine, shape);
  for (int64_t phase = 0; phase < std::min(layout.phases, image.width);
       ++phase) {
    int64_t positions = llvm::divideCeil(image.width - phase, layout.phases);
    auto copy = [&](Value block, int64_t count) {
      kernel.forEachChunk(image.channels, size, [&](Value channel) {
        copyBlock(kernel.add(kernel.add(from, channel),
                             kernel.add(kernel.mul(block, size * layout.phases *
                                                              image.channels),
                                        phase * image.channels)),
                  kernel.add(
                      kernel.add(to, kernel.mul(channel, layout.channelStride)),
                      kernel.add(kernel.mul(block, size), findPixel(phase))),
                  size, count);
      });
    };
    kernel.forEach(positions / size, [&](Value block) { copy(block, size); });
    if (int64_t rest = positions % size)
      copy(kernel.index(positions / size), rest);
  }
}

void PlanarCopy::fill() {
  auto fillRun = [&](Value from, int64_t count, Value value) {
    kernel.forEachVector(count, [&](Value at, int64_t width) {
      kernel.storeVector(value, output, kernel.add(from, at), width);
    });
  };
  int64_t lanes = kernel.machine.lanes;
  Value zero = kernel.constant(0.0f, lanes);
  fillRun(kernel.index(layout.elements), lanes, zero);
  if (ElementsAttr attribute = op.getBorderAttr()) {
    Value border = kernel.loadConstants(op, "border", *readWeights(attribute));
    kernel.forEach(shape.input.height, [&](Value row) {
      kernel.forEach(image.channels, [&](Value channel) {
        fillRun(kernel.add(kernel.mul(row, layout.rowStride),
                           kernel.mul(channel, layout.channelStride)),
                layout.channelStride,
                kernel.loadBroadcast(border, channel, lanes));
      });
    });
  } else if (!shape.padding.isZero() ||
             layout.channelStride != shape.input.width) {
    fillRun(kernel.index(0), layout.elements, zero);
  }
}

void PlanarCopy::emit(Value imageAt) {
  fill();
  kernel.forEach(image.height, [&](Value row) {
    Value from = kernel.add(imageAt, kernel.mul(row, image.getRowElements()));
    Value to = kernel.mul(kernel.add(row, shape.padding.top), layout.rowStride);
    if (fitsRegisters(kernel.machine, shape))
      copyRow(from, to);
    else
      copyRowInBlocks(from, to);
  });
}

void frieze::emitConvOverWidth(KernelBuilder &kernel, ConvOp op,
                               const ConvShape &shape,
                               const MatrixProduct &product,
                               const KernelPlan &plan) {
  bool isDepthwise = shape.isDepthwise(), isCopied = plan.copiesToPlanes;
  int64_t columns = plan.columnsOverWidth;
  int64_t padded = shape.getPaddedColumns();
  int64_t firstColumn = shape.getColumns() - columns;
  PlanarLayout layout(shape);
  PlanarCopy copy(kernel, op, shape);
  auto emitImage = [&](Value n) {
    Value imageAt = kernel.mul(n, op.getInput().getType().getNumElements() /
                                      shape.output.batch);
    if (isCopied)
      copy.emit(imageAt);
    // Channels of a depthwise convolution are groups of one column.
    kernel.forEach(isDepthwise ? columns : shape.getProducts(), [&](Value i) {
      Value group = isDepthwise ? kernel.add(i, firstColumn) : i;
      auto at = [&](int64_t stride) {
        return isDepthwise ? group
                           : kernel.add(kernel.mul(group, stride), firstColumn);
      };
      Value channel = at(shape.getColumns());
      PlanarConv conv{
          shape,
          plan.widthTile,
          isCopied ? Value(kernel.scratch[op]) : product.input,
          kernel.add(isCopied ? kernel.index(0) : imageAt,
                     kernel.mul(group, shape.getInputChannels() *
                                           layout.channelStride)),
          layout.rowStride,
          layout.channelStride,
          layout.phaseStride,
          product.weights,
          at(shape.getTerms() * padded),
          padded,
          product.bias,
          at(padded),
          product.output,
          kernel.add(kernel.mul(n, shape.output.getImageElements()), channel),
          isDepthwise ? 1 : columns,
          product.epilogue,
          product.binary,
          channel};
      emitPlanarConv(kernel, conv);
    });
  };
  // Copies share scratch memory.
  if (isCopied)
    kernel.inOrder(shape.output.batch, emitImage);
  else
    kernel.forEach(shape.output.batch, emitImage);
}
