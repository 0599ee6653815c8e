//===- RandomLinearKernels.cpp - Random layers with weights -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialect/Winograd.h"
#include "tests/differential/KernelGraph.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

KernelGraph::Attributes KernelGraph::convAttributes(
    ArrayRef<int64_t> kernelShape, ArrayRef<int64_t> strides,
    ArrayRef<int64_t> dilations, ArrayRef<int64_t> padding, int64_t groups) {
  Attributes attributes{
      named("kernel", kernel(kernelShape)), named("strides", integers(strides)),
      named("dilations", integers(dilations)),
      named("padding", integers(padding)), named("groups", integer(groups))};
  if (chance(0.8))
    attributes.push_back(named("bias", vector(kernelShape.back(), -0.5, 0.5)));
  return attributes;
}

void KernelGraph::addConv(Value x) {
  ArrayRef<int64_t> shape = shapeOf(x);
  size_t axes = shape.size() - 2;
  int64_t depth = shape.back(), groups = 1, filters = channels();
  if (chance(0.3)) {
    for (groups = pick(1, depth); depth % groups; --groups)
      ;
    if (chance(0.6))
      groups = depth;
    // Depthwise, or several filters for each group.
    filters = groups * (groups == depth && chance(0.6)
                            ? 1
                            : pick(1, std::max<int64_t>(1, 24 / groups)));
  } else if (chance(depth > 60 ? 0.4 : 0.1)) {
    // Kernels in panels of 64.
    filters = choose<int64_t>({128, 131, 200});
  }
  bool isStream = kind == KernelGraphKind::Stream;
  // Sums of minimal filtering are made in blocks of 64 channels.
  bool isFiltered = groups == 1 && chance(depth > 60 ? 0.6 : 0.25);
  SmallVector<int64_t> kernelShape, strides, dilations, padding;
  const WinogradScheme *scheme = nullptr;
  auto fits = [&](const WinogradScheme &scheme) {
    SmallVector<int64_t> outputs = scheme.getOutputs();
    return outputs.size() == axes &&
           llvm::all_of(llvm::zip(outputs, shape.drop_front()), [](auto pair) {
             return std::get<0>(pair) <= std::get<1>(pair);
           });
  };
  // One tile may hold more than a small input has.
  for (int tries = 0; isFiltered && tries < 100 && !scheme; ++tries) {
    const WinogradScheme &drawn =
        getWinogradSchemes()[pick(0, getWinogradSchemes().size() - 1)];
    if (fits(drawn))
      scheme = &drawn;
  }
  int64_t pieces =
      scheme && scheme->hasPieces() && chance(0.6) ? pick(2, 4) : 1;
  for (size_t axis = 0; axis < axes; ++axis) {
    int64_t taps = chance(0.7) ? pick(1, 3) : pick(1, 7);
    if (scheme && scheme->kind == WinogradScheme::Kind::Nested) {
      int64_t ofPiece = scheme->columns->taps * scheme->rows->taps;
      int64_t leftOut = pieces > 1 ? ofPiece : scheme->columns->taps;
      taps = pieces * ofPiece - pick(0, leftOut - 1);
    } else if (scheme)
      taps = (axis + 1 == axes ? scheme->columns : scheme->rows)->taps;
    kernelShape.push_back(taps);
    strides.push_back(!scheme && chance(0.3) ? pick(1, 3) : 1);
    dilations.push_back(chance(0.2) ? pick(1, 3) : 1);
    // An input is hardly as long as several pieces.
    for (int side = 0; side < 2; ++side)
      padding.push_back(pieces > 1                      ? pick(0, 2 * taps)
                        : chance(isStream ? 0.03 : 0.4) ? pick(0, 3)
                                                        : 0);
  }
  kernelShape.append({depth / groups, filters});
  if (countTerms(x, kernelShape) > mostTerms)
    return;
  Attributes attributes =
      convAttributes(kernelShape, strides, dilations, padding, groups);
  if (chance(0.3))
    attributes.push_back(named("border", vector(depth, -1, 1)));
  if (scheme) {
    attributes.push_back(named("winograd", integers(scheme->getOutputs())));
    attributes.push_back(
        named("products", integers(scheme->getProducts(pieces))));
  }
  addSums<ConvOp>(x, attributes);
}

