//===- Reduction.cpp - Lowering of reductions over axes ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/ReductionLoops.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

static void lowerReduce(KernelBuilder &kernel, ReduceOp op) {
  ReductionLoops loops(kernel, op.getInput().getType().getShape(),
                       op.getAxes());
  constexpr float infinity = std::numeric_limits<float>::infinity();
  // Adding to -0 leaves the first element as it is.
  float start = op.getKind() == ReduceKind::Max    ? -infinity
                : op.getKind() == ReduceKind::Min  ? infinity
                : op.getKind() == ReduceKind::Prod ? 1.0f
                                                   : -0.0f;
  auto combine = [&](Value a, Value b) {
    return op.getKind() == ReduceKind::Max    ? kernel.maximum(a, b)
           : op.getKind() == ReduceKind::Min  ? kernel.minimum(a, b)
           : op.getKind() == ReduceKind::Prod ? kernel.mulFloat(a, b)
                                              : kernel.addFloat(a, b);
  };
  auto load = [&](ReductionLoops::Terms terms) {
    return kernel.loadVector(kernel.buffers[op.getInput()], terms.at,
                             terms.width);
  };
  loops.forEachResult([&](ReductionLoops::Results results) {
    Value result = loops.combineTerms(results, load, start, combine, combine);
    if (op.getKind() == ReduceKind::Mean)
      result = kernel.mulFloat(
          result,
          kernel.constant(1.0f / float(loops.getCount()), results.width));
    kernel.storeVector(result, kernel.buffers[op.getOutput()], results.number,
                       results.width);
  });
}

static void lowerNormalize(KernelBuilder &kernel, NormalizeOp op) {
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

  using Terms = ReductionLoops::Terms;
  auto add = [&](Value a, Value b) { return kernel.addFloat(a, b); };
  auto load = [&](Terms terms) {
    return kernel.loadVector(input, terms.at, terms.width);
  };
  loops.forEachResult([&](ReductionLoops::Results results) {
    auto constant = [&](float value) {
      return kernel.constant(value, results.width);
    };
    Value reciprocal = constant(1.0f / float(loops.getCount()));
    Value mean;
    if (isCentred)
      mean = kernel.mulFloat(loops.combineTerms(results, load, -0.0f, add, add),
                             reciprocal);
    auto centre = [&](Terms terms) -> Value {
      Value x = load(terms);
      return arith::SubFOp::create(builder, loc, x, loops.spread(mean, terms));
    };
    auto addSquare = [&](Value sum, Value x) { return kernel.fma(x, x, sum); };
    Value sum = isCentred
                    ? loops.combineTerms(results, centre, -0.0f, addSquare, add)
                    : loops.combineTerms(results, load, -0.0f, addSquare, add);
    Value epsilon = constant(op.getEpsilon().convertToDouble());
    auto root = [&](Value value) -> Value {
      return math::SqrtOp::create(builder, loc, value);
    };
    Value divisor =
        kind == NormalizeKind::L2
            ? kernel.maximum(root(sum), epsilon)
            : root(kernel.addFloat(kernel.mulFloat(sum, reciprocal), epsilon));
    Value factor = arith::DivFOp::create(builder, loc, constant(1.0f), divisor);
    loops.forEachTerm(results, [&](Terms terms) {
      Value y = kind == NormalizeKind::Standard ? centre(terms) : load(terms);
      y = kernel.mulFloat(y, loops.spread(factor, terms));
      y = kernel.applyEpilogue(epilogue, y, terms.channel, terms.isOneChannel);
      kernel.storeVector(y, kernel.buffers[op.getOutput()], terms.at,
                         terms.width);
    });
  });
}

void frieze::addReductionLowerings(LoweringTable &table) {
  table.add<NormalizeOp, lowerNormalize>();
  table.add<ReduceOp, lowerReduce>();
}
