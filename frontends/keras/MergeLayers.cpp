//===- MergeLayers.cpp - Keras layers with several inputs -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Layer.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

/// The inputs with one rank: axes of size 1 are inserted behind the batch.
/// Reports sizes that do not fit. Empty where that fails.
static SmallVector<Value> alignInputs(Layer &layer) {
  if (layer.config.hasFailed() || llvm::is_contained(layer.inputs, Value()))
    return {};
  size_t rank = 0;
  for (Value input : layer.inputs)
    rank = std::max(rank, getShape(input).size());
  SmallVector<Value> aligned;
  SmallVector<int64_t> common(rank, 1);
  for (Value original : layer.inputs) {
    Value input = original;
    SmallVector<int64_t> shape(getShape(input));
    if (shape.size() < rank) {
      shape.insert(shape.begin() + 1, rank - shape.size(), 1);
      input = layer.builder.reshape(layer.name, input,
                                    ArrayRef(shape).drop_front());
    }
    for (auto [size, other] : llvm::zip_equal(common, shape)) {
      if (size != other && size != 1 && other != 1) {
        layer.emitError() << "expects inputs whose sizes are equal or 1, but "
                             "got "
                          << formatShape(getShape(layer.getInput())) << " and "
                          << formatShape(getShape(original));
        return {};
      }
      size = std::max(size, other);
    }
    aligned.push_back(input);
  }
  return aligned;
}

/// All inputs combined, from the first to the last.
static Value combine(Layer &layer, nn::BinaryKind kind) {
  SmallVector<Value> inputs = alignInputs(layer);
  if (inputs.empty())
    return {};
  Value result = inputs.front();
  for (Value input : ArrayRef(inputs).drop_front())
    result = layer.builder.binary(layer.name, kind, result, input);
  return result;
}

template <nn::BinaryKind kind> static Value importMerge(Layer &layer) {
  return combine(layer, kind);
}

template <nn::BinaryKind kind> static Value importPair(Layer &layer) {
  if (layer.inputs.size() == 2)
    return combine(layer, kind);
  layer.emitError() << "expects two inputs, but got " << layer.inputs.size();
  return {};
}

static Value importAverage(Layer &layer) {
  return layer.builder.scaleAndShift(layer.name,
                                     combine(layer, nn::BinaryKind::Add),
                                     1.0 / layer.inputs.size(), 0.0);
}

static Value importConcatenate(Layer &layer) {
  std::optional<int64_t> axis = layer.resolveAxis(layer.takeAxis());
  if (layer.config.hasFailed() || !axis ||
      llvm::is_contained(layer.inputs, Value()))
    return {};
  if (*axis == 0) {
    layer.emitError() << "expects an axis other than the batch, but got 0";
    return {};
  }
  return layer.builder.concat(layer.name, layer.inputs, *axis);
}

ArrayRef<LayerClass> keras::getMergeLayers() {
  using nn::BinaryKind;
  static const LayerClass classes[] = {
      {"Add", importMerge<BinaryKind::Add>, /*takesMany=*/true},
      {"Average", importAverage, /*takesMany=*/true},
      {"Concatenate", importConcatenate, /*takesMany=*/true},
      {"Maximum", importMerge<BinaryKind::Maximum>, /*takesMany=*/true},
      {"Minimum", importMerge<BinaryKind::Minimum>, /*takesMany=*/true},
      {"Multiply", importMerge<BinaryKind::Mul>, /*takesMany=*/true},
      {"Subtract", importPair<BinaryKind::Sub>, /*takesMany=*/true},
  };
  return classes;
}