void KernelGraph::addConvTranspose(Value x) {
  ArrayRef<int64_t> shape = shapeOf(x);
  int64_t depth = shape.back(), groups = 1, filters = channels();
  if (chance(0.3)) {
    groups = depth;
    filters = groups * pick(1, 2);
  }
  SmallVector<int64_t> kernelShape, strides, padding, dilations;
  for (size_t axis = 0; axis + 2 < shape.size(); ++axis) {
    kernelShape.push_back(pick(1, 5));
    strides.push_back(pick(1, 4));
    dilations.push_back(chance(0.3) ? pick(1, 3) : 1);
    padding.push_back(pick(-1, 2));
    padding.push_back(pick(-2, 2));
  }
  kernelShape.append({depth / groups, filters});
  if (countTerms(x, kernelShape) <= mostTerms)
    add<ConvTransposeOp>(
        x, convAttributes(kernelShape, strides, dilations, padding, groups));
}

void KernelGraph::addDense(Value x) {
  int64_t inputs = shapeOf(x).back();
  int64_t outputs = chance(0.2) ? 1 : channels() * (chance(0.1) ? 5 : 1);
  // Weights that the first-level cache does not hold beside the values, which
  // several calls read together.
  if (inputs > 60 && rankOf(x) == 2 && chance(0.4))
    outputs = choose<int64_t>({100, 113, 200});
  if (elementsOf(shapeOf(x)) * outputs > mostTerms || rankOf(x) < 1)
    return;
  Attributes attributes{named("kernel", kernel({inputs, outputs})),
                        named("chains", integer(int64_t(1) << pick(0, 6)))};
  if (chance(0.8))
    attributes.push_back(named("bias", vector(outputs, -0.5, 0.5)));
  addSums<DenseOp>(x, attributes);
}

void KernelGraph::addEmbedding(Value x) {
  // Numbers come from an input; those of a layer are rows of NaN, or of few.
  Value numbers = x;
  if (kind != KernelGraphKind::Stream && chance(0.7))
    numbers = addInput({batch, positions()});
  Attributes attributes{named("table", kernel({10, channels()}))};
  if (chance(0.4))
    attributes.push_back(named("from_end", builder.getUnitAttr()));
  add<EmbeddingOp>(numbers, attributes);
}

void KernelGraph::addAttention(Value x) {
  if (rankOf(x) < 2 || (!mayMix() && rankOf(x) < 3))
    return;
  SmallVector<int64_t> shape(shapeOf(x));
  Value key = x, value = x;
  if (kind != KernelGraphKind::Stream && chance(0.7)) {
    shape[shape.size() - 2] = positions();
    int64_t terms = shape.back(), columns = channels();
    if (elementsOf(shapeOf(x)) * shape[shape.size() - 2] * (terms + columns) >
        mostTerms)
      return;
    key = addInput(shape);
    shape.back() = columns;
    value = addInput(shape);
  } else if (elementsOf(shapeOf(x)) * shape[shape.size() - 2] > mostTerms) {
    return;
  }
  Attributes attributes;
  if (chance(0.5))
    attributes.push_back(
        named("scale", builder.getF64FloatAttr(uniform(0.1, 1.5))));
  add<AttentionOp>({x, key, value}, attributes);
}

void KernelGraph::addMatmul(Value x) {
  if (rankOf(x) < 2 || (!mayMix() && rankOf(x) < 3))
    return;
  SmallVector<int64_t> shape(shapeOf(x));
  shape[shape.size() - 2] = shape.back();
  shape.back() = channels();
  for (size_t axis = 1; axis + 2 < shape.size(); ++axis)
    if (chance(0.3))
      shape[axis] = 1;
  if (elementsOf(shapeOf(x)) * shape.back() > mostTerms)
    return;
  Value y;
  for (Value other : values)
    if (shapeOf(other) == ArrayRef<int64_t>(shape))
      y = other;
  if (!y && kind != KernelGraphKind::Stream && chance(0.6))
    y = addInput(shape);
  if (!y) {
    if (shape.size() > 2)
      shape[0] = 1;
    y = ConstantOp::create(builder, layer(), RankedTensorType::get(shape, type),
                           kernel(shape));
  }
  add<MatmulOp>({x, y}, {});
}

