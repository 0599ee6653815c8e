//===- ConvByWinograd.cpp - Convolutions by minimal filtering ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/ConvByWinograd.h"
#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/kernels/WinogradEmitter.h"
#include "compiler/conversion/plan/Panels.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// A kernel as (points, channels, filters) in the order in which products in
/// registers read it: a panel after the other, of it a term after the other, of
/// that all points.
static SmallVector<float> packTerms(ArrayRef<float> kernel,
                                    const WinogradPlan &blocking) {
  int64_t points = blocking.tiling.getPoints(), panel = blocking.panel;
  int64_t channels = blocking.input.channels, filters = blocking.paddedFilters;
  int64_t terms = points * channels;
  SmallVector<float> packed(llvm::alignTo(filters, panel) * terms, 0.0f);
  for (int64_t point = 0; point < points; ++point)
    for (int64_t channel = 0; channel < channels; ++channel)
      for (int64_t filter = 0; filter < filters; ++filter)
        packed[(filter / panel * terms + channel * points + point) * panel +
               filter % panel] =
            kernel[(point * channels + channel) * filters + filter];
  return packed;
}

/// A kernel as (points, pieces, channels, filters) in the order in which
/// products in phases read it: of a point a panel after the other, of that a
/// block of channels after the other.
static SmallVector<float> packBlocks(ArrayRef<float> kernel,
                                     const WinogradPlan &blocking) {
  int64_t pieces = blocking.tiling.getPieces();
  int64_t size = blocking.getBlockChannels();
  int64_t channels = blocking.input.channels, filters = blocking.paddedFilters;
  int64_t panel = blocking.panel ? blocking.panel : filters;
  SmallVector<float> packed;
  packed.reserve(kernel.size());
  auto appendBlock = [&](int64_t point, int64_t block, int64_t first) {
    for (int64_t piece = 0; piece < pieces; ++piece)
      for (int64_t c = block; c < std::min(block + size, channels); ++c) {
        int64_t term = (point * pieces + piece) * channels + c;
        llvm::append_range(packed,
                           kernel.slice(term * filters + first,
                                        std::min(panel, filters - first)));
      }
  };
  for (int64_t point = 0; point < blocking.tiling.getPoints(); ++point)
    for (int64_t first = 0; first < filters; first += panel)
      for (int64_t block = 0; block < channels; block += size)
        appendBlock(point, block, first);
  return packed;
}

void WinogradEmitter::loadParameters(ConvOp op) {
  int64_t padding = blocking.paddedFilters;
  SmallVector<double> bias(blocking.filters, 0.0);
  if (ElementsAttr attribute = op.getBiasAttr())
    bias = *readWeights(attribute);
  // Zeros for all points but one, then the bias.
  SmallVector<double> starts(2 * padding, 0.0);
  llvm::copy(bias, starts.begin() + padding);
  biasConstants = kernel.loadConstants(op, "bias", starts);
  kernelConstants = kernel.loadPacked(op, "kernel", blocking.panel, [&] {
    SmallVector<float> byPoint = transformKernel<float>(op);
    // The kernel is the largest thing here, and most have no padding.
    if (blocking.filters != padding) {
      int64_t rows = byPoint.size() / blocking.filters;
      SmallVector<float> padded;
      padded.reserve(rows * padding);
      packPanels<float>(byPoint, rows, /*first=*/0, blocking.filters, padding,
                        padding, padded);
      byPoint = std::move(padded);
    }
    if (!blocking.isInRegisters)
      return packBlocks(byPoint, blocking);
    return blocking.panel ? packTerms(byPoint, blocking) : byPoint;
  });
}

Value WinogradEmitter::countResults(const WinogradAxis &axis, Value phase) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  // The first convolutions may have one more.
  Value last = arith::SubIOp::create(
      builder, loc, kernel.index(axis.extent + axis.dilation - 1), phase);
  return arith::DivUIOp::create(builder, loc, last,
                                kernel.index(axis.dilation));
}

Value WinogradEmitter::findStart(const WinogradAxis &axis, Value tile) {
  int64_t extent = axis.getTileExtent(), tiles = axis.getTilesOfPhase();
  if (axis.dilation == 1)
    return axis.pieces > 1 ? kernel.mul(tile, extent)
                           : kernel.getChunkStart(tile, axis.extent, extent);
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value phase =
      builder.createOrFold<arith::DivUIOp>(loc, tile, kernel.index(tiles));
  Value inPhase =
      builder.createOrFold<arith::RemUIOp>(loc, tile, kernel.index(tiles));
  Value first = kernel.mul(inPhase, extent);
  if (axis.pieces == 1)
    first = arith::MinSIOp::create(
        builder, loc, first,
        arith::SubIOp::create(builder, loc, countResults(axis, phase),
                              kernel.index(extent)));
  return kernel.add(phase, kernel.mul(first, axis.dilation));
}

