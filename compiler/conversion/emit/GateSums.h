//===- GateSums.h - Sums of recurrent layers in registers -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_GATESUMS_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_GATESUMS_H

#include "compiler/conversion/emit/KernelBuilder.h"
#include "compiler/conversion/plan/MatrixTile.h"

namespace frieze {

/// The sums of the gates of a recurrent layer, for as many units at once as fit
/// into the registers. All gates of a unit are in the same tile, so that the
/// unit can be updated while they are in registers.
///
/// Parameters are packed in blocks of units (Limits::packedUnits): in a block a
/// row has a group of each gate, as many units as the widest vector of the
/// target, then the next group, and the last one padded like columns.
class GateSums {
public:
  /// `tile` was planned for as many gates.
  GateSums(KernelBuilder &kernel, const MatrixTile &tile, int64_t gates,
           int64_t units)
      : kernel(kernel), tileVectors(tile.vectors), gates(gates), units(units),
        groupUnits(kernel.target.getWidestLanes()) {}

  /// Rows of one column for each unit of each gate, gate by gate.
  llvm::SmallVector<double> pack(llvm::ArrayRef<double> rows) const;

  /// Neighbouring units: a register of `lanes`, of which `count` are units,
  /// from the group of `groupWidth` units of a gate.
  struct UnitVector {
    int64_t offset, lanes, count, groupWidth;
  };
  /// Units from `first`, at the offsets that the vectors give, of the block of
  /// `blockWidth` units that begins with `blockFirst`.
  struct Tile {
    mlir::Value blockFirst, first;
    int64_t blockWidth;
    llvm::ArrayRef<UnitVector> vectors;
  };
  void forEachTile(llvm::function_ref<void(const Tile &)> body);

  /// Row `row` of `count` packed ones: all gates of the tile's first vector,
  /// then those of the next.
  llvm::SmallVector<mlir::Value> load(const Tile &tile, mlir::Value packed,
                                      mlir::Value row, int64_t count);
  /// The only row, or zeros where `packed` is null.
  llvm::SmallVector<mlir::Value> loadOrZeros(const Tile &tile,
                                             mlir::Value packed);
  /// Adds `terms` products of `input`, from `inputAt`, and rows of `weights` to
  /// `sums`, in order.
  llvm::SmallVector<mlir::Value> multiply(const Tile &tile,
                                          llvm::SmallVector<mlir::Value> sums,
                                          mlir::Value input,
                                          mlir::Value inputAt, int64_t terms,
                                          mlir::Value weights);

private:
  /// The units of every block but the last: blocks are nearly alike.
  int64_t getBlockUnits() const;

  KernelBuilder &kernel;
  int64_t tileVectors, gates, units, groupUnits;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_GATESUMS_H
