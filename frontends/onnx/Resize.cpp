//===- Resize.cpp - ONNX resampling -----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/ResizeAxis.h"
#include "frontends/onnx/Node.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::onnx;

namespace {
/// How a node resamples.
struct Resampling {
  nn::ResizeKind kind = nn::ResizeKind::Nearest;
  nn::Coordinates coordinates = nn::Coordinates::Asymmetric;
  nn::Rounding rounding = nn::Rounding::Floor;
  /// The parameter of cubic interpolation, which has no kind in nn.
  std::optional<double> cubic = {};
  /// Whether positions outside have no weight then, and not that of the border.
  bool excludesOutside = false;
};
} // namespace

/// Takes `key`, which must be one of `values`.
template <typename EnumT>
static EnumT takeEnum(Node &node, StringRef key, StringRef fallback,
                      ArrayRef<std::pair<StringRef, EnumT>> values) {
  std::string name = node.takeString(key, fallback);
  for (auto [known, value] : values)
    if (known == name)
      return value;
  node.emitError() << "unsupported value of '" << key << "': '" << name << "'";
  return values.front().second;
}

static nn::ResizeKind takeKind(Node &node) {
  return takeEnum<nn::ResizeKind>(node, "mode", "nearest",
                                  {{"nearest", nn::ResizeKind::Nearest},
                                   {"linear", nn::ResizeKind::Linear}});
}

/// The weights of `inputSize` positions for `size` ones, by the cubic of Keys,
/// "Cubic Convolution Interpolation for Digital Image Processing", 1981.
static DoubleArray makeCubicWeights(const Resampling &how, int64_t inputSize,
                                    int64_t size, double scale) {
  DoubleArray weights({inputSize, size},
                      std::vector<double>(inputSize * size, 0.0));
  double a = *how.cubic;
  auto near = [&](double t) { return ((a + 2) * t - (a + 3)) * t * t + 1; };
  auto far = [&](double t) {
    return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a;
  };
  for (int64_t o = 0; o < size; ++o) {
    double position =
        nn::findResizedPosition(how.coordinates, o, size, inputSize, scale);
    int64_t below = int64_t(std::floor(position));
    double t = position - below;
    double taps[] = {far(1 + t), near(t), near(1 - t), far(2 - t)};
    double sum = 0;
    for (auto [index, tap] : enumerate(taps)) {
      int64_t at = below - 1 + int64_t(index);
      if (how.excludesOutside && (at < 0 || at >= inputSize))
        tap = 0;
      sum += tap;
    }
    std::vector<double> column(inputSize, 0.0);
    for (auto [index, tap] : enumerate(taps))
      column[std::clamp<int64_t>(below - 1 + int64_t(index), 0,
                                 inputSize - 1)] += tap / sum;
    for (int64_t i = 0; i < inputSize; ++i)
      weights.values[i * size + o] = column[i];
  }
  return weights;
}

/// Sums of each spatial axis with weights, by a dense layer along it.
static Value resampleCubic(Node &node, const Resampling &how,
                           ArrayRef<int64_t> target, ArrayRef<double> scales) {
  Value value = node.getValue();
  for (auto [index, size] : enumerate(target)) {
    if (!value)
      return {};
    int64_t axis = index + 2, rank = frieze::getShape(value).size();
    int64_t inputSize = frieze::getShape(value)[axis];
    if (inputSize == size && (scales.empty() || scales[index] == 1.0))
      continue;
    if (!checkFolded(node, {inputSize, size}))
      return {};
    double scale =
        scales.empty() ? double(size) / double(inputSize) : scales[index];
    auto permutation = to_vector(llvm::seq<int64_t>(0, rank));
    std::swap(permutation[axis], permutation[rank - 1]);
    ElementsAttr kernel = node.builder.addWeights(
        node.name, "kernel", makeCubicWeights(how, inputSize, size, scale));
    value = node.builder.transpose(
        node.name,
        node.builder.dense(
            node.name, node.builder.transpose(node.name, value, permutation),
            kernel, {}),
        permutation);
  }
  return value;
}

