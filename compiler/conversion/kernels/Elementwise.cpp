//===- Elementwise.cpp - Lowering of pointwise layers -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/BinaryStage.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "dialect/Weights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// What a kernel reads: a tensor, repeated along axes of size 1.
struct Operand {
  Value buffer;
  ArrayRef<int64_t> shape;
};

/// Neighbouring axes of a result that an operand either has or repeats: one
/// loop.
struct AxisRun {
  int64_t size;
  /// Whether the channels of the epilogue run along it.
  bool isChannel;
  /// By operand.
  SmallVector<bool> isRepeated;
  SmallVector<int64_t> strides;
  int64_t outputStride;
};
} // namespace

/// The loops over a result of `shape`, none of size 1 but a single one. The
/// channels of the epilogue run along `channelAxis`, if not negative.
static SmallVector<AxisRun> getRuns(ArrayRef<int64_t> shape,
                                    ArrayRef<Operand> operands,
                                    int64_t channelAxis) {
  SmallVector<AxisRun> runs;
  for (auto [axis, size] : llvm::enumerate(shape)) {
    if (size == 1)
      continue;
    AxisRun run{size, (int64_t)axis == channelAxis, {}, {}, 1};
    for (const Operand &operand : operands)
      run.isRepeated.push_back(operand.shape[axis] == 1);
    if (!runs.empty() && !run.isChannel && !runs.back().isChannel &&
        runs.back().isRepeated == run.isRepeated)
      runs.back().size *= size;
    else
      runs.push_back(run);
  }
  if (runs.empty())
    runs.push_back(
        {1, false, SmallVector<bool>(operands.size(), false), {}, 1});
  SmallVector<int64_t> strides(operands.size(), 1);
  int64_t outputStride = 1;
  for (AxisRun &run : llvm::reverse(runs)) {
    run.outputStride = outputStride;
    outputStride *= run.size;
    for (auto [stride, isRepeated] : llvm::zip_equal(strides, run.isRepeated)) {
      run.strides.push_back(isRepeated ? 0 : stride);
      stride *= isRepeated ? 1 : run.size;
    }
  }
  return runs;
}

/// Emits `output = stages(compute(elements of the operands))` for every element
/// of a result of `type`, along vectors of the innermost run. All affines among
/// the stages have one axis.
static void emitPointwise(KernelBuilder &kernel, RankedTensorType type,
                          ArrayRef<Operand> operands, Value output,
                          ArrayRef<EpilogueStage> stages,
                          llvm::function_ref<Value(ArrayRef<Value>)> compute) {
  int64_t channelAxis = -1;
  for (const EpilogueStage &stage : stages)
    if (auto affine = dyn_cast<AffineStageAttr>(stage.attribute))
      channelAxis = affine.getAxis();
  SmallVector<AxisRun> runs = getRuns(type.getShape(), operands, channelAxis);

  // The loops outside the innermost one, with where each tensor stands there.
  struct Position {
    SmallVector<Value> operands;
    Value output, channel;
  };
  auto move = [&](const Position &from, const AxisRun &run, Value i) {
    Position to = from;
    for (auto [at, stride] : llvm::zip_equal(to.operands, run.strides))
      at = kernel.add(at, kernel.mul(i, stride));
    to.output = kernel.add(from.output, kernel.mul(i, run.outputStride));
    if (run.isChannel)
      to.channel = i;
    return to;
  };
  const AxisRun &inner = runs.back();
  auto emitInner = [&](const Position &row) {
    kernel.forEachVector(inner.size, [&](Value i, int64_t width) {
      Position at = move(row, inner, i);
      SmallVector<Value> vectors;
      for (auto [operand, from, isRepeated] :
           llvm::zip_equal(operands, at.operands, inner.isRepeated))
        vectors.push_back(
            isRepeated ? kernel.loadBroadcast(operand.buffer, from, width)
                       : kernel.loadVector(operand.buffer, from, width));
      Value result = kernel.applyEpilogue(stages, compute(vectors), at.channel,
                                          /*isOneChannel=*/!inner.isChannel);
      kernel.storeVector(result, output, at.output, width);
    });
  };
  auto emitLoops = [&](auto &self, size_t depth, const Position &at) -> void {
    if (depth + 1 == runs.size())
      return emitInner(at);
    kernel.forEach(runs[depth].size, [&](Value i) {
      self(self, depth + 1, move(at, runs[depth], i));
    });
  };
  Value zero = kernel.index(0);
  emitLoops(emitLoops, 0,
            {SmallVector<Value>(operands.size(), zero), zero, zero});
}

