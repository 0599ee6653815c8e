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
  /// The first result of a tile along an axis.
  Value findStart(const WinogradAxis &axis, Value tile);
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
  /// Rows and columns of the results of a tile.
  int64_t getResultRows() const {
    return tiling.getRows().outputs / tiling.height.window;
  }
  int64_t getResultColumns() const {
    return tiling.getColumns().outputs / tiling.width.window;
  }
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

Value WinogradEmitter::findStart(const WinogradAxis &axis, Value tile) {
  int64_t extent = axis.getTileExtent(), tiles = axis.getTilesOfPhase();
  if (axis.dilation == 1)
    return kernel.getChunkStart(tile, axis.extent, extent);
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value phase =
      builder.createOrFold<arith::DivUIOp>(loc, tile, kernel.index(tiles));
  Value inPhase =
      builder.createOrFold<arith::RemUIOp>(loc, tile, kernel.index(tiles));
  // Results of a phase, of which the first may have one more.
  Value last = arith::SubIOp::create(
      builder, loc, kernel.index(axis.extent + axis.dilation - 1), phase);
  Value results =
      arith::DivUIOp::create(builder, loc, last, kernel.index(axis.dilation));
  Value first = arith::MinSIOp::create(
      builder, loc, kernel.mul(inPhase, extent),
      arith::SubIOp::create(builder, loc, results, kernel.index(extent)));
  return kernel.add(phase, kernel.mul(first, axis.dilation));
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
                   kernel.mul(left, widthStride * shape.channels)));
  };
  return {number,
          find(blocking.input, tiling.height.stride, tiling.width.stride),
          find(outputShape, 1, 1), countOwn(tiling.height, row, top),
          countOwn(tiling.width, column, left)};
}

void WinogradEmitter::transformInputs(const Tile &tile) {
  const WinogradForm &rows = tiling.getRows(), &columns = tiling.getColumns();
  int64_t pointElements = blocking.getPointElements();
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
      for (int64_t i = 0; i < form.getInputs(); ++i)
        values.push_back(
            kernel.loadVector(source, kernel.add(at, i * stride), lanes));
      form.getInputTransform().apply<VectorOps>(
          ops, values, [&](int64_t i, Value value) {
            kernel.storeVector(value, scratch,
                               kernel.add(targetAt, i * targetStride), lanes);
          });
    };
    int64_t columnStride = blocking.getColumnStride(blocking.input);
    if (!blocking.isTwoDimensional())
      return transform(columns, input, from, columnStride, to, pointElements);
    Value lines = kernel.index(blocking.getLinesAt());
    int64_t line = columns.getInputs() * blocking.unit;
    kernel.forEach(columns.getInputs(), [&](Value j) {
      transform(rows, input, kernel.add(from, kernel.mul(j, columnStride)),
                blocking.getRowStride(blocking.input),
                kernel.add(lines, kernel.mul(j, blocking.unit)), line);
    });
    kernel.forEach(rows.getPoints(), [&](Value i) {
      transform(
          columns, scratch, kernel.add(lines, kernel.mul(i, line)),
          blocking.unit,
          kernel.add(to, kernel.mul(i, columns.getPoints() * pointElements)),
          pointElements);
    });
  };
  // Two vectors at a time, or four scalars: one instruction may load them, and
  // the loop around them is shorter.
  int64_t together = std::max<int64_t>(2 * kernel.machine.lanes, 4);
  int64_t channels = blocking.input.channels;
  if (blocking.isInRegisters && channels % together == 0)
    kernel.forEach(channels / together, [&](Value i) {
      transformVector(kernel.mul(i, together), together);
    });
  else
    forEachVector(channels, transformVector);
}

