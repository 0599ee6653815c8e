//===- ConvByWinograd.cpp - Convolutions by minimal filtering ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/ConvByWinograd.h"
#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/emit/VectorOps.h"
#include "dialect/Weights.h"
#include "dialect/Winograd.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Emits the phases for one conv.
class WinogradEmitter {
public:
  WinogradEmitter(KernelBuilder &kernel, ConvOp op, Value input,
                  const KernelPlan &plan)
      : kernel(kernel), blocking(*plan.winograd), tiling(blocking.tiling),
        productTile(plan.products.front()), input(input),
        output(kernel.buffers[op.getOutput()]),
        outputShape(op.getType().getShape()), scratch(kernel.scratch[op]),
        epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())) {
    loadParameters(op);
  }

  void emit();

private:
  void loadParameters(ConvOp op);
  /// A tile: its number in its block, and where its inputs and results start.
  struct Tile {
    Value number, input, output;
    /// How many of its rows and columns are no other tile's, where tiles are
    /// worked on at once; null for all.
    Value ownRows, ownColumns;
  };
  Tile findTile(Value block, Value number);
  /// The inputs of a tile, transformed, to its row of each point.
  void transformInputs(const Tile &tile);
  /// The products of all points of a block.
  void multiply();
  /// The products of a block, and its results from them.
  void multiplyInRegisters(Value block);
  /// One after the other where they go through memory that they share.
  void forEachVector(int64_t count, KernelBuilder::VectorBody body) {
    if (blocking.isTwoDimensional())
      kernel.inOrderVectors(count, body);
    else
      kernel.forEachVector(count, body);
  }
  /// The results of a tile from its row of each point.
  void finish(const Tile &tile);
  /// The same two without memory between the axes.
  void transformInputsAtOnce(const Tile &tile);
  void finishAtOnce(const Tile &tile);
  /// Stores a result of a tile, from the window that is pooled.
  void store(const Tile &tile, SmallVector<Value> window, int64_t row,
             Value column, Value filter, int64_t lanes);
  void emitAtOnce();
  void emitIf(arith::CmpIPredicate predicate, Value a, Value b,
              llvm::function_ref<void()> body);

  KernelBuilder &kernel;
  const WinogradPlan &blocking;
  const WinogradTiling &tiling;
  const MatrixTile &productTile;
  Value input, output;
  ImageShape outputShape;
  Value scratch;
  SmallVector<EpilogueStage> epilogue;
  Value kernelConstants, biasConstants;
};
} // namespace

/// A kernel as (points, channels, filters) in the order in which its products
/// read it: a panel after the other, of it a term after the other, of that all
/// points.
static SmallVector<double> packPanels(ArrayRef<double> kernel,
                                      const WinogradPlan &blocking) {
  int64_t points = blocking.tiling.getPoints(), panel = blocking.panel;
  int64_t channels = blocking.input.channels, filters = blocking.paddedFilters;
  int64_t terms = points * channels;
  SmallVector<double> packed(llvm::alignTo(filters, panel) * terms, 0.0);
  for (int64_t point = 0; point < points; ++point)
    for (int64_t channel = 0; channel < channels; ++channel)
      for (int64_t filter = 0; filter < filters; ++filter)
        packed[(filter / panel * terms + channel * points + point) * panel +
               filter % panel] =
            kernel[(point * channels + channel) * filters + filter];
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
    SmallVector<double> byPoint =
        padColumns(transformKernel(op),
                   tiling.getPoints() * blocking.input.channels, padding);
    return blocking.panel ? packPanels(byPoint, blocking) : byPoint;
  });
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
  Value top = kernel.getChunkStart(row, tiling.height.extent,
                                   tiling.height.getTileExtent());
  Value left = kernel.getChunkStart(column, tiling.width.extent,
                                    tiling.width.getTileExtent());
  // The next tile begins where this one ends, or before.
  auto countOwn = [&](const WinogradAxis &axis, Value position,
                      Value start) -> Value {
    if (!blocking.isAtOnce || axis.extent % axis.getTileExtent() == 0)
      return nullptr;
    Value next = kernel.getChunkStart(kernel.add(position, 1), axis.extent,
                                      axis.getTileExtent());
    Value isLast =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, position,
                              kernel.index(axis.getTileCount() - 1));
    return arith::SelectOp::create(
        builder, loc, isLast, kernel.index(axis.getTileExtent()),
        arith::SubIOp::create(builder, loc, next, start));
  };
  auto find = [&, image = image](const ImageShape &shape, int64_t heightStride,
                                 int64_t widthStride) {
    return kernel.add(
        kernel.mul(image, shape.getImageElements()),
        kernel.add(kernel.mul(top, heightStride * shape.getRowElements()),
                   kernel.mul(left, widthStride * shape.channels)));
  };
  return {number,
          find(blocking.input, tiling.height.stride, tiling.width.stride),
          find(outputShape, 1, 1), countOwn(tiling.height, row, top),
          countOwn(tiling.width, column, left)};
}

