//===- Reduction.cpp - Lowering of reductions over axes ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/Reduction.h"
#include "compiler/conversion/Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

#include <limits>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Partial sums where elements of one result are neighbours (see nn.reduce).
static constexpr int64_t reductionChains = 16;

Value frieze::combineNeighbours(KernelBuilder &kernel, Value vector,
                                Combiner combine) {
  while (true) {
    int64_t width = cast<VectorType>(vector.getType()).getDimSize(0);
    if (width == 1)
      return vector;
    SmallVector<int64_t> even, odd;
    for (int64_t lane = 0; lane < width; lane += 2) {
      even.push_back(lane);
      odd.push_back(lane + 1);
    }
    auto pick = [&](ArrayRef<int64_t> lanes) -> Value {
      return vector::ShuffleOp::create(kernel.builder, kernel.getLocation(),
                                       vector, vector, lanes);
    };
    vector = combine(pick(even), pick(odd));
  }
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

Value ReductionLoops::combineTerms(Results results, Value input, float start,
                                   Combiner take, Combiner combine) {
  if (!endsReduced)
    return reduceRuns(
        reduced, results.input, {kernel.constant(start, results.width)},
        [&](Value at, Sums sums) -> Sums {
          return {take(sums[0], kernel.loadVector(input, at, results.width))};
        })[0];

  // Chains that take no element would leave the others as they are.
  int64_t run = reduced.back().size;
  int64_t chains = std::min<int64_t>(reductionChains, llvm::PowerOf2Ceil(run));
  int64_t lanes = std::min(kernel.target.lanes, chains);
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  /// The next `size` elements, at most one for each chain.
  auto takeElements = [&](Sums sums, Value at, int64_t size) {
    for (int64_t v = 0; v * lanes < size; ++v) {
      int64_t width = std::min(lanes, size - v * lanes);
      Value sum = sums[v];
      if (width < lanes)
        sum = vector::ExtractStridedSliceOp::create(
            builder, loc, sum, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{width},
            ArrayRef<int64_t>{1});
      sum =
          take(sum, kernel.loadVector(input, kernel.add(at, v * lanes), width));
      if (width < lanes)
        sum = vector::InsertStridedSliceOp::create(builder, loc, sum, sums[v],
                                                   ArrayRef<int64_t>{0},
                                                   ArrayRef<int64_t>{1});
      sums[v] = sum;
    }
    return sums;
  };
  Sums sums(chains / lanes, kernel.constant(start, lanes));
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
  for (Value &sum : sums)
    sum = combineNeighbours(kernel, sum, combine);
  for (size_t size = sums.size(); size > 1; size /= 2)
    for (size_t i = 0; i < size / 2; ++i)
      sums[i] = combine(sums[2 * i], sums[2 * i + 1]);
  return sums[0];
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
      body({at, results.width, results.channel, lastAxis == 1});
    });
  SmallVector<Run> outer(reduced);
  int64_t inner = outer.pop_back_val().size;
  if (hasChannels && inner != lastAxis && lastAxis != 1) {
    outer.push_back({inner / lastAxis, lastAxis});
    inner = lastAxis;
  }
  forEachPosition(outer, results.input, [&](Value at) {
    kernel.forEachVector(inner, [&](Value i, int64_t width) {
      bool isOneChannel = lastAxis == 1;
      body({kernel.add(at, i), width, isOneChannel ? kernel.index(0) : i,
            isOneChannel});
    });
  });
}

void frieze::lowerReduce(KernelBuilder &kernel, ReduceOp op) {
  ReductionLoops loops(kernel, op.getInput().getType().getShape(),
                       op.getAxes());
  constexpr float infinity = std::numeric_limits<float>::infinity();
  // Adding to -0 leaves the first element as it is.
  float start = op.getKind() == ReduceKind::Max   ? -infinity
                : op.getKind() == ReduceKind::Min ? infinity
                                                  : -0.0f;
  auto combine = [&](Value a, Value b) {
    return op.getKind() == ReduceKind::Max   ? kernel.maximum(a, b)
           : op.getKind() == ReduceKind::Min ? kernel.minimum(a, b)
                                             : kernel.addFloat(a, b);
  };
  loops.forEachResult([&](ReductionLoops::Results results) {
    Value result = loops.combineTerms(results, kernel.buffers[op.getInput()],
                                      start, combine, combine);
    if (op.getKind() == ReduceKind::Mean)
      result = kernel.mulFloat(
          result,
          kernel.constant(1.0f / float(loops.getCount()), results.width));
    kernel.storeVector(result, kernel.buffers[op.getOutput()], results.number,
                       results.width);
  });
}

void frieze::lowerNormalize(KernelBuilder &kernel, NormalizeOp op) {
  NormalizeKind kind = op.getKind();
  bool isCentred =
      kind == NormalizeKind::Standard || kind == NormalizeKind::Deviation;
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value input = kernel.buffers[op.getInput()];
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  bool hasChannels = dependOnChannels(epilogue);
  ReductionLoops loops(kernel, op.getType().getShape(), op.getAxes(),
                       hasChannels);

  /// A value of each result, beside elements: one result, or one for each.
  auto spread = [&](Value value, Value elements) {
    int64_t width = cast<VectorType>(elements.getType()).getDimSize(0);
    return cast<VectorType>(value.getType()).getDimSize(0) == width
               ? value
               : kernel.broadcastLane(value, width);
  };
  auto subtract = [&](Value elements, Value mean) -> Value {
    return arith::SubFOp::create(builder, loc, elements,
                                 spread(mean, elements));
  };
  auto add = [&](Value a, Value b) { return kernel.addFloat(a, b); };
  loops.forEachResult([&](ReductionLoops::Results results) {
    auto constant = [&](float value) {
      return kernel.constant(value, results.width);
    };
    Value reciprocal = constant(1.0f / float(loops.getCount()));
    Value mean;
    if (isCentred)
      mean = kernel.mulFloat(
          loops.combineTerms(results, input, -0.0f, add, add), reciprocal);
    auto addSquare = [&](Value sum, Value elements) {
      Value difference = isCentred ? subtract(elements, mean) : elements;
      return kernel.fma(difference, difference, sum);
    };
    Value sum = loops.combineTerms(results, input, -0.0f, addSquare, add);
    Value epsilon = constant(op.getEpsilon().convertToDouble());
    auto root = [&](Value value) -> Value {
      return math::SqrtOp::create(builder, loc, value);
    };
    Value divisor =
        kind == NormalizeKind::L2
            ? kernel.maximum(root(sum), epsilon)
            : root(kernel.addFloat(kernel.mulFloat(sum, reciprocal), epsilon));
    Value factor = arith::DivFOp::create(builder, loc, constant(1.0f), divisor);
    loops.forEachTerm(results, [&](ReductionLoops::Terms terms) {
      Value y = kernel.loadVector(input, terms.at, terms.width);
      if (kind == NormalizeKind::Standard)
        y = subtract(y, mean);
      y = kernel.mulFloat(y, spread(factor, y));
      y = kernel.applyEpilogue(epilogue, y, terms.channel, terms.isOneChannel);
      kernel.storeVector(y, kernel.buffers[op.getOutput()], terms.at,
                         terms.width);
    });
  });
}
