//===- GateSums.h - Sums of recurrent layers in registers -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_GATESUMS_H
#define FRIEZE_COMPILER_CONVERSION_GATESUMS_H

#include "compiler/conversion/KernelBuilder.h"

namespace frieze {

/// The sums of the gates of a recurrent layer, for as many units at once as fit
/// into the registers. All gates of a unit are in the same tile, so that the
/// unit can be updated while they are in registers.
class GateSums {
public:
  GateSums(KernelBuilder &kernel, int64_t gates, int64_t units);

  /// The length of a vector of all units, for all targets.
  static int64_t getPaddedUnits(int64_t units);

  /// Rows of one column for each unit of each gate, with the units of a gate
  /// padded with zeros.
  llvm::SmallVector<double> pack(llvm::ArrayRef<double> values) const;

  /// Some units: `vectors` times `lanes` from `first`, of which `count` exist.
  struct Tile {
    mlir::Value first;
    int64_t vectors, count;
  };
  void forEachTile(llvm::function_ref<void(const Tile &)> body);
  int64_t getLanes() const { return lanes; }

  /// The entries of a packed row for `tile`: one vector for each gate and
  /// vector of units, gate by gate.
  llvm::SmallVector<mlir::Value> load(const Tile &tile, mlir::Value packed,
                                      mlir::Value row);
  /// Adds `terms` products of `input`, from `inputAt`, and rows of `weights` to
  /// `sums`, in order.
  llvm::SmallVector<mlir::Value> multiply(const Tile &tile,
                                          llvm::SmallVector<mlir::Value> sums,
                                          mlir::Value input,
                                          mlir::Value inputAt, int64_t terms,
                                          mlir::Value weights);

private:
  KernelBuilder &kernel;
  int64_t gates, units, paddedUnits, lanes;
};

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_GATESUMS_H
