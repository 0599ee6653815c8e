//===- ConvByWinograd.cpp - Convolutions by minimal filtering ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/ConvByWinograd.h"
#include "compiler/codegen/cpu/RegisterTile.h"
#include "compiler/conversion/ImageShape.h"
#include "compiler/conversion/VectorOps.h"
#include "dialect/Weights.h"
#include "dialect/Winograd.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Tiles are worked on in blocks of several, of one row of tiles or of several
/// whole rows, in three phases: the transformed inputs of the block, one matrix
/// product for each point, the results. All sizes are in elements.
struct Blocking {
  /// `input` with its padding in it, `start` where the scratch memory is free.
  Blocking(ConvOp op, const ImageShape &input, int64_t start)
      : tiling(WinogradTiling::get(op)), input(input),
        filters(op.getType().getShape().back()),
        start(llvm::alignTo(start, 16)) {
    int64_t columns = tiling.width.getTileCount();
    int64_t rows = tiling.height.getTileCount();
    // Rows for a register tile of every target; more would leave the
    // first-level cache. A kernel that leaves the second-level cache is worth
    // reading less often.
    int64_t kernelBytes =
        tiling.getPoints() * input.channels * filters * sizeof(float);
    int64_t minTiles = kernelBytes > 1 << 20 ? 24 : 4;
    int64_t maxTiles = kernelBytes > 1 << 20 ? 48 : 12;
    int64_t blocks = llvm::divideCeil(columns, maxTiles);
    tileColumns = llvm::divideCeil(columns, blocks);
    tileRows = std::min(rows, std::max<int64_t>(1, minTiles / columns));
  }

  bool isTwoDimensional() const { return tiling.height.form.getPoints() > 1; }
  int64_t getTiles() const { return tileRows * tileColumns; }

  // The transformed inputs of a point: one row per tile. A row of a multiple of
  // 512 bytes would meet few sets of the first-level cache.
  int64_t getInputStride() const {
    return llvm::alignTo(input.channels, 16) +
           (input.channels % 128 == 0 ? 16 : 0);
  }
  // The products of a point: one row per tile.
  int64_t getProductStride() const { return llvm::alignTo(filters, 16); }
  int64_t getFilterPadding() const {
    return llvm::alignTo(filters, getColumnPadding(filters));
  }
  // Either of them.
  int64_t getPointElements() const {
    return getTiles() * std::max(getInputStride(), getProductStride());
  }
  // Inputs transformed along the height: points, then whole rows.
  int64_t getStripElements() const {
    return isTwoDimensional()
               ? tiling.height.form.getPoints() * input.getRowElements()
               : 0;
  }

  // Where things start in the scratch memory.
  int64_t getProductsAt() const {
    return start + llvm::alignTo(tileRows * getStripElements(), 16);
  }
  // The products of a point replace the inputs of the point before it.
  int64_t getInputsAt() const { return getProductsAt() + getPointElements(); }
  /// Of one vector of filters, results along the width: one line per point of
  /// the height.
  int64_t getLinesAt() const {
    return getInputsAt() + tiling.getPoints() * getPointElements();
  }
  int64_t getEnd() const {
    return getLinesAt() +
           tiling.height.form.getPoints() * tiling.width.form.outputs * 16;
  }

  WinogradTiling tiling;
  ImageShape input;
  int64_t filters, start;
  int64_t tileRows, tileColumns;
};
} // namespace

namespace {
/// Emits the phases for one conv.
class WinogradEmitter {
public:
  WinogradEmitter(KernelBuilder &kernel, ConvOp op, Value input,
                  const Blocking &blocking)
      : kernel(kernel), blocking(blocking), tiling(this->blocking.tiling),
        input(input), output(kernel.buffers[op.getOutput()]),
        outputShape(op.getType().getShape()), scratch(kernel.scratch[op]),
        epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())) {
    loadParameters(op);
  }

  void emit();

