//===- WinogradInRegisters.cpp - Minimal filtering in registers -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/kernels/WinogradEmitter.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

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
  product.binary = getBinaryStage();
  product.output = output;
  product.outputBase = findTile(block, kernel.index(0)).output;
  product.resultStride = outputShape.positionElements;
  product.outputRowStride = tiling.width.getTileExtent() * product.resultStride;
  auto findOutput = [&](Value row) { return findTile(block, row).output; };
  if (!tiling.width.isEven())
    product.findOutput = findOutput;
  auto findPlain = [&](Value row) {
    return kernel.add(findTile(block, row).input,
                      blocking.plainPoint->input *
                          blocking.getColumnStride(blocking.input));
  };
  InputOfSum plain;
  if (blocking.plainPoint) {
    plain = {blocking.plainPoint->point, input, findPlain};
    product.inputOfSum = &plain;
  }
  emitMatrixProduct(kernel, product, productTile);
}

void WinogradEmitter::emitInRegisters() {
  kernel.inOrder(blocking.getBlocks(blocking.tiles), [&](Value block) {
    kernel.forEach(blocking.tiles, [&](Value number) {
      transformInputs(findTile(block, number));
    });
    multiplyInRegisters(block);
  });
}
