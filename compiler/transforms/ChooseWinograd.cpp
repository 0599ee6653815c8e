//===- ChooseWinograd.cpp - Convolutions with fewer products ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/JoinedPositions.h"
#include "compiler/transforms/Passes.h"
#include "compiler/transforms/TransposedPhases.h"
#include "dialect/Remarks.h"
#include "dialect/Winograd.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

namespace frieze::nn {
#define GEN_PASS_DEF_CHOOSEWINOGRADPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

namespace {
/// A way to compute a convolution, with what it costs and how it rounds.
struct Algorithm {
  WinogradTiling tiling;
  /// In multiply-adds.
  double cost;
  /// Root mean square, relative to that of the results; 0 where the direct sum
  /// rounds as much.
  double error;
};
} // namespace

/// Fewer channels leave sums that are too short to be worth storing.
static constexpr int64_t minChannels = 16;
/// Of a transform along one axis, for each point of a tile and each channel, in
/// multiply-adds. Measured.
static constexpr double transformCost = 3.5;
/// Where the sums of so many points stay in registers until they become
/// results, as on every machine, that is one multiply-add.
static constexpr int64_t mostPointsInRegisters = 3;
/// Of reading a weight once, in multiply-adds, and of one among so many that
/// it comes from memory.
static constexpr double weightCost = 2, distantWeightCost = 8;
static constexpr double mostNearWeights = 1 << 18;
/// Products are stored and loaded again.
static constexpr double minGain = 1.1;
/// Of all layers together (see the pass description).
static constexpr double errorBudget = 2e-6;
/// The largest error of a result that a user sees, in the units of schemes.
static constexpr double mostShownError = 0.41;
/// The direct sum of K products has this times the root of K. Measured.
static constexpr double errorOfDirectSum = 1.8e-8;
/// Within so many times it, errors are not told apart.
static constexpr double errorTolerance = 1.1;
/// These errors are relative to the terms of a sum. Where the terms are more
/// than so many times its result, they are not small beside that.
static constexpr double mostAmplification = 4;
/// Left by nn-estimate-ranges.
static constexpr StringRef amplificationName = "nn.amplification";
/// Of how many phases a convolution is one: so large a part of the results of a
/// layer has its error.
static constexpr StringRef phasesName = "nn.phases";

/// Of reading the weights of so many products of each pair of an input and an
/// output channel.
static double getWeightCost(double products, double pairs) {
  double weights = products * pairs;
  return weights *
         (weights <= mostNearWeights ? weightCost : distantWeightCost);
}

static double getCost(ConvOp op, const WinogradTiling &tiling) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  double inputs = kernel[kernel.size() - 2], filters = kernel.back();
  bool fitsRegisters =
      tiling.getPoints() <= mostPointsInRegisters && inputs <= winogradBlock;
  auto isTransformed = [](const WinogradForm &form) {
    return form.getPoints() > 1;
  };
  double transforms = transformCost * (isTransformed(tiling.getRows()) +
                                       isTransformed(tiling.getColumns()));
  double pieces = tiling.getPieces();
  return double(tiling.getTileCount()) * tiling.getPoints() *
             (pieces * inputs * filters + transforms * inputs +
              (fitsRegisters ? 1.0 : transforms) * filters) +
         getWeightCost(tiling.getPoints() * pieces, inputs * filters);
}

static double getDirectCost(ConvOp op) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  double outputs = op.getType().getNumElements() / op.getType().getDimSize(0);
  for (Attribute stage : op.getEpilogueStages())
    if (auto pool = dyn_cast<PoolStageAttr>(stage))
      for (int64_t size : pool.getWindow().asArrayRef())
        outputs *= size;
  double weights = op.getKernel().getNumElements();
  return outputs * weights / kernel.back() + getWeightCost(1, weights);
}

static double getDirectCost(ConvTransposeOp op) {
  return double(op.countMACs()) / op.getType().getDimSize(0) +
         getWeightCost(1, op.getKernel().getNumElements());
}

/// The error of `scheme` that counts. Errors of both grow with the channels of
/// a block; where there are more, that of the direct sum alone does.
static double getError(ConvOp op, const WinogradScheme &scheme) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  int64_t channels = std::max(kernel[kernel.size() - 2], winogradBlock);
  double products = ShapedType::getNumElements(kernel.drop_back(2)) * channels;
  double direct = errorOfDirectSum * std::sqrt(products);
  return scheme.error <= errorTolerance * direct ? 0 : scheme.error;
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

/// What can compute `op` with minimal filtering, the cheapest first. Its direct
/// sum costs `direct`, and `shown` is its result. With `reachesBeyond` its
/// windows meet inputs that the direct sum does not read.
static SmallVector<Algorithm> findAlgorithms(ConvOp op, double direct,
                                             Value shown,
                                             bool reachesBeyond = false) {
  SmallVector<Algorithm> found;
  auto amplification = op->getAttrOfType<FloatAttr>(amplificationName);
  bool hasKnownRange =
      amplification && amplification.getValueAsDouble() <= mostAmplification;
  if (reachesBeyond && !hasKnownRange)
    return found;
  for (const WinogradScheme &scheme : getWinogradSchemes()) {
    std::optional<WinogradTiling> tiling = WinogradTiling::find(op, scheme);
    if (!tiling)
      continue;
    double cost = getCost(op, *tiling);
    if (direct < minGain * cost || (tiling->reachesBeyond() && !hasKnownRange))
      continue;
    if (scheme.largest > mostShownError && isShown(shown))
      continue;
    found.push_back({*tiling, cost, getError(op, scheme)});
  }
  llvm::sort(found, [](const Algorithm &a, const Algorithm &b) {
    return std::make_pair(a.cost, a.tiling.scheme) <
           std::make_pair(b.cost, b.tiling.scheme);
  });
  return found;
}

