//===- EstimateRanges.cpp - What trained statistics tell --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/Activations.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

namespace frieze::nn {
#define GEN_PASS_DEF_ESTIMATERANGESPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

namespace {
/// Mean and variance of a value, one of each per channel (the last axis), over
/// the inputs that the model was trained on.
struct Moments {
  SmallVector<double> mean, variance;

  double getSquare(size_t channel) const {
    return mean[channel] * mean[channel] + variance[channel];
  }
};

/// Derives moments from the batch norms and bounded functions of a model, as if
/// channels were independent and normally distributed.
class RangeEstimate {
public:
  /// Nothing where nothing in the model tells.
  std::optional<Moments> get(Value value);

private:
  std::optional<Moments> derive(Operation *op);
  template <typename OpT> std::optional<Moments> deriveSums(OpT op);

  llvm::DenseMap<Value, std::optional<Moments>> known;
};
} // namespace

static SmallVector<double> readOr(ElementsAttr weights, size_t size,
                                  double fallback) {
  if (weights)
    if (auto values = readWeights(weights); succeeded(values))
      return *values;
  return SmallVector<double>(size, fallback);
}

/// The normal distribution's density and distribution function.
static double density(double x) {
  return std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
}
static double below(double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; }

/// Of max(x, 0).
static Moments rectify(Moments moments) {
  for (auto [mean, variance] : llvm::zip(moments.mean, moments.variance)) {
    double deviation = std::sqrt(variance);
    if (deviation == 0) {
      mean = std::max(mean, 0.0);
      continue;
    }
    double ratio = mean / deviation;
    double first = mean * below(ratio) + deviation * density(ratio);
    double second = (mean * mean + variance) * below(ratio) +
                    mean * deviation * density(ratio);
    mean = first;
    variance = std::max(second - first * first, 0.0);
  }
  return moments;
}

static Moments getMomentsWithin(double bound, int64_t channels) {
  return {SmallVector<double>(channels, 0.0),
          SmallVector<double>(channels, bound * bound)};
}

/// How many times larger than what it reads an unbounded function may be, to be
/// taken for as large: SELU is, which keeps variances by design.
static constexpr double mostGrowth = 1.76;

/// Whether the function makes nothing much larger than it is, and may leave it
/// as large.
static bool keepsSize(ActivationAttr function) {
  ActivationFacts facts = getFacts(function);
  return facts.growth <= mostGrowth && !std::isfinite(facts.getMagnitude());
}

static std::optional<Moments> apply(ActivationAttr function,
                                    const std::optional<Moments> &input,
                                    int64_t channels) {
  if (double bound = getFacts(function).getMagnitude(); std::isfinite(bound))
    return getMomentsWithin(bound, channels);
  if (!input)
    return std::nullopt;
  if (function.getKind() == ActivationKind::Relu)
    return rectify(*input);
  return keepsSize(function) ? input : std::nullopt;
}

static std::optional<Moments> getMoments(BatchNormOp op) {
  size_t channels = op.getMean().getNumElements();
  if ((int64_t)op.getAxis() + 1 != op.getType().getRank())
    return std::nullopt;
  Moments moments{readOr(op.getBetaAttr(), channels, 0.0),
                  readOr(op.getGammaAttr(), channels, 1.0)};
  for (double &gamma : moments.variance)
    gamma *= gamma;
  return moments;
}

namespace {
/// The weights of a convolution. A transposed one has a phase for each set of
/// taps that meets in a result, any other just one.
struct ConvKernel {
  /// Fails where there are several groups, or no data.
  static std::optional<ConvKernel> read(ConvOp op);
  static std::optional<ConvKernel> read(ConvTransposeOp op);

  /// Calls `function(phase, channel, row)` for the weights of each tap and
  /// input channel.
  void forEachRow(
      llvm::function_ref<void(size_t, size_t, ArrayRef<double>)> function) {
    for (size_t row = 0; row < weights.size() / filters; ++row)
      function(phaseOfTap[row / channels], row % channels,
               ArrayRef(weights).slice(row * filters, filters));
  }

