//===- Dense.cpp - Lowering of fully connected layers -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/LongEpilogue.h"
#include "compiler/conversion/emit/ReductionLoops.h"
#include "compiler/conversion/emit/TermBlocks.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/DensePlan.h"
#include "compiler/conversion/plan/Panels.h"
#include "compiler/conversion/plan/WindowsInPlace.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// Where the input of a dense layer lies: row r starts at `r * rowStride`, and
/// holds `runs` runs of `run` neighbours, `runStride` apart.
struct DenseInput {
  Value buffer;
  int64_t rowStride, runs, runStride, run;
};
} // namespace

static DenseInput findInput(KernelBuilder &kernel, DenseOp op) {
  int64_t inputs = op.getInput().getType().getShape().back();
  WindowsOp windows = findWindowsInPlace(op);
  if (!windows)
    return {kernel.buffers[op.getInput()], inputs, 1, 0, inputs};
  int64_t channels = inputs / windows.getLength();
  int64_t rowStride = windows.getStride() * channels;
  Value buffer = kernel.buffers[windows.getInput()];
  // As one run where a chain goes across positions.
  if (channels % (int64_t)op.getChains() != 0)
    return {buffer, rowStride, 1, 0, inputs};
  return {buffer, rowStride, (int64_t)windows.getLength(),
          (int64_t)windows.getDilation() * channels, channels};
}

/// Adds sums of `rows` rows, neighbours first, and stores what the epilogue
/// makes of them.
static void storeSums(KernelBuilder &kernel, DenseOp op,
                      ArrayRef<EpilogueStage> epilogue, SmallVector<Value> sums,
                      Value firstRow, int64_t rows) {
  for (; sums.size() > 1; sums.resize(sums.size() / 2))
    for (size_t i = 0; i < sums.size() / 2; ++i)
      sums[i] = kernel.addFloat(sums[2 * i], sums[2 * i + 1]);
  kernel.storeVector(kernel.applyEpilogue(epilogue, sums.front(),
                                          kernel.index(0),
                                          /*isOneChannel=*/true),
                     kernel.buffers[op.getOutput()], firstRow, rows);
}

/// A dense layer with one output: chains are lanes, so that it runs along its
/// inputs, for several rows at a time where there are.
static void lowerDotProduct(KernelBuilder &kernel, DenseOp op,
                            const MatrixTile &tile, Value weights, Value bias) {
  int64_t chains = op.getChains();
  int64_t lanes = tile.lanes, vectors = tile.vectors;
  DenseInput input = findInput(kernel, op);
  OpBuilder &builder = kernel.builder;
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());

  /// The next `count` terms, at most one for each chain, of each row.
  auto multiply = [&](SmallVector<Value> sums, Value at, Value weightAt,
                      int64_t count) {
    for (int64_t v = 0; v * lanes < count; ++v) {
      int64_t width = std::min(lanes, count - v * lanes);
      Value weight =
          kernel.loadVector(weights, kernel.add(weightAt, v * lanes), width);
      for (size_t row = 0; row < sums.size() / vectors; ++row) {
        Value &carried = sums[row * vectors + v];
        Value sum = carried;
        if (width < lanes)
          sum = vector::ExtractStridedSliceOp::create(
              builder, kernel.getLocation(), sum, ArrayRef<int64_t>{0},
              ArrayRef<int64_t>{width}, ArrayRef<int64_t>{1});
        Value rowAt = kernel.add(at, row * input.rowStride + v * lanes);
        sum = kernel.fma(kernel.loadVector(input.buffer, rowAt, width), weight,
                         sum);
        if (width < lanes)
          sum = vector::InsertStridedSliceOp::create(
              builder, kernel.getLocation(), sum, carried, ArrayRef<int64_t>{0},
              ArrayRef<int64_t>{1});
        carried = sum;
      }
    }
    return sums;
  };
  /// The chains from `firstChain` that a tile sums at a time, of so many rows,
  /// to one sum for each row.
  auto sumChains = [&](Value at, int64_t rows, int64_t firstChain) {
    SmallVector<Value> sums(rows * vectors, kernel.constant(0.0f, lanes));
    if (firstChain == 0) {
      Value start = kernel.loadVector(bias, kernel.index(0), 1);
      start = vector::InsertStridedSliceOp::create(
          builder, kernel.getLocation(), start, sums[0], ArrayRef<int64_t>{0},
          ArrayRef<int64_t>{1});
      for (int64_t row = 0; row < rows; ++row)
        sums[row * vectors] = start;
    }
    int64_t rounds = input.run / chains;
    int64_t rest =
        std::clamp<int64_t>(input.run % chains - firstChain, 0, tile.chains);
    sums = kernel.reduce(input.runs, sums, [&](Value run, ValueRange outer) {
      Value runAt = kernel.add(at, kernel.mul(run, input.runStride));
      Value weightAt = kernel.mul(run, input.run);
      auto multiplyRound = [&](SmallVector<Value> carried, Value first,
                               int64_t count) {
        return multiply(std::move(carried), kernel.add(runAt, first),
                        kernel.add(weightAt, first), count);
      };
      SmallVector<Value> inner =
          kernel.reduce(rounds, outer, [&](Value i, ValueRange carried) {
            return multiplyRound(llvm::to_vector(carried),
                                 kernel.add(kernel.mul(i, chains), firstChain),
                                 tile.chains);
          });
      return multiplyRound(inner, kernel.index(rounds * chains + firstChain),
                           rest);
    });
    return combineNeighbours(kernel, sums, rows, [&](Value a, Value b) {
      return kernel.addFloat(a, b);
    });
  };
  auto emitTile = [&](Value firstRow, int64_t rows) {
    Value at = kernel.mul(firstRow, input.rowStride);
    SmallVector<Value> sums;
    for (int64_t chain = 0; chain < chains; chain += tile.chains)
      sums.push_back(sumChains(at, rows, chain));
    storeSums(kernel, op, epilogue, sums, firstRow, rows);
  };

  // A power of two, for the sums over the chains.
  int64_t rows = op.getType().getNumElements(), done = 0;
  for (int64_t size = tile.rows; done < rows; size /= 2) {
    int64_t tiles = (rows - done) / size;
    kernel.forEach(tiles, [&](Value tile) {
      emitTile(kernel.add(kernel.mul(tile, size), done), size);
    });
    done += tiles * size;
  }
}

