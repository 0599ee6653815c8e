//===- Recurrent.cpp - Lowering of recurrent layers -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/GateSums.h"
#include "compiler/conversion/emit/VectorOps.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/RecurrentPlan.h"
#include "dialect/ElementaryFunctions.h"
#include "dialect/Weights.h"

#include <utility>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// The steps of a recurrent layer, and what all of its kinds do in one.
template <typename OpT> class RecurrentLayer {
public:
  RecurrentLayer(KernelBuilder &kernel, OpT op)
      : kernel(kernel), op(op), units(op.getType().getShape().back()),
        paddedUnits(padUnits(kernel.target, units)),
        scratch(kernel.scratch[op]), input(kernel.buffers[op.getInput()]),
        output(kernel.buffers[op.getOutput()]),
        epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())) {}

  /// Where a step finds its input and the state before it, and where it leaves
  /// the state after it: in scratch memory and in a row of the result.
  struct Step {
    Value inputAt, before, after, row;
  };
  using Update = llvm::function_ref<void(const Step &)>;

  /// Emits all steps of all samples, from zeros in scratch memory.
  void forEachStep(Update update);

  /// The sums of a tile with the bias and the terms of the input. These come
  /// first: they do not wait for the last step, and run beside its update.
  SmallVector<Value> sumInput(GateSums &sums, const GateSums::Tile &tile,
                              const Step &step, Value weights, Value bias) {
    int64_t channels = op.getInput().getType().getDimSize(2);
    return sums.multiply(tile, sums.loadOrZeros(tile, bias), input,
                         step.inputAt, channels, weights);
  }
  Value loadVector(Value at, int64_t lanes) {
    return kernel.loadVector(scratch, at, lanes);
  }
  void storeVector(Value vector, Value at, int64_t lanes) {
    kernel.storeVector(vector, scratch, at, lanes);
  }
  /// Stores the new states of the units from `unit`.
  void storeState(const Step &step, Value state, Value unit,
                  const GateSums::UnitVector &vector) {
    storeVector(state, kernel.add(step.after, unit), vector.lanes);
    if (op.getSequences())
      storeResult(state, step.row, unit, vector.count);
  }
  /// The number of the first unit of a vector.
  Value getUnit(const GateSums::Tile &tile,
                const GateSums::UnitVector &vector) {
    return kernel.add(kernel.add(tile.blockFirst, tile.first), vector.offset);
  }
  /// The columns from `low` below `high` of rows of weights, packed for `sums`;
  /// null for null.
  Value loadPacked(const GateSums &sums, StringRef name, ElementsAttr weights,
                   int64_t low, int64_t high) {
    if (!weights)
      return {};
    SmallVector<double> values = *readWeights(weights), selected;
    int64_t columns = weights.getShapedType().getShape().back();
    for (size_t row = 0; row < values.size(); row += columns)
      llvm::append_range(selected,
                         ArrayRef(values).slice(row + low, high - low));
    return kernel.loadConstants(op, name, sums.pack(selected));
  }
  Value loadPacked(const GateSums &sums, StringRef name, ElementsAttr weights) {
    return loadPacked(sums, name, weights, 0,
                      weights ? weights.getShapedType().getShape().back() : 0);
  }

  KernelBuilder &kernel;
  OpT op;
  const int64_t units, paddedUnits;
  const Value scratch;

private:
  /// Writes states to `row` of the result, through the epilogue.
  void storeResult(Value state, Value row, Value unit, int64_t width) {
    kernel.storeVector(kernel.applyEpilogue(epilogue, state, unit), output,
                       kernel.add(kernel.mul(row, units), unit), width);
  }

  Value input, output;
  SmallVector<EpilogueStage> epilogue;
};
} // namespace

template <typename OpT> void RecurrentLayer<OpT>::forEachStep(Update update) {
  ArrayRef<int64_t> shape = op.getInput().getType().getShape();
  int64_t samples = shape[0], steps = shape[1], channels = shape[2];
  int64_t lastState = (countUnitVectors(op) - 1) * paddedUnits;
  auto fromLast = [&](Value step) -> Value {
    return arith::SubIOp::create(kernel.builder, kernel.getLocation(),
                                 kernel.index(steps - 1), step);
  };
  // They share scratch memory.
  kernel.inOrder(samples, [&](Value sample) {
    kernel.forEachVector(lastState, [&](Value at, int64_t width) {
      storeVector(kernel.constant(0.0f, width), at, width);
    });
    Value firstStep = kernel.mul(sample, steps);
    SmallVector<Value> states{kernel.index(lastState - paddedUnits),
                              kernel.index(lastState)};
    states = kernel.reduce(steps, states, [&](Value step, ValueRange carried) {
      Value position = op.getBackwards() ? fromLast(step) : step;
      Value place = op.getReversed() ? fromLast(step) : step;
      update({kernel.mul(kernel.add(firstStep, position), channels), carried[0],
              carried[1], kernel.add(firstStep, place)});
      return SmallVector<Value>{carried[1], carried[0]};
    });
    if (op.getSequences())
      return;
    kernel.forEachVector(units, [&](Value unit, int64_t width) {
      storeResult(loadVector(kernel.add(states[0], unit), width), sample, unit,
                  width);
    });
  });
}

