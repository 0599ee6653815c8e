//===- Resize.cpp - Lowering of upsampling and interpolation ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/ImageShape.h"
#include "dialect/ResizeAxis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// What a resize has along both spatial axes.
class ResizeEmitter {
public:
  ResizeEmitter(KernelBuilder &kernel, ResizeOp op);
  void emit();

private:
  /// Each element of the input, stored wherever it is the nearest.
  void emitRepeats(int64_t rowRepeats, int64_t columnRepeats);
  void emitFromTables();
  /// The position that `table` has for position `at`.
  Value loadPosition(Value table, Value at);
  /// `from + at * stride`.
  Value offset(Value from, Value at, int64_t stride) {
    return kernel.add(from, kernel.mul(at, stride));
  }
  void store(Value vector, Value at, Value channel, int64_t width) {
    kernel.storeVector(vector, output, kernel.add(at, channel), width);
  }

  KernelBuilder &kernel;
  ResizeOp op;
  ImageShape in, out;
  Value input, output;
  SmallVector<EpilogueStage> epilogue;
  /// None for a sequence.
  std::optional<ResizeAxis> rows;
  ResizeAxis columns;
};
} // namespace

ResizeEmitter::ResizeEmitter(KernelBuilder &kernel, ResizeOp op)
    : kernel(kernel), op(op), in(op.getInput().getType().getShape()),
      out(op.getType().getShape()), input(kernel.buffers[op.getInput()]),
      output(kernel.buffers[op.getOutput()]),
      epilogue(kernel.loadEpilogue(op, op.getEpilogueStages())) {
  if (op.getSizes().size() == 2)
    rows = ResizeAxis::get(op, 0);
  columns = ResizeAxis::get(op, op.getSizes().size() - 1);
}

void ResizeEmitter::emit() {
  int64_t rowRepeats = rows ? rows->getRepeats() : 1;
  int64_t columnRepeats = columns.getRepeats();
  if (rowRepeats && columnRepeats)
    emitRepeats(rowRepeats, columnRepeats);
  else
    emitFromTables();
}

void ResizeEmitter::emitRepeats(int64_t rowRepeats, int64_t columnRepeats) {
  int64_t channels = in.channels;
  // Rows of all images are repeated alike.
  kernel.forEach(in.batch * in.height, [&](Value row) {
    kernel.forEach(in.width, [&](Value column) {
      Value from =
          offset(kernel.mul(row, in.getRowElements()), column, channels);
      Value to = offset(kernel.mul(row, rowRepeats * out.getRowElements()),
                        column, columnRepeats * channels);
      kernel.forEachVector(channels, [&](Value channel, int64_t width) {
        Value vector =
            kernel.loadVector(input, kernel.add(from, channel), width);
        vector = kernel.applyEpilogue(epilogue, vector, channel);
        kernel.forEach(rowRepeats, [&](Value i) {
          Value start = offset(to, i, out.getRowElements());
          kernel.forEach(columnRepeats, [&](Value j) {
            store(vector, offset(start, j, channels), channel, width);
          });
        });
      });
    });
  });
}

Value ResizeEmitter::loadPosition(Value table, Value at) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value number = memref::LoadOp::create(builder, loc, table, at);
  number = arith::FPToSIOp::create(
      builder, loc, builder.getIntegerType(kernel.target.layout.indexBits),
      number);
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    number);
}

void ResizeEmitter::emitFromTables() {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  /// The numbers of an axis, one for each position of the result; weights where
  /// it is interpolated.
  struct Tables {
    Value low, weights;
    int64_t inputSize;
  };
  auto load = [&](const ResizeAxis &axis, std::string name) {
    Tables tables{{}, {}, axis.inputSize};
    tables.low = kernel.loadConstants(
        op, name, SmallVector<double>(axis.low.begin(), axis.low.end()));
    if (axis.isInterpolated())
      tables.weights =
          kernel.loadConstants(op, name + "_weights", axis.weights);
    return tables;
  };
  auto getHigh = [&](const Tables &tables, Value low) -> Value {
    return arith::MinSIOp::create(builder, loc, kernel.add(low, 1),
                                  kernel.index(tables.inputSize - 1));
  };
  auto interpolate = [&](Value low, Value high, Value weight) {
    return kernel.fma(weight, arith::SubFOp::create(builder, loc, high, low),
                      low);
  };
  std::optional<Tables> rowTables;
  if (rows)
    rowTables = load(*rows, "rows");
  Tables columnTables = load(columns, "columns");

  kernel.forEach(out.batch, [&](Value n) {
    Value image = kernel.mul(n, in.getImageElements());
    kernel.forEach(out.height, [&](Value oh) {
      Value top = image, bottom = image;
      if (rowTables) {
        Value row = loadPosition(rowTables->low, oh);
        top = offset(image, row, in.getRowElements());
        if (rowTables->weights)
          bottom = offset(image, getHigh(*rowTables, row), in.getRowElements());
      }
      Value to = offset(kernel.mul(n, out.getImageElements()), oh,
                        out.getRowElements());
      kernel.forEach(out.width, [&](Value ow) {
        Value left = loadPosition(columnTables.low, ow), right;
        if (columnTables.weights)
          right = kernel.mul(getHigh(columnTables, left), in.channels);
        left = kernel.mul(left, in.channels);
        kernel.forEachVector(in.channels, [&](Value channel, int64_t width) {
          auto readRow = [&](Value row) -> Value {
            Value at = kernel.add(row, channel);
            Value low = kernel.loadVector(input, kernel.add(at, left), width);
            if (!columnTables.weights)
              return low;
            return interpolate(
                low, kernel.loadVector(input, kernel.add(at, right), width),
                kernel.loadBroadcast(columnTables.weights, ow, width));
          };
          Value result = readRow(top);
          if (rowTables && rowTables->weights)
            result = interpolate(
                result, readRow(bottom),
                kernel.loadBroadcast(rowTables->weights, oh, width));
          store(kernel.applyEpilogue(epilogue, result, channel),
                offset(to, ow, in.channels), channel, width);
        });
      });
    });
  });
}

static void lowerResize(KernelBuilder &kernel, ResizeOp op) {
  ResizeEmitter(kernel, op).emit();
}

void frieze::addResizeLowerings(LoweringTable &table) {
  table.add<ResizeOp, lowerResize>();
}
