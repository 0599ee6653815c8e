//===- RandomLayoutKernels.cpp - Layers that move elements ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/KernelGraph.h"

#include <numeric>

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

void KernelGraph::addConcat(Value x) {
  if (rankOf(x) < 2)
    return;
  int64_t axis = pick(1, rankOf(x) - 1);
  SmallVector<Value> operands{x};
  for (int64_t count = pick(0, 2); count > 0; --count) {
    SmallVector<int64_t> shape(shapeOf(x));
    for (Value other : values)
      if (rankOf(other) == rankOf(x)) {
        shape[axis] = shapeOf(other)[axis];
        if (ArrayRef<int64_t>(shape) == shapeOf(other) && chance(0.5))
          operands.push_back(other);
      }
    if (kind != KernelGraphKind::Stream && chance(0.3)) {
      shape[axis] = channels();
      operands.push_back(addInput(shape));
    }
  }
  add<ConcatOp>(operands, {named("axis", integer(axis))});
}

void KernelGraph::joinChannels() {
  Value part = values.pop_back_val();
  SmallVector<Value> operands;
  for (Value other : values)
    if (rankOf(other) == rankOf(part) &&
        shapeOf(other).drop_back() == shapeOf(part).drop_back() &&
        operands.size() < 3 && chance(0.5))
      operands.push_back(other);
  operands.insert(operands.begin() + pick(0, operands.size()), part);
  auto axis = named("axis", integer(rankOf(part) - 1));
  FailureOr<Value> result = tryCreate<ConcatOp>(operands, axis);
  bool isSmall =
      succeeded(result) && elementsOf(shapeOf(*result)) <= mostElements;
  if (succeeded(result) && !isSmall)
    result->getDefiningOp()->erase();
  values.push_back(isSmall ? *result : part);
}

void KernelGraph::addPad(Value x) {
  SmallVector<int64_t> low, high;
  for (int64_t axis = 0; axis < rankOf(x); ++axis) {
    bool isPadded = axis == 0 ? mayMix() && chance(0.05) : chance(0.5);
    low.push_back(isPadded ? pick(0, 3) : 0);
    high.push_back(isPadded ? pick(0, 3) : 0);
  }
  auto mode = *symbolizePadMode(pick(0, (int64_t)getMaxEnumValForPadMode()));
  add<PadOp>(x, {named("low", integers(low)), named("high", integers(high)),
                 named("mode", PadModeAttr::get(builder.getContext(), mode)),
                 named("value", builder.getF64FloatAttr(uniform(-1, 1)))});
}

void KernelGraph::addReshape(Value x) {
  ArrayRef<int64_t> shape = shapeOf(x);
  int64_t rest = elementsOf(shape);
  SmallVector<int64_t> target{shape[0]};
  for (int64_t axes = pick(0, 2); axes > 0; --axes) {
    int64_t size = chance(0.3) ? 1 : pick(1, 8);
    target.push_back(std::gcd(size, rest));
    rest /= target.back();
  }
  target.push_back(rest);
  if (chance(0.2))
    target.push_back(1);
  values.push_back(ReshapeOp::create(builder, layer(),
                                     RankedTensorType::get(target, type), x));
}

void KernelGraph::addResize(Value x) {
  SmallVector<int64_t> sizes;
  SmallVector<double> scales;
  for (int64_t axis = 1; axis + 1 < rankOf(x); ++axis) {
    sizes.push_back(chance(0.5) ? 2 * shapeOf(x)[axis] : pick(1, 20));
    scales.push_back(uniform(0.5, 3));
  }
  MLIRContext *context = builder.getContext();
  bool isNearest = chance(0.5);
  auto coordinates =
      *symbolizeCoordinates(pick(0, (int64_t)getMaxEnumValForCoordinates()));
  Attributes attributes{
      named("kind",
            ResizeKindAttr::get(context, isNearest ? ResizeKind::Nearest
                                                   : ResizeKind::Linear)),
      named("sizes", integers(sizes)),
      named("coordinates", CoordinatesAttr::get(context, coordinates))};
  if (isNearest)
    attributes.push_back(named(
        "rounding",
        RoundingAttr::get(
            context,
            *symbolizeRounding(pick(0, (int64_t)getMaxEnumValForRounding())))));
  if (chance(0.3))
    attributes.push_back(named("scales", builder.getDenseF64ArrayAttr(scales)));
  add<ResizeOp>(x, attributes);
}

void KernelGraph::addSlice(Value x) {
  SmallVector<int64_t> begin, size, strides;
  for (auto [axis, length] : llvm::enumerate(shapeOf(x))) {
    bool isWhole = axis == 0 ? !mayMix() : chance(0.4);
    int64_t stride = isWhole ? 1 : pick(1, 3);
    size.push_back(isWhole ? length : pick(1, (length - 1) / stride + 1));
    int64_t reach = (size.back() - 1) * stride;
    begin.push_back(pick(0, length - 1 - reach));
    bool isBackwards = !isWhole && chance(0.3);
    if (isBackwards)
      begin.back() += reach;
    strides.push_back(isBackwards ? -stride : stride);
  }
  add<SliceOp>(x,
               {named("begin", integers(begin)), named("size", integers(size)),
                named("strides", integers(strides))});
}

void KernelGraph::addTranspose(Value x) {
  SmallVector<int64_t> permutation(rankOf(x));
  std::iota(permutation.begin(), permutation.end(), 0);
  std::shuffle(permutation.begin() + (mayMix() && chance(0.2) ? 0 : 1),
               permutation.end(), random);
  add<TransposeOp>(x, {named("permutation", integers(permutation))});
}

void KernelGraph::addWindows(Value x) {
  if (!mayMix() || shapeOf(x)[0] != 1)
    return;
  add<WindowsOp>(x, {named("length", integer(pick(1, 6))),
                     named("dilation", integer(pick(1, 3))),
                     named("stride", integer(pick(1, 3)))});
}
