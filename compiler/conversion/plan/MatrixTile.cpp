//===- MatrixTile.cpp - Tiles of a matrix product ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/MatrixTile.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>
#include <optional>

using namespace frieze;

namespace {
/// A tile, with what a sum of a column costs in it.
struct RatedTile {
  MatrixTile tile;
  double cost;
};

/// What tiles of one width are made of.
struct TileRules {
  int64_t lanes;
  /// Vectors that the columns fill.
  int64_t vectors;
  /// Terms that are multiplied without a loop.
  int64_t terms;
  /// Whether that is the whole sum, so that its weights, and the bias, stay in
  /// registers over all rows.
  bool holdsWeights;
};
} // namespace

/// Loads per multiply-add of a tile of so many rows of the output by `vectors`.
static double countLoads(const Machine &machine, const ProductShape &shape,
                         const TileRules &rules, int64_t rows,
                         int64_t vectors) {
  if (machine.sharedFactor == SharedFactor::Vector && !rules.holdsWeights)
    return double(rows + vectors) / (rows * vectors);
  double inputs = rows * shape.sums, weights = vectors;
  double products = inputs * weights;
  if (machine.sharedFactor == SharedFactor::Lane) {
    inputs /= machine.lanes;
    weights = llvm::divideCeil(vectors, weightsTogether);
  }
  if (shape.weightsPerSum)
    weights *= shape.sums;
  return (inputs + (rules.holdsWeights ? 0 : weights)) / products;
}

/// The best tile by `rules`: the one with the fewest loads per multiply-add
/// among those that fit into the registers: accumulators, one vector of weights
/// for each column vector, and one of the input (one more for the product where
/// there is no FMA). Accumulators take at most three quarters of the registers:
/// LLVM's scheduler moves loads of the input ahead, and would spill to make
/// room for them. Four chains at a time leave room for more columns: weights
/// that come from the second-level cache are best read in long runs. Half of
/// the registers do for them, as that is what bounds their speed.
static RatedTile chooseTile(const Machine &machine, const ProductShape &shape,
                            const TileRules &rules) {
  int64_t registers = machine.countRegisters(rules.lanes);
  int64_t chains = std::min<int64_t>(shape.chains, 4);
  if (chains > 1 && machine.budgets.chainRegisters)
    registers = machine.budgets.chainRegisters;
  int64_t accumulators = registers * (chains > 1 ? 2 : 3) / 4;
  int64_t sumsPerRow = chains * shape.sums;
  // Of the inputs, registers hold one, none, or some terms of each row.
  bool isByLane = machine.sharedFactor == SharedFactor::Lane &&
                  shape.terms >= machine.lanes;
  int64_t held = !machine.hasFMA +
                 (machine.sharedFactor != SharedFactor::Scalar && !isByLane);
  int64_t heldPerRow = !isByLane ? 0 : shape.weightsPerSum ? 1 : shape.sums;
  double busy = machine.ports.multiplyAdds * machine.ports.latency;
  std::optional<double> lowestCost;
  RatedTile best{{1, 1, rules.lanes, chains, rules.terms}, INFINITY};
  for (int64_t v = 1; v <= std::min(rules.vectors, machine.budgets.tileVectors);
       ++v) {
    // In the loop with weights and bias are the epilogue, and inputs that
    // several rows read.
    int64_t weights = rules.holdsWeights ? v * (shape.terms + 1) + 2
                      : isByLane         ? std::min(v, weightsTogether)
                                         : v;
    int64_t fitting =
        std::min((registers - held - weights) / (v * sumsPerRow + heldPerRow),
                 accumulators / (v * sumsPerRow));
    if (fitting < 1)
      break;
    // As few tiles as the registers allow, of nearly equal height.
    int64_t rows = llvm::divideCeil(
        shape.rows,
        llvm::divideCeil(shape.rows,
                         std::min(fitting, machine.budgets.tileRows)));
    double loads = countLoads(machine, shape, rules, rows, v);
    double wasted =
        double(llvm::divideCeil(rules.vectors, v) * v) / rules.vectors;
    double idle = std::max(1.0, busy / (rows * v * sumsPerRow));
    double cost = loads * wasted * idle;
    // Scalars reach neighbouring weights from one address, but not the rows.
    bool isNearer = shape.weightsPerSum && machine.lanes == 1;
    if (!lowestCost || cost < *lowestCost ||
        (isNearer && cost == *lowestCost)) {
      lowestCost = cost;
      best.tile.rows = rows;
      best.tile.vectors = v;
      best.cost = (1 + loads) * wasted * idle / rules.lanes;
    }
  }
  return best;
}

MatrixTile frieze::chooseMatrixTile(const Machine &machine,
                                    const ProductShape &shape) {
  const Budgets &budgets = machine.budgets;
  int64_t most =
      shape.inputPerColumn ? budgets.unrolledTerms : budgets.termsTogether;
  bool isShort = shape.terms <= most && shape.chains == 1;
  std::optional<RatedTile> best;
  auto consider = [&](TileRules rules) {
    RatedTile rated = chooseTile(machine, shape, rules);
    if (!best || rated.cost < best->cost)
      best = rated;
  };
  auto considerLanes = [&](int64_t lanes, int64_t vectors) {
    if (isShort && budgets.termsTogether > 1) {
      consider({lanes, vectors, most, /*holdsWeights=*/true});
      consider({lanes, vectors, /*terms=*/1, /*holdsWeights=*/false});
    } else {
      // Inputs that several rows read would stay in registers until the last.
      bool mayShareInputs =
          machine.sharedFactor == SharedFactor::Vector && !shape.inputPerColumn;
      int64_t terms = mayShareInputs ? std::min(most, shape.rowStride) : most;
      consider({lanes, vectors, terms, /*holdsWeights=*/false});
    }
  };
  // Inputs have no padded columns to read, so that the last vector is narrower.
  if (shape.inputPerColumn)
    considerLanes(std::min(machine.lanes, shape.columns), 1);
  else
    for (int64_t lanes : {machine.lanes, machine.tileLanes}) {
      lanes = std::min<int64_t>(
          lanes, llvm::PowerOf2Ceil(std::max<int64_t>(shape.columns, 4)));
      considerLanes(lanes, llvm::divideCeil(shape.columns, lanes));
    }
  return best->tile;
}

double frieze::estimateCycles(const Machine &machine, const ProductShape &shape,
                              const MatrixTile &tile) {
  const Ports &ports = machine.ports;
  auto estimateTile = [&](int64_t rows, int64_t vectors) {
    double inputs = rows * shape.sums;
    double sums = inputs * vectors;
    double loads = vectors * (shape.weightsPerSum ? shape.sums : 1) +
                   (shape.inputPerColumn ? sums : inputs);
    return shape.terms * std::max({sums / ports.multiplyAdds,
                                   loads / ports.loads, ports.latency}) +
           rows * vectors;
  };
  auto estimateColumns = [&](int64_t vectors) {
    double cycles = shape.rows / tile.rows * estimateTile(tile.rows, vectors);
    if (int64_t rest = shape.rows % tile.rows)
      cycles += estimateTile(rest, vectors);
    return cycles;
  };
  double cycles =
      shape.columns / tile.getWidth() * estimateColumns(tile.vectors);
  if (int64_t rest = shape.columns % tile.getWidth())
    cycles += estimateColumns(llvm::divideCeil(rest, tile.lanes));
  return cycles;
}
