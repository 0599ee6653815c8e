//===- WinogradPlan.cpp - Blocks of minimal filtering -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/WinogradPlan.h"
#include "compiler/conversion/plan/ElementType.h"
#include "compiler/conversion/plan/Panels.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze;

/// Bytes of the input and output of `op` that are no arrays of the caller's.
static int64_t countInnerBytes(nn::ConvOp op) {
  int64_t bytes = 0;
  if (op.getInput().getDefiningOp())
    bytes += countBytes(op.getInput().getType());
  if (!llvm::any_of(op->getUsers(), [](Operation *user) {
        return user->hasTrait<OpTrait::IsTerminator>();
      }))
    bytes += countBytes(op.getType());
  return bytes;
}

WinogradPlan::WinogradPlan(const Target &target, const Machine &machine,
                           nn::ConvOp op, const ImageShape &input,
                           int64_t start)
    : tiling(nn::WinogradTiling::get(op)), input(input),
      filters(op.getType().getShape().back()),
      paddedFilters(target.padColumns(filters)),
      unit(std::max(machine.getLineElements(), target.getWidestLanes())),
      start(llvm::alignTo(start, unit)), isAtOnce(target.device) {
  // One block of channels may finish in registers, which reads all filters of a
  // channel together.
  if (!isAtOnce && input.channels > nn::winogradBlock && filters > panelColumns)
    panel = panelColumns;
  fitsSecondLevel = getKernelBytes() <= machine.caches.secondLevel;
  // Rows for a register tile of every machine; more would leave the first-level
  // cache, if so many do not. A kernel that leaves the second-level cache is
  // worth reading less often.
  int64_t most = fitsSecondLevel ? machine.budgets.winogradTiles
                                 : machine.budgets.mostWinogradTiles;
  tiles = std::min(most, getAllTiles());
  if (fitsSecondLevel && !isAtOnce &&
      tiling.getPoints() * getPointElements() * accumulatorBytes >
          machine.caches.firstLevel)
    tiles = std::min(most += most / 2, getAllTiles());
  // The last block is moved back to end at the last tile.
  for (int64_t fewer = tiles - 1; fewer >= most / 2; --fewer)
    if (getBlocks(fewer) * fewer < getBlocks(tiles) * tiles)
      tiles = fewer;
  // Blocks that no group holds beside the values gain nothing, and one after
  // the other is less for all groups to share.
  if (isAtOnce && countInnerBytes(op) + getEnd() * accumulatorBytes >
                      target.device->groupBytes)
    tiles = getAllTiles();
}

void WinogradPlan::finishInRegisters(const Machine &machine, int64_t rows,
                                     int64_t panel) {
  isInRegisters = true;
  this->panel = panel;
  // One tile of the product, whose inputs are then read from where they were
  // just written; twice as many were slower.
  tiles = std::min(rows, getAllTiles());
  // Its rows have addresses beside those of the other points. Where loads don't
  // add an index to them, that costs what it saves.
  if (machine.lanes == 1 || machine.sharedFactor != SharedFactor::Vector)
    return;
  const nn::LinearTransform &transform =
      tiling.getColumns().getInputTransform();
  for (int64_t point = 0; point < tiling.getPoints() && !plainPoint; ++point)
    if (std::optional<int64_t> input = transform.findGiven(point))
      plainPoint = {point, *input};
}

int64_t WinogradPlan::getKernelBytes() const {
  return tiling.getPoints() * tiling.getPieces() * input.channels * filters *
         accumulatorBytes;
}

int64_t WinogradPlan::getBlocks(int64_t size) const {
  return llvm::divideCeil(getAllTiles(), size);
}

int64_t WinogradPlan::getRowElements() const {
  if (isInRegisters)
    return tiling.getPoints() * getPointElements();
  int64_t elements = llvm::alignTo(std::max(input.channels, filters), unit);
  return elements + (elements % (8 * unit) == 0 ? unit : 0);
}

int64_t WinogradPlan::getPointElements() const {
  if (isInRegisters)
    return llvm::alignTo(input.channels, unit);
  return ((tiles + getLaterTiles()) * getRowElements() / unit | 1) * unit;
}

int64_t WinogradPlan::getRowStride(const ImageShape &shape) const {
  return tiling.isNested()
             ? tiling.getColumns().outputs * getColumnStride(shape)
             : tiling.height.dilation * shape.getRowElements();
}
