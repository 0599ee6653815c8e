//===- AffineParameters.h - Affines as numbers ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_TRANSFORMS_AFFINEPARAMETERS_H
#define FRIEZE_COMPILER_TRANSFORMS_AFFINEPARAMETERS_H

#include "dialect/NNOps.h"

namespace frieze::nn {

/// `y = scale * x + shift` along an axis, in double.
struct AffineParameters {
  int64_t axis;
  llvm::SmallVector<double> scale, shift;

  /// Fails where the parameters' data is elided.
  static mlir::FailureOr<AffineParameters> read(AffineOp op);

  size_t size() const { return scale.size(); }
  bool isIdentity(size_t channel) const {
    return scale[channel] == 1.0 && shift[channel] == 0.0;
  }
  bool isIdentity() const;
  void setIdentity(size_t channel) {
    scale[channel] = 1.0;
    shift[channel] = 0.0;
  }
};

/// Replaces the parameters of `op`; where they do nothing, `op` itself by its
/// input. Returns whether `op` is gone.
bool writeAffine(AffineOp op, const AffineParameters &parameters);

/// Writes `values` as the new contents of a parameter of the same shape that
/// was `original`, or as a new one with `shape`, stored like `fallback`.
mlir::ElementsAttr replaceWeights(mlir::ElementsAttr original,
                                  mlir::ElementsAttr fallback,
                                  llvm::ArrayRef<int64_t> shape,
                                  llvm::ArrayRef<double> values);

/// `weights`, or `size` zeros where there are none.
mlir::FailureOr<llvm::SmallVector<double>>
readWeightsOrZeros(mlir::ElementsAttr weights, size_t size);

/// Whether the results of `op` are elements of its input, or means of some, in
/// positions of their own along axes other than `axis`: an affine along `axis`
/// may be before or after it.
bool isRearrangement(mlir::Operation *op, int64_t axis);

/// The only user of `value`, or null if there are several, or it is returned.
mlir::Operation *getOnlyUser(mlir::Value value);

/// The location of an affine that was a batch norm at `location`.
mlir::Location tagBatchNorm(mlir::Location location);

/// What `affine` is to readers of remarks: "batch norm", or "affine".
llvm::StringRef getSubject(AffineOp affine);

/// The layer's name in quotes, or its op's, for messages.
std::string getLayerName(mlir::Operation *op);

} // namespace frieze::nn

#endif // FRIEZE_COMPILER_TRANSFORMS_AFFINEPARAMETERS_H
