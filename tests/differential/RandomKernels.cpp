//===- RandomKernels.cpp - Random layers for code generation ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tests/differential/KernelGraph.h"

using namespace mlir;
using namespace frieze;
using namespace frieze::nn;

ActivationAttr KernelGraph::activation() {
  auto function = *symbolizeActivationKind(
      pick(0, (int64_t)getMaxEnumValForActivationKind()));
  unsigned parameters = ActivationAttr::getNumParameters(function);
  return ActivationAttr::get(builder.getContext(), function,
                             parameters == 0                    ? 0.0
                             : function == ActivationKind::Clip ? -0.5
                                                                : 0.25,
                             parameters == 2 ? 0.5 : 0.0);
}

ArrayAttr KernelGraph::epilogue(ArrayRef<int64_t> shape, int64_t axis,
                                bool mayPool) {
  SmallVector<Attribute> stages;
  int64_t poolAt = mayPool && chance(0.6) ? pick(0, 2) : -1;
  for (int64_t count = pick(1, 3), i = 0; i < count || i <= poolAt; ++i) {
    if (i == poolAt) {
      SmallVector<int64_t> window, strides;
      for (size_t spatial = 1; spatial + 1 < shape.size(); ++spatial) {
        window.push_back(pick(1, std::min<int64_t>(4, shape[spatial])));
        strides.push_back(chance(0.6) ? window.back() : pick(1, 4));
      }
      stages.push_back(PoolStageAttr::get(
          builder.getContext(), chance(0.5) ? PoolKind::Max : PoolKind::Avg,
          builder.getDenseI64ArrayAttr(window),
          builder.getDenseI64ArrayAttr(strides)));
    } else if (chance(0.5)) {
      stages.push_back(activation());
    } else {
      stages.push_back(affineStage(axis, shape[axis]));
    }
  }
  return builder.getArrayAttr(stages);
}

Value KernelGraph::addInput(ArrayRef<int64_t> shape) {
  return function.getBody().front().addArgument(
      RankedTensorType::get(shape, type), builder.getUnknownLoc());
}

Value KernelGraph::findOperand(Value value) {
  SmallVector<int64_t> shape(shapeOf(value));
  for (Value other : llvm::reverse(values))
    if (other != value && other.getType() == value.getType() && chance(0.6))
      return other;
  for (int64_t &size : llvm::drop_begin(shape))
    if (chance(0.3))
      size = 1;
  bool isSecondInput = kind != KernelGraphKind::Stream && chance(0.5);
  if (isSecondInput)
    return addInput(shape);
  shape[0] = 1;
  return ConstantOp::create(builder, layer(),
                            RankedTensorType::get(shape, type),
                            weights(shape, [&] { return uniform(-1.5, 1.5); }));
}

void KernelGraph::addLayer() {
  // Mostly the last value, so that the graph gets deep.
  Value x = chance(0.8) ? values.back() : values[pick(0, values.size() - 1)];
  using Adder = void (KernelGraph::*)(Value);
  static constexpr Adder images[] = {
      &KernelGraph::addConv,       &KernelGraph::addConv,
      &KernelGraph::addConv,       &KernelGraph::addConvTranspose,
      &KernelGraph::addGlobalPool, &KernelGraph::addPool,
      &KernelGraph::addPool,       &KernelGraph::addResize,
      &KernelGraph::addRecurrent,  &KernelGraph::addWindows};
  static constexpr Adder others[] = {
      &KernelGraph::addActivation, &KernelGraph::addAffine,
      &KernelGraph::addAttention,  &KernelGraph::addBinary,
      &KernelGraph::addBinary,     &KernelGraph::addConcat,
      &KernelGraph::addDense,      &KernelGraph::addDense,
      &KernelGraph::addEmbedding,  &KernelGraph::addIdentity,
      &KernelGraph::addMatmul,     &KernelGraph::addNormalize,
      &KernelGraph::addPad,        &KernelGraph::addPrelu,
      &KernelGraph::addSelect,     &KernelGraph::addReduce,
      &KernelGraph::addReshape,    &KernelGraph::addSlice,
      &KernelGraph::addSoftmax,    &KernelGraph::addTranspose};
  bool isImage = rankOf(x) == 3 || rankOf(x) == 4;
  bool isDeep = kind == KernelGraphKind::Stream ? chance(0.6) : chance(0.5);
  Adder adder = isImage && isDeep ? images[pick(0, std::size(images) - 1)]
                                  : others[pick(0, std::size(others) - 1)];
  if (rankOf(x) > (mayMix() ? 0 : 1))
    (this->*adder)(x);
}

OwningOpRef<ModuleOp> KernelGraph::build() {
  if (mayMix() && chance(0.3))
    batch = pick(2, 3);
  SmallVector<int64_t> shape{batch};
  if (kind == KernelGraphKind::Stream) {
    shape.push_back(pick(3, 40));
    if (chance(0.8))
      shape.push_back(pick(1, chance(0.3) ? 17 : 4));
  } else {
    for (int64_t axes = pick(0, 2); axes > 0; --axes)
      shape.push_back(positions());
    double draw = uniform(0, 1);
    shape.push_back(draw < 0.1   ? choose<int64_t>({63, 64, 65, 128, 130})
                    : draw < 0.2 ? 1
                                 : channels());
    // Rows of one channel that fill more than a vector.
    if (shape.back() == 1 && shape.size() > 2 && chance(0.5))
      shape[1] = choose<int64_t>({17, 33, 40});
  }
  function = begin(RankedTensorType::get(shape, type));
  values.push_back(function.getArgument(0));
  for (int64_t i = pick(1, kind == KernelGraphKind::Stream ? 6 : 4); i > 0; --i)
    addLayer();
  // A model of constants alone has no use, and one of its input no layer.
  if (values.size() == 1)
    addIdentity(values.back());
  SmallVector<Value> results{values.back()};
  if (chance(0.2))
    results.push_back(values[pick(0, values.size() - 1)]);
  return finish(function, results);
}

OwningOpRef<ModuleOp> frieze::createRandomKernels(MLIRContext *context,
                                                  uint64_t seed,
                                                  KernelGraphKind kind) {
  return KernelGraph(context, seed, kind).build();
}