private:
  void loadParameters(ConvOp op);
  /// Results of tile number `tile` begin here, before the pooling's stride.
  Value getTileStart(const WinogradAxis &axis, Value tile);
  /// Where the strip of row `row` of the block begins.
  Value getStrip(Value row) {
    return kernel.add(kernel.mul(row, blocking.getStripElements()),
                      blocking.start);
  }
  /// Transforms the rows of the image at `image` under tile row `row` along the
  /// height, into the strip at `strip`.
  void transformHeights(Value image, Value row, Value strip);
  /// Transforms one row of tiles along the width, from the rows at `rows` to
  /// the points of the tiles from number `tile` of the block.
  void transformWidths(Value source, Value rows, Value firstColumn, Value tile);
  /// The products of all points.
  void multiply();
  /// The results of tile `tile` of the block into the image at `image`.
  void finishTile(Value tile, Value image, Value row, Value column);

  KernelBuilder &kernel;
  Blocking blocking;
  const WinogradTiling &tiling;
  Value input, output;
  ImageShape outputShape;
  Value scratch;
  SmallVector<EpilogueStage> epilogue;
  Value kernelConstants, biasConstants;
};
} // namespace

void WinogradEmitter::loadParameters(ConvOp op) {
  int64_t padding = blocking.getFilterPadding();
  SmallVector<double> bias(blocking.filters, 0.0);
  if (ElementsAttr attribute = op.getBiasAttr())
    bias = *readWeights(attribute);
  // Zeros for all points but one, then the bias.
  SmallVector<double> starts(2 * padding, 0.0);
  llvm::copy(bias, starts.begin() + padding);
  biasConstants = kernel.loadConstants(op, "bias", starts);
  kernelConstants = kernel.loadConstants(
      op, "kernel",
      padColumns(transformKernel(op),
                 tiling.getPoints() * blocking.input.channels, padding));
}

/// `index * step`, moved back where it would pass `extent - step`.
static Value getBlockStart(KernelBuilder &kernel, Value index, int64_t step,
                           int64_t extent) {
  Value start = kernel.mul(index, step);
  if (extent % step == 0)
    return start;
  return kernel.builder.createOrFold<arith::MinSIOp>(
      kernel.getLocation(), start, kernel.index(extent - step));
}

Value WinogradEmitter::getTileStart(const WinogradAxis &axis, Value tile) {
  return getBlockStart(kernel, tile, axis.getTileExtent(), axis.extent);
}

void WinogradEmitter::transformHeights(Value image, Value row, Value strip) {
  const WinogradForm &form = tiling.height.form;
  int64_t rowElements = blocking.input.getRowElements();
  Value from =
      kernel.add(image, kernel.mul(getTileStart(tiling.height, row),
                                   tiling.height.stride * rowElements));
  kernel.forEachVector(rowElements, [&](Value at, int64_t width) {
    SmallVector<Value> values;
    for (int64_t i = 0; i < form.getPoints(); ++i)
      values.push_back(kernel.loadVector(
          input, kernel.add(kernel.add(from, i * rowElements), at), width));
    VectorOps ops(kernel, width);
    form.transformInput(ops, MutableArrayRef(values));
    for (int64_t i = 0; i < form.getPoints(); ++i)
      kernel.storeVector(values[i], scratch,
                         kernel.add(kernel.add(strip, i * rowElements), at),
                         width);
  });
}

void WinogradEmitter::transformWidths(Value source, Value rows,
                                      Value firstColumn, Value tile) {
  const WinogradForm &form = tiling.width.form;
  int64_t channels = blocking.input.channels;
  int64_t pointElements = blocking.getPointElements();
  kernel.forEach(tiling.height.form.getPoints(), [&](Value i) {
    Value row =
        kernel.add(rows, kernel.mul(i, blocking.input.getRowElements()));
    Value point = kernel.add(kernel.mul(i, form.getPoints() * pointElements),
                             blocking.getInputsAt());
    kernel.forEach(blocking.tileColumns, [&](Value column) {
      Value left = getTileStart(tiling.width,
                                kernel.builder.createOrFold<arith::AddIOp>(
                                    kernel.getLocation(), firstColumn, column));
      Value from =
          kernel.add(row, kernel.mul(left, tiling.width.stride * channels));
      Value to = kernel.add(point, kernel.mul(kernel.add(tile, column),
                                              blocking.getInputStride()));
      kernel.forEachVector(channels, [&](Value channel, int64_t width) {
        SmallVector<Value> values;
        for (int64_t j = 0; j < form.getPoints(); ++j)
          values.push_back(kernel.loadVector(
              source, kernel.add(kernel.add(from, j * channels), channel),
              width));
        VectorOps ops(kernel, width);
        form.transformInput(ops, MutableArrayRef(values));
        for (int64_t j = 0; j < form.getPoints(); ++j)
          kernel.storeVector(
              values[j], scratch,
              kernel.add(kernel.add(to, j * pointElements), channel), width);
      });
    });
  });
}

