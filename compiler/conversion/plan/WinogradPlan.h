//===- WinogradPlan.h - Blocks of minimal filtering -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_WINOGRADPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_WINOGRADPLAN_H

#include "compiler/conversion/plan/ImageShape.h"
#include "compiler/target/Target.h"
#include "dialect/NNOps.h"
#include "dialect/Winograd.h"

namespace frieze {

/// How a convolution by minimal filtering is cut: the tiles of all images, row
/// after row, are worked on in blocks. A block has three phases: the
/// transformed inputs of its tiles, one matrix product for each point, the
/// results; or, where the sums of all points of a tile stay in registers, one
/// product that ends with the results. All sizes are in elements.
struct WinogradPlan {
  /// `input` with its padding in it, `start` where the scratch memory is free.
  WinogradPlan(const Target &target, const Machine &machine, nn::ConvOp op,
               const ImageShape &input, int64_t start);

  /// Makes the plan one of a product whose tile has so many rows on `machine`,
  /// with the kernel in panels of so many filters.
  void finishInRegisters(const Machine &machine, int64_t rows, int64_t panel);

  /// Those that may have results: of a window in pieces, the last ones have
  /// none.
  int64_t getAllTiles() const {
    return input.batch * tiling.getTileCount() - getLaterTiles();
  }
  /// Channels whose products are made together.
  int64_t getBlockChannels() const {
    return isAtOnce ? input.channels
                    : std::min(input.channels, tiling.getBlockChannels());
  }
  /// Tiles behind a block whose inputs its tiles read, too.
  int64_t getLaterTiles() const { return tiling.getPieces() - 1; }
  int64_t getBlocks(int64_t size) const;
  /// Bytes of the transformed kernel.
  int64_t getKernelBytes() const;
  /// Whether a tile has several rows.
  bool isTwoDimensional() const { return tiling.getRows().getPoints() > 1; }

  /// From one row of places to the next, and from one place of a row, in an
  /// image of this shape.
  int64_t getRowStride(const ImageShape &shape) const;
  int64_t getColumnStride(const ImageShape &shape) const {
    return tiling.width.dilation * shape.positionElements;
  }

  /// Inputs or products of a point: one row per tile. A row of a multiple of
  /// eight cache lines would meet few sets of the first-level cache. In
  /// registers, a row has the inputs of all points of its tile.
  int64_t getRowElements() const;
  /// An odd number of lines, so that the points of a tile meet all sets.
  int64_t getPointElements() const;

  // Where things start in the scratch memory.
  int64_t getProductsAt() const { return start; }
  /// The products of a point replace the inputs of the point before it, unless
  /// all points are multiplied at once.
  int64_t getInputsAt() const {
    int64_t regions = isInRegisters ? 0 : isAtOnce ? tiling.getPoints() : 1;
    return getProductsAt() + regions * getPointElements();
  }
  /// A tile between its two transforms, of one vector of channels.
  int64_t getLinesAt() const {
    return getInputsAt() + (isInRegisters
                                ? tiles * getRowElements()
                                : tiling.getPoints() * getPointElements());
  }
  int64_t getEnd() const {
    bool hasLines = isTwoDimensional() && !isAtOnce;
    return getLinesAt() + (hasLines ? tiling.getRows().getPoints() *
                                          tiling.getColumns().getInputs() * unit
                                    : 0);
  }

  nn::WinogradTiling tiling;
  ImageShape input;
  int64_t filters, paddedFilters;
  /// Elements that hold a cache line and every vector.
  int64_t unit;
  int64_t start;
  /// Whether a device works on all tiles and points of a block at once, and
  /// holds a tile in registers.
  bool isAtOnce;
  /// Whether the kernel stays in the second-level cache.
  bool fitsSecondLevel;
  /// Tiles of a block.
  int64_t tiles;
  bool isInRegisters = false;
  /// A point that is one of the inputs of its tile. In registers, its product
  /// reads it where it is.
  struct PlainPoint {
    int64_t point, input;
  };
  std::optional<PlainPoint> plainPoint;
  /// Filters that are packed together, a point after the other, or, in
  /// registers, with all points of a term beside each other; 0: all filters.
  int64_t panel = 0;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_WINOGRADPLAN_H