/// A value resampled to `sizes`, or by `scales`, one of which has an entry for
/// each axis.
static Value resample(Node &node, const Resampling &how,
                      ArrayRef<int64_t> sizes, ArrayRef<double> scales) {
  ArrayRef<int64_t> shape = node.getShape();
  size_t rank = shape.size();
  if ((rank != 3 && rank != 4) ||
      (scales.size() != rank && sizes.size() != rank)) {
    node.emitError() << "expects an input of rank 3 or 4, and a size or scale "
                        "for each axis";
    return {};
  }
  SmallVector<int64_t> target;
  SmallVector<double> spatialScales;
  for (size_t axis = 0; axis < rank; ++axis) {
    double size = sizes.empty() ? std::floor(shape[axis] * scales[axis])
                                : double(sizes[axis]);
    if (!(size >= 1 && size <= double(maxElements)) ||
        (axis < 2 && size != shape[axis])) {
      node.emitError() << "expects batch and channels to stay, and other axes "
                          "to have elements, but got size "
                       << size << " for axis " << axis;
      return {};
    }
    if (axis < 2)
      continue;
    target.push_back(int64_t(size));
    if (sizes.empty())
      spatialScales.push_back(scales[axis]);
  }
  if (how.cubic)
    return resampleCubic(node, how, target, spatialScales);
  return toChannelsFirst(
      node, node.builder.resize(
                node.name, toChannelsLast(node, node.getValue()), how.kind,
                target, how.coordinates, how.rounding, spatialScales));
}

static SmallVector<double> getScales(Node &node, size_t index) {
  const Constant *constant = node.getConstant(index);
  return constant ? SmallVector<double>(ArrayRef<double>(constant->values))
                  : SmallVector<double>();
}

static Tensors importResize(Node &node) {
  if (node.opset < 11) {
    Resampling how{takeKind(node)};
    SmallVector<double> scales = getScales(node, 1);
    return {node.hasFailed() ? Value() : resample(node, how, {}, scales)};
  }
  node.expectOnly("antialias", 0);
  // Of a region.
  node.ignore("extrapolation_value");
  if (std::string policy =
          node.takeString("keep_aspect_ratio_policy", "stretch");
      policy != "stretch")
    node.emitError() << "unsupported value of 'keep_aspect_ratio_policy': '"
                     << policy << "'";
  if (node.takeInts("axes"))
    node.emitError() << "unsupported attribute 'axes'";
  Resampling how;
  double cubic = node.takeFloat("cubic_coeff_a", -0.75);
  how.excludesOutside = node.takeBool("exclude_outside", false);
  if (node.takeString("mode", "nearest") == "cubic") {
    how.cubic = cubic;
  } else {
    how.kind = takeKind(node);
    node.expectOnly("exclude_outside", 0);
  }
  // `floor((x + 0.5) / scale)`, as tf2onnx has it: half_pixel has half less,
  // and rounds to the nearest. Without the floor it would be a place between.
  bool isTensorFlow = node.takeString("coordinate_transformation_mode",
                                      "half_pixel") == "tf_half_pixel_for_nn";
  if (isTensorFlow &&
      (how.kind != nn::ResizeKind::Nearest || how.cubic ||
       node.takeString("nearest_mode", "round_prefer_floor") != "floor"))
    node.emitError() << "expects 'tf_half_pixel_for_nn' with the mode "
                        "'nearest' and the nearest mode 'floor'";
  how.coordinates = takeEnum<nn::Coordinates>(
      node, "coordinate_transformation_mode", "half_pixel",
      {{"half_pixel", nn::Coordinates::HalfPixel},
       {"pytorch_half_pixel", nn::Coordinates::PytorchHalfPixel},
       {"tf_half_pixel_for_nn", nn::Coordinates::HalfPixel},
       {"asymmetric", nn::Coordinates::Asymmetric},
       {"align_corners", nn::Coordinates::AlignCorners}});
  nn::Rounding rounding = takeEnum<nn::Rounding>(
      node, "nearest_mode", "round_prefer_floor",
      {{"round_prefer_floor", nn::Rounding::RoundPreferFloor},
       {"round_prefer_ceil", nn::Rounding::RoundPreferCeil},
       {"floor", nn::Rounding::Floor},
       {"ceil", nn::Rounding::Ceil}});
  if (how.kind == nn::ResizeKind::Nearest && !how.cubic)
    how.rounding = isTensorFlow ? nn::Rounding::RoundPreferCeil : rounding;
  // Without sizes there are scales; older exporters leave an empty list.
  SmallVector<int64_t> sizes;
  SmallVector<double> scales;
  if (node.hasInput(3)) {
    sizes = node.getIntegers(3).value_or(sizes);
    if (node.hasInput(2) && !getScales(node, 2).empty())
      node.emitError() << "expects scales or sizes, but got both";
  } else if (node.hasInput(2)) {
    scales = getScales(node, 2);
  }
  return {node.hasFailed() ? Value() : resample(node, how, sizes, scales)};
}

/// What Resize was before opset 10.
static Tensors importUpsample(Node &node) {
  Resampling how{takeKind(node)};
  SmallVector<double> scales =
      node.opset < 9 ? node.takeFloats("scales") : getScales(node, 1);
  return {node.hasFailed() ? Value() : resample(node, how, {}, scales)};
}

ArrayRef<Operator> frieze::onnx::getResizeOperators() {
  static const Operator operators[] = {
      {"Resize", importResize, 1, 4},
      {"Upsample", importUpsample, 1, 2},
  };
  return operators;
}
