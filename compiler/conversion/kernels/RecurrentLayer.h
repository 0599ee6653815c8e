//===- RecurrentLayer.h - The steps of recurrent layers ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_KERNELS_RECURRENTLAYER_H
#define FRIEZE_COMPILER_CONVERSION_KERNELS_RECURRENTLAYER_H

#include "compiler/conversion/emit/GateSums.h"
#include "compiler/conversion/plan/RecurrentPlan.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace frieze {

/// The steps of a recurrent layer, and what all of its kinds do in one.
template <typename OpT> class RecurrentLayer {
public:
  RecurrentLayer(KernelBuilder &kernel, OpT op, const KernelPlan &plan)
      : kernel(kernel), op(op), plan(plan), units(op.getUnits()),
        width(op.getType().getShape().back()),
        paddedUnits(padUnits(kernel.target, units)),
        channels(op.getInput().getType().getDimSize(2)),
        steps(op.getInput().getType().getDimSize(1)),
        scratch(kernel.scratch[op]), input(kernel.buffers[op.getInput()]),
        mask(op.getMask() ? kernel.buffers[op.getMask()] : mlir::Value()),
        carried(kernel.carried.lookup(op)),
        output(kernel.buffers[op.getOutput()]),
        epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())),
        sampleScratch(countUnitVectors(op) * paddedUnits),
        nextScratch(sampleScratch) {}

  /// Where a step finds its input and the state before it, and where it leaves
  /// the state after it: in scratch memory, which begins at `base`, and in a
  /// row of the result. Of several samples, those of the first.
  struct Step {
    mlir::Value inputAt, base, before, after, row;
    /// Its entry of the mask, which is there without one too.
    mlir::Value maskAt;
    /// Its row of the sums of a block, and whether tiles come in the opposite
    /// order, where the plan has either.
    mlir::Value inputRow, turned;
  };
  /// The same of units from `unit`, in a register of `lanes`, of which `count`
  /// are units.
  struct UnitStep : Step {
    mlir::Value unit;
    int64_t lanes, count;
  };
  using Update = llvm::function_ref<void(const Step &)>;

  /// The terms of the input, with the bias, of the sums that `sums` computes.
  struct InputTerms {
    GateSums &sums;
    mlir::Value weights, bias;
    /// Of a block of steps, where the plan has these.
    MatrixTile tile;
    int64_t scratchAt = 0;
  };
  InputTerms loadInputTerms(GateSums &sums, llvm::StringRef name, int64_t low,
                            int64_t high);
  InputTerms loadInputTerms(GateSums &sums) {
    return loadInputTerms(sums, "", 0,
                          op.getKernel().getShapedType().getShape().back());
  }
  /// The sums of a tile with the bias and the terms of the input. These come
  /// first: they do not wait for the last step, and run beside its update.
  llvm::SmallVector<mlir::Value> sumInput(const InputTerms &terms,
                                          const GateSums::Tile &tile,
                                          const Step &step) {
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
  llvm::SmallVector<mlir::Value> addUnits(const GateSums &sums,
                                          const GateSums::Tile &tile,
                                          llvm::SmallVector<mlir::Value> starts,
                                          mlir::Value at, mlir::Value weights) {
    return sums.multiply(tile, std::move(starts),
                         {scratch, at, sampleScratch, units}, weights);
  }
  /// Calls `body(tile, step)` for all tiles of all samples of a step.
  void forEachTile(
      GateSums &sums, const Step &step,
      llvm::function_ref<void(const GateSums::Tile &, const Step &)> body) {
    kernel.forEach(
        plan.samplesTogether / sums.getSamples(), [&](mlir::Value number) {
          Step first = moveTo(step, kernel.mul(number, sums.getSamples()));
          sums.forEachTile(step.turned, [&](const GateSums::Tile &tile) {
            body(tile, first);
          });
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
  /// Emits all steps of all samples.
  void forEachStep(llvm::ArrayRef<InputTerms> terms, Update update);

  mlir::Value loadVector(mlir::Value at, int64_t lanes) {
    return kernel.loadVector(scratch, at, lanes);
  }
  void storeVector(mlir::Value vector, mlir::Value at, int64_t lanes) {
    kernel.storeVector(vector, scratch, at, lanes);
  }
  mlir::Value loadState(const UnitStep &at) {
    return loadVector(kernel.add(at.before, at.unit), at.lanes);
  }
  /// Writes the cells of a step, where the result has them behind the states.
  void storeCell(const UnitStep &at, mlir::Value cell, mlir::Value kept) {
    if (width > units)
      storeStep(at, cell, kept, units);
  }
  /// `updated`, or `kept` where the step is masked.
  mlir::Value unlessMasked(const UnitStep &at, mlir::Value updated,
                           mlir::Value kept) {
    if (!mask)
      return updated;
    return kernel.selectNonzero(kernel.loadBroadcast(mask, at.maskAt, at.lanes),
                                updated, kept);
  }
  /// Stores new states.
  void storeState(const UnitStep &at, mlir::Value state) {
    mlir::Value kept = mask ? unlessMasked(at, state, loadState(at)) : state;
    storeVector(kept, kernel.add(at.after, at.unit), at.lanes);
    storeStep(at, state, kept, 0);
  }
  /// The number of the first unit of a vector.
  mlir::Value getUnit(const GateSums::Tile &tile,
                      const GateSums::UnitVector &vector) {
    return kernel.add(kernel.add(tile.blockFirst, tile.first), vector.offset);
  }
  /// The columns from `low` below `high` of rows of weights, packed for `sums`;
  /// null for null. `padding` zeros follow.
  mlir::Value loadPacked(const GateSums &sums, llvm::StringRef name,
                         mlir::ElementsAttr weights, int64_t low, int64_t high,
                         int64_t padding = 0) {
    if (!weights)
      return {};
    llvm::SmallVector<double> values = *nn::readWeights(weights), selected;
    int64_t columns = weights.getShapedType().getShape().back();
    for (size_t row = 0; row < values.size(); row += columns)
      llvm::append_range(selected,
                         llvm::ArrayRef(values).slice(row + low, high - low));
    llvm::SmallVector<double> packed = sums.pack(selected);
    packed.append(padding, 0.0);
    return kernel.loadConstants(op, name, packed);
  }
  mlir::Value loadPacked(const GateSums &sums, llvm::StringRef name,
                         mlir::ElementsAttr weights) {
    return loadPacked(sums, name, weights, 0,
                      weights ? weights.getShapedType().getShape().back() : 0);
  }

  KernelBuilder &kernel;
  OpT op;
  const KernelPlan &plan;
  /// Of a row of the result: `width` channels.
  const int64_t units, width, paddedUnits, channels, steps;
  const mlir::Value scratch;

private:
  /// The step of the sample number `sample` from that of `step` on.
  Step moveTo(Step step, mlir::Value sample) {
    mlir::Value moved = kernel.mul(sample, sampleScratch);
    for (mlir::Value *at : {&step.base, &step.before, &step.after})
      *at = kernel.add(*at, moved);
    step.inputAt =
        kernel.add(step.inputAt, kernel.mul(sample, steps * channels));
    for (mlir::Value *at : {&step.row, &step.maskAt})
      *at = kernel.add(*at, kernel.mul(sample, steps));
    return step;
  }

  /// Writes `count` channels from `channel` to `row` of the result, through the
  /// epilogue.
  void storeResult(mlir::Value state, mlir::Value row, mlir::Value channel,
                   int64_t count) {
    kernel.storeVector(kernel.applyEpilogue(epilogue, state, channel), output,
                       kernel.add(kernel.mul(row, width), channel), count);
  }
  /// Writes the channels of a step from `channel` on, where all steps are
  /// wanted: `kept`, which is `updated` unless the step is masked.
  void storeStep(const UnitStep &at, mlir::Value updated, mlir::Value kept,
                 int64_t channel) {
    if (!op.getSequences())
      return;
    if (op.getZeroMasked())
      kept = unlessMasked(at, updated, kernel.constant(0.0f, at.lanes));
    storeResult(kept, at.row, kernel.add(at.unit, channel), at.count);
  }
  /// Copies a state.
  void copyState(mlir::Value from, mlir::Value fromAt, mlir::Value to,
                 mlir::Value toAt) {
    kernel.forEachVector(units, [&](mlir::Value unit, int64_t count) {
      kernel.storeVector(
          kernel.loadVector(from, kernel.add(fromAt, unit), count), to,
          kernel.add(toAt, unit), count);
    });
  }
  /// Writes what sample `sample`, whose scratch memory begins at `base`, has
  /// before its first step.
  void emitStart(mlir::Value sample, mlir::Value base);
  /// Writes what follows the last step, which left its state at `stateAt`.
  void emitEnd(mlir::Value sample, mlir::Value base, mlir::Value stateAt);
  /// Where scratch memory has the state before the first step; cells, of a
  /// layer that has them, are at its start.
  int64_t getFirstState() const {
    return (countUnitVectors(op) - 2) * paddedUnits;
  }

  /// Computes the sums of `plan.blockSteps` rows of the input from `inputAt`.
  void emitInputSums(const InputTerms &terms, mlir::Value inputAt);

  /// The mask and the carried state are null where there are none.
  mlir::Value input, mask, carried, output;
  llvm::SmallVector<EpilogueStage> epilogue;
  /// Elements of scratch memory that a sample has its states in.
  const int64_t sampleScratch;
  /// Where scratch memory for sums of a block begins that no terms have yet.
  int64_t nextScratch;
  size_t inputTermsCount = 0;
};

template <typename OpT>
typename RecurrentLayer<OpT>::InputTerms
RecurrentLayer<OpT>::loadInputTerms(GateSums &sums, llvm::StringRef suffix,
                                    int64_t low, int64_t high) {
  auto load = [&](llvm::StringRef name, mlir::ElementsAttr values) {
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
        llvm::SmallVector<double>(
            sums.getRowElements() + kernel.target.getWidestLanes(), 0.0));
  terms.scratchAt = nextScratch;
  nextScratch += plan.blockSteps * sums.getRowElements();
  return terms;
}

template <typename OpT>
void RecurrentLayer<OpT>::emitInputSums(const InputTerms &terms,
                                        mlir::Value inputAt) {
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
void RecurrentLayer<OpT>::forEachStep(llvm::ArrayRef<InputTerms> terms,
                                      Update update) {
  mlir::OpBuilder &builder = kernel.builder;
  mlir::Location loc = kernel.getLocation();
  int64_t samples = op.getInput().getType().getDimSize(0);
  int64_t together = plan.samplesTogether;
  auto subtract = [&](mlir::Value a, mlir::Value b) -> mlir::Value {
    return builder.createOrFold<mlir::arith::SubIOp>(loc, a, b);
  };
  auto fromLast = [&](mlir::Value number, int64_t count) {
    return subtract(kernel.index(count - 1), number);
  };
  using States = llvm::SmallVector<mlir::Value>;
  // They share scratch memory.
  kernel.inOrder(samples / together, [&](mlir::Value number) {
    mlir::Value sample = kernel.mul(number, together);
    kernel.forEach(together, [&](mlir::Value i) {
      emitStart(kernel.add(sample, i), kernel.mul(i, sampleScratch));
    });
    mlir::Value firstStep = kernel.mul(sample, steps);
    States states{kernel.index(getFirstState()),
                  kernel.index(getFirstState() + paddedUnits)};
    auto getInputAt = [&](mlir::Value position) {
      return kernel.mul(kernel.add(firstStep, position), channels);
    };
    auto emitStep = [&](mlir::Value step, mlir::Value inputRow,
                        mlir::ValueRange carried) {
      mlir::Value position = op.getBackwards() ? fromLast(step, steps) : step;
      mlir::Value place = op.getReversed() ? fromLast(step, steps) : step;
      mlir::Value turned;
      if (plan.turnsBack)
        turned = mlir::arith::TruncIOp::create(
            builder, loc, builder.getI1Type(),
            mlir::arith::IndexCastOp::create(builder, loc, builder.getI32Type(),
                                             step));
      update({getInputAt(position), kernel.index(0), carried[0], carried[1],
              kernel.add(firstStep, place), kernel.add(firstStep, position),
              inputRow, turned});
      return States{carried[1], carried[0]};
    };
    auto emitBlock = [&](mlir::Value block, mlir::ValueRange carried) {
      int64_t rows = plan.blockSteps;
      // The last block begins with steps that the one before it has done.
      mlir::Value first = kernel.getChunkStart(block, steps, rows);
      mlir::Value done = subtract(kernel.mul(block, rows), first);
      mlir::Value firstRow = op.getBackwards()
                                 ? subtract(kernel.index(steps - rows), first)
                                 : first;
      for (const InputTerms &input : terms)
        emitInputSums(input, getInputAt(firstRow));
      return kernel.reduce(done, kernel.index(rows), carried,
                           [&](mlir::Value i, mlir::ValueRange inner) {
                             mlir::Value row =
                                 op.getBackwards() ? fromLast(i, rows) : i;
                             return emitStep(kernel.add(first, i), row, inner);
                           });
    };
    states =
        plan.blockSteps
            ? kernel.reduce(llvm::divideCeil(steps, plan.blockSteps), states,
                            emitBlock)
            : kernel.reduce(steps, states,
                            [&](mlir::Value step, mlir::ValueRange carried) {
                              return emitStep(step, {}, carried);
                            });
    kernel.forEach(together, [&](mlir::Value i) {
      mlir::Value base = kernel.mul(i, sampleScratch);
      emitEnd(kernel.add(sample, i), base, kernel.add(states[0], base));
    });
  });
}

template <typename OpT>
void RecurrentLayer<OpT>::emitStart(mlir::Value sample, mlir::Value base) {
  kernel.forEachVector(
      getFirstState() + paddedUnits, [&](mlir::Value at, int64_t count) {
        storeVector(kernel.constant(0.0f, count), kernel.add(base, at), count);
      });
  mlir::Value stateAt = kernel.add(base, getFirstState());
  auto copyInitial = [&](mlir::Value initial, mlir::Value to) {
    if (!initial)
      return;
    bool isOfEach =
        llvm::cast<mlir::ShapedType>(initial.getType()).getDimSize(0) > 1;
    copyState(kernel.buffers[initial],
              isOfEach ? kernel.mul(sample, units) : kernel.index(0), scratch,
              to);
  };
  copyInitial(op.getInitial(), stateAt);
  if (carried)
    copyState(carried, kernel.index(0), scratch, stateAt);
  if constexpr (std::is_same_v<OpT, nn::LSTMOp>) {
    copyInitial(op.getInitialCell(), base);
    if (carried)
      copyState(carried, kernel.index(units), scratch, base);
  }
}

template <typename OpT>
void RecurrentLayer<OpT>::emitEnd(mlir::Value sample, mlir::Value base,
                                  mlir::Value stateAt) {
  auto write = [&](mlir::Value from, int64_t channel) {
    kernel.forEachVector(units, [&](mlir::Value unit, int64_t count) {
      storeResult(loadVector(kernel.add(from, unit), count), sample,
                  kernel.add(unit, channel), count);
    });
  };
  if (!op.getSequences())
    write(stateAt, 0);
  if (!op.getSequences() && width > units)
    write(base, units);
  if (!carried)
    return;
  copyState(scratch, stateAt, carried, kernel.index(0));
  if (std::is_same_v<OpT, nn::LSTMOp>)
    copyState(scratch, base, carried, kernel.index(units));
}

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_KERNELS_RECURRENTLAYER_H
