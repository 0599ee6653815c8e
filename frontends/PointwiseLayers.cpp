//===- PointwiseLayers.cpp - Elementwise layers of a model ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Limits.h"
#include "frontends/ModelBuilder.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace frieze;

Value ModelBuilder::reduce(StringRef layer, nn::ReduceKind kind, Value input,
                           ArrayRef<int64_t> axes, bool keepDims) {
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr("kind",
                           nn::ReduceKindAttr::get(builder.getContext(), kind)),
      ints("axes", axes)};
  if (keepDims)
    attributes.push_back(
        builder.getNamedAttr("keep_dims", builder.getUnitAttr()));
  return create<nn::ReduceOp>(layer, input, attributes);
}

Value ModelBuilder::prelu(StringRef layer, Value input, ElementsAttr slope) {
  if (!slope)
    return {};
  return create<nn::PreluOp>(layer, input,
                             builder.getNamedAttr("slope", slope));
}

Value ModelBuilder::normalize(StringRef layer, nn::NormalizeKind kind,
                              Value input, ArrayRef<int64_t> axes,
                              double epsilon) {
  return create<nn::NormalizeOp>(
      layer, input,
      {builder.getNamedAttr(
           "kind", nn::NormalizeKindAttr::get(builder.getContext(), kind)),
       ints("axes", axes),
       builder.getNamedAttr("epsilon", builder.getF64FloatAttr(epsilon))});
}

Value ModelBuilder::matmul(StringRef layer, Value lhs, Value rhs) {
  return create<nn::MatmulOp>(layer, {lhs, rhs}, {});
}

Value ModelBuilder::binary(StringRef layer, nn::BinaryKind kind, Value lhs,
                           Value rhs) {
  switch (kind) {
  case nn::BinaryKind::Add:
    return create<nn::AddOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Sub:
    return create<nn::SubOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Mul:
    return create<nn::MulOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Div:
    return create<nn::DivOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Maximum:
    return create<nn::MaximumOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Minimum:
    return create<nn::MinimumOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Pow:
    return create<nn::PowOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Equal:
    return create<nn::EqualOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::NotEqual:
    return create<nn::NotEqualOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::Less:
    return create<nn::LessOp>(layer, {lhs, rhs}, {});
  case nn::BinaryKind::LessEqual:
    return create<nn::LessEqualOp>(layer, {lhs, rhs}, {});
  }
  llvm_unreachable("covered switch");
}

Value ModelBuilder::select(StringRef layer, Value condition, Value chosen,
                           Value other) {
  return create<nn::SelectOp>(layer, {condition, chosen, other}, {});
}

Value ModelBuilder::add(StringRef layer, ValueRange inputs) {
  Value sum = inputs.front();
  for (Value input : inputs.drop_front())
    sum = binary(layer, nn::BinaryKind::Add, sum, input);
  return sum;
}

Value ModelBuilder::constant(StringRef layer, ElementsAttr value) {
  if (!value)
    return {};
  return nn::ConstantOp::create(
      builder, getLoc(layer),
      RankedTensorType::get(value.getShapedType().getShape(),
                            builder.getF32Type()),
      value);
}

/// The axis along which weights that are all alike are stored: the last one, as
/// channels are, unless that takes much memory.
static size_t findStorageAxis(ArrayRef<int64_t> shape) {
  return shape.back() <= maxChannels ? shape.size() - 1
                                     : llvm::min_element(shape) - shape.begin();
}

/// What `apply` makes of a value without axes, which gets one for it, as
/// affines have one.
static Value applyToNumber(ModelBuilder &builder, StringRef layer, Value number,
                           llvm::function_ref<Value(Value)> apply) {
  return builder.reshapeWithBatch(
      layer, apply(builder.reshapeWithBatch(layer, number, 1)), {});
}

Value ModelBuilder::scaleAndShift(StringRef layer, Value input, double scale,
                                  double shift) {
  if (!input)
    return {};
  if (getShape(input).empty())
    return applyToNumber(*this, layer, input, [&](Value value) {
      return scaleAndShift(layer, value, scale, shift);
    });
  int64_t axis = findStorageAxis(getShape(input));
  int64_t channels = getShape(input)[axis];
  SmallVector<double> scales(channels, scale), shifts(channels, shift);
  return affine(layer, input, axis, addWeights(layer, "scale", scales),
                addWeights(layer, "shift", shifts));
}

/// The axis of `shape` that `weights`, of the same rank, depend on, one
/// of findStorageAxis() where they depend on none. Nothing where they depend on
/// several, or are repeated along none that `shape` has.
static std::optional<size_t> getOnlyAxis(ArrayRef<int64_t> weights,
                                         ArrayRef<int64_t> shape) {
  size_t only = findStorageAxis(shape), count = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (weights[axis] == 1)
      continue;
    if (weights[axis] != shape[axis] || ++count > 1)
      return std::nullopt;
    only = axis;
  }
  return only;
}

Value ModelBuilder::binaryWithWeights(StringRef layer, nn::BinaryKind kind,
                                      Value input, const DoubleArray &array,
                                      bool isFirst) {
  if (!input)
    return {};
  if (array.values.empty()) {
    emitError(layer) << "expects weights, but got an empty array";
    return {};
  }
  ArrayRef<int64_t> shape = getShape(input);
  if (shape.empty() && array.shape.empty())
    return applyToNumber(*this, layer, input, [&](Value value) {
      return binaryWithWeights(layer, kind, value, array, isFirst);
    });
  DoubleArray weights = array;
  if (weights.shape.size() < shape.size())
    weights.shape.insert(weights.shape.begin(),
                         shape.size() - weights.shape.size(), 1);
  std::optional<size_t> axis;
  if (weights.shape.size() == shape.size())
    axis = getOnlyAxis(weights.shape, shape);
  bool isAffine = kind == nn::BinaryKind::Add || kind == nn::BinaryKind::Sub ||
                  kind == nn::BinaryKind::Mul ||
                  (kind == nn::BinaryKind::Div && !isFirst &&
                   !llvm::is_contained(weights.values, 0.0));
  if (!axis || !isAffine) {
    bool isMask =
        kind == nn::BinaryKind::Add &&
        llvm::all_of(weights.values, [](double w) { return w < INFINITY; });
    Value constant =
        this->constant(layer, isMask ? addMask(layer, "value", weights)
                                     : addWeights(layer, "value", weights));
    return isFirst ? binary(layer, kind, constant, input)
                   : binary(layer, kind, input, constant);
  }
  SmallVector<double> values(weights.values.begin(), weights.values.end());
  values.resize(shape[*axis], values.front());
  SmallVector<double> scale(values.size(), 1.0), shift(values.size(), 0.0);
  for (auto [w, s, t] : llvm::zip_equal(values, scale, shift)) {
    if (kind == nn::BinaryKind::Mul)
      s = w;
    else if (kind == nn::BinaryKind::Div)
      s = 1.0 / w;
    else if (kind == nn::BinaryKind::Add)
      t = w;
    else if (isFirst)
      s = -1.0, t = w;
    else
      t = -w;
  }
  return affine(layer, input, *axis, addWeights(layer, "scale", scale),
                addWeights(layer, "shift", shift));
}
