//===- GateSums.cpp - Sums of recurrent layers in registers -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/GateSums.h"
#include "compiler/codegen/cpu/RegisterTile.h"

using namespace mlir;
using namespace frieze;

GateSums::GateSums(KernelBuilder &kernel, int64_t gates, int64_t units)
    : kernel(kernel), gates(gates), units(units),
      paddedUnits(getPaddedUnits(units)),
      lanes(std::min(kernel.target.lanes, paddedUnits)) {}

int64_t GateSums::getPaddedUnits(int64_t units) {
  return llvm::alignTo(units, getColumnPadding(units));
}

SmallVector<double> GateSums::pack(ArrayRef<double> values) const {
  int64_t rows = values.size() / units;
  SmallVector<double> packed(rows * paddedUnits, 0.0);
  for (int64_t row = 0; row < rows; ++row)
    llvm::copy(values.slice(row * units, units),
               packed.begin() + row * paddedUnits);
  return packed;
}

void GateSums::forEachTile(llvm::function_ref<void(const Tile &)> body) {
  // The sums take half of the registers; the update of a unit needs the rest.
  int64_t vectors = llvm::divideCeil(units, lanes);
  int64_t most = std::max<int64_t>(1, kernel.target.registers / 2 / gates);
  vectors = llvm::divideCeil(vectors, llvm::divideCeil(vectors, most));
  int64_t width = vectors * lanes, tiles = units / width;
  kernel.forEach(tiles, [&](Value tile) {
    body({kernel.mul(tile, width), vectors, width});
  });
  if (int64_t rest = units % width)
    body({kernel.index(tiles * width), (int64_t)llvm::divideCeil(rest, lanes),
          rest});
}

SmallVector<Value> GateSums::load(const Tile &tile, Value packed, Value row) {
  SmallVector<Value> entries;
  Value at = kernel.add(kernel.mul(row, gates * paddedUnits), tile.first);
  for (int64_t gate = 0; gate < gates; ++gate)
    for (int64_t v = 0; v < tile.vectors; ++v)
      entries.push_back(kernel.loadVector(
          packed, kernel.add(at, gate * paddedUnits + v * lanes), lanes));
  return entries;
}

SmallVector<Value> GateSums::multiply(const Tile &tile, SmallVector<Value> sums,
                                      Value input, Value inputAt, int64_t terms,
                                      Value weights) {
  return kernel.reduce(terms, sums, [&](Value term, ValueRange carried) {
    Value factor =
        kernel.loadBroadcast(input, kernel.add(inputAt, term), lanes);
    SmallVector<Value> results;
    for (auto [weight, sum] : llvm::zip(load(tile, weights, term), carried))
      results.push_back(kernel.fma(factor, weight, sum));
    return results;
  });
}
