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
  if (layer.config.takeBool("mask_zero", false))
    layer.madeMask =
        std::make_shared<StepMask>(StepMask{layer.name, layer.getInput()});
  if (!layer.checkRank(1, maxRank - 1) || layer.config.hasFailed())
    return {};
  SmallVector<ElementsAttr> weights =
      layer.readWeights(WeightSpec{"embeddings", {rows, columns}});
  return layer.builder.embedding(layer.name, layer.getInput(), weights.front());
}

/// The input, once for each step.
static Value importRepeatVector(Layer &layer) {
  int64_t steps = layer.config.takeInt("n", {});
  if (!layer.checkRank(2, 2) || layer.config.hasFailed())
    return {};
  int64_t channels = layer.getInputShape().back();
  // A product with 1 along the steps repeats the only one there is.
  return layer.builder.binary(
      layer.name, nn::BinaryKind::Mul,
      layer.builder.reshape(layer.name, layer.getInput(), {1, channels}),
      layer.builder.constant(
          layer.name,
          layer.builder.addWeights(
              layer.name, "ones",
              Array{{1, steps, 1}, std::vector<float>(steps, 1.0f)})));
}

ArrayRef<LayerClass> keras::getSequenceLayers() {
  static const LayerClass classes[] = {
      {"Embedding", importEmbedding},
      {"RepeatVector", importRepeatVector},
  };
  return classes;
}
