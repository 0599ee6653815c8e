//===- RegisterTile.cpp - Matrix products held in registers -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/cpu/RegisterTile.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <optional>

using namespace mlir;
using namespace frieze;

namespace {
struct TileShape {
  int64_t rows;
  /// In vectors of `lanes` columns.
  int64_t vectors;
  int64_t lanes;
  /// Of a product in chains, those that are summed at a time.
  int64_t chains = 1;
};

/// Emits one tile; the position of its corner is given in elements.
class TileEmitter {
public:
  TileEmitter(KernelBuilder &kernel, const MatrixProduct &product,
              TileShape shape)
      : kernel(kernel), product(product), shape(shape) {}

  /// Columns from `column`, of which `validColumns` are stored.
  void emit(Value inputAt, Value outputAt, Value column, int64_t validColumns);

private:
  /// Multiplies one term into the accumulators of one chain.
  void multiplyTerm(MutableArrayRef<Value> accumulators, Value inputAt,
                    Value weightAt);
  SmallVector<Value> sumOver(ArrayRef<ReductionLoop> loops,
                             SmallVector<Value> accumulators, Value inputAt,
                             Value weightAt);
  SmallVector<Value> sumInChains(ArrayRef<Value> bias, Value inputAt,
                                 Value weightAt);
  /// Sums the chains of a tile from `firstChain`.
  SmallVector<Value> sumOverChains(ArrayRef<ReductionLoop> loops,
                                   int64_t firstChain,
                                   SmallVector<Value> accumulators,
                                   Value inputAt, Value weightAt);
  /// Adds neighbouring groups of `tileSize()` sums until one is left.
  void addNeighbours(SmallVector<Value> &sums);

  /// Rows of the product: for each row of the output, those of its window.
  int64_t windowSize() const { return product.poolOffsets.size(); }
  int64_t tileSize() const { return shape.rows * windowSize() * shape.vectors; }

  KernelBuilder &kernel;
  const MatrixProduct &product;
  TileShape shape;
};
} // namespace

/// Of a window of 5 x 5.
static constexpr int64_t mostUnrolledTerms = 25;

static int64_t countTerms(const MatrixProduct &product) {
  int64_t terms = 1;
  for (const ReductionLoop &loop : product.terms)
    terms *= loop.extent;
  return terms;
}

void TileEmitter::multiplyTerm(MutableArrayRef<Value> accumulators,
                               Value inputAt, Value weightAt) {
  if (product.prefetchesWeights) {
    // The terms in 1 KiB, which a core multiplies while the second-level cache
    // answers.
    int64_t distance = llvm::alignTo(256, product.terms.back().weightStride);
    for (int64_t line = 0; line < shape.vectors * shape.lanes; line += 16)
      memref::PrefetchOp::create(
          kernel.builder, kernel.getLocation(), product.weights,
          kernel.add(weightAt, line + distance), /*isWrite=*/false,
          /*localityHint=*/3, /*isDataCache=*/true);
  }
  SmallVector<Value> weights;
  for (int64_t v = 0; v < shape.vectors; ++v)
    weights.push_back(kernel.loadVector(
        product.weights, kernel.add(weightAt, v * shape.lanes), shape.lanes));
  for (int64_t row = 0; row < shape.rows * windowSize(); ++row) {
    Value rowAt =
        kernel.add(inputAt, row / windowSize() * product.inputRowStride +
                                product.poolOffsets[row % windowSize()]);
    Value shared;
    if (!product.inputPerColumn)
      shared = kernel.loadBroadcast(product.input, rowAt, shape.lanes);
    for (int64_t v = 0; v < shape.vectors; ++v) {
      Value input = shared
                        ? shared
                        : kernel.loadVector(product.input,
                                            kernel.add(rowAt, v * shape.lanes),
                                            shape.lanes);
      Value &accumulator = accumulators[row * shape.vectors + v];
      accumulator = kernel.fma(input, weights[v], accumulator);
    }
  }
}

SmallVector<Value> TileEmitter::sumOver(ArrayRef<ReductionLoop> loops,
                                        SmallVector<Value> accumulators,
                                        Value inputAt, Value weightAt) {
  if (loops.empty()) {
    multiplyTerm(accumulators, inputAt, weightAt);
    return accumulators;
  }
  const ReductionLoop &loop = loops.front();
  auto addTerms = [&](Value i, ValueRange carried) {
    return sumOver(loops.drop_front(), llvm::to_vector(carried),
                   kernel.add(inputAt, kernel.mul(i, loop.inputStride)),
                   kernel.add(weightAt, kernel.mul(i, loop.weightStride)));
  };
  // The sums of a depthwise convolution are so short that a loop over them
  // would cost as much as they do.
  if (!product.inputPerColumn || countTerms(product) > mostUnrolledTerms)
    return kernel.reduce(loop.extent, accumulators, addTerms);
  for (int64_t i = 0; i < loop.extent; ++i)
    accumulators = addTerms(kernel.index(i), accumulators);
  return accumulators;
}