void WinogradEmitter::transformInputs(const Tile &tile) {
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  int64_t pointElements = blocking.getPointElements();
  int64_t channels = blocking.input.channels;
  auto transformVector = [&](Value channel, int64_t lanes) {
    VectorOps ops(kernel, lanes);
    Value from = kernel.add(tile.input, channel);
    Value to = kernel.add(
        kernel.add(kernel.mul(tile.number, blocking.getRowElements()), channel),
        blocking.getInputsAt());
    /// Along one axis, from `source` to the scratch memory.
    auto transform = [&](const WinogradForm &form, Value source, Value at,
                         int64_t stride, Value targetAt, int64_t targetStride) {
      SmallVector<Value> values;
      for (int64_t i = 0; i < form.getPoints(); ++i)
        values.push_back(
            kernel.loadVector(source, kernel.add(at, i * stride), lanes));
      form.transformInput(ops, MutableArrayRef(values));
      for (int64_t i = 0; i < form.getPoints(); ++i)
        kernel.storeVector(values[i], scratch,
                           kernel.add(targetAt, i * targetStride), lanes);
    };
    if (!blocking.isTwoDimensional())
      return transform(width, input, from, channels, to, pointElements);
    Value lines = kernel.index(blocking.getLinesAt());
    kernel.forEach(width.getPoints(), [&](Value j) {
      transform(height, input, kernel.add(from, kernel.mul(j, channels)),
                blocking.input.getRowElements(),
                kernel.add(lines, kernel.mul(j, blocking.unit)),
                width.getPoints() * blocking.unit);
    });
    kernel.forEach(height.getPoints(), [&](Value i) {
      transform(
          width, scratch,
          kernel.add(lines, kernel.mul(i, width.getPoints() * blocking.unit)),
          blocking.unit,
          kernel.add(to, kernel.mul(i, width.getPoints() * pointElements)),
          pointElements);
    });
  };
  // Two vectors at a time, or four scalars: one instruction may load them, and
  // the loop around them is shorter.
  int64_t together = std::max<int64_t>(2 * kernel.machine.lanes, 4);
  if (blocking.isInRegisters && channels % together == 0)
    kernel.forEach(channels / together, [&](Value i) {
      transformVector(kernel.mul(i, together), together);
    });
  else
    forEachVector(channels, transformVector);
}

void WinogradEmitter::transformInputsAtOnce(const Tile &tile) {
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  int64_t rows = height.getPoints(), columns = width.getPoints();
  kernel.forEachVector(blocking.input.channels, [&](Value channel,
                                                    int64_t lanes) {
    VectorOps ops(kernel, lanes);
    Value from = kernel.add(tile.input, channel);
    SmallVector<Value> points(rows * columns);
    for (int64_t j = 0; j < columns; ++j) {
      SmallVector<Value> values;
      for (int64_t i = 0; i < rows; ++i)
        values.push_back(kernel.loadVector(
            input,
            kernel.add(from, i * blocking.input.getRowElements() +
                                 j * blocking.input.channels),
            lanes));
      height.transformInput(ops, MutableArrayRef(values));
      for (int64_t i = 0; i < rows; ++i)
        points[i * columns + j] = values[i];
    }
    Value to = kernel.add(
        kernel.add(kernel.mul(tile.number, blocking.getRowElements()), channel),
        blocking.getInputsAt());
    for (int64_t i = 0; i < rows; ++i)
      width.transformInput(ops,
                           MutableArrayRef(points).slice(i * columns, columns));
    for (auto [number, value] : llvm::enumerate(points))
      kernel.storeVector(value, scratch,
                         kernel.add(to, number * blocking.getPointElements()),
                         lanes);
  });
}

