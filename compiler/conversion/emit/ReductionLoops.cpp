//===- ReductionLoops.cpp - Loops over the terms of a reduction -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/ReductionLoops.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace frieze;

/// Partial sums where elements of one result are neighbours (see nn.reduce).
static constexpr int64_t reductionChains = 16;

/// Whether one instruction loads so many elements, fewer than a vector.
static bool isWholeLoad(int64_t width) { return llvm::isPowerOf2_64(width); }

Value frieze::combineNeighbours(KernelBuilder &kernel,
                                SmallVector<Value> vectors, int64_t results,
                                Combiner combine) {
  auto combinePairs = [&](Value a, Value b, int64_t lanes) -> Value {
    SmallVector<int64_t> even, odd;
    for (int64_t lane = 0; lane < lanes; lane += 2) {
      even.push_back(lane);
      odd.push_back(lane + 1);
    }
    auto pick = [&](ArrayRef<int64_t> picked) -> Value {
      return vector::ShuffleOp::create(kernel.builder, kernel.getLocation(), a,
                                       b, picked);
    };
    return combine(pick(even), pick(odd));
  };
  int64_t lanes = cast<VectorType>(vectors.front().getType()).getDimSize(0);
  for (; lanes > std::max(kernel.machine.pairLanes, results); lanes /= 2)
    for (Value &vector : vectors)
      vector = combinePairs(vector, vector, lanes);
  for (; vectors.size() > 1; vectors.resize(vectors.size() / 2))
    for (size_t i = 0; i < vectors.size() / 2; ++i)
      vectors[i] = combinePairs(vectors[2 * i], vectors[2 * i + 1], 2 * lanes);
  Value combined = vectors.front();
  for (; lanes > results; lanes /= 2)
    combined = combinePairs(combined, combined, lanes);
  return combined;
}

ReductionLoops::ReductionLoops(KernelBuilder &kernel, ArrayRef<int64_t> shape,
                               ArrayRef<int64_t> axes, bool hasChannels)
    : kernel(kernel), lastAxis(shape.back()), hasChannels(hasChannels) {
  struct Axes {
    int64_t size;
    bool isReduced;
  };
  SmallVector<Axes> runs;
  for (auto [axis, size] : llvm::enumerate(shape)) {
    if (size == 1)
      continue;
    bool isReduced = llvm::is_contained(axes, (int64_t)axis);
    bool isApart = hasChannels && !isReduced && axis + 1 == shape.size();
    if (!runs.empty() && runs.back().isReduced == isReduced && !isApart)
      runs.back().size *= size;
    else
      runs.push_back({size, isReduced});
  }
  int64_t stride = 1;
  endsReduced = runs.empty() || runs.back().isReduced;
  for (Axes run : llvm::reverse(runs)) {
    SmallVector<Run> &list = run.isReduced ? reduced : kept;
    list.insert(list.begin(), Run{run.size, stride});
    stride *= run.size;
    count *= run.isReduced ? run.size : 1;
  }
  rowStride = kept.empty() ? 0 : kept.back().stride;
  // A single element is a result of itself.
  if (reduced.empty())
    reduced.push_back({1, 0});
}

ReductionLoops::Sums
ReductionLoops::reduceRuns(ArrayRef<Run> runs, Value at, Sums carried,
                           llvm::function_ref<Sums(Value, Sums)> body) {
  if (runs.empty())
    return body(at, carried);
  return kernel.reduce(runs[0].size, carried, [&](Value i, ValueRange inner) {
    return reduceRuns(runs.drop_front(),
                      kernel.add(at, kernel.mul(i, runs[0].stride)),
                      llvm::to_vector(inner), body);
  });
}

void ReductionLoops::forEachResult(llvm::function_ref<void(Results)> body) {
  auto emitLoops = [&](auto &self, ArrayRef<Run> runs, Value input,
                       Value number) -> void {
    if (runs.empty())
      return body({input, number, 1, kernel.index(0)});
    if (runs.size() == 1 && !endsReduced)
      return kernel.forEachVector(runs[0].size, [&](Value i, int64_t width) {
        Value channel = lastAxis == 1 ? kernel.index(0) : i;
        body({kernel.add(input, i), kernel.add(number, i), width, channel});
      });
    if (runs.size() == 1) {
      int64_t size = runs[0].size, rows = countRows(size), groups = size / rows;
      auto emitRows = [&](Value first, int64_t rows) {
        body({kernel.add(input, kernel.mul(first, rowStride)),
              kernel.add(number, first), rows, kernel.index(0)});
      };
      kernel.forEach(groups,
                     [&](Value i) { emitRows(kernel.mul(i, rows), rows); });
      return kernel.forEach(size % rows, [&](Value i) {
        emitRows(kernel.add(i, groups * rows), 1);
      });
    }
    kernel.forEach(runs[0].size, [&](Value i) {
      int64_t results = 1;
      for (const Run &run : runs.drop_front())
        results *= run.size;
      self(self, runs.drop_front(),
           kernel.add(input, kernel.mul(i, runs[0].stride)),
           kernel.add(number, kernel.mul(i, results)));
    });
  };
  emitLoops(emitLoops, kept, kernel.index(0), kernel.index(0));
}

