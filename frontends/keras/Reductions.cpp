//===- Reductions.cpp - Reductions between Keras layers ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `mean(x, 1)`, `argmax(x)` and `cumsum(x)` become in a file.
//
//===----------------------------------------------------------------------===//

#include "frontends/Compositions.h"
#include "frontends/keras/Operands.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;
using nn::ActivationKind;
using nn::BinaryKind;
using nn::ReduceKind;

//===----------------------------------------------------------------------===//
// Over axes
//===----------------------------------------------------------------------===//

template <ReduceKind kind> static Value importReduce(Layer &layer) {
  bool keepDims = layer.config.takeBool("keepdims", false);
  if (!layer.getInput())
    return {};
  int64_t rank = layer.getInputShape().size();
  std::optional<SmallVector<int64_t>> axes = layer.takeReducedAxes();
  if (!axes)
    return {};
  // All axes but the channels: pooling, which folds.
  bool isPooling = (kind == ReduceKind::Mean || kind == ReduceKind::Max) &&
                   (rank == 3 || rank == 4) &&
                   llvm::equal(*axes, llvm::seq<int64_t>(1, rank - 1));
  if (isPooling)
    return layer.builder.globalPool(
        layer.name,
        kind == ReduceKind::Mean ? nn::PoolKind::Avg : nn::PoolKind::Max,
        layer.getInput(), keepDims);
  return layer.builder.reduce(layer.name, kind, layer.getInput(), *axes,
                              keepDims);
}

namespace {
/// The axes that a layer reduces, and whether they stay with size 1.
struct ReducedAxes {
  SmallVector<int64_t> axes;
  bool keepDims;
};
} // namespace

/// Nothing where a problem was reported.
static std::optional<ReducedAxes> takeReduction(Layer &layer) {
  bool keepDims = layer.config.takeBool("keepdims", false);
  if (!layer.getInput())
    return std::nullopt;
  std::optional<SmallVector<int64_t>> axes = layer.takeReducedAxes();
  return axes ? std::optional(ReducedAxes{*axes, keepDims}) : std::nullopt;
}

/// `value`, whose reduced axes have size 1, without them unless they stay.
static Value dropAxes(Layer &layer, Value value, const ReducedAxes &reduction) {
  if (!value || reduction.keepDims)
    return value;
  SmallVector<int64_t> shape;
  for (auto [axis, size] : enumerate(getShape(value)))
    if (!llvm::is_contained(reduction.axes, int64_t(axis)))
      shape.push_back(size);
  return layer.builder.reshapeWithBatch(layer.name, value, shape);
}

/// The mean over `axes`, which stay with size 1.
static Value addMean(Layer &layer, Value input, ArrayRef<int64_t> axes) {
  return layer.builder.reduce(layer.name, ReduceKind::Mean, input, axes,
                              /*keepDims=*/true);
}

/// The mean of the squares of the differences from the mean.
static Value addVariance(Layer &layer, ArrayRef<int64_t> axes) {
  Value difference =
      layer.builder.binary(layer.name, BinaryKind::Sub, layer.getInput(),
                           addMean(layer, layer.getInput(), axes));
  return addMean(
      layer,
      layer.builder.activation(layer.name, difference, ActivationKind::Square),
      axes);
}

template <bool isRoot> static Value importVariance(Layer &layer) {
  std::optional<ReducedAxes> reduction = takeReduction(layer);
  if (!reduction)
    return {};
  Value variance = addVariance(layer, reduction->axes);
  if (isRoot)
    variance =
        layer.builder.activation(layer.name, variance, ActivationKind::Sqrt);
  return dropAxes(layer, variance, *reduction);
}

/// The mean and the variance.
static Value importMoments(Layer &layer) {
  layer.config.expectOnly("synchronized", false);
  layer.config.expectOnly("shift", json());
  bool keepDims = layer.config.takeBool("keepdims", false);
  if (!layer.getInput())
    return {};
  auto axes = layer.takeAxes("axes", layer.getInputShape().size());
  if (!axes || !layer.checkBatch(!axes->empty() &&
                                 !llvm::is_contained(*axes, int64_t(0))))
    return {};
  llvm::sort(*axes);
  ReducedAxes reduction{*axes, keepDims};
  layer.moreOutputs.push_back(
      dropAxes(layer, addVariance(layer, *axes), reduction));
  return dropAxes(layer, addMean(layer, layer.getInput(), *axes), reduction);
}

static Value importLogSumExp(Layer &layer) {
  std::optional<ReducedAxes> reduction = takeReduction(layer);
  if (!reduction)
    return {};
  return dropAxes(layer,
                  addLogSumExp(layer.builder, layer.name, layer.getInput(),
                               reduction->axes),
                  *reduction);
}

/// A mean without weights.
static Value importAverage(Layer &layer) {
  layer.config.expectOnly("weights", json());
  return importReduce<ReduceKind::Mean>(layer);
}

static Value importCountNonzero(Layer &layer) {
  std::optional<ReducedAxes> reduction = takeReduction(layer);
  if (!reduction)
    return {};
  return layer.builder.reduce(
      layer.name, ReduceKind::Sum,
      buildTruth(layer.builder, layer.name, layer.getInput()), reduction->axes,
      reduction->keepDims);
}

