//===- MatrixProduct.cpp - Matrix products held in registers ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/emit/LongEpilogue.h"
#include "compiler/conversion/emit/TileSums.h"
#include "compiler/conversion/emit/VectorOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze;

namespace {
/// Emits one tile; the position of its corner is given in elements.
class TileEmitter {
public:
  TileEmitter(KernelBuilder &kernel, const MatrixProduct &product,
              MatrixTile tile)
      : kernel(kernel), product(product), tile(tile) {}

  /// Columns from `column`, of which `validColumns` are stored.
  void emit(Value firstRow, Value column, int64_t validColumns);

private:
  /// What the sums of each row start from.
  SmallVector<Value> loadStarts(Value column);
  /// The results of a row from its sums, each as the window that its pooling
  /// combines.
  SmallVector<SmallVector<Value>> getWindows(SmallVector<Value> sums);

  int64_t sumsPerRow() const { return product.sumOffsets.size(); }

  KernelBuilder &kernel;
  const MatrixProduct &product;
  MatrixTile tile;
};
} // namespace

SmallVector<Value> TileEmitter::loadStarts(Value column) {
  SmallVector<Value> starts;
  for (int64_t sum = 0; sum < sumsPerRow(); ++sum)
    for (int64_t v = 0; v < tile.vectors; ++v)
      starts.push_back(
          product.filtering && sum != product.filtering->getBiasPoint()
              ? kernel.constant(0.0f, tile.lanes)
          : sum > 0 && !product.filtering
              ? starts[v]
              : kernel.loadVector(
                    product.bias,
                    kernel.add(kernel.add(product.biasBase, column),
                               v * tile.lanes),
                    tile.lanes));
  return starts;
}

SmallVector<SmallVector<Value>>
TileEmitter::getWindows(SmallVector<Value> sums) {
  if (!product.filtering)
    return {sums};
  VectorOps ops(kernel, tile.lanes);
  sums = product.filtering->transformOutputs(ops, ArrayRef<Value>(sums));
  SmallVector<SmallVector<Value>> windows;
  const nn::WinogradAxis &axis = product.filtering->width;
  for (int64_t i = 0; i < axis.getTileExtent(); ++i)
    windows.push_back(
        llvm::to_vector(ArrayRef(sums).slice(i * axis.window, axis.window)));
  return windows;
}

void TileEmitter::emit(Value firstRow, Value column, int64_t validColumns) {
  Value inputAt =
      kernel.add(product.inputPerColumn ? kernel.add(product.inputBase, column)
                                        : product.inputBase,
                 kernel.mul(firstRow, product.inputRowStride));
  Value outputAt = kernel.add(kernel.add(product.outputBase, column),
                              kernel.mul(firstRow, product.outputRowStride));
  Value weightAt = kernel.add(product.weightBase,
                              kernel.mul(column, product.weightColumnStride));
  SmallVector<Value> starts, accumulators;
  if (!product.goesOn)
    starts = loadStarts(column);
  for (int64_t row = 0; row < tile.rows; ++row) {
    llvm::append_range(accumulators, starts);
    for (int64_t v = 0; product.goesOn && v < tile.vectors; ++v)
      accumulators.push_back(kernel.loadVector(
          product.output,
          kernel.add(outputAt, row * product.outputRowStride + v * tile.lanes),
          tile.lanes));
  }
  TileSums sumsOfTile(kernel, product, tile);
  accumulators = sumsOfTile.sum(accumulators, firstRow, inputAt, weightAt);

  for (int64_t row = 0; row < tile.rows; ++row) {
    Value rowAt =
        product.findOutput
            ? kernel.add(product.findOutput(kernel.add(firstRow, row)), column)
            : kernel.add(outputAt, row * product.outputRowStride);
    for (int64_t v = 0; v < tile.vectors; ++v) {
      SmallVector<Value> sums;
      for (int64_t sum = 0; sum < sumsPerRow(); ++sum)
        sums.push_back(accumulators[sumsOfTile.find(row, sum, v)]);
      Value channel =
          kernel.add(kernel.add(product.channelBase, column), v * tile.lanes);
      int64_t width = std::min(tile.lanes, validColumns - v * tile.lanes);
      Value at = kernel.add(rowAt, v * tile.lanes);
      for (SmallVector<Value> &window : getWindows(sums)) {
        Value result =
            kernel.applyWindowEpilogue(product.epilogue, window, channel);
        if (product.accumulates)
          result = kernel.addFloat(
              kernel.loadVector(product.output, at, tile.lanes), result);
        storeResults(kernel, product.binary, result, product.output, at, width);
        at = kernel.add(at, product.resultStride);
      }
    }
  }
}

