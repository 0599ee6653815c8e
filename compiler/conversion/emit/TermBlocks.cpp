//===- TermBlocks.cpp - Sums whose weights come from memory -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/TermBlocks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace frieze;

/// Writes what the sums of `product` start from to where its results will be.
static void storeStarts(KernelBuilder &kernel, const MatrixProduct &product) {
  int64_t lanes = kernel.machine.lanes;
  kernel.forEach(product.columns / lanes, [&](Value number) {
    Value column = kernel.mul(number, lanes);
    Value start = kernel.loadVector(
        product.bias, kernel.add(product.biasBase, column), lanes);
    kernel.forEach(product.rows, [&](Value row) {
      Value at = kernel.add(kernel.add(product.outputBase, column),
                            kernel.mul(row, product.outputRowStride));
      kernel.storeVector(start, product.output, at, lanes);
    });
  });
}

void frieze::emitTermBlocks(KernelBuilder &kernel, const MatrixProduct &product,
                            const MatrixTile &tile, int64_t block,
                            EmitRows emitRows) {
  auto emitTiles = [&](const MatrixProduct &ofRows) {
    emitMatrixProduct(kernel, ofRows, tile);
  };
  if (block == 0)
    return emitRows(product, kernel.index(0), kernel.index(0), emitTiles);
  emitRows(product, kernel.index(0), kernel.index(0),
           [&](const MatrixProduct &ofRows) { storeStarts(kernel, ofRows); });

  const ReductionLoop &innermost = product.terms.back();
  MatrixProduct last = product;
  last.goesOn = true;
  last.terms = {{block, innermost.inputStride, innermost.weightStride}};
  // Around a block.
  SmallVector<ReductionLoop> loops = product.terms;
  loops.back() = {innermost.extent / block, block * innermost.inputStride,
                  block * innermost.weightStride};
  int64_t blocks = 1;
  for (const ReductionLoop &loop : loops)
    blocks *= loop.extent;
  MatrixProduct unfinished = last;
  unfinished.epilogue.clear();
  unfinished.binary = nullptr;
  auto emitBlock = [&](const MatrixProduct &part, Value number) {
    // The weights of all terms follow each other, as their numbers do.
    OpBuilder &builder = kernel.builder;
    Location loc = kernel.getLocation();
    Value rest = number, inputAt = kernel.index(0);
    for (auto [i, loop] : llvm::enumerate(llvm::reverse(loops))) {
      Value index = rest, size = kernel.index(loop.extent);
      if (i + 1 < loops.size()) {
        index = builder.createOrFold<arith::RemUIOp>(loc, rest, size);
        rest = builder.createOrFold<arith::DivUIOp>(loc, rest, size);
      }
      inputAt = kernel.add(inputAt, kernel.mul(index, loop.inputStride));
    }
    emitRows(part, inputAt, kernel.mul(number, loops.back().weightStride),
             emitTiles);
  };
  kernel.inOrder(blocks - 1,
                 [&](Value number) { emitBlock(unfinished, number); });
  emitBlock(last, kernel.index(blocks - 1));
}
