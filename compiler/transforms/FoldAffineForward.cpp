//===- FoldAffineForward.cpp - Fold into the layer after --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Remarks.h"
#include "dialect/Weights.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <limits>

namespace frieze::nn {
#define GEN_PASS_DEF_FOLDAFFINEFORWARDPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

namespace {
/// An affine on its way down: its parameters at the value reached so far, and,
/// for each, the channel of the affine that it stems from (-1: none).
struct Traveller {
  AffineParameters parameters;
  SmallVector<int64_t> origin;
};

/// The layer that takes the affine in, and what stands in the way where there
/// is none. Channels in `blocked` cannot make the journey.
struct ForwardPath {
  Operation *consumer = nullptr;
  Traveller arrival;
  llvm::SmallDenseSet<int64_t> blocked;
  std::string obstacle, route;
};
} // namespace

/// Whether `value` keeps its precision as a float32.
static bool isNormalOrZero(double value) {
  double magnitude = std::fabs(value);
  return value == 0 || (magnitude >= std::numeric_limits<float>::min() &&
                        magnitude <= std::numeric_limits<float>::max());
}

/// Moves through a reshape that flattens, or that leaves the last axis alone.
static LogicalResult passReshape(ReshapeOp reshape, Traveller &traveller) {
  RankedTensorType from = reshape.getInput().getType(), to = reshape.getType();
  AffineParameters &parameters = traveller.parameters;
  if (parameters.axis == from.getRank() - 1 && to.getRank() > 0 &&
      from.getShape().back() == to.getShape().back()) {
    parameters.axis = to.getRank() - 1;
    return success();
  }
  if (to.getRank() != 2 || parameters.axis == 0 ||
      to.getDimSize(0) != from.getDimSize(0))
    return failure();
  int64_t inner = 1;
  for (int64_t i = parameters.axis + 1; i < from.getRank(); ++i)
    inner *= from.getDimSize(i);
  Traveller expanded;
  expanded.parameters.axis = 1;
  for (int64_t i = 0; i < to.getDimSize(1); ++i) {
    int64_t c = i / inner % parameters.size();
    expanded.parameters.scale.push_back(parameters.scale[c]);
    expanded.parameters.shift.push_back(parameters.shift[c]);
    expanded.origin.push_back(traveller.origin[c]);
  }
  traveller = std::move(expanded);
  return success();
}

/// Moves through a concatenation: the other operands' channels get nothing.
static LogicalResult passConcat(ConcatOp concat, Value value,
                                Traveller &traveller) {
  if (traveller.parameters.axis != (int64_t)concat.getAxis())
    return failure();
  Traveller joined;
  joined.parameters.axis = concat.getAxis();
  for (Value operand : concat.getInputs()) {
    int64_t size =
        cast<ShapedType>(operand.getType()).getDimSize(concat.getAxis());
    bool isOurs = operand == value;
    for (int64_t c = 0; c < size; ++c) {
      joined.parameters.scale.push_back(isOurs ? traveller.parameters.scale[c]
                                               : 1.0);
      joined.parameters.shift.push_back(isOurs ? traveller.parameters.shift[c]
                                               : 0.0);
      joined.origin.push_back(isOurs ? traveller.origin[c] : -1);
    }
  }
  traveller = std::move(joined);
  return success();
}

/// Moves through a slice: what it leaves out along the affine's axis gets lost.
static void passSlice(SliceOp slice, Traveller &traveller) {
  int64_t axis = traveller.parameters.axis;
  Traveller sliced;
  sliced.parameters.axis = axis;
  for (int64_t i = 0; i < slice.getSize()[axis]; ++i) {
    int64_t c = slice.getBegin()[axis] + i * slice.getStrideValues()[axis];
    sliced.parameters.scale.push_back(traveller.parameters.scale[c]);
    sliced.parameters.shift.push_back(traveller.parameters.shift[c]);
    sliced.origin.push_back(traveller.origin[c]);
  }
  traveller = std::move(sliced);
}

/// Moves through a pooling over the other axes.
static LogicalResult passPool(Operation *pool, PoolKind kind,
                              Traveller &traveller,
                              llvm::SmallDenseSet<int64_t> &blocked) {
  int64_t rank = cast<ShapedType>(pool->getOperand(0).getType()).getRank();
  if (traveller.parameters.axis != rank - 1)
    return failure();
  // A negative scale turns the largest into the smallest.
  if (kind == PoolKind::Max)
    for (auto [scale, origin] :
         llvm::zip_equal(traveller.parameters.scale, traveller.origin))
      if (!(scale >= 0))
        blocked.insert(origin);
  traveller.parameters.axis =
      cast<ShapedType>(pool->getResult(0).getType()).getRank() - 1;
  return success();
}

/// Blocks channels whose border cannot be exact: outside the input, the
/// affine's result was the border (zero), which is (border - shift) / scale
/// before it.
static LogicalResult checkBorder(ConvOp conv, const Traveller &traveller,
                                 bool zeroBorders,
                                 llvm::SmallDenseSet<int64_t> &blocked) {
  if (llvm::all_of(conv.getPaddingValues(), [](int64_t p) { return p == 0; }))
    return success();
  auto kernel = readWeights(conv.getKernel());
  auto border =
      readWeightsOrZeros(conv.getBorderAttr(), traveller.origin.size());
  if (failed(kernel) || failed(border))
    return failure();
  int64_t filters = conv.getKernel().getShapedType().getShape().back();
  int64_t groups = conv.getGroups(),
          groupSize = traveller.origin.size() / groups;
  bool isFloat32 = conv.getType().getElementType().isF32();
  for (auto [c, origin] : llvm::enumerate(traveller.origin)) {
    double scale = traveller.parameters.scale[c];
    double shift = traveller.parameters.shift[c];
    bool isExact = scale != 0 &&
                   std::isfinite(((*border)[c] - shift) / scale) &&
                   (!zeroBorders || shift == 0);
    if (isExact && isFloat32) {
      isExact = isNormalOrZero(((*border)[c] - shift) / scale);
      for (auto [index, weight] : llvm::enumerate(*kernel)) {
        int64_t group = index % filters / (filters / groups);
        int64_t channel = group * groupSize + index / filters % groupSize;
        if (channel == (int64_t)c)
          isExact &= isNormalOrZero(scale * weight);
      }
    }
    if (!isExact && origin >= 0)
      blocked.insert(origin);
  }
  return success();
}

/// Blocks channels with a shift: how many taps of a transposed convolution meet
/// the input differs from one output to the next.
static void blockShifts(const Traveller &traveller,
                        llvm::SmallDenseSet<int64_t> &blocked) {
  for (auto [shift, origin] :
       llvm::zip_equal(traveller.parameters.shift, traveller.origin))
    if (shift != 0)
      blocked.insert(origin);
}

/// Whether the op multiplies its input channels by a kernel.
static bool hasKernel(Operation *op) {
  return isa<ConvOp, ConvTransposeOp, DenseOp, GRUOp, LSTMOp, RNNOp>(op);
}

/// Follows the affine's result downwards, one use at a time, to a layer whose
/// weights can take it in.
static ForwardPath findPath(AffineOp affine, const AffineParameters &parameters,
                            bool zeroBorders) {
  ForwardPath path;
  Traveller &traveller = path.arrival;
  traveller.parameters = parameters;
  for (size_t c = 0; c < parameters.size(); ++c)
    traveller.origin.push_back(c);
  Value value = affine.getOutput();
  while (true) {
    Operation *user = getOnlyUser(value);
    if (!user) {
      path.obstacle = value.use_empty()   ? "nothing reads the result"
                      : value.hasOneUse() ? "the result is an output"
                                          : "the result has several uses";
      return path;
    }
    auto stopAt = [&](StringRef reason) {
      path.obstacle = (reason + " " + getLayerName(user)).str();
      return path;
    };
    if (auto kernel = dyn_cast<EpilogueOpInterface>(user);
        kernel && !kernel.getEpilogueStages().empty() && !hasKernel(user))
      return stopAt("stages are already fused into");
    LogicalResult passed = failure();
    if (auto reshape = dyn_cast<ReshapeOp>(user))
      passed = passReshape(reshape, traveller);
    else if (auto concat = dyn_cast<ConcatOp>(user))
      passed = passConcat(concat, value, traveller);
    else if (auto slice = dyn_cast<SliceOp>(user)) {
      passSlice(slice, traveller);
      passed = success();
    } else if (isRearrangement(user, traveller.parameters.axis))
      passed = success();
    else if (isa<AvgPoolOp>(user))
      passed = passPool(user, PoolKind::Avg, traveller, path.blocked);
    else if (isa<MaxPoolOp>(user))
      passed = passPool(user, PoolKind::Max, traveller, path.blocked);
    else if (auto pool = dyn_cast<GlobalPoolOp>(user))
      passed = passPool(user, pool.getKind(), traveller, path.blocked);
    if (succeeded(passed)) {
      path.route += " through " + getLayerName(user);
      value = user->getResult(0);
      continue;
    }
    if (!hasKernel(user))
      return stopAt("it cannot pass");
    if (traveller.parameters.axis !=
            cast<ShapedType>(value.getType()).getRank() - 1 ||
        user->getOperand(0) != value)
      return stopAt("its axis is not that of the channels of");
    if (auto conv = dyn_cast<ConvOp>(user);
        conv && failed(checkBorder(conv, traveller, zeroBorders, path.blocked)))
      return stopAt("there are no weights in");
    if (isa<ConvTransposeOp>(user))
      blockShifts(traveller, path.blocked);
    path.consumer = user;
    return path;
  }
}

/// Folds into a kernel (terms..., channels, columns) of `groups` groups, whose
/// bias takes up the shift.
template <typename LayerOp>
static LogicalResult foldIntoKernel(LayerOp layer,
                                    const AffineParameters &parameters,
                                    int64_t groups, AffineOp affine) {
  auto kernel = readWeights(layer.getKernel());
  ArrayRef<int64_t> shape = layer.getKernel().getShapedType().getShape();
  int64_t columns = shape.back(), groupSize = parameters.size() / groups;
  auto bias = readWeightsOrZeros(layer.getBiasAttr(), columns);
  if (failed(kernel) || failed(bias))
    return failure();
  for (auto [index, weight] : llvm::enumerate(*kernel)) {
    int64_t column = index % columns;
    int64_t channel =
        column / (columns / groups) * groupSize + index / columns % groupSize;
    (*bias)[column] += parameters.shift[channel] * weight;
    weight *= parameters.scale[channel];
  }
  layer.setKernelAttr(createWeightsLike(layer.getKernel(), shape, *kernel));
  layer.setBiasAttr(
      replaceWeights(layer.getBiasAttr(), affine.getShift(), {columns}, *bias));
  return success();
}

static LogicalResult
foldIntoConv(ConvOp conv, const AffineParameters &parameters, AffineOp affine) {
  auto border = readWeightsOrZeros(conv.getBorderAttr(), parameters.size());
  if (failed(border) ||
      failed(foldIntoKernel(conv, parameters, conv.getGroups(), affine)))
    return failure();
  if (llvm::all_of(conv.getPaddingValues(), [](int64_t p) { return p == 0; }))
    return success();
  for (size_t c = 0; c < parameters.size(); ++c)
    (*border)[c] = ((*border)[c] - parameters.shift[c]) / parameters.scale[c];
  conv.setBorderAttr(replaceWeights(conv.getBorderAttr(), affine.getShift(),
                                    {(int64_t)parameters.size()}, *border));
  return success();
}

/// Folds the channels that can go; the others stay in the affine.
static LogicalResult foldForward(AffineOp affine, bool zeroBorders) {
  FailureOr<AffineParameters> read = AffineParameters::read(affine);
  if (failed(read))
    return failure();
  AffineParameters travelling = *read, staying = *read;
  ForwardPath path = findPath(affine, travelling, zeroBorders);
  auto refuse = [&](StringRef why) {
    // For the remark of whatever takes the affine in the end.
    affine->setAttr("nn.refused", StringAttr::get(affine.getContext(), why));
    return failure();
  };
  if (!path.consumer)
    return refuse(path.obstacle);
  for (size_t c = 0; c < travelling.size(); ++c)
    (path.blocked.contains(c) ? travelling : staying).setIdentity(c);
  if (travelling.isIdentity())
    return refuse(
        "the sign, the shift or the border of every channel forbids it");
  // What is blocked does not arrive.
  AffineParameters &arriving = path.arrival.parameters;
  for (auto [c, origin] : llvm::enumerate(path.arrival.origin))
    if (origin >= 0 && path.blocked.contains(origin))
      arriving.setIdentity(c);
  LogicalResult folded =
      llvm::TypeSwitch<Operation *, LogicalResult>(path.consumer)
          .Case<ConvOp>(
              [&](auto conv) { return foldIntoConv(conv, arriving, affine); })
          .Case<ConvTransposeOp>([&](auto conv) {
            return foldIntoKernel(conv, arriving, conv.getGroups(), affine);
          })
          .Case<DenseOp, GRUOp, LSTMOp, RNNOp>([&](auto layer) {
            return foldIntoKernel(layer, arriving, 1, affine);
          });
  if (failed(folded))
    return failure();
  std::string why = affine.getInput().getDefiningOp()
                        ? "the layer before is not linear or has other uses"
                        : "it is the first layer";
  if (!path.blocked.empty())
    why += "; " + std::to_string(path.blocked.size()) + " of " +
           std::to_string(travelling.size()) +
           " channels stay, whose sign, shift or border forbids it";
  emitDecision(affine.getLoc(), getSubject(affine),
               "folded forward" + path.route + " into " +
                   getLayerName(path.consumer),
               why);
  writeAffine(affine, staying);
  return success();
}

namespace {
struct FoldAffineForwardPass
    : frieze::nn::impl::FoldAffineForwardPassBase<FoldAffineForwardPass> {
  using FoldAffineForwardPassBase::FoldAffineForwardPassBase;

  void runOnOperation() override {
    SmallVector<AffineOp> affines;
    getOperation()->walk([&](AffineOp op) { affines.push_back(op); });
    // The last first: what one leaves may be in the way of one before it.
    for (AffineOp op : llvm::reverse(affines))
      if (succeeded(foldForward(op, zeroBorders)))
        ++folded;
  }
};
} // namespace
