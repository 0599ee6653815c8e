//===- ConvLSTM.cpp - Keras recurrent layers of convolutions ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An LSTM whose products are convolutions (Shi et al., 2015), step by step: its
// state is a sequence, an image or a volume.
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

#include <nlohmann/json.hpp>

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

/// Each step is some 20 ops.
static constexpr int64_t maxSteps = 256;

namespace {
struct Options {
  WindowGeometry geometry;
  std::string padding;
  int64_t filters;
  bool useBias, sequences, backwards, returnsState;
  Activation activation, recurrentActivation;
};
} // namespace

/// Takes an activation, which is `fallback` where it is absent.
static Activation takeFunction(Layer &layer, StringRef key,
                               StringRef fallback) {
  bool isGiven = layer.config.getObject().contains(key);
  Activation activation = takeActivation(layer, key);
  return isGiven ? activation : getActivation(layer, fallback);
}

static Options takeOptions(Layer &layer, size_t spatialRank) {
  Options options;
  WindowGeometry &geometry = options.geometry;
  options.filters = layer.config.takeInt("filters", {});
  geometry.window = layer.config.takeInts("kernel_size", {}, spatialRank);
  geometry.strides = layer.config.takeInts("strides", 1, spatialRank);
  geometry.dilations = layer.config.takeInts("dilation_rate", 1, spatialRank);
  expectChannelsLast(layer);
  options.padding = layer.config.takeString("padding", "valid");
  if (options.padding != "valid" && options.padding != "same")
    layer.emitError() << "unsupported padding '" << options.padding << "'";
  options.useBias = layer.config.takeBool("use_bias", true);
  options.activation = takeFunction(layer, "activation", "tanh");
  options.recurrentActivation =
      takeFunction(layer, "recurrent_activation", "sigmoid");
  options.sequences = layer.config.takeBool("return_sequences", false);
  options.backwards = layer.config.takeBool("go_backwards", false);
  options.returnsState = layer.config.takeBool("return_state", false);
  for (StringRef key : {"stateful", "time_major", "zero_output_for_mask"})
    layer.config.expectOnly(key, false);
  // What acts in training, and how to compute.
  for (StringRef key : {"dropout", "recurrent_dropout", "seed",
                        "unit_forget_bias", "unroll", "implementation"})
    layer.config.ignore(key);
  return options;
}

/// The part `size` from `begin` on along an axis of a value.
static Value cut(Layer &layer, Value value, size_t axis, int64_t begin,
                 int64_t size) {
  if (!value)
    return {};
  SmallVector<int64_t> begins(getShape(value).size(), 0);
  SmallVector<int64_t> sizes(getShape(value));
  begins[axis] = begin;
  sizes[axis] = size;
  return layer.builder.slice(layer.name, value, begins, sizes,
                             SmallVector<int64_t>(begins.size(), 1));
}

namespace {
/// Both are null before the first step, and zero then.
struct State {
  Value h, c;
};
} // namespace

/// One step: `z` holds what the input adds to the gates i, f, c and o.
static State runStep(Layer &layer, const Options &options, Value z,
                     const State &state, ElementsAttr recurrent) {
  ModelBuilder &builder = layer.builder;
  if (!z)
    return {};
  auto combine = [&](nn::BinaryKind kind, Value a, Value b) {
    return builder.binary(layer.name, kind, a, b);
  };
  if (state.h) {
    WindowGeometry geometry;
    geometry.window = options.geometry.window;
    geometry.strides = geometry.dilations =
        SmallVector<int64_t>(geometry.window.size(), 1);
    geometry.padding = getPadding("same", getShape(state.h), geometry);
    z = builder.add(layer.name,
                    {z, builder.conv(layer.name, state.h, recurrent, nullptr,
                                     geometry, /*groups=*/1)});
    if (!z)
      return {};
  }
  size_t last = getShape(z).size() - 1;
  auto gate = [&](int64_t number, const Activation &activation) {
    return activation.apply(
        layer, cut(layer, z, last, number * options.filters, options.filters));
  };
  Value c = combine(nn::BinaryKind::Mul, gate(0, options.recurrentActivation),
                    gate(2, options.activation));
  if (state.c)
    c = builder.add(layer.name,
                    {combine(nn::BinaryKind::Mul,
                             gate(1, options.recurrentActivation), state.c),
                     c});
  return {combine(nn::BinaryKind::Mul, gate(3, options.recurrentActivation),
                  options.activation.apply(layer, c)),
          c};
}

template <size_t spatialRank> static Value importConvLSTM(Layer &layer) {
  Options options = takeOptions(layer, spatialRank);
  if (!layer.checkRank(spatialRank + 3, spatialRank + 3) ||
      layer.config.hasFailed())
    return {};
  ModelBuilder &builder = layer.builder;
  SmallVector<int64_t> shape(layer.getInputShape());
  int64_t batch = shape[0], steps = shape[1], gates = 4 * options.filters;
  if (steps > maxSteps) {
    layer.emitError() << "expects at most " << maxSteps
                      << " steps, which are computed one by one, but got "
                      << steps;
    return {};
  }
  WindowGeometry &geometry = options.geometry;
  WeightSpec kernel{"kernel", geometry.window};
  kernel.shape.append({shape.back(), gates});
  WeightSpec recurrent{"recurrent_kernel", geometry.window};
  recurrent.shape.append({options.filters, gates});
  SmallVector<WeightSpec> specs{kernel, recurrent};
  if (options.useBias)
    specs.push_back({"bias", {gates}});
  SmallVector<ElementsAttr> weights = layer.readWeights(specs, "cell");
  if (llvm::is_contained(weights, ElementsAttr()))
    return {};

  shape.erase(shape.begin() + 1);
  geometry.padding = getPadding(options.padding, shape, geometry);
  Value inputs = builder.splitStepsFromBatch(
      layer.name,
      builder.conv(layer.name,
                   builder.mergeStepsIntoBatch(layer.name, layer.getInput()),
                   weights[0], options.useBias ? weights[2] : nullptr, geometry,
                   /*groups=*/1),
      batch);
  if (!inputs)
    return {};
  // Of a step, and of the result in a sequence.
  SmallVector<int64_t> inStep(getShape(inputs).drop_front(2)), asStep{1};
  llvm::append_range(asStep, inStep);
  asStep.back() = options.filters;
  State state;
  SmallVector<Value> sequence;
  for (int64_t step = 0; step < steps; ++step) {
    int64_t at = options.backwards ? steps - 1 - step : step;
    state = runStep(
        layer, options,
        builder.reshape(layer.name, cut(layer, inputs, 1, at, 1), inStep),
        state, weights[1]);
    if (!state.h)
      return {};
    if (options.sequences)
      sequence.push_back(builder.reshape(layer.name, state.h, asStep));
  }
  if (options.returnsState)
    layer.moreOutputs = {state.h, state.c};
  return options.sequences ? builder.concat(layer.name, sequence, /*axis=*/1)
                           : state.h;
}

ArrayRef<LayerClass> keras::getConvLSTMs() {
  static const LayerClass classes[] = {
      {"ConvLSTM1D", importConvLSTM<1>},
      {"ConvLSTM2D", importConvLSTM<2>},
      {"ConvLSTM3D", importConvLSTM<3>},
  };
  return classes;
}
