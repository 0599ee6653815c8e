//===- Recurrent.cpp - Lowering of recurrent layers -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/VectorOps.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/kernels/RecurrentLayer.h"
#include "dialect/ElementaryFunctions.h"

#include <utility>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

//===----------------------------------------------------------------------===//
// Gated recurrent units
//===----------------------------------------------------------------------===//

/// The reset gate multiplies what the candidate's terms sum up to, which is a
/// fourth sum beside those of gates and input.
static void lowerGRUWithResetAfter(KernelBuilder &kernel, GRUOp op,
                                   const KernelPlan &plan) {
  RecurrentLayer<GRUOp> layer(kernel, op, plan);
  GateSums gates(kernel, plan, 0, 3, layer.units);
  auto terms = layer.loadInputTerms(gates);
  Value recurrent = layer.loadPacked(gates, "recurrent", op.getRecurrent());
  GateSums oneSum(kernel, plan, 0, 1, layer.units);
  Value recurrentBias =
      layer.loadPacked(oneSum, "recurrent_bias", op.getRecurrentBiasAttr());
  layer.forEachStep(terms, [&](const auto &all) {
    layer.forEachTile(gates, all, [&](const auto &tile, const auto &step) {
      SmallVector<Value> sums = layer.sumInput(terms, tile, step);
      SmallVector<Value> candidates, starts;
      starts = oneSum.loadOrZeros(tile, recurrentBias);
      for (auto [v, start] : llvm::enumerate(starts))
        candidates.push_back(std::exchange(sums[3 * v + 2], start));
      sums = layer.addUnits(gates, tile, sums, step.before, recurrent);
      layer.forEachVector(gates, tile, step, [&](size_t v, const auto &at) {
        VectorOps ops(kernel, at.lanes);
        ElementaryFunctions<VectorOps> functions(ops);
        Value reset = functions.resetGate(op.getFunctions(), sums[3 * v + 1]);
        Value state = functions.updateState(
            op.getFunctions(), sums[3 * v],
            kernel.fma(reset, sums[3 * v + 2], candidates[v]),
            layer.loadState(at));
        layer.storeState(at, state);
      });
    });
  });
}

/// The candidate's terms need the reset gates of all units: a second product,
/// behind that of the gates.
static void lowerGRUWithResetBefore(KernelBuilder &kernel, GRUOp op,
                                    const KernelPlan &plan) {
  RecurrentLayer<GRUOp> layer(kernel, op, plan);
  int64_t units = layer.units;
  GateSums gates(kernel, plan, 0, 2, units);
  GateSums candidates(kernel, plan, 1, 1, units);
  Value gateRecurrent =
      layer.loadPacked(gates, "recurrent", op.getRecurrent(), 0, 2 * units);
  Value candidateRecurrent =
      layer.loadPacked(candidates, "recurrent_candidate", op.getRecurrent(),
                       2 * units, 3 * units);
  auto gateTerms = layer.loadInputTerms(gates, "", 0, 2 * units);
  auto candidateTerms =
      layer.loadInputTerms(candidates, "_candidate", 2 * units, 3 * units);
  // Scratch memory begins with the sums of the update gates and s * h.
  auto getResetAt = [&](const auto &step) {
    return kernel.add(step.base, layer.paddedUnits);
  };
  layer.forEachStep({gateTerms, candidateTerms}, [&](const auto &all) {
    layer.forEachTile(gates, all, [&](const auto &tile, const auto &step) {
      SmallVector<Value> sums = layer.sumInput(gateTerms, tile, step);
      sums = layer.addUnits(gates, tile, sums, step.before, gateRecurrent);
      layer.forEachVector(gates, tile, step, [&](size_t v, const auto &at) {
        VectorOps ops(kernel, at.lanes);
        layer.storeVector(sums[2 * v], kernel.add(at.base, at.unit), at.lanes);
        Value reset = ElementaryFunctions<VectorOps>(ops).resetGate(
            op.getFunctions(), sums[2 * v + 1]);
        layer.storeVector(kernel.mulFloat(reset, layer.loadState(at)),
                          kernel.add(getResetAt(at), at.unit), at.lanes);
      });
    });
    layer.forEachTile(candidates, all, [&](const auto &tile, const auto &step) {
      SmallVector<Value> sums = layer.sumInput(candidateTerms, tile, step);
      sums = layer.addUnits(candidates, tile, sums, getResetAt(step),
                            candidateRecurrent);
      layer.forEachVector(
          candidates, tile, step, [&](size_t v, const auto &at) {
            VectorOps ops(kernel, at.lanes);
            Value state = ElementaryFunctions<VectorOps>(ops).updateState(
                op.getFunctions(),
                layer.loadVector(kernel.add(at.base, at.unit), at.lanes),
                sums[v], layer.loadState(at));
            layer.storeState(at, state);
          });
    });
  });
}

