//===- Convolutions.cpp - Keras convolutions --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Weights.h"
#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

namespace {
/// What every convolution has; the geometry has no padding yet.
struct Options {
  WindowGeometry geometry;
  std::string padding;
  bool useBias;
  Activation activation;
};
} // namespace

/// The options of a convolution over `spatialRank` axes, which may be causal
/// over one where `mayBeCausal`.
static Options takeOptions(Layer &layer, size_t spatialRank,
                           bool mayBeCausal = true) {
  WindowGeometry geometry;
  geometry.window = layer.config.takeInts("kernel_size", {}, spatialRank);
  geometry.strides = layer.config.takeInts("strides", 1, spatialRank);
  geometry.dilations = layer.config.takeInts("dilation_rate", 1, spatialRank);
  expectChannelsLast(layer);
  std::string mode = layer.config.takeString("padding", "valid");
  bool isCausal = mode == "causal" && spatialRank == 1 && mayBeCausal;
  if (mode != "valid" && mode != "same" && !isCausal)
    layer.emitError() << "unsupported padding '" << mode << "'";
  bool useBias = layer.config.takeBool("use_bias", true);
  return {geometry, mode, useBias, takeActivation(layer, "activation")};
}

/// The orders of axes in which Keras 1 stored kernels: of two in 1-D, the older
/// one is Theano's, which in 2-D came with channels first. A file without a
/// version may be newer.
static SmallVector<SmallVector<int64_t>> getKernelLayouts(const Layer &layer,
                                                          size_t spatialRank) {
  if (layer.model.kerasVersion.getMajor() > 1)
    return {};
  if (spatialRank == 1)
    return {{0, -1, 1, 2}, {2, 1, 0, -1}, {0, 1, 2}};
  if (layer.isChannelsFirst)
    return {{3, 2, 0, 1}, {0, 1, 2, 3}};
  return {};
}

/// Builds the convolution and what follows it. `kernelShape` is what the file
/// has behind the window; nn.conv has `(C / groups, filters)` there, with the
/// same elements.
static Value build(Layer &layer, Options options, int64_t groups,
                   int64_t filters, ArrayRef<int64_t> kernelShape) {
  WindowGeometry &geometry = options.geometry;
  int64_t channels = layer.getInputShape().back();
  WeightSpec kernel{"kernel", geometry.window, geometry.window};
  kernel.shape.append(kernelShape.begin(), kernelShape.end());
  kernel.opShape.append({channels / groups, filters});
  kernel.layouts = getKernelLayouts(layer, geometry.window.size());
  kernel.windowAxes = geometry.window.size();
  SmallVector<ElementsAttr> weights =
      layer.readKernelsAndBias({kernel}, filters, options.useBias);
  if (weights.empty())
    return {};
  geometry.padding =
      getPadding(options.padding, layer.getInputShape(), geometry);
  Value output = layer.builder.conv(layer.name, layer.getInput(), weights[0],
                                    weights[1], geometry, groups);
  return options.activation.apply(layer, output);
}

template <size_t spatialRank> static Value importConv(Layer &layer) {
  Options options = takeOptions(layer, spatialRank);
  int64_t filters = layer.config.takeInt("filters", {});
  int64_t groups = layer.config.takeInt("groups", 1);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  int64_t channels = layer.getInputShape().back();
  if (channels % groups != 0 || filters % groups != 0) {
    layer.emitError() << "expects groups to divide " << channels
                      << " input and " << filters
                      << " output channels, but got " << groups;
    return {};
  }
  return build(layer, options, groups, filters, {channels / groups, filters});
}

template <size_t spatialRank> static Value importDepthwiseConv(Layer &layer) {
  Options options = takeOptions(layer, spatialRank);
  int64_t multiplier = layer.config.takeInt("depth_multiplier", 1);
  // What tf.keras inherits from its convolutions, and never uses.
  layer.config.ignore("groups");
  layer.config.ignore("filters");
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  int64_t channels = layer.getInputShape().back();
  // Kernel (window..., C, M); output channel c * M + m, as with groups = C.
  return build(layer, options, channels, channels * multiplier,
               {channels, multiplier});
}

