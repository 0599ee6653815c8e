//===- ShapeLayers.cpp - Layers that move elements --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ModelBuilder.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

Value ModelBuilder::concat(StringRef layer, ValueRange inputs, int64_t axis) {
  return create<nn::ConcatOp>(
      layer, inputs,
      builder.getNamedAttr("axis", builder.getI64IntegerAttr(axis)));
}

Value ModelBuilder::pad(StringRef layer, Value input, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> high, double value,
                        nn::PadMode mode) {
  return create<nn::PadOp>(
      layer, input,
      {ints("low", low), ints("high", high),
       builder.getNamedAttr("mode",
                            nn::PadModeAttr::get(builder.getContext(), mode)),
       builder.getNamedAttr("value", builder.getF64FloatAttr(value))});
}

Value ModelBuilder::reshape(StringRef layer, Value input,
                            ArrayRef<int64_t> shape) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  int64_t elements = type.getNumElements() / type.getDimSize(0);
  SmallVector<int64_t> sizes(shape);
  int64_t *open = llvm::find(sizes, -1);
  if (open != sizes.end()) {
    *open = 1;
    int64_t others = countElements(sizes).value_or(0);
    if (others > 0 && elements % others == 0)
      *open = elements / others;
  }
  if (countElements(sizes) != elements) {
    emitError(layer) << "expects a shape of " << elements
                     << " elements to match the input, but got "
                     << formatShape(shape);
    return {};
  }
  sizes.insert(sizes.begin(), type.getDimSize(0));
  return reshapeWithBatch(layer, input, sizes);
}

Value ModelBuilder::reshapeWithBatch(StringRef layer, Value input,
                                     ArrayRef<int64_t> shape) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  return nn::ReshapeOp::create(
      builder, getLoc(layer),
      RankedTensorType::get(shape, type.getElementType()), input);
}

Value ModelBuilder::mergeStepsIntoBatch(StringRef layer, Value input) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape().drop_front());
  shape[0] *= type.getDimSize(0);
  return reshapeWithBatch(layer, input, shape);
}

Value ModelBuilder::splitStepsFromBatch(StringRef layer, Value input,
                                        int64_t batch) {
  if (!input)
    return {};
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape[0] /= batch;
  shape.insert(shape.begin(), batch);
  return reshapeWithBatch(layer, input, shape);
}

Value ModelBuilder::flatten(StringRef layer, Value input) {
  return reshape(layer, input, {-1});
}

Value ModelBuilder::resize(StringRef layer, Value input, nn::ResizeKind kind,
                           ArrayRef<int64_t> sizes, nn::Coordinates coordinates,
                           nn::Rounding rounding, ArrayRef<double> scales) {
  MLIRContext *context = builder.getContext();
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("kind", nn::ResizeKindAttr::get(context, kind)),
      ints("sizes", sizes),
      builder.getNamedAttr("coordinates",
                           nn::CoordinatesAttr::get(context, coordinates)),
      builder.getNamedAttr("rounding",
                           nn::RoundingAttr::get(context, rounding))};
  if (!scales.empty())
    attributes.push_back(
        builder.getNamedAttr("scales", builder.getDenseF64ArrayAttr(scales)));
  return create<nn::ResizeOp>(layer, input, attributes);
}

Value ModelBuilder::slice(StringRef layer, Value input, ArrayRef<int64_t> begin,
                          ArrayRef<int64_t> size, ArrayRef<int64_t> strides) {
  SmallVector<NamedAttribute> attributes{ints("begin", begin),
                                         ints("size", size)};
  if (llvm::any_of(strides, [](int64_t stride) { return stride != 1; }))
    attributes.push_back(ints("strides", strides));
  return create<nn::SliceOp>(layer, input, attributes);
}

Value ModelBuilder::transpose(StringRef layer, Value input,
                              ArrayRef<int64_t> permutation) {
  return create<nn::TransposeOp>(layer, input,
                                 ints("permutation", permutation));
}
