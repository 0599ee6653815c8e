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
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <utility>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// The steps of a recurrent layer, and what all of its kinds do in one.
template <typename OpT> class RecurrentLayer {
public:
  RecurrentLayer(KernelBuilder &kernel, OpT op, const KernelPlan &plan)
      : kernel(kernel), op(op), plan(plan),
        units(op.getType().getShape().back()),
        paddedUnits(padUnits(kernel.target, units)),
        channels(op.getInput().getType().getDimSize(2)),
        scratch(kernel.scratch[op]), input(kernel.buffers[op.getInput()]),
        output(kernel.buffers[op.getOutput()]),
        epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())),
        nextScratch(countUnitVectors(op) * paddedUnits) {}

  /// Where a step finds its input and the state before it, and where it leaves
  /// the state after it: in scratch memory and in a row of the result.
  struct Step {
    Value inputAt, before, after, row;
    /// Its row of the sums of a block, and whether tiles come in the opposite
    /// order, where the plan has either.
    Value inputRow, turned;
  };
  using Update = llvm::function_ref<void(const Step &)>;

  /// The terms of the input, with the bias, of the sums that `sums` computes.
  struct InputTerms {
    GateSums &sums;
    Value weights, bias;
    /// Of a block of steps, where the plan has these.
    MatrixTile tile;
    int64_t scratchAt = 0;
  };
  InputTerms loadInputTerms(GateSums &sums, StringRef name, int64_t low,
                            int64_t high);
  InputTerms loadInputTerms(GateSums &sums) {
    return loadInputTerms(sums, "", 0,
                          op.getKernel().getShapedType().getShape().back());
  }
  /// The sums of a tile with the bias and the terms of the input. These come
  /// first: they do not wait for the last step, and run beside its update.
  SmallVector<Value> sumInput(const InputTerms &terms,
                              const GateSums::Tile &tile, const Step &step) {
    GateSums &sums = terms.sums;
    if (plan.blockSteps)
      return sums.load(
          tile, scratch,
          kernel.add(kernel.mul(step.inputRow, sums.getRowElements()),
                     terms.scratchAt),
          kernel.index(0), 1);
    return sums.multiply(tile, sums.loadOrZeros(tile, terms.bias), input,
                         step.inputAt, channels, terms.weights);
  }
  /// Emits all steps of all samples, from zeros in scratch memory.
  void forEachStep(ArrayRef<InputTerms> terms, Update update);

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
  /// null for null. `padding` zeros follow.
  Value loadPacked(const GateSums &sums, StringRef name, ElementsAttr weights,
                   int64_t low, int64_t high, int64_t padding = 0) {
    if (!weights)
      return {};
    SmallVector<double> values = *readWeights(weights), selected;
    int64_t columns = weights.getShapedType().getShape().back();
    for (size_t row = 0; row < values.size(); row += columns)
      llvm::append_range(selected,
                         ArrayRef(values).slice(row + low, high - low));
    SmallVector<double> packed = sums.pack(selected);
    packed.append(padding, 0.0);
    return kernel.loadConstants(op, name, packed);
  }
  Value loadPacked(const GateSums &sums, StringRef name, ElementsAttr weights) {
    return loadPacked(sums, name, weights, 0,
                      weights ? weights.getShapedType().getShape().back() : 0);
  }

  KernelBuilder &kernel;
  OpT op;
  const KernelPlan &plan;
  const int64_t units, paddedUnits, channels;
  const Value scratch;

private:
  /// Writes states to `row` of the result, through the epilogue.
  void storeResult(Value state, Value row, Value unit, int64_t width) {
    kernel.storeVector(kernel.applyEpilogue(epilogue, state, unit), output,
                       kernel.add(kernel.mul(row, units), unit), width);
  }

  /// Computes the sums of `plan.blockSteps` rows of the input from `inputAt`.
  void emitInputSums(const InputTerms &terms, Value inputAt);

  Value input, output;
  SmallVector<EpilogueStage> epilogue;
  /// Where scratch memory for sums of a block begins that no terms have yet.
  int64_t nextScratch;
  size_t inputTermsCount = 0;
};
} // namespace

template <typename OpT>
typename RecurrentLayer<OpT>::InputTerms
RecurrentLayer<OpT>::loadInputTerms(GateSums &sums, StringRef suffix,
                                    int64_t low, int64_t high) {
  auto load = [&](StringRef name, ElementsAttr values) {
    // The last vector of a block's product may reach beyond the last column.
    int64_t more = plan.blockSteps ? kernel.target.getWidestLanes() : 0;
    return loadPacked(sums, (name + suffix).str(), values, low, high, more);
  };
  InputTerms terms{sums,
                   load("kernel", op.getKernel()),
                   load("bias", op.getBiasAttr()),
                   {},
                   0};
  if (!plan.blockSteps)
    return terms;
  terms.tile = plan.inputProducts[inputTermsCount++];
  if (!terms.bias)
    terms.bias = kernel.loadConstants(
        op, ("bias" + suffix).str(),
        SmallVector<double>(
            sums.getRowElements() + kernel.target.getWidestLanes(), 0.0));
  terms.scratchAt = nextScratch;
  nextScratch += plan.blockSteps * sums.getRowElements();
  return terms;
}

