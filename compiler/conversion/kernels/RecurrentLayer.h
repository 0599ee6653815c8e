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
  void storeCell(const UnitStep &at, mlir::Value cell, mlir::Value kept);
  /// `updated`, or `kept` where the step is masked.
  mlir::Value unlessMasked(const UnitStep &at, mlir::Value updated,
                           mlir::Value kept);
  /// Stores new states.
  void storeState(const UnitStep &at, mlir::Value state);
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
  Step moveTo(Step step, mlir::Value sample);

  /// Writes `count` channels from `channel` to `row` of the result, through the
  /// epilogue.
  void storeResult(mlir::Value state, mlir::Value row, mlir::Value channel,
                   int64_t count);
  /// Writes the channels of a step from `channel` on, where all steps are
  /// wanted: `kept`, which is `updated` unless the step is masked.
  void storeStep(const UnitStep &at, mlir::Value updated, mlir::Value kept,
                 int64_t channel);
  /// Copies a state.
  void copyState(mlir::Value from, mlir::Value fromAt, mlir::Value to,
                 mlir::Value toAt);
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

// Defined in RecurrentLayer.cpp.
extern template class RecurrentLayer<nn::GRUOp>;
extern template class RecurrentLayer<nn::LSTMOp>;
extern template class RecurrentLayer<nn::RNNOp>;

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_KERNELS_RECURRENTLAYER_H
