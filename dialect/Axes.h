//===- Axes.h - What ops do along axes, and permutations --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_AXES_H
#define FRIEZE_DIALECT_AXES_H

#include "mlir/IR/BuiltinAttributeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace frieze::nn {

/// Whether position i of the result of `op` along `axis` is made from position
/// i of its operands along it alone, or the only one of a constant, in the same
/// way for each i, the epilogue included: with more positions, it would compute
/// each on its own. An op of which nothing is known does not.
bool keepsPositionsApart(mlir::Operation *op, int64_t axis);

/// The same along axis 0, that of the samples.
inline bool keepsSamplesApart(mlir::Operation *op) {
  return keepsPositionsApart(op, 0);
}

/// `type`, a tensor of `from` samples along axis 0, for `to` samples.
mlir::RankedTensorType changeSamples(mlir::Type type, int64_t from, int64_t to);

/// Of the axes of a value: axis i of the result is `permutation[i]` of it.
using Permutation = llvm::SmallVector<int64_t>;

Permutation invert(llvm::ArrayRef<int64_t> permutation);

/// `entries`, one per axis, where axis i is renamed to `permutation[i]`.
llvm::SmallVector<int64_t> moveEntries(llvm::ArrayRef<int64_t> entries,
                                       llvm::ArrayRef<int64_t> permutation);

/// `axes`, each renamed, in ascending order.
llvm::SmallVector<int64_t> renameAxes(llvm::ArrayRef<int64_t> axes,
                                      llvm::ArrayRef<int64_t> permutation);

/// The type of a value of `type` that is transposed.
mlir::RankedTensorType permute(mlir::Type type,
                               llvm::ArrayRef<int64_t> permutation);

/// `weights`, transposed. Fails where they have no data.
mlir::FailureOr<mlir::ElementsAttr>
transposeWeights(mlir::ElementsAttr weights,
                 llvm::ArrayRef<int64_t> permutation);

} // namespace frieze::nn

#endif // FRIEZE_DIALECT_AXES_H