/// The same on a device: chain by chain, in scratch memory, at once.
static void lowerDotProductAtOnce(KernelBuilder &kernel, DenseOp op,
                                  Value weights, Value bias) {
  int64_t chains = op.getChains(), rows = op.getType().getNumElements();
  DenseInput input = findInput(kernel, op);
  Value scratch = kernel.scratch[op];
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  int64_t rounds = input.run / chains, rest = input.run % chains;
  auto sumChain = [&](Value rowAt, Value chain) {
    auto isBelow = [&](int64_t bound) -> Value {
      return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt,
                                   chain, kernel.index(bound));
    };
    auto multiply = [&](Value sum, Value at, Value weightAt) {
      return kernel.fma(kernel.loadVector(input.buffer, at, 1),
                        kernel.loadVector(weights, weightAt, 1), sum);
    };
    Value start = arith::SelectOp::create(
        builder, loc, isBelow(1), kernel.loadVector(bias, kernel.index(0), 1),
        kernel.constant(0.0f, 1));
    return kernel.reduce(input.runs, start, [&](Value run, ValueRange outer) {
      Value at = kernel.add(rowAt, kernel.mul(run, input.runStride));
      Value weightAt = kernel.mul(run, input.run);
      Value sum =
          kernel.reduce(rounds, outer, [&](Value i, ValueRange carried) {
            Value term = kernel.add(kernel.mul(i, chains), chain);
            return SmallVector<Value>{multiply(carried[0], kernel.add(at, term),
                                               kernel.add(weightAt, term))};
          })[0];
      if (rest == 0)
        return SmallVector<Value>{sum};
      // Of the other chains, the last term is read and not used.
      Value term = kernel.add(builder.createOrFold<arith::MinSIOp>(
                                  loc, chain, kernel.index(rest - 1)),
                              rounds * chains);
      Value longer =
          multiply(sum, kernel.add(at, term), kernel.add(weightAt, term));
      return SmallVector<Value>{
          arith::SelectOp::create(builder, loc, isBelow(rest), longer, sum)};
    })[0];
  };
  kernel.forEach(rows, [&](Value row) {
    kernel.forEach(chains, [&](Value chain) {
      kernel.storeVector(sumChain(kernel.mul(row, input.rowStride), chain),
                         scratch, kernel.add(kernel.mul(row, chains), chain),
                         1);
    });
  });
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  kernel.forEach(rows, [&](Value row) {
    SmallVector<Value> sums;
    for (int64_t chain = 0; chain < chains; ++chain)
      sums.push_back(kernel.loadVector(
          scratch, kernel.add(kernel.mul(row, chains), chain), 1));
    storeSums(kernel, op, epilogue, sums, row, 1);
  });
}

