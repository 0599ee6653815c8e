//===- ConvPlan.h - How a convolution is computed ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_CONVPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_CONVPLAN_H

#include "compiler/conversion/plan/KernelPlan.h"

namespace frieze {

/// The planar form of one image: rows of channels of phases of positions.
struct PlanarLayout {
  explicit PlanarLayout(const ConvShape &shape);

  int64_t phases, phaseStride, channelStride, rowStride, elements;
};

/// Whether a row of all channels and phases is taken apart at once, and not in
/// square blocks.
bool fitsRegisters(const Machine &machine, const ConvShape &shape);

/// Rows and columns of those blocks.
int64_t getTransposedBlockSize(const Machine &machine, const ConvShape &shape);

KernelPlan planConv(const Target &target, const Machine &machine,
                    nn::ConvOp op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_CONVPLAN_H