void WinogradEmitter::multiply() {
  int64_t channels = blocking.input.channels;
  int64_t padding = blocking.getFilterPadding();
  MatrixProduct product;
  product.input = product.output = scratch;
  product.inputRowStride = blocking.getInputStride();
  product.weights = kernelConstants;
  product.bias = biasConstants;
  product.outputRowStride = blocking.getProductStride();
  product.rows = blocking.getTiles();
  product.columns = padding;
  product.channelBase = kernel.index(0);
  kernel.forEach(tiling.getPoints(), [&](Value point) {
    Location loc = kernel.getLocation();
    Value isBiasPoint = kernel.builder.createOrFold<arith::CmpIOp>(
        loc, arith::CmpIPredicate::eq, point,
        kernel.index(tiling.getBiasPoint()));
    Value inputBase = kernel.add(kernel.mul(point, blocking.getPointElements()),
                                 blocking.getInputsAt());
    Value weightBase = kernel.mul(point, channels * padding);
    product.outputBase =
        kernel.add(kernel.mul(point, blocking.getPointElements()),
                   blocking.getProductsAt());
    auto multiplyBlock = [&](Value first, int64_t size) {
      product.inputBase = kernel.add(inputBase, first);
      product.weightBase = kernel.add(weightBase, kernel.mul(first, padding));
      product.terms = {{size, 1, padding}};
      emitMatrixProduct(kernel, product);
    };
    product.biasBase = kernel.builder.createOrFold<arith::SelectOp>(
        loc, isBiasPoint, kernel.index(padding), kernel.index(0));
    product.accumulates = false;
    multiplyBlock(kernel.index(0), std::min(channels, winogradBlock));
    product.biasBase = kernel.index(0);
    product.accumulates = true;
    int64_t blocks = channels / winogradBlock;
    if (blocks > 1)
      kernel.forEach(blocks - 1, [&](Value block) {
        multiplyBlock(kernel.mul(kernel.add(block, 1), winogradBlock),
                      winogradBlock);
      });
    if (blocks > 0 && channels % winogradBlock)
      multiplyBlock(kernel.index(blocks * winogradBlock),
                    channels % winogradBlock);
  });
}