//===----------------------------------------------------------------------===//
// Gated recurrent units
//===----------------------------------------------------------------------===//

/// The reset gate multiplies what the candidate's terms sum up to, which is a
/// fourth sum beside those of gates and input.
static void lowerGRUWithResetAfter(KernelBuilder &kernel, GRUOp op,
                                   const KernelPlan &plan) {
  RecurrentLayer<GRUOp> layer(kernel, op);
  GateSums gates(kernel, plan.products.front(), 3, layer.units);
  Value weights = layer.loadPacked(gates, "kernel", op.getKernel());
  Value recurrent = layer.loadPacked(gates, "recurrent", op.getRecurrent());
  Value bias = layer.loadPacked(gates, "bias", op.getBiasAttr());
  GateSums oneSum(kernel, plan.products.front(), 1, layer.units);
  Value recurrentBias =
      layer.loadPacked(oneSum, "recurrent_bias", op.getRecurrentBiasAttr());
  layer.forEachStep([&](const auto &step) {
    gates.forEachTile([&](const GateSums::Tile &tile) {
      SmallVector<Value> sums =
          layer.sumInput(gates, tile, step, weights, bias);
      SmallVector<Value> candidates, starts;
      starts = oneSum.loadOrZeros(tile, recurrentBias);
      for (auto [v, start] : llvm::enumerate(starts))
        candidates.push_back(std::exchange(sums[3 * v + 2], start));
      sums = gates.multiply(tile, sums, layer.scratch, step.before, layer.units,
                            recurrent);
      for (auto [v, vector] : llvm::enumerate(tile.vectors)) {
        VectorOps ops(kernel, vector.lanes);
        ElementaryFunctions<VectorOps> functions(ops);
        Value unit = layer.getUnit(tile, vector);
        Value reset = functions.resetGate(op.getRecurrentActivation(),
                                          op.getActivation(), sums[3 * v + 1]);
        Value state = functions.updateState(
            op.getRecurrentActivation(), op.getActivation(), sums[3 * v],
            kernel.fma(reset, sums[3 * v + 2], candidates[v]),
            layer.loadVector(kernel.add(step.before, unit), vector.lanes));
        layer.storeState(step, state, unit, vector);
      }
    });
  });
}

