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

  auto loadInput = [&](Value at, int64_t width, bool = false) {
    return kernel.loadVector(input, at, width);
  };
  auto loadOutput = [&](Value at, int64_t width, bool = false) {
    return kernel.loadVector(output, at, width);
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
    // The vector that overlaps the one before it stays in a register: a load
    // of what two stores wrote would wait for both.
    Value last;
    auto exponential = [&](Value at, int64_t width, bool overlaps) {
      Value x = loadInput(at, width);
      x = arith::SubFOp::create(builder, loc, x,
                                kernel.spreadLane(largest, width));
      Value y = kernel.expOfNonPositive(x);
      if (overlaps)
        last = y;
      else
        kernel.storeVector(y, output, at, width);
      return y;
    };
    // With many partial sums, the exponential would be written out for each;
    // with few registers, it needs all of them.
    bool isSummedAtOnce =
        loops.countPartials() <= 2 && kernel.machine.registers >= 16;
    if (!isSummedAtOnce)
      loops.forEachTerm(results, [&](ReductionLoops::Terms terms) {
        exponential(terms.at, terms.width, /*overlaps=*/false);
      });
    Value sum = isSummedAtOnce
                    ? loops.combineTerms(results, exponential, -0.0f, add, add)
                    : loops.combineTerms(results, loadOutput, -0.0f, add, add);
    loops.forEachTerm(results, [&](ReductionLoops::Terms terms) {
      int64_t width = terms.width;
      Value at = terms.at, y;
      if (last && width < kernel.machine.lanes) {
        width = kernel.machine.lanes;
        at = kernel.add(at, terms.width - width);
        y = last;
      } else {
        y = loadOutput(at, width);
      }
      y = arith::DivFOp::create(builder, loc, y, kernel.spreadLane(sum, width));
      kernel.storeVector(y, output, at, width);
    });
  });
}

void frieze::addSoftmaxLowerings(LoweringTable &table) {
  table.add<SoftmaxOp, lowerSoftmax>();
}