template <typename OpT>
void RecurrentLayer<OpT>::emitInputSums(const InputTerms &terms,
                                        Value inputAt) {
  MatrixProduct product;
  product.input = input;
  product.inputBase = inputAt;
  product.inputRowStride = channels;
  product.weights = terms.weights;
  product.bias = terms.bias;
  product.output = scratch;
  product.outputBase = kernel.index(terms.scratchAt);
  product.rows = plan.blockSteps;
  product.terms = {{channels, /*inputStride=*/1, /*weightStride=*/0}};
  terms.sums.emitRows(product, terms.tile);
}

template <typename OpT>
void RecurrentLayer<OpT>::forEachStep(ArrayRef<InputTerms> terms,
                                      Update update) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  int64_t samples = op.getInput().getType().getDimSize(0);
  int64_t steps = op.getInput().getType().getDimSize(1);
  int64_t lastState = (countUnitVectors(op) - 1) * paddedUnits;
  auto subtract = [&](Value a, Value b) -> Value {
    return builder.createOrFold<arith::SubIOp>(loc, a, b);
  };
  auto fromLast = [&](Value number, int64_t count) {
    return subtract(kernel.index(count - 1), number);
  };
  using States = SmallVector<Value>;
  // They share scratch memory.
  kernel.inOrder(samples, [&](Value sample) {
    kernel.forEachVector(lastState, [&](Value at, int64_t width) {
      storeVector(kernel.constant(0.0f, width), at, width);
    });
    Value firstStep = kernel.mul(sample, steps);
    States states{kernel.index(lastState - paddedUnits),
                  kernel.index(lastState)};
    auto getInputAt = [&](Value position) {
      return kernel.mul(kernel.add(firstStep, position), channels);
    };
    auto emitStep = [&](Value step, Value inputRow, ValueRange carried) {
      Value position = op.getBackwards() ? fromLast(step, steps) : step;
      Value place = op.getReversed() ? fromLast(step, steps) : step;
      Value turned;
      if (plan.turnsBack)
        turned = arith::TruncIOp::create(
            builder, loc, builder.getI1Type(),
            arith::IndexCastOp::create(builder, loc, builder.getI32Type(),
                                       step));
      update({getInputAt(position), carried[0], carried[1],
              kernel.add(firstStep, place), inputRow, turned});
      return States{carried[1], carried[0]};
    };
    auto emitBlock = [&](Value block, ValueRange carried) {
      int64_t rows = plan.blockSteps;
      // The last block begins with steps that the one before it has done.
      Value first = kernel.getChunkStart(block, steps, rows);
      Value done = subtract(kernel.mul(block, rows), first);
      Value firstRow = op.getBackwards()
                           ? subtract(kernel.index(steps - rows), first)
                           : first;
      for (const InputTerms &input : terms)
        emitInputSums(input, getInputAt(firstRow));
      return kernel.reduce(
          done, kernel.index(rows), carried, [&](Value i, ValueRange inner) {
            Value row = op.getBackwards() ? fromLast(i, rows) : i;
            return emitStep(kernel.add(first, i), row, inner);
          });
    };
    states =
        plan.blockSteps
            ? kernel.reduce(llvm::divideCeil(steps, plan.blockSteps), states,
                            emitBlock)
            : kernel.reduce(steps, states, [&](Value step, ValueRange carried) {
                return emitStep(step, {}, carried);
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
  RecurrentLayer<GRUOp> layer(kernel, op, plan);
  GateSums gates(kernel, plan, 0, 3, layer.units);
  auto terms = layer.loadInputTerms(gates);
  Value recurrent = layer.loadPacked(gates, "recurrent", op.getRecurrent());
  GateSums oneSum(kernel, plan, 0, 1, layer.units);
  Value recurrentBias =
      layer.loadPacked(oneSum, "recurrent_bias", op.getRecurrentBiasAttr());
  layer.forEachStep(terms, [&](const auto &step) {
    gates.forEachTile(step.turned, [&](const GateSums::Tile &tile) {
      SmallVector<Value> sums = layer.sumInput(terms, tile, step);
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
  Value resetAt = kernel.index(layer.paddedUnits);
  layer.forEachStep({gateTerms, candidateTerms}, [&](const auto &step) {
    gates.forEachTile(step.turned, [&](const GateSums::Tile &tile) {
      SmallVector<Value> sums = layer.sumInput(gateTerms, tile, step);
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
    candidates.forEachTile(step.turned, [&](const GateSums::Tile &tile) {
      SmallVector<Value> sums = layer.sumInput(candidateTerms, tile, step);
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
  RecurrentLayer<LSTMOp> layer(kernel, op, plan);
  GateSums gates(kernel, plan, 0, 4, layer.units);
  auto terms = layer.loadInputTerms(gates);
  Value recurrent = layer.loadPacked(gates, "recurrent", op.getRecurrent());
  // Scratch memory begins with the cells.
  layer.forEachStep(terms, [&](const auto &step) {
    gates.forEachTile(step.turned, [&](const GateSums::Tile &tile) {
      SmallVector<Value> sums = layer.sumInput(terms, tile, step);
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
  RecurrentLayer<RNNOp> layer(kernel, op, plan);
  GateSums states(kernel, plan, 0, 1, layer.units);
  auto terms = layer.loadInputTerms(states);
  Value recurrent = layer.loadPacked(states, "recurrent", op.getRecurrent());
  layer.forEachStep(terms, [&](const auto &step) {
    states.forEachTile(step.turned, [&](const GateSums::Tile &tile) {
      SmallVector<Value> sums = layer.sumInput(terms, tile, step);
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
