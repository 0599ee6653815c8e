//===- MatrixProduct.cpp - Matrix products held in registers ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/MatrixProduct.h"
#include "compiler/conversion/emit/LongEpilogue.h"
#include "compiler/conversion/emit/VectorOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace frieze;

namespace {
/// Where a term is in the input, in the weights, and behind the first term of
/// the innermost loop.
struct Term {
  Value inputAt, weightAt, offset;
};

/// Emits one tile; the position of its corner is given in elements.
class TileEmitter {
public:
  TileEmitter(KernelBuilder &kernel, const MatrixProduct &product,
              MatrixTile tile)
      : kernel(kernel), product(product), tile(tile) {}

  /// Columns from `column`, of which `validColumns` are stored.
  void emit(Value firstRow, Value column, int64_t validColumns);

private:
  /// The weights of one term, of the vectors from `first` below `end`.
  SmallVector<Value> loadWeights(Value weightAt, int64_t first, int64_t end);
  /// The buffer that a sum of a row reads, and where `term` is there.
  std::pair<Value, Value> findInput(const Term &term, int64_t row, int64_t sum);
  /// Calls `body(sums, weightAt)` for each group of sums of a row that share
  /// weights.
  void
  forEachGroup(Value weightAt,
               llvm::function_ref<void(llvm::iota_range<int64_t>, Value)> body);
  Term findTerm(const ReductionLoop &loop, Value inputAt, Value weightAt,
                Value number) {
    Value offset = kernel.mul(number, loop.inputStride);
    return {kernel.add(inputAt, offset),
            kernel.add(weightAt, kernel.mul(number, loop.weightStride)),
            offset};
  }
  /// Multiplies one term into the accumulators of one chain.
  void multiplyTerm(MutableArrayRef<Value> accumulators, const Term &term);
  /// Multiplies terms that lie side by side, as many as a vector has lanes.
  void multiplyLanes(MutableArrayRef<Value> accumulators, const Term &first,
                     int64_t weightStride);
  /// Multiplies `count` terms of a loop from term number `first`.
  SmallVector<Value> multiplyRound(const ReductionLoop &loop,
                                   SmallVector<Value> accumulators,
                                   Value inputAt, Value weightAt, Value first,
                                   int64_t count);
  SmallVector<Value> sumOver(ArrayRef<ReductionLoop> loops,
                             SmallVector<Value> accumulators, Value inputAt,
                             Value weightAt);
  SmallVector<Value> sumInChains(ArrayRef<Value> bias, Value inputAt,
                                 Value weightAt);
  /// Adds the sum of each block to those before.
  SmallVector<Value> sumInBlocks(SmallVector<Value> bias, Value inputAt,
                                 Value weightAt);
  /// Sums the chains of a tile from `firstChain`.
  SmallVector<Value> sumOverChains(ArrayRef<ReductionLoop> loops,
                                   int64_t firstChain,
                                   SmallVector<Value> accumulators,
                                   Value inputAt, Value weightAt);
  /// Adds neighbouring groups of `tileSize()` sums until one is left.
  void addNeighbours(SmallVector<Value> &sums);
  /// What the sums of each row start from.
  SmallVector<Value> loadStarts(Value column);
  /// The results of a row from its sums, each as the window that its pooling
  /// combines.
  SmallVector<SmallVector<Value>> getWindows(SmallVector<Value> sums);

  int64_t sumsPerRow() const { return product.sumOffsets.size(); }
  int64_t tileSize() const { return tile.rows * sumsPerRow() * tile.vectors; }
  /// The accumulator of a sum, of a row and a vector.
  int64_t find(int64_t row, int64_t sum, int64_t v) const {
    return (row * sumsPerRow() + sum) * tile.vectors + v;
  }

  KernelBuilder &kernel;
  const MatrixProduct &product;
  MatrixTile tile;
  /// Where the rows of the sum that is read elsewhere start.
  SmallVector<Value> rowsOfSum;
};
} // namespace

static int64_t countTerms(const MatrixProduct &product) {
  int64_t terms = 1;
  for (const ReductionLoop &loop : product.terms)
    terms *= loop.extent;
  return terms;
}

