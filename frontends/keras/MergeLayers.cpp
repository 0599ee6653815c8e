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

static Value importAdd(Layer &layer) {
  if (layer.config.hasFailed() || llvm::is_contained(layer.inputs, Value()))
    return {};
  ArrayRef<int64_t> shape = layer.getInputShape();
  for (Value input : layer.inputs)
    if (getShape(input) != shape) {
      layer.emitError() << "expects inputs of one shape, but got "
                        << formatShape(shape) << " and "
                        << formatShape(getShape(input));
      return {};
    }
  return layer.builder.add(layer.name, layer.inputs);
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
  static const LayerClass classes[] = {
      {"Add", importAdd, /*takesMany=*/true},
      {"Concatenate", importConcatenate, /*takesMany=*/true},
      {"ops.Add", importAdd, /*takesMany=*/true},
      {"ops.Concatenate", importConcatenate, /*takesMany=*/true},
  };
  return classes;
}
