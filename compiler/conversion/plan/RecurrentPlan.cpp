//===- RecurrentPlan.cpp - How recurrent layers are computed ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/RecurrentPlan.h"

using namespace frieze;
using namespace frieze::nn;

int64_t frieze::padUnits(const Target &target, int64_t units) {
  int64_t rest = units % target.getWidestLanes();
  return units - rest + (rest ? target.padColumns(rest) : 0);
}

/// The sums of a tile: a vector of units for each of `gates` gates, and as many
/// times that as half of the registers hold; the update of a unit needs the
/// rest.
static MatrixTile chooseGateTile(const Machine &machine, int64_t gates) {
  MatrixTile tile;
  tile.lanes = machine.lanes;
  tile.vectors = std::max<int64_t>(1, machine.registers / 2 / gates);
  return tile;
}

int64_t frieze::countUnitVectors(LSTMOp) { return 3; }
int64_t frieze::countUnitVectors(RNNOp) { return 2; }
int64_t frieze::countUnitVectors(GRUOp op) {
  return op.getResetAfter() ? 2 : 4;
}

template <typename OpT>
static KernelPlan planGates(const Target &target, const Machine &machine,
                            OpT op, llvm::ArrayRef<int64_t> gateCounts) {
  KernelPlan plan;
  plan.form = "gate sums";
  for (int64_t gates : gateCounts)
    plan.products.push_back(chooseGateTile(machine, gates));
  plan.scratchElements =
      countUnitVectors(op) * padUnits(target, op.getType().getShape().back());
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
