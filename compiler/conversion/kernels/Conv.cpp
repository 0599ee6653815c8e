//===- Conv.cpp - Lowering of convolutions ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/Copies.h"
#include "compiler/conversion/emit/TermBlocks.h"
#include "compiler/conversion/kernels/ConvByWinograd.h"
#include "compiler/conversion/kernels/ConvDepthwise.h"
#include "compiler/conversion/kernels/ConvOverWidth.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/ConvPlan.h"
#include "compiler/conversion/plan/Panels.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// `values` as (rows, products * columns) to (products, padded columns, rows),
/// a panel after the other, and of each a row after the other.
template <typename T>
static SmallVector<T> packColumns(const SmallVector<T> &values, int64_t rows,
                                  const ConvShape &shape, int64_t panel) {
  int64_t columns = shape.getColumns(), padded = shape.getPaddedColumns();
  SmallVector<T> packed;
  packed.reserve(shape.getProducts() * padded * rows);
  for (int64_t product = 0; product < shape.getProducts(); ++product)
    packPanels<T>(values, rows, product * columns, columns, padded, panel,
                  packed);
  return packed;
}

/// The terms of a sum, whose weights lie `padded` elements apart.
static SmallVector<ReductionLoop> getTerms(const ConvShape &shape,
                                           int64_t padded) {
  int64_t pixel = shape.input.channels, channels = shape.getInputChannels();
  SmallVector<ReductionLoop> terms;
  terms.push_back({shape.window.height,
                   shape.dilation.height * shape.input.getRowElements(),
                   shape.window.width * channels * padded});
  if (shape.hasContiguousRows()) {
    terms.push_back({shape.window.width * channels, 1, padded});
    return terms;
  }
  terms.push_back(
      {shape.window.width, shape.dilation.width * pixel, channels * padded});
  terms.push_back({channels, 1, padded});
  return terms;
}

/// The input with its padding in it: where it is, if there is room around it,
/// or in a copy.
static Value padInput(KernelBuilder &kernel, ConvOp op,
                      const ConvShape &shape) {
  Value input = kernel.buffers[op.getInput()];
  if (shape.padding.isZero())
    return input;
  const SpatialPadding &padding = shape.padding;
  Value border;
  if (ElementsAttr values = op.getBorderAttr())
    border = kernel.loadConstants(op, "border", *readWeights(values));
  if (Value padded = kernel.withRoom.lookup(op)) {
    int64_t channels = shape.input.channels;
    fillPadding(kernel, padded, kernel.index(0), padding.left * channels, 0.0f,
                border, channels);
    fillPadding(kernel, padded,
                kernel.index((shape.input.width - padding.right) * channels),
                padding.right * channels, 0.0f, border, channels);
    return padded;
  }
  SmallVector<int64_t> low{0, padding.left, 0}, high{0, padding.right, 0};
  if (op.getSpatialRank() == 2) {
    low.insert(low.begin() + 1, padding.top);
    high.insert(high.begin() + 1, padding.bottom);
  }
  Value padded = kernel.scratch[op];
  emitPad(kernel, input, op.getInput().getType().getShape(), padded, low, high,
          0.0f, border);
  return padded;
}