int64_t ReductionLoops::getChains() const {
  // Chains that take no element would leave the others as they are.
  return std::min<int64_t>(reductionChains,
                           llvm::PowerOf2Ceil(reduced.back().size));
}

int64_t ReductionLoops::getLanes() const {
  return std::min(kernel.machine.lanes, getChains());
}

int64_t ReductionLoops::countPartials() const {
  return endsReduced ? getChains() / getLanes() : 1;
}

int64_t ReductionLoops::countRows(int64_t results) const {
  // The partial results of some rows are combined in the time of one, but each
  // needs registers beside its own for what is done to its terms.
  constexpr int64_t mostRows = 4, registersPerVector = 8;
  int64_t held =
      kernel.machine.registers / (registersPerVector * countPartials());
  int64_t rows = std::min({mostRows, getLanes(), held});
  return rows == 0 || results < rows ? 1 : rows;
}

Value ReductionLoops::spread(Value results, const Terms &terms) const {
  return endsReduced ? kernel.broadcastLane(results, terms.width, terms.row)
                     : results;
}

Value ReductionLoops::combineTerms(Results results, Loader load, float start,
                                   Combiner take, Combiner combine) {
  if (!endsReduced)
    return reduceRuns(reduced, results.input,
                      {kernel.constant(start, results.width)},
                      [&](Value at, Sums sums) -> Sums {
                        return {take(sums[0], load({at, results.width}))};
                      })[0];

  int64_t run = reduced.back().size, chains = getChains(), lanes = getLanes();
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  auto shuffle = [&](Value a, Value b, ArrayRef<int64_t> picked) -> Value {
    return vector::ShuffleOp::create(builder, loc, a, b, picked);
  };
  /// The last `width` elements of a row, fewer than a vector, added to `sum`:
  /// from the vector that ends with them.
  auto takeTail = [&](Value sum, Terms terms) {
    SmallVector<int64_t> toFront, newOnly;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      toFront.push_back((lane + lanes - terms.width) % lanes);
      newOnly.push_back(lane < terms.width ? lane : lanes + lane);
    }
    terms.at = kernel.add(terms.at, terms.width - lanes);
    terms.width = lanes;
    terms.overlap = true;
    Value elements = load(terms);
    elements = shuffle(elements, elements, toFront);
    return shuffle(take(sum, elements), sum, newOnly);
  };
  /// The same from no more than these.
  auto takePart = [&](Value sum, Terms terms) -> Value {
    Value part = kernel.takeLanes(sum, terms.width);
    return vector::InsertStridedSliceOp::create(
        builder, loc, take(part, load(terms)), sum, ArrayRef<int64_t>{0},
        ArrayRef<int64_t>{1});
  };
  int64_t rows = results.width, partials = chains / lanes;
  /// The next `size` elements of each row, at most one for each chain.
  auto takeElements = [&](Sums sums, Value at, int64_t size) {
    for (int64_t v = 0; v * lanes < size; ++v)
      for (int64_t row = 0; row < rows; ++row) {
        Value &sum = sums[row * partials + v];
        Value first = kernel.add(at, v * lanes + row * rowStride);
        Terms terms{first, std::min(lanes, size - v * lanes), row};
        sum = terms.width == lanes                      ? take(sum, load(terms))
              : run < lanes || isWholeLoad(terms.width) ? takePart(sum, terms)
                                                        : takeTail(sum, terms);
      }
    return sums;
  };
  Sums sums(rows * partials, kernel.constant(start, lanes));
  int64_t rounds = run / chains;
  sums = reduceRuns(
      ArrayRef(reduced).drop_back(), results.input, sums,
      [&](Value at, Sums outer) {
        outer = kernel.reduce(rounds, outer, [&](Value i, ValueRange carried) {
          return takeElements(llvm::to_vector(carried),
                              kernel.add(at, kernel.mul(i, chains)), chains);
        });
        return takeElements(outer, kernel.add(at, rounds * chains),
                            run % chains);
      });
  return combineNeighbours(kernel, sums, rows, combine);
}

void ReductionLoops::forEachPosition(ArrayRef<Run> runs, Value at,
                                     llvm::function_ref<void(Value)> body) {
  reduceRuns(runs, at, {}, [&](Value position, Sums) {
    body(position);
    return Sums();
  });
}

void ReductionLoops::forEachTerm(Results results,
                                 llvm::function_ref<void(Terms)> body) {
  if (!endsReduced)
    return forEachPosition(reduced, results.input, [&](Value at) {
      body({at, results.width, /*row=*/0, /*overlap=*/false, results.channel,
            lastAxis == 1});
    });
  SmallVector<Run> outer(reduced);
  int64_t inner = outer.pop_back_val().size;
  if (hasChannels && inner != lastAxis && lastAxis != 1) {
    outer.push_back({inner / lastAxis, lastAxis});
    inner = lastAxis;
  }
  bool isOneChannel = lastAxis == 1;
  forEachPosition(outer, results.input, [&](Value at) {
    kernel.forEachVector(inner, [&](Value i, int64_t width) {
      for (int64_t row = 0; row < results.width; ++row)
        body({kernel.add(kernel.add(at, i), row * rowStride), width, row,
              /*overlap=*/false, isOneChannel ? kernel.index(0) : i,
              isOneChannel});
    });
  });
}
