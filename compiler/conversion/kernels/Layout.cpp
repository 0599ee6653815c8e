//===- Layout.cpp - Lowering of layers that move elements -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/emit/Copies.h"
#include "compiler/conversion/emit/TransposedBlocks.h"
#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/ConcatPart.h"
#include "compiler/conversion/plan/MemoryPlan.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

/// Calls `body(from, to)` for each index of the leading `shape`, with the
/// offsets that its strides in the two buffers give.
static void forEachIndex(KernelBuilder &kernel, ArrayRef<int64_t> shape,
                         ArrayRef<int64_t> fromStrides,
                         ArrayRef<int64_t> toStrides, Value from, Value to,
                         llvm::function_ref<void(Value, Value)> body) {
  if (shape.empty())
    return body(from, to);
  kernel.forEach(shape.front(), [&](Value i) {
    forEachIndex(kernel, shape.drop_front(), fromStrides.drop_front(),
                 toStrides.drop_front(),
                 kernel.add(from, kernel.mul(i, fromStrides.front())),
                 kernel.add(to, kernel.mul(i, toStrides.front())), body);
  });
}

/// Fills what is around the input in `output` from the input, the last axis
/// first: what lies beside it then already has its own padding.
static void emitPadFromInput(KernelBuilder &kernel, PadOp op) {
  ArrayRef<int64_t> shape = op.getInput().getType().getShape();
  SmallVector<int64_t> strides = getStrides(op.getType().getShape());
  Value output = kernel.buffers[op.getOutput()];
  bool isEdge = op.getMode() == PadMode::Edge;
  int64_t corner = 0;
  for (auto [stride, low] : llvm::zip_equal(strides, op.getLow()))
    corner += stride * low;
  for (int64_t axis = shape.size() - 1; axis >= 0; --axis) {
    int64_t low = op.getLow()[axis], high = op.getHigh()[axis];
    int64_t stride = strides[axis];
    corner -= stride * low;
    forEachIndex(
        kernel, shape.take_front(axis), strides, strides, kernel.index(corner),
        kernel.index(corner), [&](Value row, Value) {
          auto copy = [&](Value from, Value to) {
            emitCopy(kernel, output, kernel.add(row, from), output,
                     kernel.add(row, to), stride);
          };
          // Position `first + i` from `mirror - i`, or from `mirror` itself.
          auto fill = [&](int64_t first, int64_t mirror, int64_t count) {
            kernel.forEach(count, [&](Value i) {
              Value source = kernel.index(mirror * stride);
              if (!isEdge)
                source = kernel.add(source, kernel.mul(i, -stride));
              copy(source, kernel.add(kernel.mul(i, stride), first * stride));
            });
          };
          int64_t end = low + shape[axis];
          fill(0, isEdge ? low : 2 * low, low);
          fill(end, isEdge ? end - 1 : end - 2, high);
        });
  }
}

static void lowerPad(KernelBuilder &kernel, PadOp op) {
  Value input = kernel.buffers[op.getInput()];
  ArrayRef<int64_t> shape = op.getInput().getType().getShape();
  if (op.getMode() == PadMode::Constant)
    return emitPad(kernel, input, shape, kernel.buffers[op.getOutput()],
                   op.getLow(), op.getHigh(), op.getValue().convertToDouble(),
                   Value());
  SmallVector<int64_t> toStrides = getStrides(op.getType().getShape());
  int64_t corner = 0;
  for (auto [stride, low] : llvm::zip_equal(toStrides, op.getLow()))
    corner += stride * low;
  size_t last = shape.size() - 1;
  forEachIndex(kernel, shape.take_front(last), getStrides(shape), toStrides,
               kernel.index(0), kernel.index(corner),
               [&](Value from, Value to) {
                 emitCopy(kernel, input, from, kernel.buffers[op.getOutput()],
                          to, shape[last]);
               });
  emitPadFromInput(kernel, op);
}

static void lowerSlice(KernelBuilder &kernel, SliceOp op) {
  ArrayRef<int64_t> inputShape = op.getInput().getType().getShape();
  ArrayRef<int64_t> shape = op.getType().getShape();
  SmallVector<int64_t> inputStrides = getStrides(inputShape), fromStrides;
  SmallVector<int64_t> strides = op.getStrideValues();
  int64_t first = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    first += op.getBegin()[axis] * inputStrides[axis];
    fromStrides.push_back(strides[axis] * inputStrides[axis]);
  }
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  bool hasAffine = dependOnChannels(epilogue);
  // A run is a part of an axis and all of those behind it; of channels alone
  // where a stage depends on them.
  size_t runAxis = shape.size();
  int64_t run = 1;
  while (runAxis > 0 &&
         (strides[runAxis - 1] == 1 || shape[runAxis - 1] == 1)) {
    --runAxis;
    run *= shape[runAxis];
    if (hasAffine || shape[runAxis] != inputShape[runAxis])
      break;
  }
  forEachIndex(
      kernel, shape.take_front(runAxis), fromStrides, getStrides(shape),
      kernel.index(first), kernel.index(0), [&](Value from, Value to) {
        Value channel = kernel.index(0);
        if (run == 1 && hasAffine)
          channel = arith::RemUIOp::create(kernel.builder, kernel.getLocation(),
                                           to, kernel.index(shape.back()));
        kernel.forEachVector(run, [&](Value offset, int64_t width) {
          Value vector = kernel.loadVector(kernel.buffers[op.getInput()],
                                           kernel.add(from, offset), width);
          vector = kernel.applyEpilogue(epilogue, vector,
                                        kernel.add(channel, offset));
          kernel.storeVector(vector, kernel.buffers[op.getOutput()],
                             kernel.add(to, offset), width);
        });
      });
}