Value WinogradEmitter::countExisting(const WinogradAxis &axis, Value tile) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value tiles = kernel.index(axis.getTilesOfPhase());
  Value phase = builder.createOrFold<arith::DivUIOp>(loc, tile, tiles);
  Value inPhase = builder.createOrFold<arith::RemUIOp>(loc, tile, tiles);
  // Less than none is none.
  return arith::SubIOp::create(builder, loc, countResults(axis, phase),
                               kernel.mul(inPhase, axis.getTileExtent()));
}

WinogradEmitter::Tile WinogradEmitter::findTile(Value block, Value number) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  auto divide = [&](Value index, int64_t size, int64_t count) {
    if (count == 1)
      return std::make_pair(kernel.index(0), index);
    return std::make_pair(
        builder.createOrFold<arith::DivUIOp>(loc, index, kernel.index(size)),
        builder.createOrFold<arith::RemUIOp>(loc, index, kernel.index(size)));
  };
  Value first =
      kernel.getChunkStart(block, blocking.getAllTiles(), blocking.tiles);
  auto [image, inImage] =
      divide(builder.createOrFold<arith::AddIOp>(loc, first, number),
             tiling.getTileCount(), blocking.input.batch);
  auto [row, column] = divide(inImage, tiling.width.getTileCount(),
                              tiling.height.getTileCount());
  Value top = findStart(tiling.height, row);
  Value left = findStart(tiling.width, column);
  // The next tile begins where this one ends, or before.
  auto countOwn = [&](const WinogradAxis &axis, Value position,
                      Value start) -> Value {
    // What has no results is then behind all tiles.
    bool isOne = blocking.input.batch * axis.dilation == 1;
    if (axis.pieces > 1)
      return axis.isEven() && isOne ? Value() : countExisting(axis, position);
    if (!blocking.isAtOnce || axis.isEven())
      return nullptr;
    int64_t tiles = axis.getTilesOfPhase();
    Value next = findStart(axis, kernel.add(position, 1));
    Value inPhase = axis.dilation == 1
                        ? position
                        : builder.createOrFold<arith::RemUIOp>(
                              loc, position, kernel.index(tiles));
    Value isLast = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                         inPhase, kernel.index(tiles - 1));
    Value apart = arith::SubIOp::create(builder, loc, next, start);
    return arith::SelectOp::create(
        builder, loc, isLast, kernel.index(axis.getTileExtent()),
        builder.createOrFold<arith::DivUIOp>(loc, apart,
                                             kernel.index(axis.dilation)));
  };
  auto find = [&, image = image](const ImageShape &shape, int64_t heightStride,
                                 int64_t widthStride) {
    return kernel.add(
        kernel.mul(image, shape.getImageElements()),
        kernel.add(kernel.mul(top, heightStride * shape.getRowElements()),
                   kernel.mul(left, widthStride * shape.positionElements)));
  };
  return {number,
          find(blocking.input, tiling.height.stride, tiling.width.stride),
          find(outputShape, 1, 1), countOwn(tiling.height, row, top),
          countOwn(tiling.width, column, left)};
}

void WinogradEmitter::store(const Tile &tile, SmallVector<Value> window,
                            int64_t row, Value column, Value filter,
                            int64_t lanes) {
  // Rows of a sequence follow each other.
  Value inRow = kernel.index(tiling.isNested() ? 0 : row);
  if (tiling.isNested())
    column = kernel.add(column, row * getResultColumns());
  auto storeResult = [&] {
    Value at = kernel.add(
        kernel.add(tile.output,
                   kernel.mul(inRow, tiling.height.dilation *
                                         outputShape.getRowElements())),
        kernel.mul(column, blocking.getColumnStride(outputShape)));
    storeResults(kernel, getBinaryStage(),
                 kernel.applyWindowEpilogue(epilogue, window, filter), output,
                 kernel.add(at, filter), lanes);
  };
  auto storeIfOwn = [&](Value position, Value own,
                        llvm::function_ref<void()> body) {
    if (own)
      emitIf(arith::CmpIPredicate::slt, position, own, body);
    else
      body();
  };
  storeIfOwn(inRow, tile.ownRows,
             [&] { storeIfOwn(column, tile.ownColumns, storeResult); });
}

void WinogradEmitter::emitIf(arith::CmpIPredicate predicate, Value a, Value b,
                             llvm::function_ref<void()> body) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  auto choice = scf::IfOp::create(
      builder, loc, arith::CmpIOp::create(builder, loc, predicate, a, b),
      /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(choice.thenBlock());
  body();
}
void frieze::lowerConvByWinograd(KernelBuilder &kernel, ConvOp op, Value input,
                                 const KernelPlan &plan) {
  WinogradEmitter(kernel, op, input, plan).emit();
}