void TileEmitter::addNeighbours(SmallVector<Value> &sums) {
  for (size_t groups = sums.size() / tileSize(); groups > 1; groups /= 2)
    for (size_t i = 0; i < groups / 2 * tileSize(); ++i) {
      size_t group = i / tileSize(), element = i % tileSize();
      sums[i] = kernel.addFloat(sums[2 * group * tileSize() + element],
                                sums[(2 * group + 1) * tileSize() + element]);
    }
  sums.resize(tileSize());
}

SmallVector<Value> TileEmitter::sumOverChains(ArrayRef<ReductionLoop> loops,
                                              int64_t firstChain,
                                              SmallVector<Value> accumulators,
                                              Value inputAt, Value weightAt) {
  const ReductionLoop &loop = loops.front();
  if (loops.size() > 1)
    return kernel.reduce(
        loop.extent, accumulators, [&](Value i, ValueRange carried) {
          return sumOverChains(
              loops.drop_front(), firstChain, llvm::to_vector(carried),
              kernel.add(inputAt, kernel.mul(i, loop.inputStride)),
              kernel.add(weightAt, kernel.mul(i, loop.weightStride)));
        });
  auto multiplyFrom = [&](SmallVector<Value> values, Value first,
                          int64_t count) {
    for (int64_t chain = 0; chain < count; ++chain) {
      Value term = kernel.add(first, chain);
      multiplyTerm(
          MutableArrayRef(values).slice(chain * tileSize(), tileSize()),
          kernel.add(inputAt, kernel.mul(term, loop.inputStride)),
          kernel.add(weightAt, kernel.mul(term, loop.weightStride)));
    }
    return values;
  };
  int64_t rounds = loop.extent / product.chains;
  int64_t rest = loop.extent % product.chains;
  accumulators =
      kernel.reduce(rounds, accumulators, [&](Value i, ValueRange carried) {
        return multiplyFrom(
            llvm::to_vector(carried),
            kernel.add(kernel.mul(i, product.chains), firstChain),
            shape.chains);
      });
  return multiplyFrom(accumulators,
                      kernel.index(rounds * product.chains + firstChain),
                      std::clamp<int64_t>(rest - firstChain, 0, shape.chains));
}

SmallVector<Value> TileEmitter::sumInChains(ArrayRef<Value> bias, Value inputAt,
                                            Value weightAt) {
  Value zero = kernel.constant(0.0f, shape.lanes);
  SmallVector<Value> sums;
  for (int64_t chain = 0; chain < product.chains; chain += shape.chains) {
    SmallVector<Value> accumulators(shape.chains * tileSize(), zero);
    if (chain == 0)
      llvm::copy(bias, accumulators.begin());
    accumulators =
        sumOverChains(product.terms, chain, accumulators, inputAt, weightAt);
    addNeighbours(accumulators);
    llvm::append_range(sums, accumulators);
  }
  addNeighbours(sums);
  return sums;
}

void TileEmitter::emit(Value inputAt, Value outputAt, Value column,
                       int64_t validColumns) {
  SmallVector<Value> bias;
  for (int64_t v = 0; v < shape.vectors; ++v)
    bias.push_back(kernel.loadVector(
        product.bias,
        kernel.add(kernel.add(product.biasBase, column), v * shape.lanes),
        shape.lanes));
  SmallVector<Value> accumulators;
  for (int64_t row = 0; row < shape.rows * windowSize(); ++row)
    llvm::append_range(accumulators, bias);

  Value weightAt = kernel.add(product.weightBase, column);
  accumulators = product.chains > 1
                     ? sumInChains(accumulators, inputAt, weightAt)
                     : sumOver(product.terms, accumulators, inputAt, weightAt);

  for (int64_t row = 0; row < shape.rows; ++row)
    for (int64_t v = 0; v < shape.vectors; ++v) {
      SmallVector<Value> window;
      for (int64_t position = 0; position < windowSize(); ++position)
        window.push_back(
            accumulators[(row * windowSize() + position) * shape.vectors + v]);
      Value channel =
          kernel.add(kernel.add(product.channelBase, column), v * shape.lanes);
      Value result =
          kernel.applyWindowEpilogue(product.epilogue, window, channel);
      Value at =
          kernel.add(outputAt, row * product.outputRowStride + v * shape.lanes);
      int64_t width = std::min(shape.lanes, validColumns - v * shape.lanes);
      if (product.accumulates)
        result = kernel.addFloat(
            kernel.loadVector(product.output, at, shape.lanes), result);
      kernel.storeVector(result, product.output, at, width);
    }
}

int64_t frieze::getColumnPadding(int64_t columns) {
  return columns <= 4 ? 4 : columns <= 8 ? 8 : 16;
}

SmallVector<double> frieze::padColumns(ArrayRef<double> values, int64_t rows,
                                       int64_t padded) {
  SmallVector<double> result(rows * padded, 0.0);
  int64_t columns = values.size() / rows;
  for (int64_t row = 0; row < rows; ++row)
    llvm::copy(values.slice(row * columns, columns),
               result.begin() + row * padded);
  return result;
}

