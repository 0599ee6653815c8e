//===- ConvPlan.cpp - How a convolution is computed -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/ConvPlan.h"
#include "compiler/conversion/plan/DepthwisePlan.h"
#include "compiler/conversion/plan/FetchAhead.h"
#include "compiler/conversion/plan/Panels.h"
#include "compiler/conversion/plan/Shuffles.h"
#include "llvm/ADT/bit.h"

using namespace frieze;

PlanarLayout::PlanarLayout(const ConvShape &shape)
    : phases(shape.getPhases()),
      phaseStride(llvm::divideCeil(shape.input.width, phases)),
      channelStride(phases * phaseStride),
      rowStride(shape.input.channels * channelStride),
      elements(shape.input.height * rowStride) {}

bool frieze::fitsRegisters(const Machine &machine, const ConvShape &shape) {
  return shape.getPhases() * shape.input.channels <= machine.registers / 2;
}

int64_t frieze::getTransposedBlockSize(const Machine &machine,
                                       const ConvShape &shape) {
  return std::min<int64_t>(machine.lanes,
                           llvm::bit_floor(uint64_t(shape.input.channels)));
}

/// Whether the input is planar as it is, and no vector ends beyond a row.
static bool isPlanar(const Machine &machine, const ConvShape &shape) {
  return shape.input.channels == 1 && shape.padding.isZero() &&
         shape.getPhases() == 1 && shape.output.width >= machine.lanes;
}

/// The product of a row of the output with `columns` of its channels.
static ProductShape getProductShape(const ConvShape &shape, int64_t columns) {
  ProductShape product;
  product.rows = shape.output.width;
  product.columns = columns;
  product.terms = shape.getTerms();
  product.sums = shape.getPoolWindow().height * shape.getPoolWindow().width;
  product.rowStride = shape.stride.width * shape.input.channels;
  product.inputPerColumn = shape.isDepthwise();
  return product;
}

static double estimateOverChannels(const Machine &machine,
                                   const ConvShape &shape, int64_t columns) {
  if (auto inPlace = chooseDepthwiseTile(machine, shape, columns))
    return inPlace->second;
  ProductShape product = getProductShape(shape, columns);
  double padding = shape.padding.isZero()
                       ? 0.0
                       : 2.0 * shape.input.getImageElements() / machine.lanes;
  return padding + double(shape.output.height * shape.getProducts()) *
                       estimateCycles(machine, product,
                                      chooseMatrixTile(machine, product));
}

static std::pair<WidthTile, double> estimateOverWidth(const Machine &machine,
                                                      const ConvShape &shape,
                                                      int64_t columns) {
  bool isDepthwise = shape.isDepthwise();
  auto [tile, cycles] =
      chooseWidthTile(machine, shape, isDepthwise ? 1 : columns);
  cycles *= isDepthwise ? columns : shape.getProducts();
  if (isPlanar(machine, shape))
    return {tile, cycles};
  double elements = PlanarLayout(shape).elements;
  int64_t size = getTransposedBlockSize(machine, shape);
  if (fitsRegisters(machine, shape))
    cycles += elements / machine.lanes *
              (1 + countShuffles(shape.getPhases() * shape.input.channels));
  else
    cycles += elements / size * (1 + countShuffles(size));
  return {tile, cycles};
}

/// Chooses how many channels have vectors along the width: all, or those that
/// do not fill a vector.
static void chooseColumnsOverWidth(const Machine &machine,
                                   const ConvShape &shape, KernelPlan &plan) {
  if (!fitsRegisters(machine, shape) && shape.input.channels < 4)
    return;
  int64_t columns = shape.getColumns();
  double lowest = estimateOverChannels(machine, shape, columns);
  for (int64_t count : {columns % machine.lanes, columns}) {
    if (count == 0)
      continue;
    auto [tile, cycles] = estimateOverWidth(machine, shape, count);
    if (count < columns)
      cycles += estimateOverChannels(machine, shape, columns - count);
    if (cycles < lowest) {
      lowest = cycles;
      plan.columnsOverWidth = count;
      plan.widthTile = tile;
    }
  }
}

/// Whether the kernel is packed in panels. Machines share it.
static bool isPacked(const Target &target, const ConvShape &shape) {
  return !shape.isDepthwise() && shape.getColumns() > panelColumns &&
         llvm::all_of(target.machines, [&](const Machine &machine) {
           KernelPlan plan;
           chooseColumnsOverWidth(machine, shape, plan);
           return plan.columnsOverWidth == 0;
         });
}

/// Cycles of minimal filtering with its products in memory between its phases,
/// of which `tile` is for the product of a point.
static double estimatePhases(const Machine &machine,
                             const WinogradPlan &winograd, ProductShape product,
                             const MatrixTile &tile) {
  product.rows = winograd.getAllTiles();
  double loads = double(product.rows) * product.columns / tile.lanes;
  return winograd.tiling.getPoints() *
         (estimateCycles(machine, product, tile) + loads / machine.ports.loads);
}

