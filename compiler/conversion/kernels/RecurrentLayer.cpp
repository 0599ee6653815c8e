//===- RecurrentLayer.cpp - The steps of recurrent layers -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/RecurrentLayer.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

template <typename OpT>
void RecurrentLayer<OpT>::storeCell(const UnitStep &at, Value cell,
                                    Value kept) {
  if (width > units)
    storeStep(at, cell, kept, units);
}

template <typename OpT>
Value RecurrentLayer<OpT>::unlessMasked(const UnitStep &at, Value updated,
                                        Value kept) {
  if (!mask)
    return updated;
  return kernel.selectNonzero(kernel.loadBroadcast(mask, at.maskAt, at.lanes),
                              updated, kept);
}

template <typename OpT>
void RecurrentLayer<OpT>::storeState(const UnitStep &at, Value state) {
  Value kept = mask ? unlessMasked(at, state, loadState(at)) : state;
  storeVector(kept, kernel.add(at.after, at.unit), at.lanes);
  storeStep(at, state, kept, 0);
}

template <typename OpT>
typename RecurrentLayer<OpT>::Step RecurrentLayer<OpT>::moveTo(Step step,
                                                               Value sample) {
  Value moved = kernel.mul(sample, sampleScratch);
  for (Value *at : {&step.base, &step.before, &step.after})
    *at = kernel.add(*at, moved);
  step.inputAt = kernel.add(step.inputAt, kernel.mul(sample, steps * channels));
  for (Value *at : {&step.row, &step.maskAt})
    *at = kernel.add(*at, kernel.mul(sample, steps));
  return step;
}

template <typename OpT>
void RecurrentLayer<OpT>::storeResult(Value state, Value row, Value channel,
                                      int64_t count) {
  kernel.storeVector(kernel.applyEpilogue(epilogue, state, channel), output,
                     kernel.add(kernel.mul(row, width), channel), count);
}

template <typename OpT>
void RecurrentLayer<OpT>::storeStep(const UnitStep &at, Value updated,
                                    Value kept, int64_t channel) {
  if (!op.getSequences())
    return;
  if (op.getZeroMasked())
    kept = unlessMasked(at, updated, kernel.constant(0.0f, at.lanes));
  storeResult(kept, at.row, kernel.add(at.unit, channel), at.count);
}

template <typename OpT>
void RecurrentLayer<OpT>::copyState(Value from, Value fromAt, Value to,
                                    Value toAt) {
  kernel.forEachVector(units, [&](Value unit, int64_t count) {
    kernel.storeVector(kernel.loadVector(from, kernel.add(fromAt, unit), count),
                       to, kernel.add(toAt, unit), count);
  });
}

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
      emitStart(kernel.add(sample, i), kernel.mul(i, sampleScratch));
    });
    Value firstStep = kernel.mul(sample, steps);
    States states{kernel.index(getFirstState()),
                  kernel.index(getFirstState() + paddedUnits)};
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
    kernel.forEach(together, [&](Value i) {
      Value base = kernel.mul(i, sampleScratch);
      emitEnd(kernel.add(sample, i), base, kernel.add(states[0], base));
    });
  });
}

template <typename OpT>
void RecurrentLayer<OpT>::emitStart(Value sample, Value base) {
  kernel.forEachVector(
      getFirstState() + paddedUnits, [&](Value at, int64_t count) {
        storeVector(kernel.constant(0.0f, count), kernel.add(base, at), count);
      });
  Value stateAt = kernel.add(base, getFirstState());
  auto copyInitial = [&](Value initial, Value to) {
    if (!initial)
      return;
    bool isOfEach = cast<ShapedType>(initial.getType()).getDimSize(0) > 1;
    copyState(kernel.buffers[initial],
              isOfEach ? kernel.mul(sample, units) : kernel.index(0), scratch,
              to);
  };
  copyInitial(op.getInitial(), stateAt);
  if (carried)
    copyState(carried, kernel.index(0), scratch, stateAt);
  if constexpr (std::is_same_v<OpT, LSTMOp>) {
    copyInitial(op.getInitialCell(), base);
    if (carried)
      copyState(carried, kernel.index(units), scratch, base);
  }
}

template <typename OpT>
void RecurrentLayer<OpT>::emitEnd(Value sample, Value base, Value stateAt) {
  auto write = [&](Value from, int64_t channel) {
    kernel.forEachVector(units, [&](Value unit, int64_t count) {
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
  if (std::is_same_v<OpT, LSTMOp>)
    copyState(scratch, base, carried, kernel.index(units));
}

template class frieze::RecurrentLayer<GRUOp>;
template class frieze::RecurrentLayer<LSTMOp>;
template class frieze::RecurrentLayer<RNNOp>;
