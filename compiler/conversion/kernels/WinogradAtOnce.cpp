//===- WinogradAtOnce.cpp - Minimal filtering on devices --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/VectorOps.h"
#include "compiler/conversion/kernels/WinogradEmitter.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

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

void WinogradEmitter::emitAtOnce() {
  kernel.inOrder(blocking.getBlocks(blocking.tiles), [&](Value block) {
    int64_t read = blocking.tiles + blocking.getLaterTiles();
    kernel.forEach(read, [&](Value number) {
      transformInputsAtOnce(findTile(block, number));
    });
    multiply();
    kernel.forEach(blocking.tiles, [&](Value number) {
      finishAtOnce(findTile(block, number));
    });
  });
}