/// The last axes of input and output, which differ, in square blocks. Nothing
/// where an axis has too few elements.
static bool transposeBlocks(KernelBuilder &kernel, TransposeOp op,
                            SmallVector<int64_t> fromStrides,
                            SmallVector<int64_t> toStrides) {
  SmallVector<int64_t> shape(op.getType().getShape());
  size_t last = shape.size() - 1;
  size_t inputLast = llvm::find(op.getPermutation(), int64_t(last)) -
                     op.getPermutation().begin();
  int64_t rows = shape[last], columns = shape[inputLast];
  if (!hasTransposedBlocks(kernel, rows, columns))
    return false;
  int64_t rowStride = fromStrides[last], columnStride = toStrides[inputLast];
  for (SmallVector<int64_t> *axes : {&shape, &fromStrides, &toStrides}) {
    axes->pop_back();
    axes->erase(axes->begin() + inputLast);
  }
  forEachIndex(kernel, shape, fromStrides, toStrides, kernel.index(0),
               kernel.index(0), [&](Value from, Value to) {
                 emitTransposed(
                     kernel, {kernel.buffers[op.getInput()], from, rowStride},
                     {kernel.buffers[op.getOutput()], to, columnStride}, rows,
                     columns);
               });
  return true;
}

static void lowerTranspose(KernelBuilder &kernel, TransposeOp op) {
  SmallVector<int64_t> inputStrides =
      getStrides(op.getInput().getType().getShape());
  SmallVector<int64_t> fromStrides;
  for (int64_t axis : op.getPermutation())
    fromStrides.push_back(inputStrides[axis]);
  ArrayRef<int64_t> shape = op.getType().getShape();
  SmallVector<int64_t> toStrides = getStrides(shape);
  // Trailing axes that stay in place are one run.
  size_t runAxis = shape.size();
  int64_t run = 1;
  while (runAxis > 0 &&
         op.getPermutation()[runAxis - 1] == int64_t(runAxis) - 1)
    run *= shape[--runAxis];
  if (runAxis == shape.size() &&
      transposeBlocks(kernel, op, fromStrides, toStrides))
    return;
  forEachIndex(kernel, shape.take_front(runAxis), fromStrides, toStrides,
               kernel.index(0), kernel.index(0), [&](Value from, Value to) {
                 emitCopy(kernel, kernel.buffers[op.getInput()], from,
                          kernel.buffers[op.getOutput()], to, run);
               });
}

static void lowerConcat(KernelBuilder &kernel, ConcatOp op) {
  int64_t outer = 1, axis = op.getAxis();
  for (int64_t i = 0; i < axis; ++i)
    outer *= op.getType().getDimSize(i);
  int64_t outputRun = op.getType().getNumElements() / outer, start = 0;
  Value output = kernel.buffers[op.getOutput()];
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  int64_t channels = op.getType().getShape().back();
  bool joinsChannels = axis + 1 == op.getType().getRank();
  bool hasChannels = dependOnChannels(epilogue);
  for (Value operand : op.getInputs()) {
    Value input = kernel.buffers[operand];
    int64_t run = cast<ShapedType>(operand.getType()).getNumElements() / outer;
    if (findConcatPart(MemoryPlan::getStorage(operand), kernel.target)) {
      start += run;
      continue;
    }
    // Vectors begin anew with the channels of a row: a run is a slice of one,
    // or several whole ones.
    int64_t rows = hasChannels && !joinsChannels ? run / channels : 1;
    int64_t length = run / rows, firstChannel = joinsChannels ? start : 0;
    kernel.forEach(outer, [&](Value block) {
      kernel.forEach(rows, [&](Value row) {
        Value inRun = kernel.mul(row, length);
        Value from = kernel.add(kernel.mul(block, run), inRun);
        Value to =
            kernel.add(kernel.add(kernel.mul(block, outputRun), inRun), start);
        kernel.forEachVector(length, [&](Value offset, int64_t width) {
          Value vector =
              kernel.loadVector(input, kernel.add(from, offset), width);
          vector = kernel.applyEpilogue(epilogue, vector,
                                        kernel.add(offset, firstChannel));
          kernel.storeVector(vector, output, kernel.add(to, offset), width);
        });
      });
    });
    start += run;
  }
}

static void lowerWindows(KernelBuilder &kernel, WindowsOp op) {
  ArrayRef<int64_t> shape = op.getType().getShape();
  int64_t elements = shape.size() == 3 ? shape[2] : 1;
  kernel.forEach(shape[0], [&](Value window) {
    kernel.forEach(shape[1], [&](Value i) {
      Value row = kernel.add(kernel.mul(window, op.getStride()),
                             kernel.mul(i, op.getDilation()));
      emitCopy(kernel, kernel.buffers[op.getInput()], kernel.mul(row, elements),
               kernel.buffers[op.getOutput()],
               kernel.add(kernel.mul(window, shape[1] * elements),
                          kernel.mul(i, elements)),
               elements);
    });
  });
}

void frieze::addLayoutLowerings(LoweringTable &table) {
  table.add<ConcatOp, lowerConcat>();
  table.add<PadOp, lowerPad>();
  table.add<SliceOp, lowerSlice>();
  table.add<TransposeOp, lowerTranspose>();
  table.add<WindowsOp, lowerWindows>();
}
