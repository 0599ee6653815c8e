//===- ConvTransposePlan.h - Transposed convolutions ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_CONVTRANSPOSEPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_CONVTRANSPOSEPLAN_H

#include "compiler/conversion/plan/ImageShape.h"
#include "compiler/conversion/plan/KernelPlan.h"
#include "dialect/NNOps.h"

namespace frieze {

/// Neighbouring phases of an axis that meet the same positions of the input.
/// Phase p has the results `q * stride + p`.
struct Phases {
  int64_t first, count;
  /// Results of each.
  int64_t results;
  /// Taps of each, and the position of the input that the first one meets for
  /// q = 0. The positions of further ones follow `PhasedAxis::inputStep` apart.
  int64_t taps, firstInput;
};

/// One axis of a transposed convolution as convolutions, one for each phase.
struct PhasedAxis {
  PhasedAxis(int64_t input, int64_t output, int64_t window, int64_t stride,
             int64_t dilation, int64_t low);

  /// The tap number `number` of phase `phase`: the last of the kernel first.
  int64_t getTap(int64_t phase, int64_t number) const {
    return taps.lookup(phase).last - number * tapStep;
  }

  int64_t stride, window;
  /// From one tap of a phase to the next, in the kernel and in the input.
  int64_t tapStep, inputStep;
  llvm::SmallVector<Phases> parts;
  /// By phase: how many taps of the kernel it has, and the last of them.
  struct PhaseTaps {
    int64_t count = 0, last = 0;
  };
  llvm::DenseMap<int64_t, PhaseTaps> taps;
  /// Positions before and after the input that some tap meets.
  int64_t before = 0, after = 0;
};

/// The geometry of a transposed convolution, in terms of groups.
struct TransposedShape {
  TransposedShape(nn::ConvTransposeOp op, const Target &target);

  bool isDepthwise() const {
    return groups > 1 && groups == input.channels && groups == output.channels;
  }
  int64_t getProducts() const { return isDepthwise() ? 1 : groups; }
  int64_t getInputChannels() const { return input.channels / groups; }
  /// Output channels of a product.
  int64_t getFilters() const { return output.channels / getProducts(); }
  /// Whether neighbouring phases along the width are columns of one product:
  /// their results are neighbours in memory.
  bool joinsPhases() const {
    return groups == 1 &&
           columns.stride * output.channels <= target.limits.joinedColumns;
  }
  int64_t countJoined(const Phases &part) const {
    return joinsPhases() ? part.count : 1;
  }
  int64_t getPaddedElements() const {
    if (!rows.before && !rows.after && !columns.before && !columns.after)
      return 0;
    return input.batch * getPaddedHeight() * getPaddedRowElements();
  }
  int64_t getPaddedHeight() const {
    return input.height + rows.before + rows.after;
  }
  int64_t getPaddedRowElements() const {
    return (input.width + columns.before + columns.after) * input.channels;
  }

  ImageShape input, output;
  int64_t groups;
  PhasedAxis rows, columns;
  const Target &target;
};

/// A product for each pair of parts of the rows and columns, in that order.
KernelPlan planConvTranspose(const Target &target, const Machine &machine,
                             nn::ConvTransposeOp op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_CONVTRANSPOSEPLAN_H
