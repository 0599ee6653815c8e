//===- MergeLayers.cpp - Keras layers with several inputs -------*- C++ -*-===//
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

/// Of keras.applications' InceptionResNetV2: `a + scale b`.
static Value importCustomScale(Layer &layer) {
  double scale = layer.config.takeNumber("scale", {});
  if (layer.inputs.size() == 2)
    layer.inputs[1] = layer.builder.scaleAndShift(layer.name, layer.inputs[1],
                                                  scale, 0.0);
  return importPair<nn::BinaryKind::Add>(layer);
}

static Value importAverage(Layer &layer) {
  return layer.builder.scaleAndShift(layer.name,
                                     combine(layer, nn::BinaryKind::Add),
                                     1.0 / layer.inputs.size(), 0.0);
}

static Value concatenate(Layer &layer, int64_t axisArgument) {
  std::optional<int64_t> axis = layer.resolveAxis(axisArgument);
  if (layer.config.hasFailed() || !axis ||
      llvm::is_contained(layer.inputs, Value()))
    return {};
  if (*axis == 0) {
    layer.emitError() << "expects an axis other than the batch, but got 0";
    return {};
  }
  return layer.builder.concat(layer.name, layer.inputs, *axis);
}

static Value importConcatenate(Layer &layer) {
  return concatenate(layer, layer.takeAxis());
}

/// The axes but 0 and `summed`, in order.
static SmallVector<int64_t> getOtherAxes(ArrayRef<int64_t> shape,
                                         int64_t summed) {
  SmallVector<int64_t> axes;
  for (int64_t axis = 1; axis < (int64_t)shape.size(); ++axis)
    if (axis != summed)
      axes.push_back(axis);
  return axes;
}

/// The products of two inputs, summed over one axis of each; the other axes are
/// those of the first and then those of the second.
static Value importDot(Layer &layer) {
  SmallVector<int64_t> axes =
      layer.config.takeInts("axes", {}, 2, -int64_t(maxRank));
  bool normalizes = layer.config.takeBool("normalize", false);
  if (layer.inputs.size() != 2)
    layer.emitError() << "expects two inputs, but got " << layer.inputs.size();
  if (layer.config.hasFailed() || llvm::is_contained(layer.inputs, Value()))
    return {};
  ModelBuilder &builder = layer.builder;
  Value factors[2];
  SmallVector<int64_t> shape;
  int64_t lengths[2];
  for (int i = 0; i < 2; ++i) {
    Value input = layer.inputs[i];
    ArrayRef<int64_t> sizes = getShape(input);
    int64_t rank = sizes.size();
    int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
    if (axis < 1 || axis >= rank) {
      layer.emitError() << "expects axes behind the batch, but got " << axes[i]
                        << " for shape " << formatShape(sizes);
      return {};
    }
    lengths[i] = sizes[axis];
    if (normalizes)
      input = builder.normalize(layer.name, nn::NormalizeKind::L2, input, axis,
                                1e-7);
    // Rows by terms, and terms by columns.
    SmallVector<int64_t> others = getOtherAxes(sizes, axis), order{0};
    int64_t count = 1;
    for (int64_t other : others) {
      shape.push_back(sizes[other]);
      count *= sizes[other];
    }
    if (i == 1)
      order.push_back(axis);
    order.append(others);
    if (i == 0)
      order.push_back(axis);
    factors[i] =
        builder.reshape(layer.name, builder.transpose(layer.name, input, order),
                        i == 0 ? ArrayRef<int64_t>{count, lengths[0]}
                               : ArrayRef<int64_t>{lengths[1], count});
  }
  if (lengths[0] != lengths[1]) {
    layer.emitError() << "expects axes of one size, but got " << lengths[0]
                      << " and " << lengths[1];
    return {};
  }
  if (shape.empty())
    shape.push_back(1);
  return builder.reshape(
      layer.name, builder.matmul(layer.name, factors[0], factors[1]), shape);
}

/// The layer that Keras 1 had for all of these.
static Value importMergeOfMode(Layer &layer) {
  layer.config.expectOnly("mode_type", "raw");
  int64_t axis = layer.config.takeInt("concat_axis", -1, -int64_t(maxRank));
  // What only other modes read, and what the calls tell.
  for (StringRef key :
       {"dot_axes", "output_shape", "output_shape_type", "output_mask",
        "output_mask_type", "arguments", "node_indices", "tensor_indices"})
    layer.config.ignore(key);
  std::string mode = layer.config.takeString("mode", "sum");
  if (layer.config.hasFailed())
    return {};
  if (mode == "concat")
    return concatenate(layer, axis);
  if (mode == "ave")
    return importAverage(layer);
  if (mode == "max")
    return combine(layer, nn::BinaryKind::Maximum);
  if (mode == "mul")
    return combine(layer, nn::BinaryKind::Mul);
  if (mode == "sum")
    return combine(layer, nn::BinaryKind::Add);
  layer.emitError() << "unsupported mode '" << mode << "'";
  return {};
}

ArrayRef<LayerClass> keras::getMergeLayers() {
  using nn::BinaryKind;
  static const LayerClass classes[] = {
      {"Add", importMerge<BinaryKind::Add>, /*takesMany=*/true},
      {"Average", importAverage, /*takesMany=*/true},
      {"Concatenate", importConcatenate, /*takesMany=*/true},
      {"CustomScaleLayer", importCustomScale, /*takesMany=*/true},
      {"Dot", importDot, /*takesMany=*/true},
      {"Maximum", importMerge<BinaryKind::Maximum>, /*takesMany=*/true},
      {"Merge", importMergeOfMode, /*takesMany=*/true},
      {"Minimum", importMerge<BinaryKind::Minimum>, /*takesMany=*/true},
      {"Multiply", importMerge<BinaryKind::Mul>, /*takesMany=*/true},
      {"Subtract", importPair<BinaryKind::Sub>, /*takesMany=*/true},
  };
  return classes;
}