/// The same with one operand and nothing to compute but the stages.
static void emitStages(KernelBuilder &kernel,
                       TypedValue<RankedTensorType> input, Value output,
                       ArrayRef<EpilogueStage> stages) {
  emitPointwise(kernel, input.getType(),
                Operand{kernel.buffers[input], input.getType().getShape()},
                kernel.buffers[output], stages,
                [](ArrayRef<Value> vectors) { return vectors[0]; });
}

static void lowerActivation(KernelBuilder &kernel, ActivationOp op) {
  emitStages(kernel, op.getInput(), op.getOutput(),
             {EpilogueStage{op.getFunction(), {}, {}}});
}

static void lowerIdentity(KernelBuilder &kernel, IdentityOp op) {
  emitStages(kernel, op.getInput(), op.getOutput(),
             kernel.loadEpilogue(op, op.getEpilogueStages()));
}

static void lowerAffine(KernelBuilder &kernel, AffineOp op) {
  Attribute stage = AffineStageAttr::get(op.getContext(), op.getAxis(),
                                         op.getScale(), op.getShift());
  emitStages(kernel, op.getInput(), op.getOutput(),
             kernel.loadEpilogue(op, stage));
}

static SmallVector<Operand> getOperands(KernelBuilder &kernel, Operation *op) {
  SmallVector<Operand> operands;
  for (Value operand : op->getOperands())
    operands.push_back({kernel.buffers[operand],
                        cast<RankedTensorType>(operand.getType()).getShape()});
  return operands;
}

template <typename OpT> static void lowerBinary(KernelBuilder &kernel, OpT op) {
  emitPointwise(kernel, op.getType(), getOperands(kernel, op),
                kernel.buffers[op.getOutput()],
                kernel.loadEpilogue(op, op.getEpilogueStages()),
                [&](ArrayRef<Value> vectors) {
                  return combine(kernel, OpT::kind, vectors[0], vectors[1]);
                });
}

static void lowerPrelu(KernelBuilder &kernel, PreluOp op) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value slope = kernel.loadConstants(op, "slope", *readWeights(op.getSlope()));
  Operand operands[] = {
      {kernel.buffers[op.getInput()], op.getType().getShape()},
      {slope, op.getSlope().getShapedType().getShape()}};
  emitPointwise(kernel, op.getType(), operands, kernel.buffers[op.getOutput()],
                kernel.loadEpilogue(op, op.getEpilogueStages()),
                [&](ArrayRef<Value> vectors) -> Value {
                  Value x = vectors[0];
                  Value zero = kernel.constant(
                      0.0f, cast<VectorType>(x.getType()).getDimSize(0));
                  Value isBelow = arith::CmpFOp::create(
                      builder, loc, arith::CmpFPredicate::OGT, zero, x);
                  return arith::SelectOp::create(
                      builder, loc, isBelow, kernel.mulFloat(x, vectors[1]), x);
                });
}

static void lowerSelect(KernelBuilder &kernel, SelectOp op) {
  emitPointwise(kernel, op.getType(), getOperands(kernel, op),
                kernel.buffers[op.getOutput()],
                kernel.loadEpilogue(op, op.getEpilogueStages()),
                [&](ArrayRef<Value> vectors) {
                  return kernel.selectNonzero(vectors[0], vectors[1],
                                              vectors[2]);
                });
}

template <typename... OpTs>
static void addBinaryLowerings(LoweringTable &table) {
  (table.add<OpTs, lowerBinary<OpTs>>(), ...);
}

void frieze::addElementwiseLowerings(LoweringTable &table) {
  table.add<ActivationOp, lowerActivation>();
  table.add<AffineOp, lowerAffine>();
  table.add<IdentityOp, lowerIdentity>();
  table.add<PreluOp, lowerPrelu>();
  table.add<SelectOp, lowerSelect>();
  addBinaryLowerings<AddOp, SubOp, MulOp, DivOp, MaximumOp, MinimumOp, PowOp,
                     EqualOp, NotEqualOp, LessOp, LessEqualOp>(table);
}