SmallVector<Value> TileEmitter::loadWeights(Value weightAt, int64_t first,
                                            int64_t end) {
  if (first == 0 && product.prefetchedLines > 0) {
    int64_t lineElements = kernel.machine.getLineElements();
    int64_t distance = llvm::alignTo(product.prefetchedLines * lineElements,
                                     product.terms.back().weightStride);
    for (int64_t line = 0; line < tile.getWidth(); line += lineElements)
      memref::PrefetchOp::create(
          kernel.builder, kernel.getLocation(), product.weights,
          kernel.add(weightAt, line + distance), /*isWrite=*/false,
          /*localityHint=*/3, /*isDataCache=*/true);
  }
  SmallVector<Value> weights;
  for (int64_t v = first; v < end; ++v)
    weights.push_back(kernel.loadVector(
        product.weights, kernel.add(weightAt, v * tile.lanes), tile.lanes));
  return weights;
}

std::pair<Value, Value> TileEmitter::findInput(const Term &term, int64_t row,
                                               int64_t sum) {
  if (const InputOfSum *other = product.inputOfSum; other && other->sum == sum)
    return {other->input, kernel.add(rowsOfSum[row], term.offset)};
  return {product.input, kernel.add(term.inputAt, row * product.inputRowStride +
                                                      product.sumOffsets[sum])};
}

void TileEmitter::forEachGroup(
    Value weightAt,
    llvm::function_ref<void(llvm::iota_range<int64_t>, Value)> body) {
  int64_t size = product.filtering ? 1 : sumsPerRow();
  for (int64_t sum = 0; sum < sumsPerRow(); sum += size)
    body(llvm::seq(sum, sum + size),
         kernel.add(weightAt, sum * product.pointWeightStride));
}

void TileEmitter::multiplyTerm(MutableArrayRef<Value> accumulators,
                               const Term &term) {
  forEachGroup(term.weightAt, [&](llvm::iota_range<int64_t> sums,
                                  Value weightAt) {
    SmallVector<Value> weights = loadWeights(weightAt, 0, tile.vectors);
    for (int64_t row = 0; row < tile.rows; ++row)
      for (int64_t sum : sums) {
        auto [buffer, at] = findInput(term, row, sum);
        Value shared;
        if (!product.inputPerColumn)
          shared = kernel.loadBroadcast(buffer, at, tile.lanes);
        for (int64_t v = 0; v < tile.vectors; ++v) {
          Value input =
              shared ? shared
                     : kernel.loadVector(buffer, kernel.add(at, v * tile.lanes),
                                         tile.lanes);
          Value &accumulator = accumulators[find(row, sum, v)];
          accumulator = kernel.fma(input, weights[v], accumulator);
        }
      }
  });
}

void TileEmitter::multiplyLanes(MutableArrayRef<Value> accumulators,
                                const Term &first, int64_t weightStride) {
  forEachGroup(first.weightAt, [&](llvm::iota_range<int64_t> sums,
                                   Value weightAt) {
    SmallVector<Value> inputs;
    for (int64_t row = 0; row < tile.rows; ++row)
      for (int64_t sum : sums) {
        auto [buffer, at] = findInput(first, row, sum);
        inputs.push_back(kernel.loadVector(buffer, at, kernel.machine.lanes));
      }
    for (int64_t lane = 0; lane < kernel.machine.lanes; ++lane) {
      SmallVector<Value> shared;
      for (Value input : inputs)
        shared.push_back(kernel.broadcastLane(input, tile.lanes, lane));
      for (int64_t first = 0; first < tile.vectors; first += weightsTogether) {
        int64_t end = std::min(first + weightsTogether, tile.vectors);
        SmallVector<Value> weights =
            loadWeights(kernel.add(weightAt, lane * weightStride), first, end);
        auto *input = shared.begin();
        for (int64_t row = 0; row < tile.rows; ++row)
          for (int64_t sum : sums) {
            for (int64_t v = first; v < end; ++v) {
              Value &accumulator = accumulators[find(row, sum, v)];
              accumulator = kernel.fma(*input, weights[v - first], accumulator);
            }
            ++input;
          }
      }
    }
  });
}

