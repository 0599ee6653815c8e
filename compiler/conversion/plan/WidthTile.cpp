//===- WidthTile.cpp - Tiles along the width of an image --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/WidthTile.h"
#include "compiler/conversion/plan/Shuffles.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace frieze;

bool frieze::isContiguous(const ConvShape &shape, int64_t columns) {
  return columns == shape.output.positionElements &&
         countShuffles(columns) <= countShuffles(llvm::PowerOf2Ceil(columns));
}

/// Cycles for storing one vector of each of `columns`. Shuffles share the ports
/// of the multipliers. There is one store a cycle, and half a cycle more where
/// less than four lanes are extracted for it.
static double estimateStore(const Machine &machine, const ConvShape &shape,
                            int64_t columns, int64_t lanes) {
  double shuffles = machine.ports.multiplyAdds;
  if (isContiguous(shape, columns))
    return columns * (countShuffles(columns) / shuffles + 1);
  int64_t slot = llvm::PowerOf2Ceil(columns);
  return slot * countShuffles(slot) / shuffles + lanes * (slot < 4 ? 1.5 : 1);
}

/// Registers that a tile takes at once: besides the accumulators the inputs, a
/// weight, and a product where there is no FMA. An input that is used once is
/// an operand in memory.
static int64_t countRegisters(const Machine &machine, int64_t columns,
                              int64_t inputs) {
  if (!machine.hasFMA)
    return columns * inputs + inputs + 2;
  return columns * inputs + (columns > 1 ? inputs : 0) + 1;
}

/// Cycles for filling and emptying the multipliers, and leaving the loops.
static constexpr double tileOverhead = 10;

std::pair<WidthTile, double> frieze::chooseWidthTile(const Machine &machine,
                                                     const ConvShape &shape,
                                                     int64_t columns) {
  int64_t width = shape.output.width, height = shape.output.height;
  int64_t lanes = std::min<int64_t>(
      machine.lanes, llvm::PowerOf2Ceil(std::max<int64_t>(width, 4)));
  Spatial pool = shape.getPoolWindow();
  int64_t window = pool.height * pool.width;
  int64_t vectors = llvm::divideCeil(width, lanes);
  // A load that is not aligned costs two where it touches two cache lines.
  double inputLoads = 1 + double(lanes) / machine.getLineElements();
  const Ports &ports = machine.ports;
  std::pair<WidthTile, double> best{{1, 1, 1, lanes},
                                    std::numeric_limits<double>::infinity()};
  for (int64_t c = 1; c <= std::min(columns, lanes); ++c)
    for (int64_t r = 1; r <= height; ++r)
      for (int64_t v = 1; v <= vectors; ++v) {
        int64_t inputs = r * v * window, accumulators = c * inputs;
        if (accumulators > machine.registers * 3 / 4 ||
            countRegisters(machine, c, inputs) > machine.registers)
          break;
        // The last of several tiles overlaps the one before it.
        int64_t tilesAlong = llvm::divideCeil(vectors, v);
        if (tilesAlong > 1) {
          if (v * lanes > width)
            continue;
          tilesAlong = llvm::divideCeil(width, v * lanes);
        }
        double term =
            std::max({accumulators / ports.multiplyAdds,
                      (c + inputs * inputLoads) / ports.loads, ports.latency});
        double cycles = tilesAlong * llvm::divideCeil(height, r) *
                        llvm::divideCeil(columns, c) *
                        (tileOverhead + shape.getTerms() * term +
                         r * v * estimateStore(machine, shape, c, lanes));
        if (cycles < best.second)
          best = {{c, r, v, lanes}, cycles};
      }
  return best;
}
