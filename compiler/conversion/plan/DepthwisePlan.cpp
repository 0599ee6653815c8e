//===- DepthwisePlan.cpp - Depthwise convolutions in place ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/DepthwisePlan.h"
#include "llvm/Support/MathExtras.h"

using namespace frieze;

DepthwiseTiling::DepthwiseTiling(const ConvShape &shape, int64_t size)
    : width(shape.output.width), size(size),
      count(llvm::divideCeil(width, size)), rows(shape.findInsideRows()) {
  Positions columns = shape.findInsideColumns();
  auto isInside = [&](int64_t tile) {
    return getStart(tile) >= columns.low &&
           getStart(tile) + size <= columns.high;
  };
  tiles.low = 0;
  while (tiles.low < count && !isInside(tiles.low))
    ++tiles.low;
  tiles.high = tiles.low;
  while (tiles.high < count && isInside(tiles.high))
    ++tiles.high;
}

/// How many there are that read padding, and one for all others.
static int64_t countForms(int64_t count, Positions inside) {
  int64_t same = inside.high - inside.low;
  return count - same + (same > 0);
}

/// Multiply-adds in the code of one kernel: of a window of 3 x 3, three forms
/// of a row by three forms of a tile of eight positions, or of four where a
/// long function stands behind each, beside whose time smaller tiles lose
/// little.
static constexpr int64_t mostMultiplyAdds = 700, mostBeforeLong = 360;

/// Cycles for filling and emptying the multipliers.
static constexpr double tileOverhead = 6;

std::optional<std::pair<MatrixTile, double>>
frieze::chooseDepthwiseTile(const Machine &machine, const ConvShape &shape,
                            int64_t columns) {
  if (!shape.isDepthwise() || shape.pool || shape.padding.isZero() ||
      shape.target.device || shape.getTerms() > machine.budgets.unrolledTerms)
    return std::nullopt;
  int64_t lanes = std::min(machine.lanes, columns);
  const Ports &ports = machine.ports;
  std::optional<std::pair<MatrixTile, double>> best;
  // Beside the accumulators are an input and the padding.
  int64_t most = std::min({machine.budgets.tileRows,
                           machine.registers * 3 / 4 - 2, shape.output.width});
  for (int64_t size = 1; size <= most; ++size) {
    DepthwiseTiling tiling(shape, size);
    if (size * shape.getTerms() * countForms(tiling.count, tiling.tiles) *
            countForms(shape.output.height, tiling.rows) >
        (shape.hasLongEpilogue ? mostBeforeLong : mostMultiplyAdds))
      continue;
    double inputs =
        shape.window.height *
        std::min(size * shape.window.width,
                 (size - 1) * shape.stride.width +
                     (shape.window.width - 1) * shape.dilation.width + 1);
    double products = size * shape.getTerms();
    double cycles =
        std::max({products / ports.multiplyAdds, inputs / ports.loads,
                  shape.getTerms() * ports.latency / 2}) +
        size + tileOverhead;
    cycles *=
        tiling.count * shape.output.height * llvm::divideCeil(columns, lanes);
    if (best && cycles >= best->second)
      continue;
    MatrixTile tile;
    tile.rows = size;
    tile.lanes = lanes;
    tile.terms = shape.getTerms();
    best = {tile, cycles};
  }
  return best;
}