void WinogradEmitter::transformInputsAtOnce(const Tile &tile) {
  kernel.forEachVector(blocking.input.channels, [&](Value channel,
                                                    int64_t lanes) {
    VectorOps ops(kernel, lanes);
    Value from = kernel.add(tile.input, channel);
    SmallVector<Value> values;
    for (int64_t i = 0; i < tiling.getRows().getInputs(); ++i)
      for (int64_t j = 0; j < tiling.getColumns().getInputs(); ++j)
        values.push_back(kernel.loadVector(
            input,
            kernel.add(from, i * blocking.getRowStride(blocking.input) +
                                 j * blocking.getColumnStride(blocking.input)),
            lanes));
    Value to = kernel.add(
        kernel.add(kernel.mul(tile.number, blocking.getRowElements()), channel),
        blocking.getInputsAt());
    for (auto [number, value] :
         llvm::enumerate(tiling.transformInputs(ops, ArrayRef<Value>(values))))
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
  storeIfOwn(inRow, tile.ownRows,
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
  product.filtering = &tiling;
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
  if (!tiling.width.isEven())
    product.findOutput = findOutput;
  emitMatrixProduct(kernel, product, productTile);
}

void WinogradEmitter::finish(const Tile &tile) {
  const WinogradForm &rows = tiling.getRows(), &columns = tiling.getColumns();
  int64_t pointElements = blocking.getPointElements(), unit = blocking.unit;
  Value from = kernel.add(kernel.mul(tile.number, blocking.getRowElements()),
                          blocking.getProductsAt());
  forEachVector(blocking.filters, [&](Value filter, int64_t lanes) {
    VectorOps ops(kernel, lanes);
    /// Results along row `i` of the points.
    auto finishRow = [&](Value i) {
      SmallVector<Value> values;
      for (int64_t j = 0; j < columns.getPoints(); ++j) {
        Value point =
            kernel.add(kernel.mul(i, columns.getPoints() * pointElements),
                       j * pointElements);
        values.push_back(kernel.loadVector(
            scratch, kernel.add(kernel.add(from, point), filter), lanes));
      }
      return columns.getOutputTransform().apply<VectorOps>(ops, values);
    };
    int64_t windowWidth = tiling.width.window;
    if (!blocking.isTwoDimensional()) {
      SmallVector<Value> values = finishRow(kernel.index(0));
      for (int64_t w = 0; w < getResultColumns(); ++w)
        store(tile,
              llvm::to_vector(
                  ArrayRef(values).slice(w * windowWidth, windowWidth)),
              0, kernel.index(w), filter, lanes);
      return;
    }
    // Through memory: what is left of all points does not fit into registers.
    Value lines = kernel.index(blocking.getLinesAt());
    kernel.forEach(rows.getPoints(), [&](Value i) {
      SmallVector<Value> values = finishRow(i);
      for (int64_t j = 0; j < columns.outputs; ++j)
        kernel.storeVector(values[j], scratch,
                           kernel.add(kernel.add(lines, j * unit),
                                      kernel.mul(i, columns.outputs * unit)),
                           lanes);
    });
    kernel.forEach(getResultColumns(), [&](Value w) {
      SmallVector<SmallVector<Value>> finished;
      for (int64_t j = 0; j < windowWidth; ++j) {
        SmallVector<Value> values;
        Value at = kernel.add(kernel.add(lines, j * unit),
                              kernel.mul(w, windowWidth * unit));
        for (int64_t i = 0; i < rows.getPoints(); ++i)
          values.push_back(kernel.loadVector(
              scratch, kernel.add(at, i * columns.outputs * unit), lanes));
        finished.push_back(
            rows.getOutputTransform().apply<VectorOps>(ops, values));
      }
      for (int64_t h = 0; h < getResultRows(); ++h) {
        SmallVector<Value> window;
        for (int64_t i = 0; i < tiling.height.window; ++i)
          for (int64_t j = 0; j < windowWidth; ++j)
            window.push_back(finished[j][h * tiling.height.window + i]);
        store(tile, window, h, w, filter, lanes);
      }
    });
  });
}

void WinogradEmitter::finishAtOnce(const Tile &tile) {
  int64_t columns = tiling.getColumns().outputs;
  Value from = kernel.add(kernel.mul(tile.number, blocking.getRowElements()),
                          blocking.getProductsAt());
  kernel.forEachVector(blocking.filters, [&](Value filter, int64_t lanes) {
    VectorOps ops(kernel, lanes);
    SmallVector<Value> sums;
    for (int64_t point = 0; point < tiling.getPoints(); ++point)
      sums.push_back(kernel.loadVector(
          scratch,
          kernel.add(kernel.add(from, point * blocking.getPointElements()),
                     filter),
          lanes));
    SmallVector<Value> results =
        tiling.transformOutputs(ops, ArrayRef<Value>(sums));
    for (int64_t h = 0; h < getResultRows(); ++h)
      for (int64_t w = 0; w < getResultColumns(); ++w) {
        SmallVector<Value> window;
        for (int64_t i = 0; i < tiling.height.window; ++i)
          for (int64_t j = 0; j < tiling.width.window; ++j)
            window.push_back(results[(h * tiling.height.window + i) * columns +
                                     w * tiling.width.window + j]);
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
