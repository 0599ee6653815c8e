//===- LSTM.cpp - Lowering of long short-term memory ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/GateSums.h"
#include "compiler/conversion/Lowerings.h"
#include "compiler/conversion/VectorOps.h"
#include "dialect/ElementaryFunctions.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// The cells, and the states before and after a step, which change places.
int64_t frieze::getLSTMScratchElements(LSTMOp op) {
  return 3 * GateSums::getPaddedUnits(op.getType().getShape().back());
}

void frieze::lowerLSTM(KernelBuilder &kernel, LSTMOp op) {
  ArrayRef<int64_t> shape = op.getInput().getType().getShape();
  int64_t samples = shape[0], steps = shape[1], channels = shape[2];
  int64_t units = op.getType().getShape().back();
  int64_t paddedUnits = GateSums::getPaddedUnits(units);
  GateSums gates(kernel, 4, units);
  auto loadPacked = [&](StringRef name, ElementsAttr weights) {
    return kernel.loadConstants(op, name, gates.pack(*readWeights(weights)));
  };
  Value weights = loadPacked("kernel", op.getKernel());
  Value recurrent = loadPacked("recurrent", op.getRecurrent());
  Value bias;
  if (ElementsAttr attribute = op.getBiasAttr())
    bias = loadPacked("bias", attribute);
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  Value scratch = kernel.scratch[op];

  /// Writes the states of the units from `unit` to `row` of the output.
  auto store = [&](Value state, Value row, Value unit, int64_t width) {
    kernel.storeVector(kernel.applyEpilogue(epilogue, state, unit), output,
                       kernel.add(kernel.mul(row, units), unit), width);
  };
  /// One step, from the states at `before` to those at `after`.
  auto update = [&](Value inputAt, Value before, Value after, Value row) {
    gates.forEachTile([&](const GateSums::Tile &tile) {
      // The terms of the input come first: they do not wait for the last step,
      // and run beside its update.
      SmallVector<Value> sums;
      if (bias)
        sums = gates.load(tile, bias, kernel.index(0), 1);
      else
        for (const GateSums::UnitVector &vector : tile.vectors)
          sums.append(4, kernel.constant(0.0f, vector.lanes));
      sums = gates.multiply(tile, sums, input, inputAt, channels, weights);
      sums = gates.multiply(tile, sums, scratch, before, units, recurrent);
      for (auto [v, vector] : llvm::enumerate(tile.vectors)) {
        VectorOps ops(kernel, vector.lanes);
        Value unit =
            kernel.add(kernel.add(tile.blockFirst, tile.first), vector.offset);
        auto [cell, state] = ElementaryFunctions<VectorOps>(ops).updateCell(
            op.getRecurrentActivation(), op.getActivation(),
            {sums[4 * v], sums[4 * v + 1], sums[4 * v + 2], sums[4 * v + 3]},
            kernel.loadVector(scratch, unit, vector.lanes));
        kernel.storeVector(cell, scratch, unit, vector.lanes);
        kernel.storeVector(state, scratch, kernel.add(after, unit),
                           vector.lanes);
        if (op.getSequences())
          store(state, row, unit, vector.count);
      }
    });
  };

  kernel.forEach(samples, [&](Value sample) {
    kernel.forEachVector(2 * paddedUnits, [&](Value at, int64_t width) {
      kernel.storeVector(kernel.constant(0.0f, width), scratch, at, width);
    });
    Value firstStep = kernel.mul(sample, steps);
    SmallVector<Value> states{kernel.index(paddedUnits),
                              kernel.index(2 * paddedUnits)};
    states = kernel.reduce(steps, states, [&](Value step, ValueRange carried) {
      Value position = step;
      if (op.getBackwards())
        position = arith::SubIOp::create(kernel.builder, kernel.getLocation(),
                                         kernel.index(steps - 1), step);
      update(kernel.mul(kernel.add(firstStep, position), channels), carried[0],
             carried[1], kernel.add(firstStep, step));
      return SmallVector<Value>{carried[1], carried[0]};
    });
    if (op.getSequences())
      return;
    kernel.forEachVector(units, [&](Value unit, int64_t width) {
      store(kernel.loadVector(scratch, kernel.add(states[0], unit), width),
            sample, unit, width);
    });
  });
}