SmallVector<Value> TileEmitter::multiplyRound(const ReductionLoop &loop,
                                              SmallVector<Value> accumulators,
                                              Value inputAt, Value weightAt,
                                              Value first, int64_t count) {
  int64_t lanes = kernel.machine.lanes;
  bool isByLane = kernel.machine.sharedFactor == SharedFactor::Lane &&
                  loop.inputStride == 1 && !product.inputPerColumn;
  for (int64_t i = 0; i < count;) {
    Term term = findTerm(loop, inputAt, weightAt, kernel.add(first, i));
    if (isByLane && count - i >= lanes) {
      multiplyLanes(accumulators, term, loop.weightStride);
      i += lanes;
    } else {
      multiplyTerm(accumulators, term);
      ++i;
    }
  }
  return accumulators;
}

SmallVector<Value> TileEmitter::sumOver(ArrayRef<ReductionLoop> loops,
                                        SmallVector<Value> accumulators,
                                        Value inputAt, Value weightAt) {
  // Some sums are so short that a loop over them would cost as much as they do.
  bool isUnrolled = countTerms(product) <= tile.terms;
  const ReductionLoop &loop = loops.front();
  if (loops.size() > 1) {
    auto addTerms = [&](Value i, ValueRange carried) {
      return sumOver(loops.drop_front(), llvm::to_vector(carried),
                     kernel.add(inputAt, kernel.mul(i, loop.inputStride)),
                     kernel.add(weightAt, kernel.mul(i, loop.weightStride)));
    };
    if (!isUnrolled)
      return kernel.reduce(loop.extent, accumulators, addTerms);
    for (int64_t i = 0; i < loop.extent; ++i)
      accumulators = addTerms(kernel.index(i), accumulators);
    return accumulators;
  }
  // Those of a depthwise convolution are as many loads, at any number a round.
  int64_t together = isUnrolled ? std::max<int64_t>(loop.extent, 1)
                     : product.inputPerColumn ? 1
                     : kernel.machine.budgets.avoidsTails
                         ? std::gcd(loop.extent, tile.terms)
                         : tile.terms;
  int64_t rounds = loop.extent / together;
  accumulators =
      kernel.reduce(rounds, accumulators, [&](Value i, ValueRange carried) {
        return multiplyRound(loop, llvm::to_vector(carried), inputAt, weightAt,
                             kernel.mul(i, together), together);
      });
  return multiplyRound(loop, accumulators, inputAt, weightAt,
                       kernel.index(rounds * together), loop.extent % together);
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
    for (int64_t chain = 0; chain < count; ++chain)
      multiplyTerm(
          MutableArrayRef(values).slice(chain * tileSize(), tileSize()),
          findTerm(loop, inputAt, weightAt, kernel.add(first, chain)));
    return values;
  };
  int64_t rounds = loop.extent / product.chains;
  int64_t rest = loop.extent % product.chains;
  accumulators =
      kernel.reduce(rounds, accumulators, [&](Value i, ValueRange carried) {
        return multiplyFrom(
            llvm::to_vector(carried),
            kernel.add(kernel.mul(i, product.chains), firstChain), tile.chains);
      });
  return multiplyFrom(accumulators,
                      kernel.index(rounds * product.chains + firstChain),
                      std::clamp<int64_t>(rest - firstChain, 0, tile.chains));
}

