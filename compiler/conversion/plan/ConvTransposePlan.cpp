//===- ConvTransposePlan.cpp - Transposed convolutions ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/ConvTransposePlan.h"

#include <numeric>

using namespace frieze;
using namespace frieze::nn;

PhasedAxis::PhasedAxis(int64_t input, int64_t output, int64_t window,
                       int64_t stride, int64_t dilation, int64_t low)
    : stride(stride), window(window),
      tapStep(stride / std::gcd(stride, dilation)),
      inputStep(dilation / std::gcd(stride, dilation)) {
  for (int64_t tap = 0; tap < window; ++tap) {
    int64_t phase = (tap * dilation - low) % stride;
    PhaseTaps &found = taps[phase < 0 ? phase + stride : phase];
    found = {found.count + 1, tap};
  }
  for (int64_t phase = 0; phase < std::min(stride, output); ++phase) {
    PhaseTaps found = taps.lookup(phase);
    Phases part{phase, 1, (int64_t)llvm::divideCeil(output - phase, stride),
                found.count, 0};
    if (found.count > 0) {
      part.firstInput = (phase + low - found.last * dilation) / stride;
      int64_t last = part.firstInput + (found.count - 1) * inputStep;
      before = std::max(before, -part.firstInput);
      after = std::max(after, last + part.results - input);
    }
    auto continues = [&](const Phases &other) {
      return other.results == part.results && other.taps == part.taps &&
             other.firstInput == part.firstInput;
    };
    if (!parts.empty() && continues(parts.back()))
      ++parts.back().count;
    else
      parts.push_back(part);
  }
}

static PhasedAxis getAxis(ConvTransposeOp op, int64_t axis) {
  return PhasedAxis(op.getInput().getType().getDimSize(axis + 1),
                    op.getType().getDimSize(axis + 1),
                    op.getKernel().getShapedType().getDimSize(axis),
                    op.getStrideValues()[axis], op.getDilationValues()[axis],
                    op.getPaddingValues()[2 * axis]);
}

TransposedShape::TransposedShape(ConvTransposeOp op, const Target &target)
    : input(op.getInput().getType().getShape()),
      output(op.getType().getShape()), groups(op.getGroups()),
      rows(op.getSpatialRank() == 2 ? getAxis(op, 0)
                                    : PhasedAxis(1, 1, 1, 1, 1, 0)),
      columns(getAxis(op, op.getSpatialRank() - 1)), target(target) {}

KernelPlan frieze::planConvTranspose(const Target &target,
                                     const Machine &machine,
                                     ConvTransposeOp op) {
  TransposedShape shape(op, target);
  KernelPlan plan;
  plan.form = "matrix products";
  plan.scratchElements = shape.getPaddedElements();
  for (const Phases &rows : shape.rows.parts)
    for (const Phases &columns : shape.columns.parts) {
      ProductShape product;
      product.rows = columns.results;
      product.columns = shape.countJoined(columns) * shape.getFilters();
      product.terms = rows.taps * columns.taps * shape.getInputChannels();
      product.inputPerColumn = shape.isDepthwise();
      plan.products.push_back(chooseMatrixTile(machine, product));
    }
  return plan;
}
