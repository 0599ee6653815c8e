//===- Pooling.cpp - Lowering of pooling layers -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/kernels/Lowerings.h"
#include "compiler/conversion/plan/ImageShape.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

#include <limits>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

namespace {
/// A pooling window's geometry along both spatial axes.
struct PoolShape {
  template <typename PoolOpT>
  explicit PoolShape(PoolOpT op)
      : input(op.getInput().getType().getShape()),
        output(op.getType().getShape()), window(op.getWindow(), 1),
        stride(op.getStrideValues(), 1), dilation(op.getDilationValues(), 1),
        padding(op.getPaddingValues()) {}

  /// Positions from the first of a window to behind its last.
  Spatial getSpan() const {
    return Spatial({(window.height - 1) * dilation.height + 1,
                    (window.width - 1) * dilation.width + 1},
                   1);
  }

  ImageShape input, output;
  Spatial window, stride, dilation;
  SpatialPadding padding;
};

/// How to combine the elements of a window.
struct Combiner {
  float start;
  llvm::function_ref<Value(Value, Value)> combine;
};
} // namespace

/// First and last position inside the input, as values, of a window of `size`
/// at output position `position`.
static std::pair<Value, Value> clampWindow(KernelBuilder &kernel,
                                           Value position, int64_t stride,
                                           int64_t size, int64_t padding,
                                           int64_t length) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.getLocation();
  Value first = kernel.add(kernel.mul(position, stride), -padding);
  Value last = kernel.add(first, size);
  return {
      builder.createOrFold<arith::MaxSIOp>(loc, first, kernel.index(0)),
      builder.createOrFold<arith::MinSIOp>(loc, last, kernel.index(length))};
}

/// Combines the window's elements of `width` channels from `channel`, in the
/// order of memory. `isInside`: no part of the window is padding.
static Value reduceWindow(KernelBuilder &kernel, const PoolShape &shape,
                          bool isInside, Value input, Value image, Value oh,
                          Value ow, Value channel, int64_t width,
                          Combiner combiner) {
  auto load = [&](Value h, Value w) {
    Value pixel = kernel.add(kernel.mul(h, shape.input.getRowElements()),
                             kernel.mul(w, shape.input.channels));
    return kernel.loadVector(
        input, kernel.add(kernel.add(image, pixel), channel), width);
  };
  if (isInside) {
    Value top =
        kernel.add(kernel.mul(oh, shape.stride.height), -shape.padding.top);
    Value left =
        kernel.add(kernel.mul(ow, shape.stride.width), -shape.padding.left);
    auto loadTap = [&](Value kh, Value kw) {
      return load(kernel.add(top, kernel.mul(kh, shape.dilation.height)),
                  kernel.add(left, kernel.mul(kw, shape.dilation.width)));
    };
    if (shape.window.height * shape.window.width > 16) {
      Value start = kernel.constant(combiner.start, width);
      return kernel.reduce(
          shape.window.height, start, [&](Value kh, ValueRange outer) {
            return kernel.reduce(
                shape.window.width, outer, [&](Value kw, ValueRange inner) {
                  return SmallVector<Value>{
                      combiner.combine(inner[0], loadTap(kh, kw))};
                });
          })[0];
    }
    Value sum;
    for (int64_t kh = 0; kh < shape.window.height; ++kh)
      for (int64_t kw = 0; kw < shape.window.width; ++kw) {
        Value element = loadTap(kernel.index(kh), kernel.index(kw));
        sum = sum ? combiner.combine(sum, element) : element;
      }
    return sum;
  }
  // Only without dilation there is padding.
  auto [top, bottom] =
      clampWindow(kernel, oh, shape.stride.height, shape.window.height,
                  shape.padding.top, shape.input.height);
  auto [left, right] =
      clampWindow(kernel, ow, shape.stride.width, shape.window.width,
                  shape.padding.left, shape.input.width);
  // Capturing structured bindings needs C++20.
  Value low = left, high = right;
  Value start = kernel.constant(combiner.start, width);
  return kernel.reduce(top, bottom, start, [&](Value h, ValueRange outer) {
    return kernel.reduce(low, high, outer, [&](Value w, ValueRange inner) {
      return SmallVector<Value>{combiner.combine(inner[0], load(h, w))};
    });
  })[0];
}

/// Emits `output = epilogue(finish(combined window, output row, output
/// column))`. Windows with padding have loops of their own.
template <typename PoolOpT>
static void emitPool(KernelBuilder &kernel, PoolOpT op, Combiner combiner,
                     llvm::function_ref<Value(Value, Value, Value)> finish) {
  PoolShape shape(op);
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  auto emitRegion = [&](Value n, Positions rows, Positions columns,
                        bool isInside) {
    Value image = kernel.mul(n, shape.input.getImageElements());
    kernel.forEach(rows.high - rows.low, [&](Value row) {
      Value oh = kernel.add(row, rows.low);
      kernel.forEach(columns.high - columns.low, [&](Value column) {
        Value ow = kernel.add(column, columns.low);
        Value at =
            kernel.add(kernel.mul(n, shape.output.getImageElements()),
                       kernel.add(kernel.mul(oh, shape.output.getRowElements()),
                                  kernel.mul(ow, shape.output.channels)));
        kernel.forEachVector(shape.output.channels, [&](Value channel,
                                                        int64_t width) {
          Value result = reduceWindow(kernel, shape, isInside, input, image, oh,
                                      ow, channel, width, combiner);
          result =
              kernel.applyEpilogue(epilogue, finish(result, oh, ow), channel);
          kernel.storeVector(result, output, kernel.add(at, channel), width);
        });
      });
    });
  };
  Positions rows =
      findInside(shape.output.height, shape.stride.height,
                 shape.getSpan().height, shape.padding.top, shape.input.height);
  Positions columns =
      findInside(shape.output.width, shape.stride.width, shape.getSpan().width,
                 shape.padding.left, shape.input.width);
  Positions allColumns{0, shape.output.width};
  kernel.forEach(shape.output.batch, [&](Value n) {
    emitRegion(n, {0, rows.low}, allColumns, false);
    emitRegion(n, rows, {0, columns.low}, false);
    emitRegion(n, rows, columns, true);
    emitRegion(n, rows, {columns.high, shape.output.width}, false);
    emitRegion(n, {rows.high, shape.output.height}, allColumns, false);
  });
}

