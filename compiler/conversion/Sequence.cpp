//===- Sequence.cpp - Lowering of recurrent layers --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/RegisterTile.h"
#include "compiler/conversion/Lowerings.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <limits>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

void frieze::lowerEmbedding(KernelBuilder &kernel, EmbeddingOp op) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  ArrayRef<int64_t> shape = op.getTable().getShapedType().getShape();
  Value table = kernel.loadConstants(op, "table", *readWeights(op.getTable()));
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  auto scalar = [&](float value) -> Value {
    return arith::ConstantFloatOp::create(builder, loc, builder.getF32Type(),
                                          llvm::APFloat(value));
  };
  kernel.forEach(op.getInput().getType().getNumElements(), [&](Value i) {
    Value number = memref::LoadOp::create(builder, loc, input, i);
    auto compare = [&](arith::CmpFPredicate predicate, float bound) -> Value {
      return arith::CmpFOp::create(builder, loc, predicate, number,
                                   scalar(bound));
    };
    Value isRow = arith::AndIOp::create(
        builder, loc, compare(arith::CmpFPredicate::OGT, -1.0f),
        compare(arith::CmpFPredicate::OLT, shape[0]));
    // What is no row must not reach the conversion, which would be undefined.
    Value safe =
        arith::SelectOp::create(builder, loc, isRow, number, scalar(0.0f));
    Value row =
        arith::FPToSIOp::create(builder, loc, builder.getI32Type(), safe);
    row = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), row);
    Value from = kernel.mul(row, shape[1]), to = kernel.mul(i, shape[1]);
    kernel.forEachVector(shape[1], [&](Value channel, int64_t width) {
      Value entry = kernel.loadVector(table, kernel.add(from, channel), width);
      Value missing =
          kernel.constant(std::numeric_limits<float>::quiet_NaN(), width);
      entry = arith::SelectOp::create(builder, loc, isRow, entry, missing);
      kernel.storeVector(kernel.applyEpilogue(epilogue, entry, channel), output,
                         kernel.add(to, channel), width);
    });
  });
}

namespace {
/// The scratch memory of an LSTM: the sums z of one step, and the state.
struct LSTMScratch {
  explicit LSTMScratch(LSTMOp op)
      : units(op.getType().getShape().back()), columns(4 * units),
        padding(getColumnPadding(columns)),
        stateAt(llvm::alignTo(columns, padding)),
        cellAt(stateAt + llvm::alignTo(units, 16)),
        elements(cellAt + llvm::alignTo(units, 16)) {}

  int64_t units, columns, padding;
  /// Where h and c start; z starts at 0.
  int64_t stateAt, cellAt, elements;
};
} // namespace

int64_t frieze::getLSTMScratchElements(LSTMOp op) {
  return LSTMScratch(op).elements;
}

/// `values` with `rows` rows, each padded with zeros to `padded` columns.
static SmallVector<double> padRows(ArrayRef<double> values, int64_t rows,
                                   int64_t padded) {
  SmallVector<double> result(rows * padded, 0.0);
  int64_t columns = values.size() / rows;
  for (int64_t row = 0; row < rows; ++row)
    llvm::copy(values.slice(row * columns, columns),
               result.begin() + row * padded);
  return result;
}

void frieze::lowerLSTM(KernelBuilder &kernel, LSTMOp op) {
  LSTMScratch layout(op);
  ArrayRef<int64_t> shape = op.getInput().getType().getShape();
  int64_t steps = shape[1], channels = shape[2], units = layout.units;
  int64_t padded = layout.stateAt;
  Value scratch = kernel.scratch[op];
  Value output = kernel.buffers[op.getOutput()];
  SmallVector<double> bias(layout.columns, 0.0);
  if (ElementsAttr attribute = op.getBiasAttr())
    bias = *readWeights(attribute);
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());

  MatrixProduct project;
  project.input = kernel.buffers[op.getInput()];
  project.inputRowStride = channels;
  project.weights = kernel.loadConstants(
      op, "kernel", padRows(*readWeights(op.getKernel()), channels, padded));
  project.weightBase = project.biasBase = kernel.index(0);
  project.bias = kernel.loadConstants(op, "bias", padRows(bias, 1, padded));
  project.output = scratch;
  project.outputBase = project.channelBase = kernel.index(0);
  project.outputRowStride = padded;
  project.rows = 1;
  project.columns = layout.columns;
  project.terms = {{channels, 1, padded}};
  // The second product goes on from the sums of the first.
  MatrixProduct recur = project;
  recur.input = scratch;
  recur.inputBase = kernel.index(layout.stateAt);
  recur.weights = kernel.loadConstants(
      op, "recurrent", padRows(*readWeights(op.getRecurrent()), units, padded));
  recur.bias = scratch;
  recur.terms = {{units, 1, padded}};

  kernel.forEach(shape[0], [&](Value n) {
    kernel.forEachVector(
        layout.elements - layout.stateAt, [&](Value at, int64_t width) {
          kernel.storeVector(kernel.constant(0.0f, width), scratch,
                             kernel.add(at, layout.stateAt), width);
        });
    kernel.forEach(steps, [&](Value step) {
      Value position = step;
      if (op.getBackwards())
        position = arith::SubIOp::create(kernel.builder, kernel.getLocation(),
                                         kernel.index(steps - 1), step);
      project.inputBase = kernel.add(kernel.mul(n, steps * channels),
                                     kernel.mul(position, channels));
      emitMatrixProduct(kernel, project);
      emitMatrixProduct(kernel, recur);
      kernel.forEachVector(units, [&](Value unit, int64_t width) {
        auto load = [&](int64_t start) {
          return kernel.loadVector(scratch, kernel.add(unit, start), width);
        };
        auto gate = [&](int64_t number) {
          return kernel.applyFunction(op.getRecurrentActivation(),
                                      load(number * units));
        };
        Value candidate =
            kernel.applyFunction(op.getActivation(), load(2 * units));
        Value cell = kernel.fma(gate(1), load(layout.cellAt),
                                kernel.mulFloat(gate(0), candidate));
        Value state = kernel.mulFloat(
            gate(3), kernel.applyFunction(op.getActivation(), cell));
        kernel.storeVector(cell, scratch, kernel.add(unit, layout.cellAt),
                           width);
        kernel.storeVector(state, scratch, kernel.add(unit, layout.stateAt),
                           width);
      });
      if (!op.getSequences())
        return;
      Value row =
          kernel.add(kernel.mul(n, steps * units), kernel.mul(step, units));
      emitCopy(kernel, scratch, kernel.index(layout.stateAt), output, row,
               units);
    });
    if (!op.getSequences())
      emitCopy(kernel, scratch, kernel.index(layout.stateAt), output,
               kernel.mul(n, units), units);
  });
  if (epilogue.empty())
    return;
  int64_t rows = op.getType().getNumElements() / units;
  kernel.forEach(rows, [&](Value row) {
    kernel.forEachVector(units, [&](Value unit, int64_t width) {
      Value at = kernel.add(kernel.mul(row, units), unit);
      Value value = kernel.loadVector(output, at, width);
      kernel.storeVector(kernel.applyEpilogue(epilogue, value, unit), output,
                         at, width);
    });
  });
}
