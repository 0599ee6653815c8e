//===- Softmax.cpp - Lowering of softmax ------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/ReductionLoops.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

static void lowerSoftmax(KernelBuilder &kernel, SoftmaxOp op) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  ReductionLoops loops(kernel, op.getType().getShape(), int64_t(op.getAxis()));

  using Terms = ReductionLoops::Terms;
  auto loadInput = [&](Terms terms) {
    return kernel.loadVector(input, terms.at, terms.width);
  };
  auto loadOutput = [&](Terms terms) {
    return kernel.loadVector(output, terms.at, terms.width);
  };
  // A NaN that is passed over here is met again in the sum.
  auto greater = [&](Value a, Value b) {
    return kernel.select(arith::CmpFPredicate::OGT, a, b, a, b);
  };
  auto add = [&](Value a, Value b) { return kernel.addFloat(a, b); };
  loops.forEachResult([&](ReductionLoops::Results results) {
    Value largest = loops.combineTerms(results, loadInput,
                                       -std::numeric_limits<float>::infinity(),
                                       greater, greater);
    // The vector that overlaps the one before it stays in a register, one of
    // each row: a load of what two stores wrote would wait for both.
    SmallVector<Value> last(results.width);
    auto exponential = [&](Terms terms) {
      Value x = arith::SubFOp::create(builder, loc, loadInput(terms),
                                      loops.spread(largest, terms));
      Value y = kernel.expOfNonPositive(x);
      if (terms.overlap)
        last[terms.row] = y;
      else
        kernel.storeVector(y, output, terms.at, terms.width);
      return y;
    };
    // With many partial sums, the exponential would be written out for each;
    // with few registers, it needs all of them.
    bool isSummedAtOnce =
        loops.countPartials() <= 2 && kernel.machine.registers >= 16;
    if (!isSummedAtOnce)
      loops.forEachTerm(results, [&](Terms terms) { exponential(terms); });
    Value sum = isSummedAtOnce
                    ? loops.combineTerms(results, exponential, -0.0f, add, add)
                    : loops.combineTerms(results, loadOutput, -0.0f, add, add);
    loops.forEachTerm(results, [&](Terms terms) {
      Value y = last[terms.row];
      if (y && terms.width < kernel.machine.lanes) {
        terms.at = kernel.add(terms.at, terms.width - kernel.machine.lanes);
        terms.width = kernel.machine.lanes;
      } else {
        y = loadOutput(terms);
      }
      y = arith::DivFOp::create(builder, loc, y, loops.spread(sum, terms));
      kernel.storeVector(y, output, terms.at, terms.width);
    });
  });
}

void frieze::addSoftmaxLowerings(LoweringTable &table) {
  table.add<SoftmaxOp, lowerSoftmax>();
}