void WinogradEmitter::multiply() {
  int64_t channels = blocking.input.channels;
  int64_t padding = blocking.paddedFilters;
  MatrixProduct product;
  product.input = product.output = scratch;
  product.prefetchesWeights = blocking.fitsSecondLevel;
  product.inputRowStride = blocking.getRowElements();
  product.weights = kernelConstants;
  product.bias = biasConstants;
  product.outputRowStride = blocking.getRowElements();
  product.rows = blocking.tiles;
  product.columns = padding;
  product.channelBase = kernel.index(0);
  auto multiplyPoint = [&](Value point) {
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
      emitMatrixProduct(kernel, product, productTile);
    };
    product.biasBase = kernel.builder.createOrFold<arith::SelectOp>(
        loc, isBiasPoint, kernel.index(padding), kernel.index(0));
    // Threads share tiles, and each adds all blocks of its own.
    if (blocking.isAtOnce) {
      product.blockTerms = channels > winogradBlock ? winogradBlock : 0;
      return multiplyBlock(kernel.index(0), channels);
    }
    product.accumulates = false;
    multiplyBlock(kernel.index(0), std::min(channels, winogradBlock));
    product.biasBase = kernel.index(0);
    product.accumulates = true;
    int64_t blocks = channels / winogradBlock;
    if (blocks > 1)
      kernel.inOrder(blocks - 1, [&](Value block) {
        multiplyBlock(kernel.mul(kernel.add(block, 1), winogradBlock),
                      winogradBlock);
      });
    if (blocks > 0 && channels % winogradBlock)
      multiplyBlock(kernel.index(blocks * winogradBlock),
                    channels % winogradBlock);
  };
  // Its products replace the inputs of the point before.
  if (blocking.isAtOnce)
    kernel.forEach(tiling.getPoints(), multiplyPoint);
  else
    kernel.inOrder(tiling.getPoints(), multiplyPoint);
}

void WinogradEmitter::store(const Tile &tile, SmallVector<Value> window,
                            int64_t row, Value column, Value filter,
                            int64_t lanes) {
  auto storeResult = [&] {
    Value at =
        kernel.add(kernel.add(tile.output, row * outputShape.getRowElements()),
                   kernel.mul(column, outputShape.channels));
    kernel.storeVector(kernel.applyWindowEpilogue(epilogue, window, filter),
                       output, kernel.add(at, filter), lanes);
  };
  auto storeIfOwn = [&](Value position, Value own,
                        llvm::function_ref<void()> body) {
    if (own)
      emitIf(arith::CmpIPredicate::slt, position, own, body);
    else
      body();
  };
  storeIfOwn(kernel.index(row), tile.ownRows,
             [&] { storeIfOwn(column, tile.ownColumns, storeResult); });
}

void WinogradEmitter::multiplyInRegisters(Value block) {
  int64_t points = tiling.getPoints(), channels = blocking.input.channels;
  MatrixProduct product;
  product.input = scratch;
  product.inputBase = kernel.index(blocking.getInputsAt());
  product.inputRowStride = blocking.getRowElements();
  product.sumOffsets.clear();
  for (int64_t point = 0; point < points; ++point)
    product.sumOffsets.push_back(point * blocking.getPointElements());
  product.filtering = &tiling.width;
  int64_t termStride = blocking.paddedFilters;
  product.pointWeightStride = channels * termStride;
  if (int64_t panel = blocking.panel) {
    product.pointWeightStride = panel;
    termStride = points * panel;
    product.weightColumnStride = points * channels;
  }
  product.weights = kernelConstants;
  product.weightBase = kernel.index(0);
  product.bias = biasConstants;
  product.biasBase = kernel.index(blocking.paddedFilters);
  product.terms = {{channels, 1, termStride}};
  product.rows = blocking.tiles;
  product.columns = blocking.filters;
  product.channelBase = kernel.index(0);
  product.epilogue = epilogue;
  product.output = output;
  product.outputBase = findTile(block, kernel.index(0)).output;
  product.outputRowStride = tiling.width.getTileExtent() * outputShape.channels;
  auto findOutput = [&](Value row) { return findTile(block, row).output; };
  if (tiling.width.extent % tiling.width.getTileExtent())
    product.findOutput = findOutput;
  emitMatrixProduct(kernel, product, productTile);
}

void WinogradEmitter::finish(const Tile &tile) {
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  int64_t pointElements = blocking.getPointElements(), unit = blocking.unit;
  Value from = kernel.add(kernel.mul(tile.number, blocking.getRowElements()),
                          blocking.getProductsAt());
  forEachVector(blocking.filters, [&](Value filter, int64_t lanes) {
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
    int64_t windowWidth = tiling.width.window;
    if (!blocking.isTwoDimensional()) {
      SmallVector<Value> values = finishWidths(kernel.index(0));
      for (int64_t w = 0; w < tiling.width.getTileExtent(); ++w)
        store(tile,
              llvm::to_vector(
                  ArrayRef(values).slice(w * windowWidth, windowWidth)),
              0, kernel.index(w), filter, lanes);
      return;
    }
    // Through memory: what is left of all points does not fit into registers.
    Value lines = kernel.index(blocking.getLinesAt());
    kernel.forEach(height.getPoints(), [&](Value i) {
      SmallVector<Value> values = finishWidths(i);
      for (int64_t j = 0; j < width.outputs; ++j)
        kernel.storeVector(values[j], scratch,
                           kernel.add(kernel.add(lines, j * unit),
                                      kernel.mul(i, width.outputs * unit)),
                           lanes);
    });
    kernel.forEach(tiling.width.getTileExtent(), [&](Value w) {
      SmallVector<SmallVector<Value>> columns;
      for (int64_t j = 0; j < windowWidth; ++j) {
        SmallVector<Value> &values = columns.emplace_back();
        Value at = kernel.add(kernel.add(lines, j * unit),
                              kernel.mul(w, windowWidth * unit));
        for (int64_t i = 0; i < height.getPoints(); ++i)
          values.push_back(kernel.loadVector(
              scratch, kernel.add(at, i * width.outputs * unit), lanes));
        height.transformOutput(ops, MutableArrayRef(values));
      }
      for (int64_t h = 0; h < tiling.height.getTileExtent(); ++h) {
        SmallVector<Value> window;
        for (int64_t i = 0; i < tiling.height.window; ++i)
          for (int64_t j = 0; j < windowWidth; ++j)
            window.push_back(columns[j][h * tiling.height.window + i]);
        store(tile, window, h, w, filter, lanes);
      }
    });
  });
}