static SmallVector<double> readBias(DenseOp op) {
  if (ElementsAttr attribute = op.getBiasAttr())
    return *readWeights(attribute);
  return SmallVector<double>(op.getType().getShape().back(), 0.0);
}

static void lowerProduct(KernelBuilder &kernel, DenseOp op,
                         const KernelPlan &plan) {
  int64_t inputs = op.getInput().getType().getShape().back();
  int64_t outputs = op.getType().getShape().back();
  DenseInput input = findInput(kernel, op);
  SmallVector<double> bias = readBias(op);
  int64_t padded = kernel.target.padColumns(outputs);
  bias.resize(padded, 0.0);

  MatrixProduct product;
  product.input = input.buffer;
  product.inputBase = kernel.index(0);
  product.inputRowStride = input.rowStride;
  int64_t panelSize = plan.panel ? plan.panel : padded;
  product.weights = kernel.loadPacked(op, "kernel", panelSize, [&] {
    SmallVector<float> packed;
    packed.reserve(inputs * padded);
    packPanels<float>(*readWeights<float>(op.getKernel()), inputs, /*first=*/0,
                      outputs, padded, panelSize, packed);
    return packed;
  });
  product.bias = kernel.loadConstants(op, "bias", bias);
  product.output = kernel.buffers[op.getOutput()];
  product.outputRowStride = outputs;
  product.rows = op.getType().getNumElements() / outputs;
  product.chains = op.getChains();
  product.prefetchedLines = plan.prefetchedLines;
  // Dense layers are short beside the code of their epilogue.
  SplitEpilogue epilogue{kernel.loadEpilogue(op, op.getEpilogueStages()), {}};
  std::optional<BinaryStage> binary = findBinaryStage(kernel, op);
  if (binary)
    product.binary = &*binary;
  else
    epilogue = splitLongEpilogue(epilogue.first);
  product.epilogue = epilogue.first;
  auto emitPanel = [&](const Panels &panels, Value column) {
    product.columns = panels.columns;
    product.terms.clear();
    if (input.runs > 1)
      product.terms.push_back(
          {input.runs, input.runStride, input.run * panels.padded});
    product.terms.push_back({input.run, 1, panels.padded});
    product.channelBase = product.biasBase = product.outputBase = column;
    product.weightBase = kernel.mul(column, inputs);
    emitTermBlocks(kernel, product, plan.products.front(), plan.termBlock,
                   [&](MatrixProduct rows, Value inputAt, Value weightAt,
                       EmitProduct emit) {
                     rows.inputBase = kernel.add(rows.inputBase, inputAt);
                     rows.weightBase = kernel.add(rows.weightBase, weightAt);
                     emit(rows);
                   });
  };
  forEachPanel(kernel, getPanels(outputs, padded, plan.panel), emitPanel);
  if (!epilogue.rest.empty())
    finishRows(kernel, epilogue.rest,
               {product.output, kernel.index(0), kernel.index(0), product.rows,
                outputs, outputs},
               kernel.machine.lanes);
}

static void lowerDense(KernelBuilder &kernel, DenseOp op,
                       const KernelPlan &plan) {
  if (op.getType().getShape().back() > 1)
    return lowerProduct(kernel, op, plan);
  Value weights =
      kernel.loadConstants(op, "kernel", *readWeights(op.getKernel()));
  Value bias = kernel.loadConstants(op, "bias", readBias(op));
  if (kernel.target.device)
    lowerDotProductAtOnce(kernel, op, weights, bias);
  else
    lowerDotProduct(kernel, op, plan.products.front(), weights, bias);
}

void frieze::addDenseLowerings(LoweringTable &table) {
  table.add<DenseOp, planDense, lowerDense>();
}
