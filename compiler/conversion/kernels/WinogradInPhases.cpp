//===- WinogradInPhases.cpp - Minimal filtering in phases -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/emit/VectorOps.h"
#include "compiler/conversion/kernels/WinogradEmitter.h"
#include "compiler/conversion/plan/Panels.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

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
            if (blocking.plainPoint && i == blocking.plainPoint->point)
              return;
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

void WinogradEmitter::multiply() {
  int64_t channels = blocking.input.channels;
  int64_t padding = blocking.paddedFilters;
  MatrixProduct product;
  product.input = product.output = scratch;
  product.prefetchedLines = prefetchedLines;
  product.inputRowStride = blocking.getRowElements();
  product.weights = kernelConstants;
  product.bias = biasConstants;
  product.outputRowStride = blocking.getRowElements();
  product.rows = blocking.tiles;
  product.channelBase = kernel.index(0);
  int64_t pieces = tiling.getPieces(), block = blocking.getBlockChannels();
  auto multiplyPoint = [&](Value point) {
    Location loc = kernel.getLocation();
    Value isBiasPoint = kernel.builder.createOrFold<arith::CmpIOp>(
        loc, arith::CmpIPredicate::eq, point,
        kernel.index(tiling.getBiasPoint()));
    Value inputBase = kernel.add(kernel.mul(point, blocking.getPointElements()),
                                 blocking.getInputsAt());
    Value weightBase = kernel.mul(point, pieces * channels * padding);
    Value outputBase =
        kernel.add(kernel.mul(point, blocking.getPointElements()),
                   blocking.getProductsAt());
    Value firstBias = kernel.builder.createOrFold<arith::SelectOp>(
        loc, isBiasPoint, kernel.index(padding), kernel.index(0));
    auto multiplyPanel = [&](Value column, int64_t padded) {
      product.outputBase = kernel.add(outputBase, column);
      auto multiplyBlock = [&](Value first, int64_t size, Value biasBase) {
        product.inputBase = kernel.add(inputBase, first);
        product.biasBase = kernel.add(biasBase, column);
        product.weightBase = kernel.add(
            weightBase, kernel.add(kernel.mul(column, pieces * channels),
                                   kernel.mul(first, pieces * padded)));
        product.terms = {{pieces, blocking.getRowElements(), size * padded},
                         {size, 1, padded}};
        emitMatrixProduct(kernel, product, productTile);
      };
      // Threads share tiles, and each adds all blocks of its own.
      if (blocking.isAtOnce) {
        int64_t terms = tiling.getBlockChannels();
        product.blockTerms = channels > terms ? terms : 0;
        return multiplyBlock(kernel.index(0), channels, firstBias);
      }
      product.accumulates = false;
      multiplyBlock(kernel.index(0), block, firstBias);
      product.accumulates = true;
      int64_t blocks = channels / block;
      if (blocks > 1)
        kernel.inOrder(blocks - 1, [&](Value i) {
          multiplyBlock(kernel.mul(kernel.add(i, 1), block), block,
                        kernel.index(0));
        });
      if (channels % block)
        multiplyBlock(kernel.index(blocks * block), channels % block,
                      kernel.index(0));
    };
    // The results of a panel stay in the first-level cache over all blocks.
    forEachPanel(kernel, getPanels(padding, padding, blocking.panel),
                 [&](const Panels &panels, Value column) {
                   product.columns = panels.columns;
                   multiplyPanel(column, panels.padded);
                 });
  };
  // Its products replace the inputs of the point before.
  if (blocking.isAtOnce)
    kernel.forEach(tiling.getPoints(), multiplyPoint);
  else
    kernel.inOrder(tiling.getPoints(), multiplyPoint);
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

void WinogradEmitter::emitInPhases() {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  int64_t blocks = blocking.getBlocks(blocking.tiles);
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
    emitIf(arith::CmpIPredicate::slt, block, kernel.index(blocks), [&] {
      kernel.inOrder(blocking.getLaterTiles(), [&](Value number) {
        transformInputs(findTile(block, kernel.add(number, blocking.tiles)));
      });
      multiply();
    });
  });
}