/// The tile with the fewest loads per multiply-add among those that fit into
/// the registers: accumulators, one vector of weights for each column vector,
/// and one of the input (one more for the product where there is no FMA).
/// Accumulators take at most three quarters of the registers: LLVM's scheduler
/// moves loads of the input ahead, and would spill to make room for them. Four
/// chains at a time leave room for more columns: weights that come from the
/// second-level cache are best read in long runs. Half of the registers do for
/// them, as that is what bounds their speed.
static TileShape chooseTileShape(const TargetVariant &target,
                                 const MatrixProduct &product) {
  int64_t lanes = std::min(target.lanes, getColumnPadding(product.columns));
  int64_t vectors = llvm::divideCeil(product.columns, lanes);
  int64_t available = target.registers - 1 - !target.hasFMA;
  int64_t chains = std::min<int64_t>(product.chains, 4);
  int64_t accumulators =
      chains > 1 ? target.registers / 2 : target.registers * 3 / 4;
  int64_t sumsPerTerm = chains * (int64_t)product.poolOffsets.size();
  // Inputs have no padded columns to read, so that the last vector is narrower.
  if (product.inputPerColumn) {
    lanes = std::min(target.lanes, product.columns);
    vectors = 1;
  }
  std::optional<double> lowestCost;
  TileShape best{1, 1, lanes, chains};
  for (int64_t v = 1; v <= std::min<int64_t>(vectors, 8); ++v) {
    int64_t fitting = std::min(available - v, accumulators) / (v * sumsPerTerm);
    if (fitting < 1)
      break;
    // As few tiles as the registers allow, of nearly equal height.
    int64_t rows = llvm::divideCeil(
        product.rows,
        llvm::divideCeil(product.rows, std::min<int64_t>(fitting, 12)));
    double loads = double(rows + v) / (rows * v);
    double wasted = double(llvm::divideCeil(vectors, v) * v) / vectors;
    double idle = std::max(1.0, 8.0 / (rows * v * sumsPerTerm));
    double cost = loads * wasted * idle;
    if (!lowestCost || cost < *lowestCost) {
      lowestCost = cost;
      best = {rows, v, lanes, chains};
    }
  }
  return best;
}

double frieze::estimateCycles(const TargetVariant &target,
                              const MatrixProduct &product) {
  TileShape shape = chooseTileShape(target, product);
  int64_t terms = countTerms(product);
  auto estimateTile = [&](int64_t rows, int64_t vectors) {
    double inputs = rows * product.poolOffsets.size();
    double sums = inputs * vectors;
    double loads = vectors + (product.inputPerColumn ? sums : inputs);
    return terms * std::max({sums / 2, loads / 2, 4.0}) + rows * vectors;
  };
  auto estimateColumns = [&](int64_t vectors) {
    double cycles =
        product.rows / shape.rows * estimateTile(shape.rows, vectors);
    if (int64_t rest = product.rows % shape.rows)
      cycles += estimateTile(rest, vectors);
    return cycles;
  };
  int64_t width = shape.vectors * shape.lanes;
  double cycles = product.columns / width * estimateColumns(shape.vectors);
  if (int64_t rest = product.columns % width)
    cycles += estimateColumns(llvm::divideCeil(rest, shape.lanes));
  return cycles;
}

/// Emits all rows of the columns from `column`.
static void emitColumns(KernelBuilder &kernel, const MatrixProduct &product,
                        TileShape shape, Value column, int64_t validColumns) {
  Value inputAt = product.inputPerColumn ? kernel.add(product.inputBase, column)
                                         : product.inputBase;
  Value outputAt = kernel.add(product.outputBase, column);
  auto emitTile = [&](Value firstRow, int64_t rows) {
    TileEmitter(kernel, product,
                {rows, shape.vectors, shape.lanes, shape.chains})
        .emit(
            kernel.add(inputAt, kernel.mul(firstRow, product.inputRowStride)),
            kernel.add(outputAt, kernel.mul(firstRow, product.outputRowStride)),
            column, validColumns);
  };
  int64_t tiles = product.rows / shape.rows;
  kernel.forEach(tiles, [&](Value tile) {
    emitTile(kernel.mul(tile, shape.rows), shape.rows);
  });
  if (product.rows % shape.rows)
    emitTile(kernel.index(tiles * shape.rows), product.rows % shape.rows);
}

void frieze::emitMatrixProduct(KernelBuilder &kernel,
                               const MatrixProduct &product) {
  TileShape shape = chooseTileShape(kernel.target, product);
  int64_t width = shape.vectors * shape.lanes;
  int64_t blocks = product.columns / width;
  kernel.forEach(blocks, [&](Value block) {
    emitColumns(kernel, product, shape, kernel.mul(block, width), width);
  });
  if (int64_t rest = product.columns % width) {
    TileShape tail{shape.rows, (int64_t)llvm::divideCeil(rest, shape.lanes),
                   product.inputPerColumn ? rest : shape.lanes, shape.chains};
    emitColumns(kernel, product, tail, kernel.index(blocks * width), rest);
  }
}
