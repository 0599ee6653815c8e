//===- GateSums.h - Sums of recurrent layers in registers -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_EMIT_GATESUMS_H
#define FRIEZE_COMPILER_CONVERSION_EMIT_GATESUMS_H

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/plan/RecurrentPlan.h"

namespace frieze {

/// The sums of the gates of a recurrent layer, for as many units at once as fit
/// into the registers. All gates of a unit are in the same tile, so that the
/// unit can be updated while they are in registers.
///
/// Parameters are packed in blocks of units (KernelPlan::packedUnits): in a
/// block a row has a group of each gate, as many units as the widest vector of
/// the target, then the next group, and the last one padded like columns.
class GateSums {
public:
  /// Product `number` of `plan`, which has as many gates.
  GateSums(KernelBuilder &kernel, const KernelPlan &plan, size_t number,
           int64_t gates, int64_t units)
      : kernel(kernel), tileVectors(plan.products[number].vectors),
        samples(plan.products[number].rows), packedUnits(plan.packedUnits),
        gates(gates), units(units), groupUnits(kernel.target.getWidestLanes()) {
  }

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
  /// Where `turned`, a truth, is given and holds, in the opposite order, but
  /// for the units that fill no tile or block.
  void forEachTile(mlir::Value turned,
                   llvm::function_ref<void(const Tile &)> body);

  /// Samples whose sums a tile has, behind each other.
  int64_t getSamples() const { return samples; }
  /// Elements of a packed row of all blocks.
  int64_t getRowElements() const {
    return gates * padUnits(kernel.target, units);
  }
  /// Row `row` of `count` packed ones, the first of which begins at `base`: all
  /// gates of the tile's first vector, then those of the next.
  llvm::SmallVector<mlir::Value> load(const Tile &tile, mlir::Value packed,
                                      mlir::Value base, mlir::Value row,
                                      int64_t count) const;
  /// The only row, or zeros where `packed` is null, for each sample.
  llvm::SmallVector<mlir::Value> loadOrZeros(const Tile &tile,
                                             mlir::Value packed);
  /// What rows of weights are multiplied by: `terms` elements from `at`, and so
  /// on for the next samples.
  struct Factors {
    mlir::Value buffer, at;
    int64_t sampleStride, terms;
  };
  /// Adds products of `factors` and rows of `weights` to `sums`, in order.
  llvm::SmallVector<mlir::Value> multiply(const Tile &tile,
                                          llvm::SmallVector<mlir::Value> sums,
                                          const Factors &factors,
                                          mlir::Value weights) const;
  /// Emits the sums of all units for some rows of `product`, which has input,
  /// weights, bias, their number, their terms, and an output of packed rows.
  void emitRows(MatrixProduct product, const MatrixTile &tile);

private:
  /// Calls `body(first, count)` for all blocks of units.
  void forEachBlock(mlir::Value turned,
                    llvm::function_ref<void(mlir::Value, int64_t)> body);
  /// Number `i` of `count`, from the last one where `turned` holds.
  mlir::Value turn(mlir::Value turned, mlir::Value i, int64_t count);
  /// The units of every block but the last: blocks are nearly alike.
  int64_t getBlockUnits() const;

  KernelBuilder &kernel;
  int64_t tileVectors, samples, packedUnits, gates, units, groupUnits;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_EMIT_GATESUMS_H
