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
        steps(op.getInput().getType().getDimSize(1)),
        scratch(kernel.scratch[op]), input(kernel.buffers[op.getInput()]),
        mask(op.getMask() ? kernel.buffers[op.getMask()] : Value()),
        output(kernel.buffers[op.getOutput()]),
        epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())),
        sampleScratch(countUnitVectors(op) * paddedUnits),
        nextScratch(sampleScratch) {}

  /// Where a step finds its input and the state before it, and where it leaves
  /// the state after it: in scratch memory, which begins at `base`, and in a
  /// row of the result. Of several samples, those of the first.
  struct Step {
    Value inputAt, base, before, after, row;
    /// Its entry of the mask, which is there without one too.
    Value maskAt;
    /// Its row of the sums of a block, and whether tiles come in the opposite
    /// order, where the plan has either.
    Value inputRow, turned;
  };
  /// The same of units from `unit`, in a register of `lanes`, of which `count`
  /// are units.
  struct UnitStep : Step {
    Value unit;
    int64_t lanes, count;
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
    return sums.multiply(tile, sums.loadOrZeros(tile, terms.bias),
                         {input, step.inputAt, steps * channels, channels},
                         terms.weights);
  }
  /// Adds the terms of what each sample has at `at` in scratch memory.
  SmallVector<Value> addUnits(const GateSums &sums, const GateSums::Tile &tile,
                              SmallVector<Value> starts, Value at,
                              Value weights) {
    return sums.multiply(tile, std::move(starts),
                         {scratch, at, sampleScratch, units}, weights);
  }
  /// Calls `body(tile, step)` for all tiles of all samples of a step.
  void forEachTile(
      GateSums &sums, const Step &step,
      llvm::function_ref<void(const GateSums::Tile &, const Step &)> body) {
    kernel.forEach(plan.samplesTogether / sums.getSamples(), [&](Value number) {
      Step first = moveTo(step, kernel.mul(number, sums.getSamples()));
      sums.forEachTile(step.turned,
                       [&](const GateSums::Tile &tile) { body(tile, first); });
    });
  }
  /// Calls `body(number, at)` for the vectors of a tile, of each of its
  /// samples.
  void forEachVector(const GateSums &sums, const GateSums::Tile &tile,
                     const Step &step,
                     llvm::function_ref<void(size_t, const UnitStep &)> body) {
    size_t number = 0;
    for (int64_t sample = 0; sample < sums.getSamples(); ++sample)
      for (const GateSums::UnitVector &vector : tile.vectors)
        body(number++, {moveTo(step, kernel.index(sample)),
                        getUnit(tile, vector), vector.lanes, vector.count});
  }
  /// Emits all steps of all samples, from zeros in scratch memory.
  void forEachStep(ArrayRef<InputTerms> terms, Update update);

  Value loadVector(Value at, int64_t lanes) {
    return kernel.loadVector(scratch, at, lanes);
  }
  void storeVector(Value vector, Value at, int64_t lanes) {
    kernel.storeVector(vector, scratch, at, lanes);
  }
  Value loadState(const UnitStep &at) {
    return loadVector(kernel.add(at.before, at.unit), at.lanes);
  }
  /// `updated`, or `kept` where the step is masked.
  Value unlessMasked(const UnitStep &at, Value updated, Value kept) {
    if (!mask)
      return updated;
    return kernel.selectNonzero(kernel.loadBroadcast(mask, at.maskAt, at.lanes),
                                updated, kept);
  }
  /// Stores new states.
  void storeState(const UnitStep &at, Value state) {
    Value kept = mask ? unlessMasked(at, state, loadState(at)) : state;
    storeVector(kept, kernel.add(at.after, at.unit), at.lanes);
    if (op.getZeroMasked())
      kept = unlessMasked(at, state, kernel.constant(0.0f, at.lanes));
    if (op.getSequences())
      storeResult(kept, at.row, at.unit, at.count);
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
  const int64_t units, paddedUnits, channels, steps;
  const Value scratch;

private:
  /// The step of the sample number `sample` from that of `step` on.
  Step moveTo(Step step, Value sample) {
    Value moved = kernel.mul(sample, sampleScratch);
    for (Value *at : {&step.base, &step.before, &step.after})
      *at = kernel.add(*at, moved);
    step.inputAt =
        kernel.add(step.inputAt, kernel.mul(sample, steps * channels));
    for (Value *at : {&step.row, &step.maskAt})
      *at = kernel.add(*at, kernel.mul(sample, steps));
    return step;
  }

  /// Writes states to `row` of the result, through the epilogue.
  void storeResult(Value state, Value row, Value unit, int64_t width) {
    kernel.storeVector(kernel.applyEpilogue(epilogue, state, unit), output,
                       kernel.add(kernel.mul(row, units), unit), width);
  }

  /// Computes the sums of `plan.blockSteps` rows of the input from `inputAt`.
  void emitInputSums(const InputTerms &terms, Value inputAt);

  /// The mask is null where there is none.
  Value input, mask, output;
  SmallVector<EpilogueStage> epilogue;
  /// Elements of scratch memory that a sample has its states in.
  const int64_t sampleScratch;
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
  int64_t together = plan.samplesTogether;
  int64_t lastState = (countUnitVectors(op) - 1) * paddedUnits;
  auto subtract = [&](Value a, Value b) -> Value {
    return builder.createOrFold<arith::SubIOp>(loc, a, b);
  };
  auto fromLast = [&](Value number, int64_t count) {
    return subtract(kernel.index(count - 1), number);
  };
  using States = SmallVector<Value>;
  // They share scratch memory.
  kernel.inOrder(samples / together, [&](Value number) {
    Value sample = kernel.mul(number, together);
    kernel.forEach(together, [&](Value i) {
      Value base = kernel.mul(i, sampleScratch);
      kernel.forEachVector(lastState, [&](Value at, int64_t width) {
        storeVector(kernel.constant(0.0f, width), kernel.add(base, at), width);
      });
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
      update({getInputAt(position), kernel.index(0), carried[0], carried[1],
              kernel.add(firstStep, place), kernel.add(firstStep, position),
              inputRow, turned});
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
    kernel.forEach(together, [&](Value i) {
      Value state = kernel.add(states[0], kernel.mul(i, sampleScratch));
      kernel.forEachVector(units, [&](Value unit, int64_t width) {
        storeResult(loadVector(kernel.add(state, unit), width),
                    kernel.add(sample, i), unit, width);
      });
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
        Value reset = functions.resetGate(op.getRecurrentActivation(),
                                          op.getActivation(), sums[3 * v + 1]);
        Value state = functions.updateState(
            op.getRecurrentActivation(), op.getActivation(), sums[3 * v],
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
            op.getRecurrentActivation(), op.getActivation(), sums[2 * v + 1]);
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
                op.getRecurrentActivation(), op.getActivation(),
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
  // Scratch memory begins with the cells.
  layer.forEachStep(terms, [&](const auto &all) {
    layer.forEachTile(gates, all, [&](const auto &tile, const auto &step) {
      SmallVector<Value> sums = layer.sumInput(terms, tile, step);
      sums = layer.addUnits(gates, tile, sums, step.before, recurrent);
      layer.forEachVector(gates, tile, step, [&](size_t v, const auto &at) {
        VectorOps ops(kernel, at.lanes);
        Value cellAt = kernel.add(at.base, at.unit);
        Value before = layer.loadVector(cellAt, at.lanes);
        auto [cell, state] = ElementaryFunctions<VectorOps>(ops).updateCell(
            op.getRecurrentActivation(), op.getActivation(),
            {sums[4 * v], sums[4 * v + 1], sums[4 * v + 2], sums[4 * v + 3]},
            before);
        Value kept = layer.unlessMasked(at, cell, before);
        layer.storeVector(kept, cellAt, at.lanes);
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
        layer.storeState(at, kernel.applyFunction(op.getActivation(), sums[v]));
      });
    });
  });
}

void frieze::addRecurrentLowerings(LoweringTable &table) {
  table.add<GRUOp, planGRU, lowerGRU>();
  table.add<LSTMOp, planLSTM, lowerLSTM>();
  table.add<RNNOp, planRNN, lowerRNN>();
}
