//===- StreamBuilder.h - Windows that share their work  ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_STREAMBUILDER_H
#define FRIEZE_COMPILER_TRANSFORMS_STREAMBUILDER_H

#include "dialect/NNOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <numeric>

namespace frieze::nn {

/// A value that windows share, as the rows that a call computes.
struct TimeLine {
  mlir::Value rows;
  /// Positions of a window, and samples from one to the next.
  int64_t length, step;
};

/// How the positions of a result follow from those of a time line: output i of
/// a window covers `span` positions from `begin + i * stride`.
struct Sliding {
  int64_t begin, stride, span;
};

/// What a function for some windows of a recording is given.
enum class StreamInput {
  /// The samples that are new since the call before; it remembers the others.
  NewSamples,
  /// All samples of its windows.
  AllSamples
};

/// Whether several windows, or samples, of a model with `op` can be computed
/// together, as a batch.
bool keepsWindowsApart(mlir::Operation *op);

/// Makes one function for `windows` windows from the model.
class StreamBuilder {
public:
  StreamBuilder(mlir::func::FuncOp model, int64_t hop, int64_t windows,
                StreamInput given)
      : model(model), builder(model), hop(hop), windows(windows), given(given) {
  }

  mlir::FailureOr<mlir::func::FuncOp> build(llvm::StringRef name);

  /// Ops whose results all windows share.
  int64_t shared = 0;

private:
  mlir::LogicalResult visit(mlir::Operation *op);
  /// The result of `op` as a time line, where it has one.
  std::optional<TimeLine> share(mlir::Operation *op);
  std::optional<TimeLine> shareConv(ConvOp op, const TimeLine &input);
  template <typename PoolOpT>
  std::optional<TimeLine> sharePool(PoolOpT op, const TimeLine &input);
  std::optional<TimeLine> shareSlice(SliceOp op, const TimeLine &input);
  std::optional<TimeLine> sharePointwise(mlir::Operation *op);
  mlir::LogicalResult computePerWindow(mlir::Operation *op);

  /// Samples from one row of a time line to the next.
  int64_t getUnit(int64_t step) const { return std::gcd(hop, step); }
  /// Rows of a time line that a call computes.
  int64_t countRows(int64_t length, int64_t step) const {
    int64_t unit = getUnit(step);
    return given == StreamInput::NewSamples
               ? windows * (hop / unit)
               : (windows - 1) * (hop / unit) + (length - 1) * (step / unit) +
                     1;
  }
  /// Whether neighbouring windows have positions in common.
  bool overlaps(int64_t length, int64_t step) const {
    return length > hop / getUnit(step);
  }

  /// Whether `op` has no padding; else an error.
  bool isValid(mlir::Operation *op, llvm::ArrayRef<int64_t> padding);
  /// The rows of `input` from which those of a result of `length` positions,
  /// `unit` samples from one row to the next, are computed.
  mlir::Value takeRows(const TimeLine &input, int64_t length, int64_t unit,
                       Sliding sliding);
  /// The first `count` rows.
  mlir::Value takeFirst(mlir::Value rows, int64_t count);
  /// The value for each window, as a batch.
  mlir::Value getWindows(mlir::Value modelValue);
  /// For strides or dilations, which are left out where 1.
  mlir::DenseI64ArrayAttr spacing(int64_t value) {
    return value == 1 ? nullptr : builder.getDenseI64ArrayAttr({value});
  }
  /// A copy of `op` on other operands; its result type is inferred.
  mlir::Operation *
  cloneOp(mlir::Operation *op, mlir::ValueRange operands,
          llvm::function_ref<void(mlir::Operation *)> change = nullptr);

  mlir::func::FuncOp model;
  mlir::OpBuilder builder;
  int64_t hop, windows;
  StreamInput given;
  /// By the values of the model.
  llvm::DenseMap<mlir::Value, TimeLine> timeLines;
  llvm::DenseMap<mlir::Value, mlir::Value> perWindow;
  /// Numbers of the time lines that are remembered, by their rows.
  llvm::DenseMap<mlir::Value, int64_t> numbers;
  bool failed = false;
};

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_STREAMBUILDER_H