SmallVector<Value> TileEmitter::sumInChains(ArrayRef<Value> bias, Value inputAt,
                                            Value weightAt) {
  Value zero = kernel.constant(0.0f, tile.lanes);
  SmallVector<Value> sums;
  for (int64_t chain = 0; chain < product.chains; chain += tile.chains) {
    SmallVector<Value> accumulators(tile.chains * tileSize(), zero);
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

/// The loops of a sum but those of a single term.
static SmallVector<ReductionLoop> getLoops(const MatrixProduct &product) {
  SmallVector<ReductionLoop> loops =
      llvm::filter_to_vector(product.terms, [](const ReductionLoop &loop) {
        return loop.extent != 1;
      });
  if (loops.empty())
    loops.push_back(product.terms.back());
  return loops;
}

SmallVector<Value> TileEmitter::sumInBlocks(SmallVector<Value> bias,
                                            Value inputAt, Value weightAt) {
  const ReductionLoop &terms = product.terms.back();
  SmallVector<Value> zeros(tileSize(), kernel.constant(0.0f, tile.lanes));
  auto sumBlock = [&](SmallVector<Value> starts, Value first, int64_t size) {
    SmallVector<ReductionLoop> block = getLoops(product);
    block.back().extent = size;
    return sumOver(block, std::move(starts),
                   kernel.add(inputAt, kernel.mul(first, terms.inputStride)),
                   kernel.add(weightAt, kernel.mul(first, terms.weightStride)));
  };
  auto addBlock = [&](ValueRange sums, Value first, int64_t size) {
    SmallVector<Value> added;
    for (auto [sum, ofBlock] : llvm::zip(sums, sumBlock(zeros, first, size)))
      added.push_back(kernel.addFloat(sum, ofBlock));
    return added;
  };
  int64_t size = product.blockTerms, blocks = terms.extent / size;
  SmallVector<Value> sums = sumBlock(std::move(bias), kernel.index(0), size);
  sums = kernel.reduce(blocks - 1, sums, [&](Value i, ValueRange carried) {
    return addBlock(carried, kernel.mul(kernel.add(i, 1), size), size);
  });
  if (int64_t rest = terms.extent % size)
    sums = addBlock(sums, kernel.index(blocks * size), rest);
  return sums;
}

SmallVector<Value> TileEmitter::loadStarts(Value column) {
  SmallVector<Value> starts;
  for (int64_t sum = 0; sum < sumsPerRow(); ++sum)
    for (int64_t v = 0; v < tile.vectors; ++v)
      starts.push_back(
          product.filtering && sum != product.filtering->getBiasPoint()
              ? kernel.constant(0.0f, tile.lanes)
          : sum > 0 && !product.filtering
              ? starts[v]
              : kernel.loadVector(
                    product.bias,
                    kernel.add(kernel.add(product.biasBase, column),
                               v * tile.lanes),
                    tile.lanes));
  return starts;
}

SmallVector<SmallVector<Value>>
TileEmitter::getWindows(SmallVector<Value> sums) {
  if (!product.filtering)
    return {sums};
  VectorOps ops(kernel, tile.lanes);
  sums = product.filtering->transformOutputs(ops, ArrayRef<Value>(sums));
  SmallVector<SmallVector<Value>> windows;
  const nn::WinogradAxis &axis = product.filtering->width;
  for (int64_t i = 0; i < axis.getTileExtent(); ++i)
    windows.push_back(
        llvm::to_vector(ArrayRef(sums).slice(i * axis.window, axis.window)));
  return windows;
}

void TileEmitter::emit(Value firstRow, Value column, int64_t validColumns) {
  Value inputAt =
      kernel.add(product.inputPerColumn ? kernel.add(product.inputBase, column)
                                        : product.inputBase,
                 kernel.mul(firstRow, product.inputRowStride));
  Value outputAt = kernel.add(kernel.add(product.outputBase, column),
                              kernel.mul(firstRow, product.outputRowStride));
  Value weightAt = kernel.add(product.weightBase,
                              kernel.mul(column, product.weightColumnStride));
  for (int64_t row = 0; product.inputOfSum && row < tile.rows; ++row)
    rowsOfSum.push_back(product.inputOfSum->findRow(kernel.add(firstRow, row)));
  SmallVector<Value> starts, accumulators;
  if (!product.goesOn)
    starts = loadStarts(column);
  for (int64_t row = 0; row < tile.rows; ++row) {
    llvm::append_range(accumulators, starts);
    for (int64_t v = 0; product.goesOn && v < tile.vectors; ++v)
      accumulators.push_back(kernel.loadVector(
          product.output,
          kernel.add(outputAt, row * product.outputRowStride + v * tile.lanes),
          tile.lanes));
  }
  accumulators =
      product.chains > 1 ? sumInChains(accumulators, inputAt, weightAt)
      : product.blockTerms
          ? sumInBlocks(accumulators, inputAt, weightAt)
          : sumOver(getLoops(product), accumulators, inputAt, weightAt);

  for (int64_t row = 0; row < tile.rows; ++row) {
    Value rowAt =
        product.findOutput
            ? kernel.add(product.findOutput(kernel.add(firstRow, row)), column)
            : kernel.add(outputAt, row * product.outputRowStride);
    for (int64_t v = 0; v < tile.vectors; ++v) {
      SmallVector<Value> sums;
      for (int64_t sum = 0; sum < sumsPerRow(); ++sum)
        sums.push_back(accumulators[find(row, sum, v)]);
      Value channel =
          kernel.add(kernel.add(product.channelBase, column), v * tile.lanes);
      int64_t width = std::min(tile.lanes, validColumns - v * tile.lanes);
      Value at = kernel.add(rowAt, v * tile.lanes);
      for (SmallVector<Value> &window : getWindows(sums)) {
        Value result =
            kernel.applyWindowEpilogue(product.epilogue, window, channel);
        if (product.accumulates)
          result = kernel.addFloat(
              kernel.loadVector(product.output, at, tile.lanes), result);
        storeResults(kernel, product.binary, result, product.output, at, width);
        at = kernel.add(at, product.resultStride);
      }
    }
  }
}

/// Tiles of which one with less code hardly takes from the speed of all.
static constexpr int64_t tilesPerCopy = 4;

/// Whether results have places of their own, with nothing behind the epilogue,
/// on a machine that runs one iteration after the other.
static bool mayFinishInMemory(KernelBuilder &kernel,
                              const MatrixProduct &product) {
  return !product.findOutput && !product.accumulates && !product.filtering &&
         !product.binary && !kernel.target.device;
}

/// Emits the last `rows` rows, with a loop of their own for what is long in
/// their epilogue.
static void emitLastRows(KernelBuilder &kernel, MatrixProduct product,
                         MatrixTile tile, int64_t rows, Value column,
                         int64_t validColumns) {
  int64_t first = product.rows - rows;
  SplitEpilogue epilogue = splitLongEpilogue(product.epilogue);
  tile.rows = rows;
  product.epilogue = epilogue.first;
  TileEmitter(kernel, product, tile)
      .emit(kernel.index(first), column, validColumns);
  if (!epilogue.rest.empty())
    finishRows(kernel, epilogue.rest,
               {product.output,
                kernel.add(kernel.add(product.outputBase, column),
                           first * product.outputRowStride),
                kernel.add(product.channelBase, column), rows,
                product.outputRowStride, validColumns},
               tile.lanes);
}

/// Emits all rows of the columns from `column`.
static void emitColumns(KernelBuilder &kernel, const MatrixProduct &product,
                        const MatrixTile &tile, Value column,
                        int64_t validColumns) {
  auto emitTile = [&](Value firstRow, int64_t rows) {
    MatrixTile ours = tile;
    ours.rows = rows;
    TileEmitter(kernel, product, ours).emit(firstRow, column, validColumns);
  };
  // Rows of two tiles are computed twice, and to the same bits, but may not be
  // added twice.
  if (kernel.machine.budgets.avoidsTails && !product.accumulates &&
      !product.goesOn && product.rows > tile.rows)
    return kernel.forEachChunk(product.rows, tile.rows, [&](Value firstRow) {
      emitTile(firstRow, tile.rows);
    });
  int64_t tiles = product.rows / tile.rows;
  kernel.forEach(tiles, [&](Value number) {
    emitTile(kernel.mul(number, tile.rows), tile.rows);
  });
  int64_t last = product.rows % tile.rows;
  if (!last)
    return;
  if (tiles >= tilesPerCopy && last * tile.vectors > 1 &&
      mayFinishInMemory(kernel, product))
    emitLastRows(kernel, product, tile, last, column, validColumns);
  else
    emitTile(kernel.index(tiles * tile.rows), last);
}

void frieze::emitMatrixProduct(KernelBuilder &kernel,
                               const MatrixProduct &product,
                               const MatrixTile &tile) {
  int64_t width = tile.getWidth();
  int64_t blocks = product.columns / width;
  kernel.forEach(blocks, [&](Value block) {
    emitColumns(kernel, product, tile, kernel.mul(block, width), width);
  });
  if (int64_t rest = product.columns % width) {
    MatrixTile tail = tile;
    tail.vectors = llvm::divideCeil(rest, tile.lanes);
    if (product.inputPerColumn)
      tail.lanes = rest;
    emitColumns(kernel, product, tail, kernel.index(blocks * width), rest);
  }
}

void frieze::forEachPanel(
    KernelBuilder &kernel, ArrayRef<Panels> panels,
    llvm::function_ref<void(const Panels &, Value)> body) {
  for (const Panels &equal : panels)
    kernel.forEach(equal.count, [&](Value number) {
      body(equal, kernel.add(kernel.mul(number, equal.columns), equal.first));
    });
}