/// Keras has the output channels of a transposed convolution before the input
/// channels.
static ElementsAttr swapLastAxes(Layer &layer, ElementsAttr kernel) {
  SmallVector<double> values = *nn::readWeights(kernel), swapped;
  SmallVector<int64_t> shape(kernel.getShapedType().getShape());
  int64_t inner = shape.back(), outer = shape[shape.size() - 2];
  for (size_t tap = 0; tap < values.size(); tap += outer * inner)
    for (int64_t i = 0; i < inner; ++i)
      for (int64_t o = 0; o < outer; ++o)
        swapped.push_back(values[tap + o * inner + i]);
  std::swap(shape.back(), shape[shape.size() - 2]);
  StringRef name = nn::getWeightsName(kernel);
  if (name.empty())
    return layer.builder.getPlaceholder(shape);
  return nn::createWeights(
      name, RankedTensorType::get(shape, kernel.getElementType()),
      std::move(swapped));
}

template <size_t spatialRank> static Value importConvTranspose(Layer &layer) {
  Options options = takeOptions(layer, spatialRank, /*mayBeCausal=*/false);
  int64_t filters = layer.config.takeInt("filters", {});
  SmallVector<int64_t> outputPadding;
  if (layer.config.take("output_padding"))
    outputPadding = layer.config.takeInts("output_padding", {}, spatialRank, 0);
  // What tf.keras inherits from its convolutions, and never uses.
  layer.config.ignore("groups");
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  WindowGeometry &geometry = options.geometry;
  WeightSpec kernel{"kernel", geometry.window};
  kernel.shape.append({filters, layer.getInputShape().back()});
  kernel.windowAxes = spatialRank;
  SmallVector<ElementsAttr> weights =
      layer.readKernelsAndBias({kernel}, filters, options.useBias);
  if (weights.empty())
    return {};
  geometry.padding =
      getTransposedPadding(options.padding, geometry, outputPadding);
  Value output = layer.builder.convTranspose(
      layer.name, layer.getInput(), swapLastAxes(layer, weights[0]), weights[1],
      geometry, /*groups=*/1);
  return options.activation.apply(layer, output);
}

/// A separable convolution is a depthwise one without a bias, and one with a
/// window of one.
template <size_t spatialRank> static Value importSeparableConv(Layer &layer) {
  Options options = takeOptions(layer, spatialRank);
  int64_t filters = layer.config.takeInt("filters", {});
  int64_t multiplier = layer.config.takeInt("depth_multiplier", 1);
  // What tf.keras inherits from its convolutions, and never uses.
  for (StringRef key : {"groups", "kernel_initializer", "kernel_regularizer"})
    layer.config.ignore(key);
  if (!checkSpatialLayer(layer, spatialRank))
    return {};
  int64_t channels = layer.getInputShape().back();
  WindowGeometry &geometry = options.geometry, point;
  point.window = point.strides = point.dilations =
      SmallVector<int64_t>(spatialRank, 1);
  point.padding.assign(2 * spatialRank, 0);
  WeightSpec depthwise{"depthwise_kernel", geometry.window, geometry.window};
  depthwise.shape.append({channels, multiplier});
  depthwise.opShape.append({1, channels * multiplier});
  WeightSpec pointwise{"pointwise_kernel", point.window};
  pointwise.shape.append({channels * multiplier, filters});
  depthwise.layouts = pointwise.layouts = getKernelLayouts(layer, spatialRank);
  depthwise.windowAxes = spatialRank;
  SmallVector<ElementsAttr> weights = layer.readKernelsAndBias(
      {depthwise, pointwise}, filters, options.useBias);
  if (weights.empty())
    return {};
  geometry.padding =
      getPadding(options.padding, layer.getInputShape(), geometry);
  Value output = layer.builder.conv(layer.name, layer.getInput(), weights[0],
                                    nullptr, geometry, channels);
  output = layer.builder.conv(layer.name, output, weights[1], weights[2], point,
                              /*groups=*/1);
  return options.activation.apply(layer, output);
}

ArrayRef<LayerClass> keras::getConvolutionLayers() {
  static const LayerClass classes[] = {
      {"Conv1D", importConv<1>},
      {"Conv2D", importConv<2>},
      {"Conv3D", importConv<3>},
      {"Conv1DTranspose", importConvTranspose<1>},
      {"Conv2DTranspose", importConvTranspose<2>},
      {"Conv3DTranspose", importConvTranspose<3>},
      {"DepthwiseConv1D", importDepthwiseConv<1>},
      {"DepthwiseConv2D", importDepthwiseConv<2>},
      {"SeparableConv1D", importSeparableConv<1>},
      {"SeparableConv2D", importSeparableConv<2>},
  };
  return classes;
}
