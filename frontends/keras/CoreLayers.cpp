//===- CoreLayers.cpp - Keras dense and training layers ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

static Value importDense(Layer &layer) {
  int64_t units = layer.config.takeInt("units", {});
  bool useBias = layer.config.takeBool("use_bias", true);
  Activation activation = takeActivation(layer, "activation");
  if (!layer.checkRank(2, maxRank) || layer.config.hasFailed())
    return {};
  SmallVector<ElementsAttr> weights = layer.readKernelsAndBias(
      {{"kernel", {layer.getInputShape().back(), units}}}, units, useBias);
  if (weights.empty())
    return {};
  Value output =
      layer.builder.dense(layer.name, layer.getInput(), weights[0], weights[1]);
  return activation.apply(layer, output);
}

/// A layer that acts in training only; `key` is its strength there.
static Value importNoise(Layer &layer, StringRef key) {
  double rate = layer.config.takeNumber(key, 0.0);
  layer.config.ignore("seed");
  layer.config.ignore("noise_shape");
  return layer.builder.dropout(layer.name, layer.getInput(), rate);
}

static Value importDropout(Layer &layer) { return importNoise(layer, "rate"); }

static Value importGaussianNoise(Layer &layer) {
  return importNoise(layer, "stddev");
}

static Value importActivityRegularization(Layer &layer) {
  layer.config.ignore("l1");
  layer.config.ignore("l2");
  return layer.builder.dropout(layer.name, layer.getInput(), 0.0);
}

/// Augments images in training; nothing of its config matters.
static Value importAugmentation(Layer &layer) {
  layer.ignoreTraining();
  for (const auto &member : layer.config.getObject().items())
    layer.config.ignore(member.key());
  return layer.builder.dropout(layer.name, layer.getInput(), 0.0);
}

static Value importIdentity(Layer &layer) {
  return layer.builder.activation(layer.name, layer.getInput(),
                                  nn::ActivationKind::Linear);
}

/// Steps whose elements all equal `mask_value` become zero, which with 0 they
/// are.
static Value importMasking(Layer &layer) {
  double skipped = layer.config.takeNumber("mask_value", 0.0);
  if (!layer.checkRank(2, maxRank) || layer.config.hasFailed())
    return {};
  layer.madeMask = std::make_shared<StepMask>(StepMask{
      layer.name, layer.getInput(), /*hasElements=*/true, float(skipped)});
  if (skipped == 0.0)
    return importIdentity(layer);
  ModelBuilder &builder = layer.builder;
  return zeroMasked(
      builder, layer.name,
      addElementAxis(builder, layer.name, getSteps(builder, *layer.madeMask)),
      layer.getInput());
}

/// Of keras.applications' ConvNeXt: `y = gamma x`, by channel.
static Value importLayerScale(Layer &layer) {
  int64_t channels = layer.config.takeInt("projection_dim", {});
  layer.config.ignore("init_values");
  if (!layer.checkRank(2, maxRank) || layer.config.hasFailed())
    return {};
  if (layer.getInputShape().back() != channels) {
    layer.emitError() << "expects 'projection_dim' to be "
                      << layer.getInputShape().back() << ", but got "
                      << channels;
    return {};
  }
  SmallVector<double> zeros(channels, 0.0);
  return layer.builder.affine(
      layer.name, layer.getInput(), layer.getInputShape().size() - 1,
      layer.readWeights({{"gamma", {channels}}}).front(),
      layer.builder.addWeights(layer.name, "shift", zeros));
}

static Value importStochasticDepth(Layer &layer) {
  return importNoise(layer, "drop_path_rate");
}

ArrayRef<LayerClass> keras::getCoreLayers() {
  static const LayerClass classes[] = {
      {"ActivityRegularization", importActivityRegularization},
      {"AlphaDropout", importDropout},
      {"Dense", importDense},
      {"Dropout", importDropout},
      {"GaussianDropout", importDropout},
      {"GaussianNoise", importGaussianNoise},
      {"Identity", importIdentity},
      {"LayerScale", importLayerScale},
      {"Masking", importMasking},
      {"RandomBrightness", importAugmentation},
      {"RandomColorDegeneration", importAugmentation},
      {"RandomColorJitter", importAugmentation},
      {"RandomContrast", importAugmentation},
      {"RandomElasticTransform", importAugmentation},
      {"RandomErasing", importAugmentation},
      {"RandomFlip", importAugmentation},
      {"RandomGaussianBlur", importAugmentation},
      {"RandomGrayscale", importAugmentation},
      {"RandomHue", importAugmentation},
      {"RandomInvert", importAugmentation},
      {"RandomPerspective", importAugmentation},
      {"RandomPosterization", importAugmentation},
      {"RandomRotation", importAugmentation},
      {"RandomSaturation", importAugmentation},
      {"RandomSharpness", importAugmentation},
      {"RandomShear", importAugmentation},
      {"RandomTranslation", importAugmentation},
      {"RandomZoom", importAugmentation},
      {"SpatialDropout1D", importDropout},
      {"SpatialDropout2D", importDropout},
      {"SpatialDropout3D", importDropout},
      {"StochasticDepth", importStochasticDepth},
  };
  return classes;
}