/// A mask of the steps of `x`: zero where none of a step's elements is
/// positive.
FailureOr<Value> KernelGraph::findMask(Value x) {
  auto largest = ReduceKindAttr::get(builder.getContext(), ReduceKind::Max);
  FailureOr<Value> most = tryCreate<ReduceOp>(
      x, {named("kind", largest), named("axes", integers({2}))});
  auto relu = ActivationAttr::get(builder.getContext(), ActivationKind::Relu);
  if (failed(most))
    return failure();
  return tryCreate<ActivationOp>(*most, {named("function", relu)});
}

/// What a recurrent layer of `x` starts from: an input, a parameter that all
/// samples share, or null.
Value KernelGraph::findState(Value x, int64_t units) {
  if (chance(0.5))
    return {};
  if (chance(0.5))
    return addInput({shapeOf(x)[0], units});
  return ConstantOp::create(builder, layer(),
                            RankedTensorType::get({1, units}, type),
                            kernel({1, units}));
}

void KernelGraph::addRecurrent(Value x) {
  if (rankOf(x) != 3)
    return;
  int64_t units = channels(), gates = choose<int64_t>({1, 3, 4});
  // Weights that leave the first-level cache, for several blocks of steps.
  if (chance(shapeOf(x)[1] > 8 ? 0.6 : 0.3))
    units = choose<int64_t>({68, 80, 117});
  if (elementsOf(shapeOf(x)) * units * gates +
          shapeOf(x)[1] * units * units * gates >
      mostTerms)
    return;
  Attributes attributes{
      named("kernel", kernel({shapeOf(x).back(), gates * units})),
      named("recurrent", kernel({units, gates * units}))};
  bool isUsual = chance(0.5);
  auto function = [&](ActivationKind usual) {
    return isUsual ? ActivationAttr::get(builder.getContext(), usual)
                   : activation();
  };
  attributes.push_back(named("activation", function(ActivationKind::Tanh)));
  if (gates > 1)
    attributes.push_back(
        named("recurrent_activation", function(ActivationKind::Sigmoid)));
  if (chance(0.8))
    attributes.push_back(named("bias", vector(gates * units, -0.5, 0.5)));
  auto maybe = [&](StringRef name) {
    bool isSet = chance(0.5);
    if (isSet)
      attributes.push_back(named(name, builder.getUnitAttr()));
    return isSet;
  };
  RecurrentOperands operands{x, {}, {}, {}};
  if (chance(0.4))
    if (FailureOr<Value> mask = findMask(x); succeeded(mask))
      operands.mask = *mask;
  operands.initial = findState(x, units);
  if (maybe("sequences")) {
    maybe("reversed");
    if (operands.mask)
      maybe("zero_masked");
  }
  maybe("backwards");
  if (chance(0.15))
    attributes.push_back(
        named("clip", builder.getF64FloatAttr(choose<double>({0.25, 1.0}))));
  if (gates == 3 && maybe("reset_after") && chance(0.7))
    attributes.push_back(named("recurrent_bias", vector(units, -0.5, 0.5)));
  if (gates == 4) {
    operands.initialCell = findState(x, units);
    maybe("with_cells");
    if (chance(0.3))
      attributes.push_back(named("peephole", vector(3 * units, -0.5, 0.5)));
    if (chance(0.2))
      attributes.push_back(named("cell_activation", activation()));
    if (chance(0.2))
      attributes.push_back(named("cell_clip", builder.getF64FloatAttr(0.25)));
  }
  auto addLayer = [&](auto op) {
    using OpT = decltype(op);
    attributes.push_back(operands.getSegments<OpT>(builder));
    add<OpT>(operands.getValues(), attributes);
  };
  if (gates == 1)
    addLayer(RNNOp());
  else if (gates == 3)
    addLayer(GRUOp());
  else
    addLayer(LSTMOp());
}