static void lowerConv(KernelBuilder &kernel, ConvOp op,
                      const KernelPlan &plan) {
  ConvShape shape(op, kernel.target);
  if (op.getWinograd())
    return lowerConvByWinograd(kernel, op, padInput(kernel, op, shape), plan);
  SmallVector<double> bias(shape.output.channels, 0.0);
  if (ElementsAttr attribute = op.getBiasAttr())
    bias = *readWeights(attribute);
  int64_t padded = shape.getPaddedColumns();
  MatrixProduct product;
  product.input = kernel.buffers[op.getInput()];
  Spatial poolStride = shape.getPoolStride();
  product.inputRowStride =
      poolStride.width * shape.stride.width * shape.input.channels;
  product.sumOffsets = shape.getPoolOffsets();
  int64_t panel = plan.panel ? plan.panel : padded;
  product.weights = kernel.loadPacked(op, "kernel", panel, [&] {
    return packColumns(*readWeights<float>(op.getKernel()), shape.getTerms(),
                       shape, panel);
  });
  product.bias =
      kernel.loadConstants(op, "bias", packColumns(bias, 1, shape, padded));
  product.output = kernel.buffers[op.getOutput()];
  product.outputRowStride = shape.output.positionElements;
  product.rows = shape.output.width;
  product.inputPerColumn = shape.isDepthwise();
  product.prefetchedLines = plan.prefetchedLines;
  product.epilogue = kernel.loadEpilogue(op, op.getEpilogueStages());
  std::optional<BinaryStage> binary = findBinaryStage(kernel, op);
  product.binary = binary ? &*binary : nullptr;

  if (plan.columnsOverWidth)
    emitConvOverWidth(kernel, op, shape, product, plan);
  if (plan.products.empty())
    return;
  if (plan.isInPlace)
    return emitConvDepthwise(kernel, op, shape, product, plan.products.front(),
                             shape.getColumns() - plan.columnsOverWidth);

  product.input = padInput(kernel, op, shape);
  // Each row of a tile fetches as much as the others.
  int64_t behindPerRow = shape.getTerms() * kernel.machine.getLineElements() /
                         plan.products.front().rows;
  auto findBehind = [&](Value column, Value n, Value oh) -> FetchBehind {
    int64_t perProduct = behindPerRow * shape.output.width;
    int64_t perImage = perProduct * shape.output.height;
    Value before = kernel.mul(column, perImage * shape.output.batch / panel);
    return {shape.getTerms() * padded, plan.elementsBehind, behindPerRow,
            kernel.add(before, kernel.add(kernel.mul(n, perImage),
                                          kernel.mul(oh, perProduct)))};
  };
  auto emitPanel = [&](Value group, const Panels &panels, Value column) {
    product.columns = panels.columns;
    product.terms = getTerms(shape, panels.padded);
    product.channelBase =
        kernel.add(kernel.mul(group, shape.getColumns()), column);
    product.biasBase = kernel.add(kernel.mul(group, padded), column);
    product.weightBase =
        kernel.add(kernel.mul(group, shape.getTerms() * padded),
                   kernel.mul(column, shape.getTerms()));
    // All samples read a panel while it is in the caches.
    auto emitRows = [&](MatrixProduct rows, Value inputAt, Value weightAt,
                        EmitProduct emit) {
      rows.weightBase = kernel.add(rows.weightBase, weightAt);
      Value groupAt =
          kernel.add(inputAt, kernel.mul(group, shape.getInputChannels()));
      kernel.forEach(shape.output.batch, [&](Value n) {
        kernel.forEach(shape.output.height, [&](Value oh) {
          int64_t rowStride = poolStride.height * shape.stride.height *
                              shape.input.getRowElements();
          rows.inputBase =
              kernel.add(kernel.mul(n, shape.input.getImageElements()),
                         kernel.add(kernel.mul(oh, rowStride), groupAt));
          rows.outputBase = kernel.add(
              kernel.mul(n, shape.output.getImageElements()),
              kernel.add(kernel.mul(oh, shape.output.getRowElements()),
                         rows.channelBase));
          std::optional<FetchBehind> behind;
          if (plan.elementsBehind)
            behind = findBehind(column, n, oh);
          rows.behind = behind ? &*behind : nullptr;
          emit(rows);
        });
      });
    };
    emitTermBlocks(kernel, product, plan.products.front(), plan.termBlock,
                   emitRows);
  };
  int64_t columns = shape.getColumns() - plan.columnsOverWidth;
  kernel.forEach(shape.getProducts(), [&](Value group) {
    forEachPanel(kernel, getPanels(columns, padded, plan.panel),
                 [&](const Panels &panels, Value column) {
                   emitPanel(group, panels, column);
                 });
  });
}

void frieze::addConvLowerings(LoweringTable &table) {
  table.add<ConvOp, planConv, lowerConv>();
}