static void lowerMaxPool(KernelBuilder &kernel, MaxPoolOp op) {
  emitPool(kernel, op,
           {-std::numeric_limits<float>::infinity(),
            [&](Value a, Value b) { return kernel.maximum(a, b); }},
           [](Value result, Value, Value) { return result; });
}

/// Number of input positions under the window at `position`.
static int64_t countInside(int64_t position, int64_t stride, int64_t size,
                           int64_t padding, int64_t length) {
  int64_t first = position * stride - padding;
  return std::min(first + size, length) - std::max<int64_t>(first, 0);
}

static void lowerAvgPool(KernelBuilder &kernel, AvgPoolOp op) {
  PoolShape shape(op);
  SmallVector<double> reciprocals;
  for (int64_t oh = 0; oh < shape.output.height; ++oh)
    for (int64_t ow = 0; ow < shape.output.width; ++ow)
      reciprocals.push_back(
          1.0f / float(countInside(oh, shape.stride.height, shape.window.height,
                                   shape.padding.top, shape.input.height) *
                       countInside(ow, shape.stride.width, shape.window.width,
                                   shape.padding.left, shape.input.width)));
  Value table;
  if (!shape.padding.isZero())
    table = kernel.loadConstants(op, "reciprocals", reciprocals);
  emitPool(kernel, op,
           // The sum starts from -0, which leaves the first element as it is.
           {-0.0f, [&](Value a, Value b) { return kernel.addFloat(a, b); }},
           [&](Value sum, Value oh, Value ow) {
             int64_t width = cast<VectorType>(sum.getType()).getDimSize(0);
             Value reciprocal =
                 table ? kernel.loadBroadcast(
                             table,
                             kernel.add(kernel.mul(oh, shape.output.width), ow),
                             width)
                       : kernel.constant(reciprocals.front(), width);
             return kernel.mulFloat(sum, reciprocal);
           });
}

static void lowerGlobalPool(KernelBuilder &kernel, GlobalPoolOp op) {
  ImageShape shape(op.getInput().getType().getShape());
  int64_t positions = shape.height * shape.width;
  bool isMax = op.getKind() == PoolKind::Max;
  Value input = kernel.buffers[op.getInput()];
  Value output = kernel.buffers[op.getOutput()];
  SmallVector<EpilogueStage> epilogue =
      kernel.loadEpilogue(op, op.getEpilogueStages());
  int64_t lanes = kernel.machine.lanes;
  // Several at a time: each waits for its last maximum or sum.
  constexpr int64_t mostVectors = 4;
  auto poolVectors = [&](Value image, Value pooled, Value channel,
                         int64_t channels) {
    SmallVector<int64_t> widths(channels / lanes, lanes);
    if (channels % lanes)
      widths.push_back(channels % lanes);
    auto load = [&](Value at, size_t vector) {
      return kernel.loadVector(input, kernel.add(at, vector * lanes),
                               widths[vector]);
    };
    Value first = kernel.add(image, channel);
    SmallVector<Value> results;
    for (size_t v = 0; v < widths.size(); ++v)
      results.push_back(load(first, v));
    results = kernel.reduce(
        kernel.index(1), kernel.index(positions), results,
        [&](Value position, ValueRange carried) {
          Value at = kernel.add(first, kernel.mul(position, shape.channels));
          SmallVector<Value> combined;
          for (auto [v, value] : llvm::enumerate(carried))
            combined.push_back(isMax ? kernel.maximum(value, load(at, v))
                                     : kernel.addFloat(value, load(at, v)));
          return combined;
        });
    for (auto [v, result] : llvm::enumerate(results)) {
      if (!isMax)
        result = kernel.mulFloat(
            result, kernel.constant(1.0f / float(positions), widths[v]));
      Value at = kernel.add(channel, v * lanes);
      kernel.storeVector(kernel.applyEpilogue(epilogue, result, at), output,
                         kernel.add(pooled, at), widths[v]);
    }
  };
  kernel.forEach(shape.batch, [&](Value n) {
    Value image = kernel.mul(n, shape.getImageElements());
    Value pooled = kernel.mul(n, shape.channels);
    int64_t size = mostVectors * lanes, groups = shape.channels / size;
    kernel.forEach(groups, [&](Value group) {
      poolVectors(image, pooled, kernel.mul(group, size), size);
    });
    if (int64_t rest = shape.channels % size)
      poolVectors(image, pooled, kernel.index(groups * size), rest);
  });
}

void frieze::addPoolingLowerings(LoweringTable &table) {
  table.add<AvgPoolOp, lowerAvgPool>();
  table.add<GlobalPoolOp, lowerGlobalPool>();
  table.add<MaxPoolOp, lowerMaxPool>();
}
