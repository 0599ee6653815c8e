//===- ShapeInference.h - What shapes of nn ops follow from -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_SHAPEINFERENCE_H
#define FRIEZE_DIALECT_SHAPEINFERENCE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <optional>

namespace frieze::nn {

/// `values`, or `size` times `fallback` where there are none.
llvm::SmallVector<int64_t>
valuesOr(std::optional<llvm::ArrayRef<int64_t>> values, size_t size,
         int64_t fallback);

/// Whether `values` has `size` entries from `minimum` to maxElements.
bool isSpatial(llvm::ArrayRef<int64_t> values, size_t size, int64_t minimum);

/// Windows along the spatial axes of a conv or pool, what is left out filled
/// in.
struct WindowPositions {
  llvm::SmallVector<int64_t> window, strides;
  /// Low and high of each axis in turn.
  llvm::SmallVector<int64_t> padding;
  llvm::SmallVector<int64_t> dilations;

  /// Those of `window`, each `strides` after the one before.
  WindowPositions(llvm::ArrayRef<int64_t> window,
                  llvm::ArrayRef<int64_t> strides)
      : window(window), strides(strides), padding(2 * window.size(), 0),
        dilations(window.size(), 1) {}

  /// Of an op with a window, given its adaptor; without strides, windows are
  /// `stride` apart, or beside each other where that is left out.
  template <typename OpAdaptorT>
  WindowPositions(OpAdaptorT adaptor, llvm::ArrayRef<int64_t> window,
                  size_t spatialRank, std::optional<int64_t> stride)
      : window(window),
        strides(stride ? valuesOr(adaptor.getStrides(), spatialRank, *stride)
                       : llvm::SmallVector<int64_t>(
                             adaptor.getStrides().value_or(window))),
        padding(valuesOr(adaptor.getPadding(), 2 * spatialRank, 0)),
        dilations(valuesOr(adaptor.getDilations(), spatialRank, 1)) {}

  /// Whether each has its entries for `spatialRank` axes, positive ones but for
  /// the padding, which is at least `minimumPadding`.
  bool isSpatial(size_t spatialRank, int64_t minimumPadding) const {
    return nn::isSpatial(strides, spatialRank, 1) &&
           nn::isSpatial(dilations, spatialRank, 1) &&
           nn::isSpatial(padding, 2 * spatialRank, minimumPadding);
  }
};

/// Whether `weights` is a vector with `size` entries.
bool isVectorOf(mlir::ElementsAttr weights, int64_t size);

/// Each of the following reports what is wrong at `loc`, if given, and fails.

/// Replaces the spatial sizes in `shape` (batch, spatial..., channels) by the
/// number of window positions along each.
mlir::LogicalResult inferWindowPositions(std::optional<mlir::Location> loc,
                                         llvm::SmallVectorImpl<int64_t> &shape,
                                         const WindowPositions &positions);

/// Whether `parameter`, if not null, has one entry per channel.
mlir::LogicalResult verifyParameter(std::optional<mlir::Location> loc,
                                    llvm::StringRef name,
                                    mlir::ElementsAttr parameter,
                                    int64_t channels);

mlir::LogicalResult verifyAxis(std::optional<mlir::Location> loc,
                               mlir::RankedTensorType type, int64_t axis);

/// Whether `axes` are axes of `type`, in ascending order.
mlir::LogicalResult verifyAxes(std::optional<mlir::Location> loc,
                               mlir::RankedTensorType type,
                               llvm::ArrayRef<int64_t> axes);

/// The first `count` sizes of two tensors, repeated along axes of size 1;
/// nothing where they do not fit.
std::optional<llvm::SmallVector<int64_t>>
repeatSizes(llvm::ArrayRef<int64_t> lhs, llvm::ArrayRef<int64_t> rhs,
            size_t count);

/// Whether `type` has one or two spatial axes.
mlir::LogicalResult verifyRank(std::optional<mlir::Location> loc,
                               mlir::RankedTensorType type);

/// The type of a kernel's result of shape `shape` after its epilogue, all of
/// whose affines have one axis: `affineAxis`, or any where that is left out.
mlir::LogicalResult
inferEpilogue(std::optional<mlir::Location> loc, mlir::ArrayAttr epilogue,
              llvm::SmallVectorImpl<int64_t> &shape, mlir::Type elementType,
              std::optional<int64_t> affineAxis, bool mayPool,
              llvm::SmallVectorImpl<mlir::Type> &types);

/// The type of a kernel without pooling, whose result is `type` before its
/// epilogue; its affines run along the last axis.
mlir::LogicalResult inferEpilogue(std::optional<mlir::Location> loc,
                                  mlir::ArrayAttr epilogue, mlir::Type type,
                                  llvm::SmallVectorImpl<mlir::Type> &types);

/// The type of an elementwise op of two operands, after its epilogue.
mlir::LogicalResult inferBinary(std::optional<mlir::Location> loc,
                                mlir::Type lhs, mlir::Type rhs,
                                mlir::ArrayAttr epilogue,
                                llvm::SmallVectorImpl<mlir::Type> &types);

template <typename OpAdaptorT>
mlir::RankedTensorType inputType(OpAdaptorT &adaptor) {
  return llvm::cast<mlir::RankedTensorType>(adaptor.getInput().getType());
}

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_SHAPEINFERENCE_H
