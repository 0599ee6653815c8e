//===- WindowLayers.cpp - Layers that slide windows -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/ModelBuilder.h"
#include "frontends/VolumeLayers.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;

SmallVector<int64_t> frieze::getPadding(StringRef mode, ArrayRef<int64_t> shape,
                                        const WindowGeometry &geometry) {
  SmallVector<int64_t> padding;
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t size = shape[axis + 1], stride = geometry.strides[axis];
    int64_t reach = (geometry.window[axis] - 1) * geometry.dilations[axis];
    int64_t low = 0, high = 0;
    if (mode == "causal") {
      low = reach;
    } else if (mode == "same") {
      int64_t lastStart = (size - 1) / stride * stride;
      int64_t total = std::max<int64_t>(lastStart + reach + 1 - size, 0);
      low = total / 2;
      high = total - low;
    }
    padding.append({low, high});
  }
  return padding;
}

SmallVector<int64_t>
frieze::getTransposedPadding(StringRef mode, const WindowGeometry &geometry,
                             ArrayRef<int64_t> outputPadding) {
  SmallVector<int64_t> padding;
  for (size_t axis = 0; axis < geometry.window.size(); ++axis) {
    int64_t window = (geometry.window[axis] - 1) * geometry.dilations[axis] + 1;
    int64_t stride = geometry.strides[axis];
    bool isFixed = !outputPadding.empty();
    if (mode == "valid") {
      padding.append({0, isFixed ? -outputPadding[axis]
                                 : -std::max<int64_t>(stride - window, 0)});
      continue;
    }
    int64_t total =
        isFixed ? window / 2 * 2 - outputPadding[axis] : window - stride;
    int64_t low = std::max<int64_t>(total, 0) / 2;
    padding.append({low, total - low});
  }
  return padding;
}

static bool areAll(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [=](int64_t other) { return other == value; });
}

SmallVector<NamedAttribute>
ModelBuilder::getConvAttributes(ElementsAttr kernel, ElementsAttr bias,
                                const WindowGeometry &geometry,
                                int64_t groups) {
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("kernel", kernel),
      builder.getNamedAttr("groups", builder.getI64IntegerAttr(groups))};
  if (bias)
    attributes.push_back(builder.getNamedAttr("bias", bias));
  if (!areAll(geometry.strides, 1))
    attributes.push_back(ints("strides", geometry.strides));
  if (!areAll(geometry.padding, 0))
    attributes.push_back(ints("padding", geometry.padding));
  if (!areAll(geometry.dilations, 1))
    attributes.push_back(ints("dilations", geometry.dilations));
  return attributes;
}

Value ModelBuilder::conv(StringRef layer, Value input, ElementsAttr kernel,
                         ElementsAttr bias, const WindowGeometry &geometry,
                         int64_t groups) {
  if (!kernel)
    return {};
  if (geometry.window.size() == 3)
    return convVolume(*this, layer, input, kernel, bias, geometry, groups);
  return create<nn::ConvOp>(layer, input,
                            getConvAttributes(kernel, bias, geometry, groups));
}

Value ModelBuilder::convTranspose(StringRef layer, Value input,
                                  ElementsAttr kernel, ElementsAttr bias,
                                  const WindowGeometry &geometry,
                                  int64_t groups) {
  if (!kernel)
    return {};
  if (geometry.window.size() == 3)
    return convTransposeVolume(*this, layer, input, kernel, bias, geometry,
                               groups);
  return create<nn::ConvTransposeOp>(
      layer, input, getConvAttributes(kernel, bias, geometry, groups));
}

Value ModelBuilder::pool(StringRef layer, nn::PoolKind kind, Value input,
                         const WindowGeometry &geometry) {
  if (geometry.window.size() == 3)
    return poolVolume(*this, layer, kind, input, geometry);
  SmallVector<NamedAttribute> attributes{ints("window", geometry.window)};
  if (geometry.strides != geometry.window)
    attributes.push_back(ints("strides", geometry.strides));
  if (!areAll(geometry.padding, 0))
    attributes.push_back(ints("padding", geometry.padding));
  if (!areAll(geometry.dilations, 1))
    attributes.push_back(ints("dilations", geometry.dilations));
  return kind == nn::PoolKind::Max
             ? create<nn::MaxPoolOp>(layer, input, attributes)
             : create<nn::AvgPoolOp>(layer, input, attributes);
}

Value ModelBuilder::globalPool(StringRef layer, nn::PoolKind kind, Value input,
                               bool keepDims) {
  if (input && getShape(input).size() == 5)
    return globalPoolVolume(*this, layer, kind, input, keepDims);
  SmallVector<NamedAttribute> attributes{builder.getNamedAttr(
      "kind", nn::PoolKindAttr::get(builder.getContext(), kind))};
  if (keepDims)
    attributes.push_back(
        builder.getNamedAttr("keep_dims", builder.getUnitAttr()));
  return create<nn::GlobalPoolOp>(layer, input, attributes);
}
