//===- FusePad.cpp - Move padding into the layer behind it ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Activations.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"

#include <cmath>

namespace frieze::nn {
#define GEN_PASS_DEF_FUSEPADPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// `padding` (low and high of each spatial axis in turn) with that of `pad`
/// added. Fails where `pad` has another mode or other axes.
static FailureOr<SmallVector<int64_t>> addPadding(PadOp pad,
                                                  ArrayRef<int64_t> padding) {
  int64_t rank = pad.getType().getRank();
  if (pad.getMode() != PadMode::Constant || pad.getLow()[0] ||
      pad.getHigh()[0] || pad.getLow()[rank - 1] || pad.getHigh()[rank - 1])
    return failure();
  SmallVector<int64_t> sum(padding);
  for (int64_t axis = 1; axis < rank - 1; ++axis) {
    sum[2 * axis - 2] += pad.getLow()[axis];
    sum[2 * axis - 1] += pad.getHigh()[axis];
  }
  return sum;
}

static bool isZero(ArrayRef<int64_t> padding) {
  return llvm::all_of(padding, [](int64_t p) { return p == 0; });
}

static LogicalResult fuseIntoConv(PadOp pad, ConvOp conv) {
  auto padding = addPadding(pad, conv.getPaddingValues());
  double value = pad.getValue().convertToDouble();
  if (failed(padding) || !std::isfinite(value) || conv.getWinograd())
    return failure();
  int64_t channels = pad.getType().getShape().back();
  // Padding that the conv has of its own is around that of the pad.
  if (!isZero(conv.getPaddingValues())) {
    auto border = readWeightsOrZeros(conv.getBorderAttr(), channels);
    if (failed(border) ||
        llvm::any_of(*border, [&](double b) { return b != value; }))
      return failure();
  }
  Builder builder(pad.getContext());
  conv.setBorderAttr(nullptr);
  if (value != 0)
    conv.setBorderAttr(createWeightsLike(conv.getKernel(), {channels},
                                         SmallVector<double>(channels, value)));
  conv.setPaddingAttr(builder.getDenseI64ArrayAttr(*padding));
  return success();
}

/// Whether padding with `value` never changes a maximum of elements of `input`.
static bool isNeverLarger(double value, Value input) {
  if (value == -std::numeric_limits<double>::infinity())
    return true;
  auto activation = input.getDefiningOp<ActivationOp>();
  return activation && value <= getFacts(activation.getFunction()).low;
}

static LogicalResult fuseIntoMaxPool(PadOp pad, MaxPoolOp pool) {
  auto padding = addPadding(pad, pool.getPaddingValues());
  // A pool with dilation has no padding.
  bool hasGaps =
      llvm::any_of(pool.getDilationValues(), [](int64_t d) { return d != 1; });
  if (failed(padding) || hasGaps ||
      !isNeverLarger(pad.getValue().convertToDouble(), pad.getInput()))
    return failure();
  // Each window needs an element that is no padding.
  for (auto [side, size] : llvm::enumerate(*padding))
    if (size >= pool.getWindow()[side / 2])
      return failure();
  pool.setPaddingAttr(Builder(pad.getContext()).getDenseI64ArrayAttr(*padding));
  return success();
}

/// Moves `pad` into each of its users that can take it in.
static unsigned fuse(PadOp pad) {
  unsigned fused = 0;
  for (OpOperand &use : llvm::make_early_inc_range(pad.getOutput().getUses())) {
    Operation *user = use.getOwner();
    LogicalResult result = failure();
    if (auto conv = dyn_cast<ConvOp>(user))
      result = fuseIntoConv(pad, conv);
    else if (auto pool = dyn_cast<MaxPoolOp>(user))
      result = fuseIntoMaxPool(pad, pool);
    if (failed(result))
      continue;
    emitDecision(pad.getLoc(), "padding", "part of " + getLayerName(user));
    use.set(pad.getInput());
    ++fused;
  }
  if (pad.use_empty())
    pad.erase();
  return fused;
}

namespace {
struct FusePadPass : frieze::nn::impl::FusePadPassBase<FusePadPass> {
  void runOnOperation() override {
    SmallVector<PadOp> pads;
    getOperation()->walk([&](PadOp pad) { pads.push_back(pad); });
    // The last first: a padding of a padding follows.
    for (PadOp pad : llvm::reverse(pads))
      fused += fuse(pad);
  }
};
} // namespace