static void lowerGRU(KernelBuilder &kernel, GRUOp op, const KernelPlan &plan) {
  if (op.getResetAfter())
    lowerGRUWithResetAfter(kernel, op, plan);
  else
    lowerGRUWithResetBefore(kernel, op, plan);
}

//===----------------------------------------------------------------------===//
// Long short-term memory
//===----------------------------------------------------------------------===//

static void lowerLSTM(KernelBuilder &kernel, LSTMOp op,
                      const KernelPlan &plan) {
  RecurrentLayer<LSTMOp> layer(kernel, op, plan);
  GateSums gates(kernel, plan, 0, 4, layer.units);
  auto terms = layer.loadInputTerms(gates);
  Value recurrent = layer.loadPacked(gates, "recurrent", op.getRecurrent());
  GateSums threeGates(kernel, plan, 0, 3, layer.units);
  Value peephole =
      layer.loadPacked(threeGates, "peephole", op.getPeepholeAttr());
  // Scratch memory begins with the cells.
  layer.forEachStep(terms, [&](const auto &all) {
    layer.forEachTile(gates, all, [&](const auto &tile, const auto &step) {
      SmallVector<Value> sums = layer.sumInput(terms, tile, step);
      sums = layer.addUnits(gates, tile, sums, step.before, recurrent);
      SmallVector<Value> weights;
      if (peephole)
        weights = threeGates.loadOrZeros(tile, peephole);
      layer.forEachVector(gates, tile, step, [&](size_t v, const auto &at) {
        VectorOps ops(kernel, at.lanes);
        Value cellAt = kernel.add(at.base, at.unit);
        Value before = layer.loadVector(cellAt, at.lanes);
        auto [cell, state] = ElementaryFunctions<VectorOps>(ops).updateCell(
            op.getFunctions(),
            {sums[4 * v], sums[4 * v + 1], sums[4 * v + 2], sums[4 * v + 3]},
            before,
            peephole ? ArrayRef(weights).slice(3 * v, 3) : ArrayRef<Value>());
        Value kept = layer.unlessMasked(at, cell, before);
        layer.storeVector(kept, cellAt, at.lanes);
        layer.storeCell(at, cell, kept);
        layer.storeState(at, state);
      });
    });
  });
}

//===----------------------------------------------------------------------===//
// Recurrent layers without gates
//===----------------------------------------------------------------------===//

static void lowerRNN(KernelBuilder &kernel, RNNOp op, const KernelPlan &plan) {
  RecurrentLayer<RNNOp> layer(kernel, op, plan);
  GateSums states(kernel, plan, 0, 1, layer.units);
  auto terms = layer.loadInputTerms(states);
  Value recurrent = layer.loadPacked(states, "recurrent", op.getRecurrent());
  layer.forEachStep(terms, [&](const auto &all) {
    layer.forEachTile(states, all, [&](const auto &tile, const auto &step) {
      SmallVector<Value> sums = layer.sumInput(terms, tile, step);
      sums = layer.addUnits(states, tile, sums, step.before, recurrent);
      layer.forEachVector(states, tile, step, [&](size_t v, const auto &at) {
        VectorOps ops(kernel, at.lanes);
        ElementaryFunctions<VectorOps> functions(ops);
        Value sum = functions.cutOff(sums[v], op.getFunctions().clip);
        layer.storeState(at, kernel.applyFunction(op.getActivation(), sum));
      });
    });
  });
}

void frieze::addRecurrentLowerings(LoweringTable &table) {
  table.add<GRUOp, planGRU, lowerGRU>();
  table.add<LSTMOp, planLSTM, lowerLSTM>();
  table.add<RNNOp, planRNN, lowerRNN>();
}