//===----------------------------------------------------------------------===//
// Norms
//===----------------------------------------------------------------------===//

/// The norm of order 1, 2 or infinity (0) over axes that stay with size 1.
static Value addNorm(Layer &layer, double order, ArrayRef<int64_t> axes) {
  ModelBuilder &builder = layer.builder;
  bool isEuclidean = order == 2;
  Value sizes = builder.activation(layer.name, layer.getInput(),
                                   isEuclidean ? ActivationKind::Square
                                               : ActivationKind::Abs);
  Value norm =
      builder.reduce(layer.name, order == 0 ? ReduceKind::Max : ReduceKind::Sum,
                     sizes, axes, /*keepDims=*/true);
  return isEuclidean
             ? builder.activation(layer.name, norm, ActivationKind::Sqrt)
             : norm;
}

static Value importNorm(Layer &layer) {
  const json *order = layer.config.take("ord");
  std::optional<ReducedAxes> reduction = takeReduction(layer);
  if (!reduction)
    return {};
  // That of a matrix is another one, unless it is the default.
  bool isVector = reduction->axes.size() == 1;
  double number = 2;
  bool isKnown = !order;
  if (order && isVector) {
    isKnown = *order == 1 || *order == 2 || *order == "inf";
    number = *order == "inf" ? 0 : *order == 1 ? 1 : 2;
  } else if (order) {
    isKnown = *order == "fro";
  }
  if (!isKnown) {
    layer.emitError() << "unsupported order of a norm: " << formatJson(*order);
    return {};
  }
  return dropAxes(layer, addNorm(layer, number, reduction->axes), *reduction);
}

/// Divides by the norm along one axis.
static Value importNormalize(Layer &layer) {
  bool isKeras = StringRef(layer.className).starts_with("ops.");
  double order = isKeras ? layer.config.takeNumber("order", 2.0) : 2.0;
  double epsilon = layer.config.takeNumber("epsilon", isKeras ? 1e-7 : 1e-12);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  auto axes = layer.takeAxes("axis", layer.getInputShape().size());
  if (axes && axes->empty() && isKeras)
    axes->push_back(layer.getInputShape().size() - 1);
  if (!axes || !layer.checkBatch(!axes->empty() &&
                                 !llvm::is_contained(*axes, int64_t(0))))
    return {};
  llvm::sort(*axes);
  // TensorFlow has it below the root.
  if (order == 2)
    return layer.builder.normalize(layer.name, nn::NormalizeKind::L2,
                                   layer.getInput(), *axes,
                                   isKeras ? epsilon : std::sqrt(epsilon));
  if (order != 1 || axes->size() != 1) {
    layer.emitError() << "unsupported order of a norm, expects 1 or 2, but got "
                      << formatJson(order);
    return {};
  }
  Value norm = layer.builder.binaryWithWeights(layer.name, BinaryKind::Maximum,
                                               addNorm(layer, 1, *axes),
                                               Array{{}, {float(epsilon)}});
  return layer.builder.binary(layer.name, BinaryKind::Div, layer.getInput(),
                              norm);
}

//===----------------------------------------------------------------------===//
// Along one axis
//===----------------------------------------------------------------------===//

/// Takes `axis`, which is one and not the batch. Nothing where it is another,
/// which is reported.
static std::optional<int64_t> takeOneAxis(Layer &layer,
                                          std::optional<int64_t> fallback) {
  if (!layer.getInput())
    return std::nullopt;
  auto axes = layer.takeAxes("axis", layer.getInputShape().size());
  if (axes && axes->empty() && fallback)
    axes->push_back(*fallback);
  if (!axes || !layer.checkBatch(axes->size() == 1 && axes->front() != 0))
    return std::nullopt;
  return axes->front();
}

template <bool isLargest> static Value importArg(Layer &layer) {
  bool keepDims = layer.config.takeBool("keepdims", false);
  std::optional<int64_t> axis = takeOneAxis(layer, std::nullopt);
  if (!axis)
    return {};
  return dropAxes(layer,
                  findPosition(layer.builder, layer.name, layer.getInput(),
                               *axis, isLargest),
                  {{*axis}, keepDims});
}

/// The largest elements along the last axis, and where they are.
static Value importTopK(Layer &layer) {
  layer.config.takeBool("sorted", true);
  int64_t count = layer.config.takeInt("k", std::nullopt, 1, maxFound);
  if (!layer.getInput() || layer.config.hasFailed())
    return {};
  int64_t axis = layer.getInputShape().size() - 1;
  if (!layer.checkBatch(axis > 0))
    return {};
  if (count > layer.getInputShape()[axis]) {
    layer.emitError() << "expects 'k' up to " << layer.getInputShape()[axis]
                      << ", but got " << count;
    return {};
  }
  FoundElements found =
      findExtremes(layer.builder, layer.name, layer.getInput(), axis, count,
                   /*isLargest=*/true);
  layer.moreOutputs.push_back(
      layer.builder.concat(layer.name, found.positions, axis));
  return layer.builder.concat(layer.name, found.values, axis);
}

