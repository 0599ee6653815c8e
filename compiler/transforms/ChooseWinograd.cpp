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
#include "llvm/Support/FormatVariadic.h"

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
/// Where the sums of so many points stay in registers until they become
/// results, as on every machine, that is one multiply-add.
static constexpr int64_t mostPointsInRegisters = 3;
/// Products are stored and loaded again.
static constexpr double minGain = 1.1;
/// Of all layers together (see the pass description).
static constexpr double errorBudget = 2e-6;
static constexpr double errorOfF43 = 4.5e-7, errorOfNestedF43 = 1.1e-6;
/// These errors are relative to the terms of a sum. Where the terms are more
/// than so many times its result, they are not small beside that.
static constexpr double mostAmplification = 4;
/// Left by nn-estimate-ranges.
static constexpr StringRef amplificationName = "nn.amplification";

static double getCost(ConvOp op, const WinogradTiling &tiling) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  double inputs = kernel[kernel.size() - 2], filters = kernel.back();
  bool fitsRegisters =
      tiling.getPoints() <= mostPointsInRegisters && inputs <= winogradBlock;
  return double(tiling.getTileCount()) * tiling.getPoints() *
         (inputs * filters + inputTransformCost * inputs +
          (fitsRegisters ? 1.0 : outputTransformCost) * filters);
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

/// What can compute `op` with minimal filtering, the cheapest first.
static SmallVector<Algorithm> findAlgorithms(ConvOp op) {
  SmallVector<Algorithm> found;
  double direct = getDirectCost(op);
  auto amplification = op->getAttrOfType<FloatAttr>(amplificationName);
  bool hasKnownRange =
      amplification && amplification.getValueAsDouble() <= mostAmplification;
  auto consider = [&](ArrayRef<int64_t> outputs) {
    if (!op.allowsWinograd(outputs))
      return;
    WinogradTiling tiling = WinogradTiling::get(op, outputs);
    bool isNested = tiling.height.form.outputs == 4;
    if (tiling.reachesBeyond() && !hasKnownRange)
      return;
    if (isNested && isShown(op.getOutput()))
      return;
    double error = !tiling.reachesBeyond() ? 0.0
                   : isNested              ? errorOfNestedF43
                                           : errorOfF43;
    double cost = getCost(op, tiling);
    if (direct >= minGain * cost)
      found.push_back({SmallVector<int64_t>(outputs), cost, error});
  };
  if (op.getSpatialRank() == 1) {
    consider({2});
    consider({4});
  } else {
    consider({2, 2});
    consider({4, 4});
  }
  llvm::sort(found, [](const Algorithm &a, const Algorithm &b) {
    return a.cost < b.cost;
  });
  return found;
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

/// What the results promise of samples that are large or no numbers.
static std::string describePromise(ConvOp op, double error) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (error > 0)
    os << llvm::formatv("rounding {0:e1} of the result on average; ", error);
  if (std::optional<double> bound = boundError(op))
    os << llvm::formatv(
        "within {0:e1} of the exact sum where inputs are at most "
        "1, in proportion where they are larger; ",
        *bound);
  os << (WinogradTiling::get(op).reachesBeyond()
             ? "the inputs of a tile count, and infinities and NaN among them "
               "spread to all of its results"
             : "those that the sum reads count, and an infinity among them may "
               "make the result NaN");
  return text;
}

namespace {
struct ChooseWinogradPass
    : frieze::nn::impl::ChooseWinogradPassBase<ChooseWinogradPass> {
  using ChooseWinogradPassBase::ChooseWinogradPassBase;

  void runOnOperation() override {
    if (exact)
      getOperation()->walk([](ConvOp op) { op.removeWinogradAttr(); });
    else
      choose();
    getOperation()->walk([](ConvOp op) { op->removeAttr(amplificationName); });
  }

  void choose() {
    struct Candidate {
      ConvOp op;
      SmallVector<Algorithm> algorithms;
      double gain;
      size_t number;
    };
    SmallVector<Candidate> candidates;
    getOperation()->walk([&](ConvOp op) {
      ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
      // What a file at nn-opt has was chosen when more was known.
      if (op.getWinograd() || !op.getType().getElementType().isF32() ||
          std::min(kernel.back(), kernel[kernel.size() - 2]) < minChannels)
        return;
      SmallVector<Algorithm> algorithms = findAlgorithms(op);
      if (!algorithms.empty())
        candidates.push_back({op, algorithms,
                              getDirectCost(op) - algorithms.front().cost,
                              candidates.size()});
    });
    // Errors of layers are independent: their squares add up.
    llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
      return std::make_pair(-a.gain, a.number) <
             std::make_pair(-b.gain, b.number);
    });
    double left = errorBudget * errorBudget;
    for (Candidate &candidate : candidates) {
      auto *algorithm =
          llvm::find_if(candidate.algorithms, [&](const Algorithm &algorithm) {
            return algorithm.error * algorithm.error <= left;
          });
      if (algorithm == candidate.algorithms.end())
        continue;
      left -= algorithm->error * algorithm->error;
      candidate.op.setWinograd(algorithm->outputs);
      emitDecision(candidate.op.getLoc(), "convolution",
                   "computed by minimal filtering " +
                       formatForm(candidate.op, algorithm->outputs),
                   describePromise(candidate.op, algorithm->error));
      ++chosen;
    }
  }
};
} // namespace