/// Tiles of which one with less code hardly takes from the speed of all.
static constexpr int64_t tilesPerCopy = 4;

/// Whether results have places of their own, with nothing behind the epilogue,
/// on a machine that runs one iteration after the other.
static bool mayFinishInMemory(KernelBuilder &kernel,
                              const MatrixProduct &product) {
  return !product.findOutput && !product.accumulates && !product.filtering &&
         !product.binary && !kernel.target.device;
}

/// Emits the last `rows` rows, with a loop of their own for what is long in
/// their epilogue.
static void emitLastRows(KernelBuilder &kernel, MatrixProduct product,
                         MatrixTile tile, int64_t rows, Value column,
                         int64_t validColumns) {
  int64_t first = product.rows - rows;
  SplitEpilogue epilogue = splitLongEpilogue(product.epilogue);
  tile.rows = rows;
  product.epilogue = epilogue.first;
  TileEmitter(kernel, product, tile)
      .emit(kernel.index(first), column, validColumns);
  if (!epilogue.rest.empty())
    finishRows(kernel, epilogue.rest,
               {product.output,
                kernel.add(kernel.add(product.outputBase, column),
                           first * product.outputRowStride),
                kernel.add(product.channelBase, column), rows,
                product.outputRowStride, validColumns},
               tile.lanes);
}

/// Emits all rows of the columns from `column`.
static void emitColumns(KernelBuilder &kernel, const MatrixProduct &product,
                        const MatrixTile &tile, Value column,
                        int64_t validColumns) {
  auto emitTile = [&](Value firstRow, int64_t rows) {
    MatrixTile ours = tile;
    ours.rows = rows;
    TileEmitter(kernel, product, ours).emit(firstRow, column, validColumns);
  };
  // Rows of two tiles are computed twice, and to the same bits, but may not be
  // added twice.
  if (kernel.machine.budgets.avoidsTails && !product.accumulates &&
      !product.goesOn && product.rows > tile.rows)
    return kernel.forEachChunk(product.rows, tile.rows, [&](Value firstRow) {
      emitTile(firstRow, tile.rows);
    });
  int64_t tiles = product.rows / tile.rows;
  kernel.forEach(tiles, [&](Value number) {
    emitTile(kernel.mul(number, tile.rows), tile.rows);
  });
  int64_t last = product.rows % tile.rows;
  if (!last)
    return;
  if (tiles >= tilesPerCopy && last * tile.vectors > 1 &&
      mayFinishInMemory(kernel, product))
    emitLastRows(kernel, product, tile, last, column, validColumns);
  else
    emitTile(kernel.index(tiles * tile.rows), last);
}

void frieze::emitMatrixProduct(KernelBuilder &kernel,
                               const MatrixProduct &product,
                               const MatrixTile &tile) {
  int64_t width = tile.getWidth();
  int64_t blocks = product.columns / width;
  kernel.forEach(blocks, [&](Value block) {
    emitColumns(kernel, product, tile, kernel.mul(block, width), width);
  });
  if (int64_t rest = product.columns % width) {
    MatrixTile tail = tile;
    tail.vectors = llvm::divideCeil(rest, tile.lanes);
    if (product.inputPerColumn)
      tail.lanes = rest;
    emitColumns(kernel, product, tail, kernel.index(blocks * width), rest);
  }
}

void frieze::forEachPanel(
    KernelBuilder &kernel, ArrayRef<Panels> panels,
    llvm::function_ref<void(const Panels &, Value)> body) {
  for (const Panels &equal : panels)
    kernel.forEach(equal.count, [&](Value number) {
      body(equal, kernel.add(kernel.mul(number, equal.columns), equal.first));
    });
}
