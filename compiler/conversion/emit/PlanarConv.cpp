//===- PlanarConv.cpp - Convolutions along the width ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/PlanarConv.h"
#include "compiler/conversion/emit/Interleave.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze;

namespace {
/// Emits one tile.
class PlanarTileEmitter {
public:
  PlanarTileEmitter(KernelBuilder &kernel, const PlanarConv &conv)
      : kernel(kernel), conv(conv), shape(conv.shape), tile(conv.tile),
        pool(shape.getPoolWindow()) {}

  /// The corner of the tile in the output.
  void emit(Value row, Value column, Value position);

private:
  SmallVector<Value> sum(SmallVector<Value> accumulators, Value inputAt,
                         Value weightAt);
  /// Multiplies one term into the accumulators: `columnsAt` is where the inputs
  /// of each column of the pooling window are.
  void multiplyTerm(MutableArrayRef<Value> accumulators,
                    ArrayRef<Value> columnsAt, Value weightAt);
  /// Stores `tile.lanes` positions of all columns.
  void store(ArrayRef<Value> columns, Value outputAt);

  /// Where element `position` of a row is, from the start of the row.
  Value findInPhases(Value position);
  /// Elements from the start of the tile to its vector number `vector`.
  int64_t getVectorOffset(int64_t vector) const {
    return std::min(vector * tile.lanes,
                    std::max<int64_t>(0, shape.output.width - tile.lanes));
  }
  int64_t getWindowSize() const { return pool.height * pool.width; }
  /// Accumulators of one column.
  int64_t getColumnSize() const {
    return tile.rows * getWindowSize() * tile.vectors;
  }
  int64_t findAccumulator(int64_t column, int64_t row, int64_t window,
                          int64_t vector) const {
    return ((column * tile.rows + row) * getWindowSize() + window) *
               tile.vectors +
           vector;
  }

  KernelBuilder &kernel;
  const PlanarConv &conv;
  const ConvShape &shape;
  const WidthTile &tile;
  Spatial pool;
};
} // namespace

Value PlanarTileEmitter::findInPhases(Value position) {
  int64_t phases = shape.getPhases();
  if (phases == 1)
    return position;
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value phase =
      builder.createOrFold<arith::RemUIOp>(loc, position, kernel.index(phases));
  return kernel.add(kernel.mul(phase, conv.phaseStride),
                    builder.createOrFold<arith::DivUIOp>(loc, position,
                                                         kernel.index(phases)));
}

void PlanarTileEmitter::multiplyTerm(MutableArrayRef<Value> accumulators,
                                     ArrayRef<Value> columnsAt,
                                     Value weightAt) {
  int64_t inputCount = getColumnSize();
  auto loadInput = [&](int64_t number) {
    int64_t vector = number % tile.vectors, column = number / tile.vectors;
    int64_t row = column / pool.width;
    int64_t outputRow = row / pool.height, windowRow = row % pool.height;
    int64_t inputRow = (outputRow * shape.getPoolStride().height + windowRow) *
                       shape.stride.height;
    return kernel.loadVector(
        conv.input,
        kernel.add(columnsAt[column % pool.width],
                   inputRow * conv.rowStride + getVectorOffset(vector)),
        tile.lanes);
  };
  SmallVector<Value> inputs;
  for (int64_t input = 0; input < inputCount; ++input)
    inputs.push_back(loadInput(input));
  for (int64_t column = 0; column < tile.columns; ++column) {
    Value weight = kernel.loadBroadcast(
        conv.weights, kernel.add(weightAt, column), tile.lanes);
    for (int64_t input = 0; input < inputCount; ++input) {
      Value &accumulator = accumulators[column * inputCount + input];
      accumulator = kernel.fma(inputs[input], weight, accumulator);
    }
  }
}

