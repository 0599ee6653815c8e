//===- Compositions.h - Layers that are several ops of nn -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Functions that more than one format has and the nn dialect makes of simpler
// ones. Axes count the batch as 0. Of a null value they make a null value.
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_COMPOSITIONS_H
#define FRIEZE_FRONTENDS_COMPOSITIONS_H

#include "frontends/ModelBuilder.h"

namespace frieze {

/// `number` as a value of one element, of the rank of `value`.
mlir::Value makeNumber(ModelBuilder &builder, llvm::StringRef layer,
                       mlir::Value value, float number);

/// 0, 1, 2, ... along `axis`, of `size` elements, of the rank of `value`.
mlir::Value countAlong(ModelBuilder &builder, llvm::StringRef layer,
                       mlir::Value value, int64_t axis, int64_t size);

/// 1 where a truth value is 0, else 0.
mlir::Value negateTruth(ModelBuilder &builder, llvm::StringRef layer,
                        mlir::Value value);

/// 1 where an element is NaN, else 0.
mlir::Value findNaN(ModelBuilder &builder, llvm::StringRef layer,
                    mlir::Value input);

/// 1 where an element is one of the infinities that are asked for, else 0.
mlir::Value findInfinity(ModelBuilder &builder, llvm::StringRef layer,
                         mlir::Value input, bool isNegative = true,
                         bool isPositive = true);

/// `input` to a constant power: products and roots where these are few, else
/// nn.pow.
mlir::Value raiseTo(ModelBuilder &builder, llvm::StringRef layer,
                    mlir::Value input, double exponent);

/// `x` less `bias` above `bound`, `x + bias` below `-bound`, else 0.
mlir::Value shrink(ModelBuilder &builder, llvm::StringRef layer,
                   mlir::Value input, double bias, double bound);

/// The sine or the cosine, within 3e-7, of angles up to 100,000; NaN beyond, as
/// of what is not finite.
mlir::Value addWave(ModelBuilder &builder, llvm::StringRef layer,
                    mlir::Value input, bool isCosine);

/// Whether quotients by `divisor` never round to a whole number that they are
/// below: where float32 holds its multiples, those of a whole number times a
/// power of two.
bool dividesExactly(double divisor);

/// The quotient of whole numbers, rounded to zero or down, and what it leaves.
/// Exact for whole numbers up to 2^24, and for any as far up by a divisor of
/// dividesExactly().
mlir::Value divideWhole(ModelBuilder &builder, llvm::StringRef layer,
                        mlir::Value lhs, mlir::Value rhs, bool isDown);
mlir::Value takeRemainder(ModelBuilder &builder, llvm::StringRef layer,
                          mlir::Value lhs, mlir::Value rhs, bool isDown);

/// The position along `axis` of the largest or the smallest element, as a
/// number: the first of equal ones, or the last. NaN is beyond both.
mlir::Value findPosition(ModelBuilder &builder, llvm::StringRef layer,
                         mlir::Value input, int64_t axis, bool isLargest,
                         bool isLast = false);

/// The `count` largest or smallest elements along `axis`, in order, of equal
/// ones the first first, and their positions; each with size 1 there.
struct FoundElements {
  llvm::SmallVector<mlir::Value> values, positions;
};
FoundElements findExtremes(ModelBuilder &builder, llvm::StringRef layer,
                           mlir::Value input, int64_t axis, int64_t count,
                           bool isLargest);

/// How many that finds at most, as it finds one after the other.
inline constexpr int64_t maxFound = 8;

/// Sums (`Add`) or products (`Mul`) of all elements up to each one along
/// `axis`, or from it on; without it, if `isExclusive`. Partial sums of two,
/// four, ... neighbours are added, so that the order is that of a tree.
mlir::Value accumulate(ModelBuilder &builder, llvm::StringRef layer,
                       nn::BinaryKind kind, mlir::Value input, int64_t axis,
                       bool isExclusive = false, bool isReverse = false);

/// 1 along a new `axis` of `depth` positions where it is the number that the
/// input has, else 0. `fromEnd`: those below zero count from `depth` down.
mlir::Value oneHot(ModelBuilder &builder, llvm::StringRef layer,
                   mlir::Value input, int64_t axis, int64_t depth,
                   bool fromEnd);

/// The elements of matrices (the last two axes) up to or from `diagonal` on,
/// which is 0 for that of the first element and above it positive; the others
/// are 0.
mlir::Value keepTriangle(ModelBuilder &builder, llvm::StringRef layer,
                         mlir::Value input, int64_t diagonal, bool isUpper);

/// log(sum(exp(x))) over `axes`, which stay with size 1. No exponential
/// overflows.
mlir::Value addLogSumExp(ModelBuilder &builder, llvm::StringRef layer,
                         mlir::Value input, llvm::ArrayRef<int64_t> axes);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_COMPOSITIONS_H