void WinogradEmitter::finishAtOnce(const Tile &tile) {
  const WinogradForm &height = tiling.height.form, &width = tiling.width.form;
  int64_t rows = height.getPoints(), columns = width.getPoints();
  Value from = kernel.add(kernel.mul(tile.number, blocking.getRowElements()),
                          blocking.getProductsAt());
  kernel.forEachVector(blocking.filters, [&](Value filter, int64_t lanes) {
    VectorOps ops(kernel, lanes);
    // Results along the width, of which each column is finished.
    SmallVector<SmallVector<Value>> results(width.outputs);
    for (int64_t i = 0; i < rows; ++i) {
      SmallVector<Value> values;
      for (int64_t j = 0; j < columns; ++j)
        values.push_back(kernel.loadVector(
            scratch,
            kernel.add(kernel.add(from, (i * columns + j) *
                                            blocking.getPointElements()),
                       filter),
            lanes));
      width.transformOutput(ops, MutableArrayRef(values));
      for (int64_t j = 0; j < width.outputs; ++j)
        results[j].push_back(values[j]);
    }
    for (SmallVector<Value> &column : results)
      height.transformOutput(ops, MutableArrayRef(column));
    for (int64_t h = 0; h < tiling.height.getTileExtent(); ++h)
      for (int64_t w = 0; w < tiling.width.getTileExtent(); ++w) {
        SmallVector<Value> window;
        for (int64_t i = 0; i < tiling.height.window; ++i)
          for (int64_t j = 0; j < tiling.width.window; ++j)
            window.push_back(results[w * tiling.width.window + j]
                                    [h * tiling.height.window + i]);
        store(tile, window, h, kernel.index(w), filter, lanes);
      }
  });
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

void WinogradEmitter::emitAtOnce() {
  kernel.inOrder(blocking.getBlocks(blocking.tiles), [&](Value block) {
    kernel.forEach(blocking.tiles, [&](Value number) {
      transformInputsAtOnce(findTile(block, number));
    });
    multiply();
    kernel.forEach(blocking.tiles, [&](Value number) {
      finishAtOnce(findTile(block, number));
    });
  });
}

void WinogradEmitter::emit() {
  if (blocking.isAtOnce)
    return emitAtOnce();
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  int64_t blocks = blocking.getBlocks(blocking.tiles);
  if (blocking.isInRegisters) {
    kernel.inOrder(blocks, [&](Value block) {
      kernel.forEach(blocking.tiles, [&](Value number) {
        transformInputs(findTile(block, number));
      });
      multiplyInRegisters(block);
    });
    return;
  }
  // The results of a tile are made with the inputs of that tile of the next
  // block, in the same memory, which then passes the first-level cache once and
  // not twice. After the last block come its results.
  kernel.inOrder(blocks + 1, [&](Value block) {
    // Where tiles overlap, the results are those of the last one.
    kernel.inOrder(blocking.tiles, [&](Value number) {
      emitIf(arith::CmpIPredicate::sgt, block, kernel.index(0), [&] {
        finish(findTile(
            arith::SubIOp::create(builder, loc, block, kernel.index(1)),
            number));
      });
      emitIf(arith::CmpIPredicate::slt, block, kernel.index(blocks),
             [&] { transformInputs(findTile(block, number)); });
    });
    emitIf(arith::CmpIPredicate::slt, block, kernel.index(blocks),
           [&] { multiply(); });
  });
}

void frieze::lowerConvByWinograd(KernelBuilder &kernel, ConvOp op, Value input,
                                 const KernelPlan &plan) {
  WinogradEmitter(kernel, op, input, plan).emit();
}