SmallVector<Value> PlanarTileEmitter::sum(SmallVector<Value> accumulators,
                                          Value inputAt, Value weightAt) {
  int64_t channels = shape.getInputChannels();
  int64_t tapStride = channels * conv.weightStride;
  auto sumChannels = [&](Value rowAt, Value kw, Value tapAt,
                         ValueRange carried) {
    SmallVector<Value> columnsAt;
    for (int64_t column = 0; column < pool.width; ++column)
      columnsAt.push_back(kernel.add(
          rowAt, findInPhases(kernel.add(kernel.mul(kw, shape.dilation.width),
                                         column * shape.stride.width))));
    return kernel.reduce(channels, carried, [&](Value c, ValueRange values) {
      SmallVector<Value> channelAt, next = llvm::to_vector(values);
      for (Value at : columnsAt)
        channelAt.push_back(kernel.add(at, kernel.mul(c, conv.channelStride)));
      multiplyTerm(next, channelAt,
                   kernel.add(tapAt, kernel.mul(c, conv.weightStride)));
      return next;
    });
  };
  return kernel.reduce(
      shape.window.height, accumulators, [&](Value kh, ValueRange outer) {
        Value rowAt = kernel.add(
            inputAt, kernel.mul(kh, shape.dilation.height * conv.rowStride));
        Value kernelRowAt = kernel.add(
            weightAt, kernel.mul(kh, shape.window.width * tapStride));
        return kernel.reduce(
            shape.window.width, outer, [&](Value kw, ValueRange inner) {
              return sumChannels(
                  rowAt, kw, kernel.add(kernelRowAt, kernel.mul(kw, tapStride)),
                  inner);
            });
      });
}

void PlanarTileEmitter::emit(Value row, Value column, Value position) {
  SmallVector<Value> accumulators;
  Value biasAt = kernel.add(conv.biasBase, column);
  for (int64_t c = 0; c < tile.columns; ++c)
    accumulators.append(
        getColumnSize(),
        kernel.loadBroadcast(conv.bias, kernel.add(biasAt, c), tile.lanes));
  int64_t inputRows = shape.getPoolStride().height * shape.stride.height;
  accumulators = sum(accumulators,
                     kernel.add(kernel.add(conv.inputBase, position),
                                kernel.mul(row, inputRows * conv.rowStride)),
                     kernel.add(conv.weightBase, column));

  Value channel = kernel.add(conv.channelBase, column);
  Value outputAt =
      kernel.add(kernel.add(kernel.add(conv.outputBase, column),
                            kernel.mul(row, shape.output.getRowElements())),
                 kernel.mul(position, shape.output.positionElements));
  for (int64_t r = 0; r < tile.rows; ++r)
    for (int64_t v = 0; v < tile.vectors; ++v) {
      SmallVector<Value> results;
      for (int64_t c = 0; c < tile.columns; ++c) {
        SmallVector<Value> window;
        for (int64_t w = 0; w < getWindowSize(); ++w)
          window.push_back(accumulators[findAccumulator(c, r, w, v)]);
        results.push_back(kernel.applyWindowEpilogue(conv.epilogue, window,
                                                     kernel.add(channel, c),
                                                     /*isOneChannel=*/true));
      }
      store(results,
            kernel.add(outputAt,
                       r * shape.output.getRowElements() +
                           getVectorOffset(v) * shape.output.positionElements));
    }
}

void PlanarTileEmitter::store(ArrayRef<Value> columns, Value outputAt) {
  int64_t count = columns.size(), lanes = tile.lanes;
  int64_t positions = std::min(lanes, shape.output.width);
  if (isContiguous(shape, count)) {
    for (auto [i, vector] : llvm::enumerate(interleave(kernel, columns))) {
      int64_t first = i * lanes;
      if (first < positions * count)
        storeResults(kernel, conv.binary, vector, conv.output,
                     kernel.add(outputAt, first),
                     std::min(lanes, positions * count - first));
    }
    return;
  }
  // The channels of a position, in a slot of a vector.
  int64_t slot = llvm::PowerOf2Ceil(count);
  SmallVector<Value> padded(columns);
  padded.resize(slot, columns.front());
  SmallVector<Value> slots = interleave(kernel, padded);
  for (int64_t position = 0; position < positions; ++position) {
    int64_t first = position * slot;
    Value channels = vector::ExtractStridedSliceOp::create(
        kernel.builder, kernel.getLocation(), slots[first / lanes],
        ArrayRef<int64_t>{first % lanes}, ArrayRef<int64_t>{count},
        ArrayRef<int64_t>{1});
    storeResults(kernel, conv.binary, channels, conv.output,
                 kernel.add(outputAt, position * shape.output.positionElements),
                 count);
  }
}

void frieze::emitPlanarConv(KernelBuilder &kernel, const PlanarConv &conv) {
  const WidthTile &tile = conv.tile;
  PlanarTileEmitter emitter(kernel, conv);
  kernel.forEachChunk(conv.shape.output.height, tile.rows, [&](Value row) {
    kernel.forEachChunk(conv.columns, tile.columns, [&](Value column) {
      kernel.forEachChunk(
          conv.shape.output.width, tile.vectors * tile.lanes,
          [&](Value position) { emitter.emit(row, column, position); });
    });
  });
}
