//===- ConvDepthwise.cpp - Depthwise convolutions in place ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/ConvDepthwise.h"
#include "compiler/conversion/emit/BinaryStage.h"
#include "compiler/conversion/emit/LongEpilogue.h"
#include "compiler/conversion/plan/DepthwisePlan.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// A row of the output, or a position of a row, with its number where padding
/// makes it one of its kind.
struct Place {
  Value at;
  std::optional<int64_t> number;
};

/// Emits the channels of one vector.
class DepthwiseEmitter {
public:
  DepthwiseEmitter(KernelBuilder &kernel, const ConvShape &shape,
                   const MatrixProduct &product, const MatrixTile &tile,
                   Value border)
      : kernel(kernel), shape(shape), image(shape.getImage()), product(product),
        tile(tile), border(border), tiling(shape, tile.rows),
        split(splitLongEpilogue(product.epilogue)) {
    // What follows the epilogue needs all of it.
    if (product.binary)
      split = {product.epilogue, {}};
  }

  void emit(Value n, Value channel);

private:
  void emitRow(Place row);
  void emitTile(Place row, Place start);
  /// Multiplies a row of the window. `inputAt` is where the input of its first
  /// tap is, from which `findInput` tells the one so many positions on.
  void multiplyRow(MutableArrayRef<Value> sums, int64_t kh,
                   llvm::function_ref<Value(int64_t)> findInput);

  KernelBuilder &kernel;
  const ConvShape &shape;
  /// The input without padding.
  ImageShape image;
  const MatrixProduct &product;
  const MatrixTile &tile;
  /// One value for each channel, or null for zero.
  Value border;
  DepthwiseTiling tiling;
  /// The epilogue, with what is long computed apart.
  SplitEpilogue split;

  /// Of the channels at hand.
  Value channel, inputAt, outputAt, padding, bias;
  SmallVector<Value> weights;
};
} // namespace

/// Calls `body` for each of `count` places, of which those `inside` are alike.
static void forEachPlace(KernelBuilder &kernel, int64_t count, Positions inside,
                         llvm::function_ref<void(Place)> body) {
  auto emitByNumber = [&](int64_t low, int64_t high) {
    for (int64_t i = low; i < high; ++i)
      body({kernel.index(i), i});
  };
  emitByNumber(0, inside.low);
  kernel.forEach(inside.high - inside.low, [&](Value i) {
    body({kernel.add(i, inside.low), std::nullopt});
  });
  emitByNumber(inside.high, count);
}

void DepthwiseEmitter::multiplyRow(
    MutableArrayRef<Value> sums, int64_t kh,
    llvm::function_ref<Value(int64_t)> findInput) {
  int64_t stride = shape.stride.width, dilation = shape.dilation.width;
  int64_t width = shape.window.width;
  int64_t positions = (tile.rows - 1) * stride + (width - 1) * dilation + 1;
  // All that reads an input comes at once, so that it leaves its register.
  for (int64_t position = 0; position < positions; ++position) {
    Value input;
    for (int64_t kw = 0; kw < width; ++kw) {
      int64_t offset = position - kw * dilation;
      if (offset < 0 || offset % stride || offset / stride >= tile.rows)
        continue;
      if (!input)
        input = findInput(position);
      Value &sum = sums[offset / stride];
      sum = kernel.fma(input, weights[kh * width + kw], sum);
    }
  }
}

void DepthwiseEmitter::emitTile(Place row, Place start) {
  SmallVector<Value> sums(tile.rows, bias);
  // From the first pixel of the window, in the padding or not.
  Value firstAt = kernel.add(
      kernel.add(inputAt, kernel.mul(row.at, shape.stride.height *
                                                 image.getRowElements())),
      kernel.mul(start.at, shape.stride.width * image.channels));
  auto isPadding = [](const Place &place, int64_t stride, int64_t offset,
                      int64_t low, int64_t length) {
    if (!place.number)
      return false;
    int64_t position = *place.number * stride + offset - low;
    return position < 0 || position >= length;
  };
  for (int64_t kh = 0; kh < shape.window.height; ++kh) {
    int64_t down = kh * shape.dilation.height;
    bool isPaddingRow = isPadding(row, shape.stride.height, down,
                                  shape.padding.top, image.height);
    multiplyRow(sums, kh, [&](int64_t position) {
      if (isPaddingRow || isPadding(start, shape.stride.width, position,
                                    shape.padding.left, image.width))
        return padding;
      return kernel.loadVector(
          product.input,
          kernel.add(firstAt,
                     (down - shape.padding.top) * image.getRowElements() +
                         (position - shape.padding.left) * image.channels),
          tile.lanes);
    });
  }
  Value resultAt = kernel.add(
      kernel.add(outputAt, kernel.mul(row.at, shape.output.getRowElements())),
      kernel.mul(start.at, shape.output.positionElements));
  // Of what meets padding there are many copies, which run seldom.
  bool isCopy = row.number || start.number;
  const SmallVector<EpilogueStage> &stages =
      isCopy ? split.first : product.epilogue;
  for (auto [i, sum] : llvm::enumerate(sums))
    storeResults(kernel, product.binary,
                 kernel.applyEpilogue(stages, sum, channel), product.output,
                 kernel.add(resultAt, i * shape.output.positionElements),
                 tile.lanes);
  if (isCopy && !split.rest.empty())
    finishRows(kernel, split.rest,
               {product.output, resultAt, channel, tile.rows,
                shape.output.positionElements, tile.lanes},
               tile.lanes);
}

void DepthwiseEmitter::emitRow(Place row) {
  forEachPlace(kernel, tiling.count, tiling.tiles, [&](Place number) {
    Place start{kernel.getChunkStart(number.at, shape.output.width, tile.rows),
                std::nullopt};
    if (number.number)
      start.number = tiling.getStart(*number.number);
    emitTile(row, start);
  });
}

void DepthwiseEmitter::emit(Value n, Value firstChannel) {
  channel = firstChannel;
  inputAt = kernel.add(kernel.mul(n, image.getImageElements()), channel);
  outputAt =
      kernel.add(kernel.mul(n, shape.output.getImageElements()), channel);
  bias = kernel.loadVector(product.bias, channel, tile.lanes);
  padding = border ? kernel.loadVector(border, channel, tile.lanes)
                   : kernel.constant(0.0f, tile.lanes);
  weights.clear();
  for (int64_t term = 0; term < shape.getTerms(); ++term)
    weights.push_back(kernel.loadVector(
        product.weights, kernel.add(channel, term * shape.getPaddedColumns()),
        tile.lanes));
  forEachPlace(kernel, shape.output.height, tiling.rows,
               [&](Place row) { emitRow(row); });
}

void frieze::emitConvDepthwise(KernelBuilder &kernel, ConvOp op,
                               const ConvShape &shape,
                               const MatrixProduct &product,
                               const MatrixTile &tile, int64_t columns) {
  Value border;
  if (ElementsAttr values = op.getBorderAttr())
    border = kernel.loadConstants(op, "border", *readWeights(values));
  DepthwiseEmitter emitter(kernel, shape, product, tile, border);
  // A vector of channels after the other, so that its rows stay in the
  // first-level cache while others read them.
  kernel.forEach(shape.output.batch, [&](Value n) {
    kernel.forEachChunk(columns, tile.lanes,
                        [&](Value channel) { emitter.emit(n, channel); });
  });
}
