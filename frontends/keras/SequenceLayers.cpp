//===- SequenceLayers.cpp - Keras layers on sequences -----------*- C++ -*-===//
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

static Value importEmbedding(Layer &layer) {
  int64_t rows = layer.config.takeInt("input_dim", {});
  int64_t columns = layer.config.takeInt("output_dim", {});
  // What follows from the shape of the input, and a hint for training.
  layer.config.ignore("input_length");
  layer.config.ignore("sparse");
  layer.makesMask = layer.config.takeBool("mask_zero", false);
  if (!layer.checkRank(1, maxRank - 1) || layer.config.hasFailed())
    return {};
  SmallVector<ElementsAttr> weights =
      layer.readWeights(WeightSpec{"embeddings", {rows, columns}});
  return layer.builder.embedding(layer.name, layer.getInput(), weights.front());
}

/// Takes an activation of a recurrent layer, which must be one function.
static nn::ActivationAttr takeFunction(Layer &layer, StringRef key,
                                       nn::ActivationKind fallback) {
  MLIRContext *context = layer.builder.getBuilder().getContext();
  if (!layer.config.getObject().contains(key))
    return nn::ActivationAttr::get(context, fallback);
  Activation activation = takeActivation(layer, key);
  if (activation.isSoftmax || activation.functions.size() > 1) {
    layer.emitError() << "unsupported value of '" << key
                      << "', expects one pointwise function";
    return {};
  }
  return activation.functions.empty()
             ? nn::ActivationAttr::get(context, nn::ActivationKind::Linear)
             : activation.functions.front();
}

static Value importLSTM(Layer &layer) {
  int64_t units = layer.config.takeInt("units", {});
  bool useBias = layer.config.takeBool("use_bias", true);
  LstmParameters parameters;
  parameters.activation =
      takeFunction(layer, "activation", nn::ActivationKind::Tanh);
  parameters.recurrentActivation =
      takeFunction(layer, "recurrent_activation", nn::ActivationKind::Sigmoid);
  parameters.sequences = layer.config.takeBool("return_sequences", false);
  parameters.backwards = layer.config.takeBool("go_backwards", false);
  for (StringRef key : {"stateful", "return_state", "time_major"})
    layer.config.expectOnly(key, false);
  // What acts in training, how to compute, and what follows from the input.
  for (StringRef key :
       {"dropout", "recurrent_dropout", "seed", "unit_forget_bias", "unroll",
        "implementation", "use_cudnn", "zero_output_for_mask", "input_dim",
        "input_length"})
    layer.config.ignore(key);
  if (!layer.checkRank(3, 3) || layer.config.hasFailed())
    return {};
  int64_t channels = layer.getInputShape().back();
  SmallVector<WeightSpec, 3> specs{{"kernel", {channels, 4 * units}},
                                   {"recurrent_kernel", {units, 4 * units}}};
  if (useBias)
    specs.push_back({"bias", {4 * units}});
  SmallVector<ElementsAttr> weights = layer.readWeights(specs, "cell");
  parameters.kernel = weights[0];
  parameters.recurrent = weights[1];
  if (useBias)
    parameters.bias = weights[2];
  return layer.builder.lstm(layer.name, layer.getInput(), parameters);
}

ArrayRef<LayerClass> keras::getSequenceLayers() {
  static const LayerClass classes[] = {
      {"Embedding", importEmbedding},
      {"LSTM", importLSTM},
  };
  return classes;
}