template <BinaryKind kind> static Value importAccumulate(Layer &layer) {
  bool isExclusive = layer.config.takeBool("exclusive", false);
  bool isReverse = layer.config.takeBool("reverse", false);
  bool isKeras = StringRef(layer.className).starts_with("ops.");
  std::optional<int64_t> axis =
      takeOneAxis(layer, isKeras ? std::nullopt : std::optional<int64_t>(0));
  if (!axis)
    return {};
  return accumulate(layer.builder, layer.name, kind, layer.getInput(), *axis,
                    isExclusive, isReverse);
}

/// Differences of neighbours, `n` times.
static Value importDiff(Layer &layer) {
  int64_t count = layer.config.takeInt("n", 1, 1, 64);
  if (!layer.getInput())
    return {};
  std::optional<int64_t> axis =
      takeOneAxis(layer, layer.getInputShape().size() - 1);
  if (!axis || layer.config.hasFailed())
    return {};
  Value value = layer.getInput();
  if (getShape(value)[*axis] <= count) {
    layer.emitError() << "expects more than " << count << " positions, but got "
                      << getShape(value)[*axis];
    return {};
  }
  for (int64_t i = 0; i < count; ++i) {
    SmallVector<int64_t> size(getShape(value)), begin(size.size(), 0),
        ones(size.size(), 1);
    --size[*axis];
    Value before = layer.builder.slice(layer.name, value, begin, size, ones);
    begin[*axis] = 1;
    Value after = layer.builder.slice(layer.name, value, begin, size, ones);
    value = layer.builder.binary(layer.name, BinaryKind::Sub, after, before);
  }
  return value;
}

ArrayRef<LayerClass> keras::getReductions() {
  constexpr auto mean = importReduce<ReduceKind::Mean>;
  constexpr auto sum = importReduce<ReduceKind::Sum>;
  constexpr auto max = importReduce<ReduceKind::Max>;
  constexpr auto min = importReduce<ReduceKind::Min>;
  constexpr auto product = importReduce<ReduceKind::Prod>;
  static const LayerClass classes[] = {
      {"ops.Amax", max, false, "x,axis,keepdims"},
      {"ops.Amin", min, false, "x,axis,keepdims"},
      {"ops.Argmax", importArg<true>, false, "x,axis,keepdims"},
      {"ops.Argmin", importArg<false>, false, "x,axis,keepdims"},
      {"ops.Average", importAverage, false, "x,weights,axis"},
      {"ops.CountNonzero", importCountNonzero, false, "x,axis"},
      {"ops.Cumprod", importAccumulate<BinaryKind::Mul>, false, "x,axis,dtype"},
      {"ops.Cumsum", importAccumulate<BinaryKind::Add>, false, "x,axis,dtype"},
      {"ops.Diff", importDiff, false, "a,n,axis"},
      {"ops.Logsumexp", importLogSumExp, false, "x,axis,keepdims"},
      {"ops.Max", max, false, "x,axis,keepdims,initial"},
      {"ops.Mean", mean, false, "x,axis,keepdims"},
      {"ops.Min", min, false, "x,axis,keepdims,initial"},
      {"ops.Moments", importMoments, false, "x,axes,keepdims,synchronized"},
      {"ops.Norm", importNorm, false, "x,ord,axis,keepdims"},
      {"ops.Normalize", importNormalize, false, "x,axis,order,epsilon"},
      {"ops.Prod", product, false, "x,axis,keepdims,dtype"},
      {"ops.Std", importVariance<true>, false, "x,axis,keepdims"},
      {"ops.Sum", sum, false, "x,axis,keepdims"},
      {"ops.TopK", importTopK, false, "x,k,sorted"},
      {"ops.Var", importVariance<false>, false, "x,axis,keepdims"},
      {"tf.argmax", importArg<true>, false, "input,axis"},
      {"tf.linalg.l2_normalize", importNormalize, false, "x,axis,epsilon"},
      {"tf.math.argmax", importArg<true>, false, "input,axis"},
      {"tf.math.argmin", importArg<false>, false, "input,axis"},
      {"tf.math.cumprod", importAccumulate<BinaryKind::Mul>, false,
       "x,axis,exclusive,reverse"},
      {"tf.math.cumsum", importAccumulate<BinaryKind::Add>, false,
       "x,axis,exclusive,reverse"},
      {"tf.math.l2_normalize", importNormalize, false, "x,axis,epsilon"},
      {"tf.math.reduce_logsumexp", importLogSumExp, false,
       "input_tensor,axis,keepdims"},
      {"tf.math.reduce_max", max, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_mean", mean, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_min", min, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_prod", product, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_std", importVariance<true>, false,
       "input_tensor,axis,keepdims"},
      {"tf.math.reduce_sum", sum, false, "input_tensor,axis,keepdims"},
      {"tf.math.reduce_variance", importVariance<false>, false,
       "input_tensor,axis,keepdims"},
      {"tf.nn.l2_normalize", importNormalize, false, "x,axis,epsilon"},
      {"tf.nn.moments", importMoments, false, "x,axes,shift,keepdims"},
  };
  return classes;
}