/// Whether `op` has channels enough for sums that are worth storing.
static bool hasManyChannels(ConvOp op) {
  ArrayRef<int64_t> kernel = op.getKernel().getShapedType().getShape();
  return std::min(kernel.back(), kernel[kernel.size() - 2]) >= minChannels;
}

/// Makes convolutions of the phases of `op` where minimal filtering then pays.
static void separatePhases(ConvTransposeOp op) {
  TransposedPhases phases(op);
  if (phases.getConvs().empty())
    return;
  double cost = 0;
  bool hasAlgorithm = false;
  for (ConvOp conv : phases.getConvs()) {
    double direct = getDirectCost(conv);
    SmallVector<Algorithm> algorithms;
    if (hasManyChannels(conv))
      algorithms = findAlgorithms(conv, direct, op.getOutput());
    hasAlgorithm |= !algorithms.empty();
    cost += algorithms.empty() ? direct : algorithms.front().cost;
  }
  Location loc = op.getLoc();
  size_t number = phases.getConvs().size();
  if (!hasAlgorithm || getDirectCost(op) < minGain * cost ||
      failed(phases.replace()))
    return phases.erase();
  for (ConvOp conv : phases.getConvs())
    conv->setAttr(phasesName,
                  Builder(conv.getContext()).getI64IntegerAttr(number));
  emitDecision(loc, "transposed convolution",
               llvm::formatv("computed as {0} convolutions", number).str(),
               "minimal filtering has fewer products for each of its phases");
}

/// "F(4x4, 3x3)", and how many products it has where that does not follow.
static std::string formatTiling(ConvOp op, const WinogradTiling &tiling) {
  const WinogradScheme &scheme = *tiling.scheme;
  std::string text = "F(";
  llvm::raw_string_ostream os(text);
  llvm::interleave(scheme.getOutputs(), os, "x");
  os << ", ";
  llvm::interleave(op.getWindowSizes(), os, "x");
  os << ")";
  if (!scheme.hasFewestProducts()) {
    os << " in ";
    llvm::interleave(tiling.getProducts(), os, "x");
    os << " products";
    if (tiling.getPieces() > 1)
      os << llvm::formatv(" of {0} pieces", tiling.getPieces());
  }
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
      getOperation()->walk([](ConvOp op) {
        op.removeWinogradAttr();
        op.removeProductsAttr();
      });
    else
      choose();
    getOperation()->walk([](Operation *op) {
      if (!isa<ConvOp, ConvTransposeOp>(op))
        return;
      op->removeAttr(amplificationName);
      op->removeAttr(phasesName);
    });
  }

  void choose() {
    struct Candidate {
      ConvOp op;
      /// In its place.
      std::optional<JoinedPositions> joined;
      SmallVector<Algorithm> algorithms;
      double gain;
      size_t number;
    };
    SmallVector<ConvTransposeOp> transposed;
    getOperation()->walk([&](ConvTransposeOp op) {
      if (op.getType().getElementType().isF32())
        transposed.push_back(op);
    });
    llvm::for_each(transposed, separatePhases);
    SmallVector<ConvOp> convs;
    getOperation()->walk([&](ConvOp op) {
      // What a file at nn-opt has was chosen when more was known.
      if (!op.getWinograd() && op.getType().getElementType().isF32())
        convs.push_back(op);
    });
    SmallVector<Candidate> candidates;
    for (ConvOp op : convs) {
      std::optional<JoinedPositions> joined(op);
      if (!joined->getConv())
        joined.reset();
      ConvOp filtered = joined ? joined->getConv() : op;
      SmallVector<Algorithm> algorithms;
      double direct = getDirectCost(op);
      if (hasManyChannels(filtered))
        algorithms = findAlgorithms(filtered, direct, op.getOutput(),
                                    joined && joined->reachesBeyond());
      if (!algorithms.empty())
        candidates.push_back({op, joined, algorithms,
                              direct - algorithms.front().cost,
                              candidates.size()});
      else if (joined)
        joined->erase();
    }
    // Errors of layers are independent: their squares add up.
    llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
      return std::make_pair(-a.gain, a.number) <
             std::make_pair(-b.gain, b.number);
    });
    double left = errorBudget * errorBudget;
    for (Candidate &candidate : candidates) {
      auto phases = candidate.op->getAttrOfType<IntegerAttr>(phasesName);
      auto getSquare = [&](const Algorithm &algorithm) {
        return algorithm.error * algorithm.error /
               (phases ? phases.getInt() : 1);
      };
      auto *algorithm =
          llvm::find_if(candidate.algorithms, [&](const Algorithm &algorithm) {
            return getSquare(algorithm) <= left;
          });
      if (algorithm == candidate.algorithms.end() ||
          (candidate.joined && failed(candidate.joined->replace()))) {
        if (candidate.joined)
          candidate.joined->erase();
        continue;
      }
      if (candidate.joined)
        candidate.op = candidate.joined->getConv();
      left -= getSquare(*algorithm);
      const WinogradTiling &tiling = algorithm->tiling;
      candidate.op.setWinograd(tiling.scheme->getOutputs());
      if (!tiling.scheme->hasFewestProducts())
        candidate.op.setProducts(tiling.getProducts());
      emitDecision(candidate.op.getLoc(), "convolution",
                   "computed by minimal filtering " +
                       formatTiling(candidate.op, tiling) +
                       (candidate.joined ? " over joined positions" : ""),
                   describePromise(candidate.op, algorithm->error));
      ++chosen;
    }
  }
};
} // namespace
