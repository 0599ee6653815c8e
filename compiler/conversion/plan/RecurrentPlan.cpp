//===- RecurrentPlan.cpp - How recurrent layers are computed ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/RecurrentPlan.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace frieze;
using namespace frieze::nn;

int64_t frieze::padUnits(const Target &target, int64_t units) {
  int64_t rest = units % target.getWidestLanes();
  return units - rest + (rest ? target.padColumns(rest) : 0);
}

/// Cycles in which the second-level cache delivers a line.
static constexpr int64_t cyclesPerLine = 2;

/// Whether so many weights come from the second-level cache in every step.
static bool leavesFirstLevel(const Machine &machine, int64_t weights) {
  return machine.caches.secondLevel > 0 &&
         weights * int64_t(sizeof(float)) > machine.caches.firstLevel;
}

/// Cycles in which a machine multiplies a line of weights.
static double getCyclesOfLine(const Machine &machine) {
  return machine.getLineElements() /
         (machine.lanes * machine.ports.multiplyAdds);
}

/// Units of a tile whose weights come from the second-level cache: few sums
/// keep up with them, and the update of a small tile hides behind the next.
static int64_t getStreamedUnits(const Target &target, const Machine &machine,
                                int64_t gates) {
  return llvm::divideCeil(int64_t(machine.ports.latency),
                          cyclesPerLine * gates) *
         target.getWidestLanes();
}

/// The most of `samples` that `most` of divide them.
static int64_t findDivisor(int64_t samples, int64_t most) {
  int64_t divisor = std::min(samples, std::max<int64_t>(most, 1));
  while (samples % divisor)
    --divisor;
  return divisor;
}

/// The sums of a tile: a vector of units for each of `gates` gates, and as many
/// times that as half of the registers hold; the update of a unit needs the
/// rest. Of several samples, those that share each weight come first.
static MatrixTile chooseGateTile(const Target &target, const Machine &machine,
                                 int64_t gates, int64_t samples,
                                 bool isStreamed) {
  MatrixTile tile;
  tile.lanes = machine.lanes;
  int64_t fitting = machine.registers / 2 / gates;
  tile.rows = findDivisor(samples, fitting);
  tile.vectors = std::max<int64_t>(1, fitting / tile.rows);
  if (isStreamed) {
    int64_t units = getStreamedUnits(target, machine, gates);
    tile.vectors =
        std::min<int64_t>(tile.vectors, llvm::divideCeil(units, machine.lanes));
  }
  return tile;
}

/// Samples that take a step together at most: as many states as a group of
/// threads holds, and as many calls as a processor takes together.
static constexpr int64_t mostSamples = 8;

/// Steps whose input sums are computed together: as many as a quarter of the
/// first-level cache holds sums of, in whole tiles, and such that they divide
/// `steps` if a few fewer do.
static int64_t chooseBlockSteps(const Machine &machine, int64_t steps,
                                int64_t columns, int64_t tileRows) {
  int64_t held = machine.caches.firstLevel / 4 / sizeof(float) / columns;
  int64_t most =
      std::min(std::max(held / tileRows, int64_t(1)) * tileRows, steps);
  for (int64_t count = most; count > most * 2 / 3; --count)
    if (steps % count == 0)
      return count;
  return most;
}

int64_t frieze::countUnitVectors(LSTMOp) { return 3; }
int64_t frieze::countUnitVectors(RNNOp) { return 2; }
int64_t frieze::countUnitVectors(GRUOp op) {
  return op.getResetAfter() ? 2 : 4;
}

int64_t frieze::countCarriedElements(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, int64_t>(op)
      .Case<GRUOp, RNNOp>([](auto layer) { return layer.getUnits(); })
      .Case<LSTMOp>([](LSTMOp layer) { return 2 * layer.getUnits(); });
}

template <typename OpT>
static KernelPlan planGates(const Target &target, const Machine &machine,
                            OpT op, llvm::ArrayRef<int64_t> gateCounts) {
  llvm::ArrayRef<int64_t> shape = op.getInput().getType().getShape();
  int64_t steps = shape[1], channels = shape[2];
  int64_t units = op.getUnits();
  int64_t paddedUnits = padUnits(target, units);
  int64_t gates =
      std::accumulate(gateCounts.begin(), gateCounts.end(), int64_t(0));
  KernelPlan plan;
  plan.form = "gate sums";
  if (target.device || machine.budgets.callsTogether > 1)
    plan.samplesTogether = findDivisor(shape[0], mostSamples);
  plan.scratchElements =
      plan.samplesTogether * countUnitVectors(op) * paddedUnits;
  plan.turnsBack = getCyclesOfLine(machine) <= cyclesPerLine &&
                   leavesFirstLevel(machine, gates * units * units);
  plan.packedUnits = plan.turnsBack
                         ? getStreamedUnits(target, machine, gateCounts.back())
                         : target.limits.packedUnits;
  for (int64_t count : gateCounts)
    plan.products.push_back(chooseGateTile(
        target, machine, count, plan.samplesTogether, plan.turnsBack));
  // A product of fewer terms would save less than its sums cost to store.
  constexpr int64_t leastTerms = 8;
  if (plan.samplesTogether > 1 || steps < 2 || channels < leastTerms ||
      getCyclesOfLine(machine) >= cyclesPerLine ||
      !leavesFirstLevel(machine, gates * units * (units + channels)))
    return plan;
  for (int64_t count : gateCounts)
    plan.inputProducts.push_back(chooseMatrixTile(
        machine, {steps, count * std::min(paddedUnits, plan.packedUnits),
                  /*terms=*/channels}));
  plan.blockSteps = chooseBlockSteps(machine, steps, gates * paddedUnits,
                                     plan.inputProducts.front().rows);
  plan.scratchElements += plan.blockSteps * gates * paddedUnits;
  return plan;
}

KernelPlan frieze::planLSTM(const Target &target, const Machine &machine,
                            LSTMOp op) {
  return planGates(target, machine, op, 4);
}

KernelPlan frieze::planGRU(const Target &target, const Machine &machine,
                           GRUOp op) {
  // The candidate's terms are a product of their own where they need the reset
  // gates of all units.
  return op.getResetAfter() ? planGates(target, machine, op, 3)
                            : planGates(target, machine, op, {2, 1});
}

KernelPlan frieze::planRNN(const Target &target, const Machine &machine,
                           RNNOp op) {
  return planGates(target, machine, op, 1);
}
