//===- ChooseWinograd.cpp - Convolutions with fewer products ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "compiler/transforms/Remarks.h"
#include "dialect/Winograd.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace frieze::nn {
#define GEN_PASS_DEF_CHOOSEWINOGRADPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

namespace {
/// A way to compute a convolution, with what it costs and how it rounds.
struct Algorithm {
  /// Results in a tile along each spatial axis; empty for the direct sum.
  SmallVector<int64_t> outputs;
  /// In multiply-adds.
  double cost;
  /// Root mean square, relative to that of the results.
  double error;
};
} // namespace

/// Fewer channels leave sums that are too short to be worth storing.
static constexpr int64_t minChannels = 16;
/// Of the transforms, for each point of a tile and each channel, in
/// multiply-adds. Measured.
static constexpr double inputTransformCost = 3.5, outputTransformCost = 3.5;
/// Products are stored and loaded again.
static constexpr double minGain = 1.1;
/// Of all layers together (see the pass description).
static constexpr double errorBudget = 2e-6;
static constexpr double errorOfF43 = 4.5e-7, errorOfNestedF43 = 1.1e-6;

static double getCost(ConvOp op, const WinogradTiling &tiling) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  double inputs = kernel[kernel.size() - 2], filters = kernel.back();
  return double(tiling.getTileCount()) * tiling.getPoints() *
         (inputs * filters + inputTransformCost * inputs +
          outputTransformCost * filters);
}

static double getDirectCost(ConvOp op) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  double outputs = op.getType().getNumElements() / op.getType().getDimSize(0);
  for (Attribute stage : op.getEpilogueStages())
    if (auto pool = dyn_cast<PoolStageAttr>(stage))
      for (int64_t size : pool.getWindow().asArrayRef())
        outputs *= size;
  return outputs * op.getKernel().getNumElements() / kernel.back();
}

/// Whether a result of the model shows `value` itself, each element by itself.
static bool isShown(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    if (isa<func::ReturnOp>(user))
      return true;
    return !isa<ConvOp, ConvTransposeOp, DenseOp, GRUOp, LSTMOp, RNNOp,
                GlobalPoolOp>(user) &&
           llvm::any_of(user->getResults(), isShown);
  });
}

/// The cheapest algorithm with minimal filtering, if one is allowed.
static std::optional<Algorithm> findBest(ConvOp op) {
  std::optional<Algorithm> best;
  auto consider = [&](ArrayRef<int64_t> outputs) {
    if (!op.allowsWinograd(outputs))
      return;
    WinogradTiling tiling = WinogradTiling::get(op, outputs);
    bool isNested = tiling.height.form.outputs == 4;
    double error = tiling.width.form.outputs < 4 ? 0.0
                   : isNested                    ? errorOfNestedF43
                                                 : errorOfF43;
    if (isNested && isShown(op.getOutput()))
      return;
    double cost = getCost(op, tiling);
    if (!best || cost < best->cost)
      best = {SmallVector<int64_t>(outputs), cost, error};
  };
  if (op.getSpatialRank() == 1) {
    consider({2});
    consider({4});
  } else {
    consider({2, 2});
    consider({4, 4});
  }
  return best;
}

/// "F(4x4, 3x3)".
static std::string formatForm(ConvOp op, ArrayRef<int64_t> outputs) {
  std::string text = "F(";
  llvm::raw_string_ostream os(text);
  llvm::interleave(outputs, os, "x");
  os << ", ";
  llvm::interleave(op.getKernel().getShapedType().getShape().drop_back(2), os,
                   "x");
  os << ")";
  return text;
}

namespace {
struct ChooseWinogradPass
    : frieze::nn::impl::ChooseWinogradPassBase<ChooseWinogradPass> {
  void runOnOperation() override {
    struct Candidate {
      ConvOp op;
      Algorithm algorithm;
      double gain;
      size_t number;
    };
    SmallVector<Candidate> candidates;
    getOperation()->walk([&](ConvOp op) {
      ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
      if (!op.getType().getElementType().isF32() ||
          std::min(kernel.back(), kernel[kernel.size() - 2]) < minChannels)
        return;
      std::optional<Algorithm> best = findBest(op);
      if (!best)
        return;
      double direct = getDirectCost(op);
      if (direct >= minGain * best->cost)
        candidates.push_back(
            {op, *best, direct - best->cost, candidates.size()});
    });
    // Errors of layers are independent: their squares add up.
    llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
      return std::make_pair(-a.gain, a.number) <
             std::make_pair(-b.gain, b.number);
    });
    double left = errorBudget * errorBudget;
    for (Candidate &candidate : candidates) {
      auto &[outputs, cost, error] = candidate.algorithm;
      if (error * error > left)
        continue;
      left -= error * error;
      candidate.op.setWinograd(outputs);
      emitDecision(candidate.op.getLoc(), "convolution",
                   "computed by minimal filtering " +
                       formatForm(candidate.op, outputs));
      ++chosen;
    }
  }
};
} // namespace
