//===- TileSums.cpp - The sums of a register tile ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/TileSums.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace frieze;

static int64_t countTerms(const MatrixProduct &product) {
  int64_t terms = 1;
  for (const ReductionLoop &loop : product.terms)
    terms *= loop.extent;
  return terms;
}

void TileSums::prefetch(Value at, int64_t level) {
  memref::PrefetchOp::create(kernel.builder, kernel.getLocation(),
                             product.weights, at, /*isWrite=*/false,
                             /*localityHint=*/4 - level, /*isDataCache=*/true);
}

SmallVector<Value> TileSums::loadWeights(Value weightAt, int64_t first,
                                         int64_t end) {
  if (first == 0 && product.prefetchedLines > 0) {
    int64_t lineElements = kernel.machine.getLineElements();
    int64_t distance = llvm::alignTo(product.prefetchedLines * lineElements,
                                     product.terms.back().weightStride);
    for (int64_t line = 0; line < tile.getWidth(); line += lineElements)
      prefetch(kernel.add(weightAt, line + distance), /*level=*/1);
  }
  SmallVector<Value> weights;
  for (int64_t v = first; v < end; ++v)
    weights.push_back(kernel.loadVector(
        product.weights, kernel.add(weightAt, v * tile.lanes), tile.lanes));
  return weights;
}

std::pair<Value, Value> TileSums::findInput(const Term &term, int64_t row,
                                            int64_t sum) {
  if (const InputOfSum *other = product.inputOfSum; other && other->sum == sum)
    return {other->input, kernel.add(rowsOfSum[row], term.offset)};
  return {product.input, kernel.add(term.inputAt, row * product.inputRowStride +
                                                      product.sumOffsets[sum])};
}

void TileSums::forEachGroup(
    Value weightAt,
    llvm::function_ref<void(llvm::iota_range<int64_t>, Value)> body) {
  int64_t size = product.filtering ? 1 : sumsPerRow();
  for (int64_t sum = 0; sum < sumsPerRow(); sum += size)
    body(llvm::seq(sum, sum + size),
         kernel.add(weightAt, sum * product.pointWeightStride));
}

void TileSums::multiplyTerm(MutableArrayRef<Value> accumulators,
                            const Term &term) {
  if (behindAt) {
    int64_t lineElements = kernel.machine.getLineElements();
    prefetch(kernel.add(behindAt, kernel.mul(term.number, lineElements)),
             /*level=*/2);
  }
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

void TileSums::multiplyLanes(MutableArrayRef<Value> accumulators,
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

SmallVector<Value> TileSums::multiplyRound(const ReductionLoop &loop,
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

SmallVector<Value> TileSums::sumOver(ArrayRef<ReductionLoop> loops,
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

void TileSums::addNeighbours(SmallVector<Value> &sums) {
  for (size_t groups = sums.size() / tileSize(); groups > 1; groups /= 2)
    for (size_t i = 0; i < groups / 2 * tileSize(); ++i) {
      size_t group = i / tileSize(), element = i % tileSize();
      sums[i] = kernel.addFloat(sums[2 * group * tileSize() + element],
                                sums[(2 * group + 1) * tileSize() + element]);
    }
  sums.resize(tileSize());
}

SmallVector<Value> TileSums::sumOverChains(ArrayRef<ReductionLoop> loops,
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

SmallVector<Value> TileSums::sumInChains(ArrayRef<Value> bias, Value inputAt,
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

SmallVector<Value> TileSums::sumInBlocks(SmallVector<Value> bias, Value inputAt,
                                         Value weightAt) {
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

Value TileSums::findBehind(Value firstRow) {
  const FetchBehind &behind = *product.behind;
  int64_t ofTile = countTerms(product) * kernel.machine.getLineElements();
  Value at = arith::MinSIOp::create(
      kernel.builder, kernel.getLocation(),
      kernel.add(behind.done, kernel.mul(firstRow, behind.perRow)),
      kernel.index(std::max<int64_t>(behind.size - ofTile, 0)));
  return kernel.add(at, behind.start);
}

SmallVector<Value> TileSums::sum(SmallVector<Value> starts, Value firstRow,
                                 Value inputAt, Value weightAt) {
  for (int64_t row = 0; product.inputOfSum && row < tile.rows; ++row)
    rowsOfSum.push_back(product.inputOfSum->findRow(kernel.add(firstRow, row)));
  if (product.behind)
    behindAt = findBehind(firstRow);
  if (product.chains > 1)
    return sumInChains(starts, inputAt, weightAt);
  if (product.blockTerms)
    return sumInBlocks(std::move(starts), inputAt, weightAt);
  return sumOver(getLoops(product), std::move(starts), inputAt, weightAt);
}