  SmallVector<double> weights;
  size_t channels, filters;
  SmallVector<size_t> phaseOfTap;
  size_t phases = 1;
};
} // namespace

template <typename OpT> static std::optional<ConvKernel> readKernel(OpT op) {
  auto weights = readWeights(op.getKernel());
  if (op.getGroups() != 1 || failed(weights))
    return std::nullopt;
  ArrayRef<int64_t> shape = op.getKernel().getShapedType().getShape();
  size_t channels = shape[shape.size() - 2], filters = shape.back();
  SmallVector<size_t> phaseOfTap(weights->size() / channels / filters, 0);
  return ConvKernel{std::move(*weights), channels, filters, phaseOfTap};
}

std::optional<ConvKernel> ConvKernel::read(ConvOp op) { return readKernel(op); }

std::optional<ConvKernel> ConvKernel::read(ConvTransposeOp op) {
  std::optional<ConvKernel> kernel = readKernel(op);
  if (!kernel)
    return std::nullopt;
  SmallVector<int64_t> sizes = op.getWindowSizes();
  SmallVector<int64_t> strides = op.getStrideValues();
  SmallVector<int64_t> dilations = op.getDilationValues();
  for (auto [tap, phase] : llvm::enumerate(kernel->phaseOfTap)) {
    size_t rest = tap, step = 1;
    for (size_t axis = sizes.size(); axis-- > 0;) {
      phase += rest % sizes[axis] * dilations[axis] % strides[axis] * step;
      rest /= sizes[axis];
      step *= strides[axis];
    }
    kernel->phases = step;
  }
  return kernel;
}

template <typename OpT>
std::optional<Moments> RangeEstimate::deriveSums(OpT op) {
  std::optional<Moments> input = get(op.getInput());
  std::optional<ConvKernel> kernel = ConvKernel::read(op);
  if (!input || !kernel)
    return std::nullopt;
  size_t filters = kernel->filters, phases = kernel->phases;
  SmallVector<double> bias = readOr(op.getBiasAttr(), filters, 0.0);
  SmallVector<double> means, variances(phases * filters, 0.0);
  for (size_t phase = 0; phase < phases; ++phase)
    llvm::append_range(means, bias);
  kernel->forEachRow([&](size_t phase, size_t channel, ArrayRef<double> row) {
    for (auto [filter, weight] : llvm::enumerate(row)) {
      size_t sum = phase * filters + filter;
      means[sum] += weight * input->mean[channel];
      variances[sum] += weight * weight * input->variance[channel];
    }
  });
  // Each phase makes as many of the results.
  Moments moments{SmallVector<double>(filters, 0.0),
                  SmallVector<double>(filters, 0.0)};
  for (auto [sum, mean] : llvm::enumerate(means))
    moments.mean[sum % filters] += mean / phases;
  for (size_t sum = 0; sum < phases * filters; ++sum) {
    double apart = means[sum] - moments.mean[sum % filters];
    moments.variance[sum % filters] +=
        (variances[sum] + apart * apart) / phases;
  }
  return moments;
}

std::optional<Moments> RangeEstimate::derive(Operation *op) {
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || type.getRank() == 0)
    return std::nullopt;
  int64_t channels = type.getShape().back();
  auto keep = [&](auto op) { return get(op->getOperand(0)); };
  return llvm::TypeSwitch<Operation *, std::optional<Moments>>(op)
      .Case<BatchNormOp>([](auto op) { return getMoments(op); })
      .Case<ConvOp, ConvTransposeOp>([&](auto op) { return deriveSums(op); })
      .Case<ActivationOp>([&](auto op) {
        return apply(op.getFunction(), get(op.getInput()), channels);
      })
      .Case<SoftmaxOp>([&](auto) { return getMomentsWithin(1.0, channels); })
      // No larger than what they read, or a part of it.
      .Case<MaxPoolOp, AvgPoolOp, GlobalPoolOp, DropoutOp, IdentityOp>(keep)
      .Case<ResizeOp>(keep)
      .Case<AddOp>([&](AddOp op) -> std::optional<Moments> {
        std::optional<Moments> sum = get(op.getLhs());
        std::optional<Moments> other = get(op.getRhs());
        if (!sum || !other || sum->mean.size() != other->mean.size())
          return std::nullopt;
        for (size_t c = 0; c < sum->mean.size(); ++c) {
          sum->mean[c] += other->mean[c];
          sum->variance[c] += other->variance[c];
        }
        return sum;
      })
      .Case<ConcatOp>([&](ConcatOp op) -> std::optional<Moments> {
        if ((int64_t)op.getAxis() + 1 != op.getType().getRank())
          return std::nullopt;
        Moments all;
        for (Value operand : op.getInputs()) {
          std::optional<Moments> part = get(operand);
          if (!part)
            return std::nullopt;
          llvm::append_range(all.mean, part->mean);
          llvm::append_range(all.variance, part->variance);
        }
        return all;
      })
      .Case<PadOp>([&](PadOp op) -> std::optional<Moments> {
        // Zeros are within any range.
        if (op.getMode() == PadMode::Constant && !op.getValue().isZero())
          return std::nullopt;
        if (op.getLow().back() || op.getHigh().back())
          return std::nullopt;
        return get(op.getInput());
      })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<Moments> RangeEstimate::get(Value value) {
  auto found = known.find(value);
  if (found != known.end())
    return found->second;
  Operation *op = value.getDefiningOp();
  std::optional<Moments> derived = op ? derive(op) : std::nullopt;
  return known[value] = std::move(derived);
}

namespace {
/// A batch norm that normalises the results of a convolution, directly or
/// through activations, poolings and concatenations of channels.
struct Follower {
  BatchNormOp norm;
  /// The channel of its that the first filter became.
  int64_t channel = 0;
  /// Whether it does so directly, or what is between is linear.
  bool isLinear = true;
};
} // namespace

static std::optional<Follower> findFollower(Operation *op) {
  Follower follower;
  for (Operation *at = op; at->hasOneUse();) {
    OpOperand &use = *at->use_begin();
    at = use.getOwner();
    if (auto norm = dyn_cast<BatchNormOp>(at)) {
      if ((int64_t)norm.getAxis() + 1 != norm.getType().getRank())
        return std::nullopt;
      follower.norm = norm;
      return follower;
    }
    auto activation = dyn_cast<ActivationOp>(at);
    auto concat = dyn_cast<ConcatOp>(at);
    if (concat && (int64_t)concat.getAxis() + 1 == concat.getType().getRank())
      for (Value before : concat.getInputs().take_front(use.getOperandNumber()))
        follower.channel +=
            cast<RankedTensorType>(before.getType()).getShape().back();
    else if (activation && keepsSize(activation.getFunction()))
      follower.isLinear &= getFacts(activation.getFunction()).isIdentity;
    else if (isa<MaxPoolOp>(at))
      follower.isLinear = false;
    else if (!isa<AvgPoolOp, DropoutOp>(at))
      return std::nullopt;
  }
  return std::nullopt;
}

/// How many times the terms of a sum of `op` are 1 + its result, at worst of
/// all filters; both as the root mean square, in the units of what batch norm
/// makes of the result. Nothing where nothing tells.
template <typename OpT>
static std::optional<double> estimateAmplification(OpT op,
                                                   RangeEstimate &ranges) {
  std::optional<ConvKernel> kernel = ConvKernel::read(op);
  if (!kernel)
    return std::nullopt;
  size_t filters = kernel->filters, phases = kernel->phases;
  std::optional<Moments> input = ranges.get(op.getInput());
  // Of all terms of a filter in each phase, where the input is known, else of
  // its weights.
  SmallVector<double> terms(phases * filters, 0.0);
  kernel->forEachRow([&](size_t phase, size_t channel, ArrayRef<double> row) {
    double square = input ? input->getSquare(channel) : 1.0;
    for (auto [filter, weight] : llvm::enumerate(row))
      terms[phase * filters + filter] += weight * weight * square;
  });

  std::optional<Follower> follower = findFollower(op);
  if (!input && !follower)
    return std::nullopt;
  // The results, and what their error is multiplied by behind them.
  SmallVector<double> results(filters, 0.0), scales(filters, 1.0);
  if (!follower) {
    std::optional<Moments> moments = ranges.get(op.getOutput());
    for (size_t f = 0; f < filters; ++f)
      results[f] = std::sqrt(moments->getSquare(f));
  } else {
    BatchNormOp norm = follower->norm;
    auto readOfFilters = [&](ElementsAttr values, double fallback) {
      size_t channels = norm.getMean().getNumElements();
      return to_vector(ArrayRef(readOr(values, channels, fallback))
                           .slice(follower->channel, filters));
    };
    SmallVector<double> mean = readOfFilters(norm.getMeanAttr(), 0.0),
                        variance = readOfFilters(norm.getVarianceAttr(), 1.0),
                        gamma = readOfFilters(norm.getGammaAttr(), 1.0),
                        beta = readOfFilters(norm.getBetaAttr(), 0.0),
                        bias = readOr(op.getBiasAttr(), filters, 0.0);
    double epsilon = norm.getEpsilon().convertToDouble(), inputSquare = 0;
    for (size_t f = 0; f < filters; ++f) {
      double shifted = mean[f] - (follower->isLinear ? bias[f] : 0.0);
      double square = shifted * shifted + variance[f];
      // Half of what a function such as ReLU reads is lost in it.
      if (!follower->isLinear)
        square *= 2;
      // Batch norm saw the results of all phases.
      double averageTerms = 0;
      for (size_t phase = 0; phase < phases; ++phase)
        averageTerms += terms[phase * filters + f] / phases;
      if (averageTerms > 0)
        inputSquare = std::max(inputSquare, square / averageTerms);
      scales[f] = std::fabs(gamma[f]) / std::sqrt(variance[f] + epsilon);
      results[f] = std::hypot(gamma[f], beta[f]);
    }
    // An input that nothing tells of is as large as it must be for what the
    // batch norm saw.
    if (!input)
      for (double &term : terms)
        term *= inputSquare;
  }
  double worst = 0;
  for (size_t sum = 0; sum < phases * filters; ++sum) {
    size_t f = sum % filters;
    double ratio = scales[f] * std::sqrt(terms[sum]) / (1 + results[f]);
    if (!(ratio <= worst))
      worst = ratio;
  }
  return worst;
}

namespace {
struct EstimateRangesPass
    : frieze::nn::impl::EstimateRangesPassBase<EstimateRangesPass> {
  void runOnOperation() override {
    RangeEstimate ranges;
    Builder builder(&getContext());
    // In order, so that what an op reads is known.
    getOperation()->walk([&](Operation *op) {
      if (op->getNumResults() == 1)
        ranges.get(op->getResult(0));
    });
    auto note = [&](auto op) {
      if (std::optional<double> ratio = estimateAmplification(op, ranges)) {
        op->setAttr("nn.amplification", builder.getF64FloatAttr(*ratio));
        ++known;
      }
    };
    getOperation()->walk([&](ConvOp op) { note(op); });
    getOperation()->walk([&](ConvTransposeOp op) { note(op); });
  }
};
} // namespace
