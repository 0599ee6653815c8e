//===- RandomPointwiseKernels.cpp - Layers of single elements ---*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/KernelGraph.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

void KernelGraph::addActivation(Value x) {
  add<ActivationOp>(x, {named("function", activation())});
}

void KernelGraph::addAffine(Value x) {
  int64_t axis = pickAxis(x), size = shapeOf(x)[axis];
  add<AffineOp>(x, {named("axis", integer(axis)),
                    named("scale", vector(size, -1.5, 1.5)),
                    named("shift", vector(size, -1, 1))});
}

void KernelGraph::addBinary(Value x, Value y) {
  if (chance(0.5))
    std::swap(x, y);
  switch (pick(0, 10)) {
  case 0:
    return add<AddOp>({x, y}, {});
  case 1:
    return add<SubOp>({x, y}, {});
  case 2:
    return add<MulOp>({x, y}, {});
  case 3:
    return add<DivOp>({x, y}, {});
  case 4:
    return add<MaximumOp>({x, y}, {});
  case 5:
    return add<EqualOp>({x, y}, {});
  case 6:
    return add<NotEqualOp>({x, y}, {});
  case 7:
    return add<LessOp>({x, y}, {});
  case 8:
    return add<LessEqualOp>({x, y}, {});
  case 9:
    return add<PowOp>({x, y}, {});
  default:
    return add<MinimumOp>({x, y}, {});
  }
}

void KernelGraph::addGlobalPool(Value x) {
  Attributes attributes{named(
      "kind", PoolKindAttr::get(builder.getContext(),
                                chance(0.5) ? PoolKind::Max : PoolKind::Avg))};
  if (chance(0.4))
    attributes.push_back(named("keep_dims", builder.getUnitAttr()));
  add<GlobalPoolOp>(x, attributes);
}

void KernelGraph::addNormalize(Value x) {
  SmallVector<int64_t> axes;
  bool isLast = chance(0.3);
  for (int64_t axis = 0; axis < rankOf(x); ++axis)
    if (isLast ? axis + 1 == rankOf(x)
               : chance(axis == 0 ? (kind == KernelGraphKind::Batch ? 0.0 : 0.1)
                                  : 0.5))
      axes.push_back(axis);
  auto form = *symbolizeNormalizeKind(
      pick(0, (int64_t)getMaxEnumValForNormalizeKind()));
  add<NormalizeOp>(
      x, {named("kind", NormalizeKindAttr::get(builder.getContext(), form)),
          named("axes", integers(axes)),
          named("epsilon", builder.getF64FloatAttr(chance(0.2) ? 0 : 1e-3))});
}

void KernelGraph::addPool(Value x) {
  SmallVector<int64_t> window, strides, padding, dilations;
  bool isPadded = chance(kind == KernelGraphKind::Stream ? 0.03 : 0.4);
  for (int64_t axis = 1; axis + 1 < rankOf(x); ++axis) {
    window.push_back(
        pick(1, std::min<int64_t>(chance(0.2) ? 9 : 4, shapeOf(x)[axis])));
    strides.push_back(pick(1, 4));
    dilations.push_back(!isPadded && chance(0.2) ? pick(1, 3) : 1);
    for (int side = 0; side < 2; ++side)
      padding.push_back(isPadded ? pick(0, window.back() - 1) : 0);
  }
  Attributes attributes{named("window", integers(window)),
                        named("strides", integers(strides)),
                        named("padding", integers(padding)),
                        named("dilations", integers(dilations))};
  if (chance(0.5))
    add<MaxPoolOp>(x, attributes);
  else
    add<AvgPoolOp>(x, attributes);
}

void KernelGraph::addPrelu(Value x) {
  SmallVector<int64_t> shape(shapeOf(x));
  for (auto [axis, size] : llvm::enumerate(shape))
    if (axis == 0 || chance(0.4))
      size = 1;
  add<PreluOp>(
      x, {named("slope", weights(shape, [&] { return uniform(-1, 1); }))});
}

void KernelGraph::addReduce(Value x) {
  SmallVector<int64_t> axes;
  for (int64_t axis = kind == KernelGraphKind::Batch; axis < rankOf(x); ++axis)
    if (chance(axis == 0 ? 0.1 : 0.5))
      axes.push_back(axis);
  auto form =
      *symbolizeReduceKind(pick(0, (int64_t)getMaxEnumValForReduceKind()));
  Attributes attributes{
      named("kind", ReduceKindAttr::get(builder.getContext(), form)),
      named("axes", integers(axes))};
  if (chance(0.5))
    attributes.push_back(named("keep_dims", builder.getUnitAttr()));
  add<ReduceOp>(x, attributes);
}

void KernelGraph::addSelect(Value x) {
  SmallVector<Value, 3> operands{x, findOperand(x), findOperand(x)};
  std::swap(operands[0], operands[pick(0, 2)]);
  auto isZero = ActivationAttr::get(builder.getContext(), ActivationKind::Relu);
  if (FailureOr<Value> condition =
          tryCreate<ActivationOp>(operands[0], {named("function", isZero)});
      succeeded(condition))
    operands[0] = *condition;
  add<SelectOp>(operands, {});
}

void KernelGraph::addSoftmax(Value x) {
  if (rankOf(x) > 1)
    add<SoftmaxOp>(x, {named("axis", integer(pick(1, rankOf(x) - 1)))});
}