void WinogradEmitter::finishTile(Value tile, Value image, Value row,
                                 Value column) {
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  int64_t pointElements = blocking.getPointElements();
  Value from = kernel.add(kernel.mul(tile, blocking.getProductStride()),
                          blocking.getProductsAt());
  Value to = kernel.add(
      image, kernel.add(kernel.mul(getTileStart(tiling.height, row),
                                   outputShape.getRowElements()),
                        kernel.mul(getTileStart(tiling.width, column),
                                   outputShape.channels)));
  kernel.forEachVector(blocking.filters, [&](Value filter, int64_t lanes) {
    VectorOps ops(kernel, lanes);
    /// Results along the width of row `i` of the points.
    auto finishWidths = [&](Value i) {
      SmallVector<Value> values;
      for (int64_t j = 0; j < width.getPoints(); ++j) {
        Value point =
            kernel.add(kernel.mul(i, width.getPoints() * pointElements),
                       j * pointElements);
        values.push_back(kernel.loadVector(
            scratch, kernel.add(kernel.add(from, point), filter), lanes));
      }
      width.transformOutput(ops, MutableArrayRef(values));
      values.resize(width.outputs);
      return values;
    };
    auto store = [&](SmallVector<Value> window, int64_t h, Value w) {
      Value at = kernel.add(kernel.add(to, h * outputShape.getRowElements()),
                            kernel.mul(w, outputShape.channels));
      kernel.storeVector(kernel.applyWindowEpilogue(epilogue, window, filter),
                         output, kernel.add(at, filter), lanes);
    };
    int64_t windowWidth = tiling.width.window;
    if (!blocking.isTwoDimensional()) {
      SmallVector<Value> values = finishWidths(kernel.index(0));
      for (int64_t w = 0; w < tiling.width.getTileExtent(); ++w)
        store(llvm::to_vector(
                  ArrayRef(values).slice(w * windowWidth, windowWidth)),
              0, kernel.index(w));
      return;
    }
    // Through memory: what is left of all points does not fit into registers.
    Value lines = kernel.index(blocking.getLinesAt());
    kernel.forEach(height.getPoints(), [&](Value i) {
      SmallVector<Value> values = finishWidths(i);
      for (int64_t j = 0; j < width.outputs; ++j)
        kernel.storeVector(values[j], scratch,
                           kernel.add(kernel.add(lines, j * 16),
                                      kernel.mul(i, width.outputs * 16)),
                           lanes);
    });
    kernel.forEach(tiling.width.getTileExtent(), [&](Value w) {
      SmallVector<SmallVector<Value>> columns;
      for (int64_t j = 0; j < windowWidth; ++j) {
        SmallVector<Value> &values = columns.emplace_back();
        Value at = kernel.add(kernel.add(lines, j * 16),
                              kernel.mul(w, windowWidth * 16));
        for (int64_t i = 0; i < height.getPoints(); ++i)
          values.push_back(kernel.loadVector(
              scratch, kernel.add(at, i * width.outputs * 16), lanes));
        height.transformOutput(ops, MutableArrayRef(values));
      }
      for (int64_t h = 0; h < tiling.height.getTileExtent(); ++h) {
        SmallVector<Value> window;
        for (int64_t i = 0; i < tiling.height.window; ++i)
          for (int64_t j = 0; j < windowWidth; ++j)
            window.push_back(columns[j][h * tiling.height.window + i]);
        store(window, h, w);
      }
    });
  });
}

void WinogradEmitter::emit() {
  int64_t rows = tiling.height.getTileCount();
  int64_t columns = tiling.width.getTileCount();
  int64_t blockRows = blocking.tileRows, blockColumns = blocking.tileColumns;
  kernel.forEach(outputShape.batch, [&](Value n) {
    Value from = kernel.mul(n, blocking.input.getImageElements());
    Value to = kernel.mul(n, outputShape.getImageElements());
    kernel.forEach(llvm::divideCeil(rows, blockRows), [&](Value rowBlock) {
      Value firstRow = getBlockStart(kernel, rowBlock, blockRows, rows);
      if (blocking.isTwoDimensional())
        kernel.forEach(blockRows, [&](Value row) {
          transformHeights(from, kernel.add(firstRow, row), getStrip(row));
        });
      kernel.forEach(
          llvm::divideCeil(columns, blockColumns), [&](Value columnBlock) {
            Value firstColumn =
                getBlockStart(kernel, columnBlock, blockColumns, columns);
            kernel.forEach(blockRows, [&](Value row) {
              bool transformed = blocking.isTwoDimensional();
              transformWidths(transformed ? scratch : input,
                              transformed ? getStrip(row) : from, firstColumn,
                              kernel.mul(row, blockColumns));
            });
            multiply();
            kernel.forEach(blockRows, [&](Value row) {
              kernel.forEach(blockColumns, [&](Value column) {
                finishTile(kernel.add(kernel.mul(row, blockColumns), column),
                           to, kernel.add(firstRow, row),
                           kernel.add(firstColumn, column));
              });
            });
          });
    });
  });
}

void frieze::lowerConvByWinograd(KernelBuilder &kernel, ConvOp op, Value input,
                                 const ImageShape &shape,
                                 int64_t scratchStart) {
  WinogradEmitter(kernel, op, input, Blocking(op, shape, scratchStart)).emit();
}

int64_t frieze::getWinogradScratchEnd(ConvOp op, const ImageShape &shape,
                                      int64_t scratchStart) {
  return Blocking(op, shape, scratchStart).getEnd();
}