/// The candidate's terms need the reset gates of all units: a second product,
/// behind that of the gates.
static void lowerGRUWithResetBefore(KernelBuilder &kernel, GRUOp op,
                                    const KernelPlan &plan) {
  RecurrentLayer<GRUOp> layer(kernel, op);
  int64_t units = layer.units;
  GateSums gates(kernel, plan.products[0], 2, units);
  GateSums candidates(kernel, plan.products[1], 1, units);
  auto loadBoth = [&](StringRef name, ElementsAttr parameter) {
    return std::make_pair(
        layer.loadPacked(gates, name, parameter, 0, 2 * units),
        layer.loadPacked(candidates, (name + "_candidate").str(), parameter,
                         2 * units, 3 * units));
  };
  auto [gateWeights, candidateWeights] = loadBoth("kernel", op.getKernel());
  auto [gateRecurrent, candidateRecurrent] =
      loadBoth("recurrent", op.getRecurrent());
  auto [gateBias, candidateBias] = loadBoth("bias", op.getBiasAttr());
  // Scratch memory begins with the sums of the update gates and s * h.
  Value resetAt = kernel.index(layer.paddedUnits);
  layer.forEachStep([&, gateWeights = gateWeights, gateBias = gateBias,
                     gateRecurrent = gateRecurrent,
                     candidateWeights = candidateWeights,
                     candidateBias = candidateBias,
                     candidateRecurrent =
                         candidateRecurrent](const auto &step) {
    gates.forEachTile([&](const GateSums::Tile &tile) {
      SmallVector<Value> sums =
          layer.sumInput(gates, tile, step, gateWeights, gateBias);
      sums = gates.multiply(tile, sums, layer.scratch, step.before, units,
                            gateRecurrent);
      for (auto [v, vector] : llvm::enumerate(tile.vectors)) {
        VectorOps ops(kernel, vector.lanes);
        Value unit = layer.getUnit(tile, vector);
        layer.storeVector(sums[2 * v], unit, vector.lanes);
        Value reset = ElementaryFunctions<VectorOps>(ops).resetGate(
            op.getRecurrentActivation(), op.getActivation(), sums[2 * v + 1]);
        Value state =
            layer.loadVector(kernel.add(step.before, unit), vector.lanes);
        layer.storeVector(kernel.mulFloat(reset, state),
                          kernel.add(resetAt, unit), vector.lanes);
      }
    });
    candidates.forEachTile([&](const GateSums::Tile &tile) {
      SmallVector<Value> sums = layer.sumInput(candidates, tile, step,
                                               candidateWeights, candidateBias);
      sums = candidates.multiply(tile, sums, layer.scratch, resetAt, units,
                                 candidateRecurrent);
      for (auto [v, vector] : llvm::enumerate(tile.vectors)) {
        VectorOps ops(kernel, vector.lanes);
        Value unit = layer.getUnit(tile, vector);
        Value state = ElementaryFunctions<VectorOps>(ops).updateState(
            op.getRecurrentActivation(), op.getActivation(),
            layer.loadVector(unit, vector.lanes), sums[v],
            layer.loadVector(kernel.add(step.before, unit), vector.lanes));
        layer.storeState(step, state, unit, vector);
      }
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
  RecurrentLayer<LSTMOp> layer(kernel, op);
  GateSums gates(kernel, plan.products.front(), 4, layer.units);
  Value weights = layer.loadPacked(gates, "kernel", op.getKernel());
  Value recurrent = layer.loadPacked(gates, "recurrent", op.getRecurrent());
  Value bias = layer.loadPacked(gates, "bias", op.getBiasAttr());
  // Scratch memory begins with the cells.
  layer.forEachStep([&](const auto &step) {
    gates.forEachTile([&](const GateSums::Tile &tile) {
      SmallVector<Value> sums =
          layer.sumInput(gates, tile, step, weights, bias);
      sums = gates.multiply(tile, sums, layer.scratch, step.before, layer.units,
                            recurrent);
      for (auto [v, vector] : llvm::enumerate(tile.vectors)) {
        VectorOps ops(kernel, vector.lanes);
        Value unit = layer.getUnit(tile, vector);
        auto [cell, state] = ElementaryFunctions<VectorOps>(ops).updateCell(
            op.getRecurrentActivation(), op.getActivation(),
            {sums[4 * v], sums[4 * v + 1], sums[4 * v + 2], sums[4 * v + 3]},
            layer.loadVector(unit, vector.lanes));
        layer.storeVector(cell, unit, vector.lanes);
        layer.storeState(step, state, unit, vector);
      }
    });
  });
}

//===----------------------------------------------------------------------===//
// Recurrent layers without gates
//===----------------------------------------------------------------------===//

static void lowerRNN(KernelBuilder &kernel, RNNOp op, const KernelPlan &plan) {
  RecurrentLayer<RNNOp> layer(kernel, op);
  GateSums states(kernel, plan.products.front(), 1, layer.units);
  Value weights = layer.loadPacked(states, "kernel", op.getKernel());
  Value recurrent = layer.loadPacked(states, "recurrent", op.getRecurrent());
  Value bias = layer.loadPacked(states, "bias", op.getBiasAttr());
  layer.forEachStep([&](const auto &step) {
    states.forEachTile([&](const GateSums::Tile &tile) {
      SmallVector<Value> sums =
          layer.sumInput(states, tile, step, weights, bias);
      sums = states.multiply(tile, sums, layer.scratch, step.before,
                             layer.units, recurrent);
      for (auto [sum, vector] : llvm::zip_equal(sums, tile.vectors))
        layer.storeState(step, kernel.applyFunction(op.getActivation(), sum),
                         layer.getUnit(tile, vector), vector);
    });
  });
}

void frieze::addRecurrentLowerings(LoweringTable &table) {
  table.add<GRUOp, planGRU, lowerGRU>();
  table.add<LSTMOp, planLSTM, lowerLSTM>();
  table.add<RNNOp, planRNN, lowerRNN>();
}