/// Whether the sums of all points of a tile stay in registers, with as many
/// rows and vectors as make their loads worth it. Each row of each point has an
/// address of its own, which scalable vectors can't add to in a load.
static bool mayFinishInRegisters(const Machine &machine,
                                 const WinogradPlan &winograd) {
  return !winograd.isTwoDimensional() && winograd.tiling.width.dilation == 1 &&
         machine.scalableBits == 0 &&
         winograd.input.channels <= nn::winogradBlock &&
         8 * winograd.tiling.getPoints() <= machine.registers;
}

/// The product that ends with the results.
static ProductShape getShapeInRegisters(const WinogradPlan &winograd) {
  ProductShape product;
  product.rows = winograd.getAllTiles();
  product.columns = winograd.filters;
  product.terms = winograd.input.channels;
  product.sums = winograd.tiling.getPoints();
  product.weightsPerSum = true;
  return product;
}

static KernelPlan planWinograd(const Target &target, const Machine &machine,
                               nn::ConvOp op, const ConvShape &shape) {
  KernelPlan plan;
  plan.form = "minimal filtering";
  WinogradPlan &winograd = plan.winograd.emplace(
      target, machine, op, shape.input, shape.getPaddedElements());
  ProductShape product;
  product.rows = winograd.tiles;
  product.columns = winograd.panel ? winograd.panel : winograd.paddedFilters;
  product.terms = std::min(winograd.tiling.getPieces() * shape.input.channels,
                           nn::winogradBlock);
  MatrixTile tile = chooseMatrixTile(machine, product);
  ProductShape all = getShapeInRegisters(winograd);
  MatrixTile ofAll = chooseMatrixTile(machine, all);
  if (!winograd.isAtOnce && mayFinishInRegisters(machine, winograd) &&
      estimateCycles(machine, all, ofAll) <=
          estimatePhases(machine, winograd, product, tile)) {
    plan.form = "minimal filtering in registers";
    // Machines share the constants.
    bool isAlone = target.machines.size() == 1;
    winograd.finishInRegisters(machine, ofAll.rows,
                               isAlone ? ofAll.getWidth() : 0);
    tile = ofAll;
  }
  plan.products.push_back(tile);
  plan.padsInput = !shape.padding.isZero();
  plan.scratchElements = winograd.getEnd();
  // Of one that fits, the processor sees the pattern only when half of a point
  // is done. In registers, all points of a term are read at once.
  if (!winograd.isInRegisters)
    plan.prefetchedLines =
        winograd.fitsSecondLevel
            ? machine.budgets.prefetchedLines
            : countLinesAhead(machine, winograd.getKernelBytes(),
                              KernelReads::Often);
  return plan;
}

/// How the product reads a kernel from memory.
static void planMemory(const Machine &machine, nn::ConvOp op,
                       const ConvShape &shape, KernelPlan &plan) {
  int64_t bytes = shape.getKernelBytes();
  plan.prefetchedLines = countLinesAhead(machine, bytes, KernelReads::Often);
  // Terms are counted along one loop.
  if (shape.window.height == 1 && shape.hasContiguousRows())
    plan.elementsBehind = countElementsBehind(machine, op, bytes);
  // The partial sums lie in the result.
  if (shape.pool || shape.target.device || plan.columnsOverWidth ||
      shape.getColumns() % machine.lanes != 0)
    return;
  int64_t terms = shape.getInputChannels() *
                  (shape.hasContiguousRows() ? shape.window.width : 1);
  int64_t rows = shape.output.batch * shape.output.height * shape.output.width;
  plan.termBlock =
      chooseTermBlock(machine, bytes, terms, rows, plan.products.front().rows);
}

KernelPlan frieze::planConv(const Target &target, const Machine &machine,
                            nn::ConvOp op) {
  ConvShape shape(op, target);
  if (op.getWinograd())
    return planWinograd(target, machine, op, shape);
  KernelPlan plan;
  chooseColumnsOverWidth(machine, shape, plan);
  int64_t columns = shape.getColumns() - plan.columnsOverWidth;
  if (columns > 0) {
    plan.form = plan.columnsOverWidth ? "matrix product and over width"
                                      : "matrix product";
    if (isPacked(target, shape))
      plan.panel = columns = panelColumns;
    if (auto inPlace = chooseDepthwiseTile(machine, shape, columns)) {
      plan.isInPlace = true;
      plan.form = plan.columnsOverWidth ? "depthwise in place and over width"
                                        : "depthwise in place";
      plan.products.push_back(inPlace->first);
    } else {
      plan.products.push_back(
          chooseMatrixTile(machine, getProductShape(shape, columns)));
      plan.padsInput = !shape.padding.isZero();
      plan.scratchElements = shape.getPaddedElements();
      if (!shape.isDepthwise())
        planMemory(machine, op, shape, plan);
    }
  } else {
    plan.form = "over width";
  }
  plan.copiesToPlanes = plan.columnsOverWidth && !isPlanar(machine, shape);
  if (plan.copiesToPlanes)
    plan.scratchElements = std::max(
        plan.scratchElements, PlanarLayout(shape).elements + machine.lanes);
  return plan;
}
