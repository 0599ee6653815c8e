//===- Images.cpp - Images of other sizes -----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Images.h"
#include "dialect/Limits.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;
using nlohmann::json;
using nn::Coordinates;

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

Value keras::resizeImages(Layer &layer, Value images, ArrayRef<int64_t> sizes,
                          bool isNearest, Coordinates coordinates) {
  bool rounds = isNearest && coordinates != Coordinates::Asymmetric;
  return layer.builder.resize(
      layer.name, images,
      isNearest ? nn::ResizeKind::Nearest : nn::ResizeKind::Linear, sizes,
      coordinates, rounds ? nn::Rounding::RoundPreferCeil : nn::Rounding::Floor,
      {});
}

/// `key` says which interpolation.
static Value importResize(Layer &layer, StringRef key) {
  SmallVector<int64_t> sizes = layer.config.takeInts("size", std::nullopt, 2);
  std::string kind = layer.config.takeString(key, "bilinear");
  if (kind != "bilinear" && kind != "nearest")
    layer.emitError() << "unsupported interpolation '" << kind
                      << "', expects bilinear or nearest";
  if (!checkSpatialLayer(layer, 2))
    return {};
  return resizeImages(layer, layer.getInput(), sizes, kind == "nearest");
}

static Value importKerasResize(Layer &layer) {
  for (StringRef key :
       {"antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio"})
    layer.config.expectOnly(key, false);
  // Of the padding.
  for (StringRef key : {"fill_mode", "fill_value"})
    layer.config.ignore(key);
  expectChannelsLast(layer);
  return importResize(layer, "interpolation");
}

static Value importTensorFlowResize(Layer &layer) {
  for (StringRef key : {"antialias", "preserve_aspect_ratio"})
    layer.config.expectOnly(key, false);
  return importResize(layer, "method");
}

/// What TensorFlow 1 calls so, where samples lie otherwise unless it is told.
template <bool isNearest> static Value importOldResize(Layer &layer) {
  SmallVector<int64_t> sizes = layer.config.takeInts("size", std::nullopt, 2);
  bool alignsCorners = layer.config.takeBool("align_corners", false);
  bool hasHalfPixels = layer.config.takeBool("half_pixel_centers", false);
  if (alignsCorners && hasHalfPixels)
    layer.emitError() << "expects one of 'align_corners' and "
                         "'half_pixel_centers' at most";
  if (!checkSpatialLayer(layer, 2))
    return {};
  return resizeImages(layer, layer.getInput(), sizes, isNearest,
                      alignsCorners   ? Coordinates::AlignCorners
                      : hasHalfPixels ? Coordinates::HalfPixel
                                      : Coordinates::Asymmetric);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

/// Squares of `block_size` times `block_size` are the channels of one position,
/// or become them.
template <bool toDepth> static Value importDepth(Layer &layer) {
  int64_t block = layer.config.takeInt("block_size", std::nullopt);
  layer.config.expectOnly("data_format", "NHWC");
  if (!checkSpatialLayer(layer, 2))
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  int64_t height = shape[1], width = shape[2], channels = shape[3];
  bool fits = block <= maxChannels &&
              (toDepth ? height % block == 0 && width % block == 0
                       : channels % (block * block) == 0);
  if (!fits) {
    layer.emitError() << "expects an input that is made of blocks of " << block
                      << ", but got " << formatShape(shape);
    return {};
  }
  auto rearrange = [&](ArrayRef<int64_t> parts, ArrayRef<int64_t> result) {
    Value value = layer.builder.reshape(layer.name, layer.getInput(), parts);
    value = layer.builder.transpose(layer.name, value, {0, 1, 3, 2, 4, 5});
    return layer.builder.reshape(layer.name, value, result);
  };
  if (toDepth)
    return rearrange({height / block, block, width / block, block, channels},
                     {height / block, width / block, channels * block * block});
  channels /= block * block;
  return rearrange({height, width, block, block, channels},
                   {height * block, width * block, channels});
}

ArrayRef<LayerClass> keras::getImageOperations() {
  static const LayerClass classes[] = {
      {"ops.Resize", importKerasResize, false,
       "images,size,interpolation,antialias,crop_to_aspect_ratio,"
       "pad_to_aspect_ratio,fill_mode,fill_value,data_format"},
      {"tf.image.resize", importTensorFlowResize, false,
       "images,size,method,preserve_aspect_ratio,antialias"},
      {"tf.image.resize_bilinear", importOldResize<false>, false,
       "images,size,align_corners,half_pixel_centers"},
      {"tf.image.resize_nearest_neighbor", importOldResize<true>, false,
       "images,size,align_corners,half_pixel_centers"},
      {"tf.nn.depth_to_space", importDepth<false>, false,
       "input,block_size,data_format"},
      {"tf.nn.space_to_depth", importDepth<true>, false,
       "input,block_size,data_format"},
  };
  return classes;
}
