//===- RoundParameters.cpp - Round parameters once --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/Passes.h"
#include "dialect/NNOps.h"
#include "dialect/Weights.h"

#include <cmath>

namespace frieze::nn {
#define GEN_PASS_DEF_ROUNDPARAMETERSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace frieze::nn

using namespace mlir;
using namespace frieze::nn;

/// Whether a parameter of `op` may be that: finite, or an infinity of a mask.
static bool isAllowed(Operation *op, double value) {
  return std::isfinite(value) || (isa<ConstantOp>(op) && std::isinf(value));
}

/// Rounds `weights`, attribute `name` of `op`, to `type`. Null on failure.
static ElementsAttr roundTo(Operation *op, StringRef name, ElementsAttr weights,
                            FloatType type) {
  auto rounded =
      RankedTensorType::get(weights.getShapedType().getShape(), type);
  bool isResource = isa<DenseResourceElementsAttr>(weights);
  // What can be stored as it is read is not held in double once more.
  if (type.isF32() && isResource)
    if (auto values = readWeights<float>(weights);
        succeeded(values) &&
        llvm::all_of(*values, [](float value) { return std::isfinite(value); }))
      return createRoundedWeights(getWeightsName(weights), rounded,
                                  std::move(*values));
  auto values = readWeights(weights);
  if (failed(values)) {
    op->emitOpError("expects ")
        << name << " with its data, but the data is elided";
    return nullptr;
  }
  for (double value : *values) {
    bool isInfinite = std::isinf(value) && isAllowed(op, value);
    if (!isInfinite && !std::isfinite(type.isF32() ? (float)value : value)) {
      op->emitOpError("expects a ")
          << name << " that is finite after rounding to " << type
          << ", but got " << value;
      return nullptr;
    }
  }
  if (isResource)
    return createWeights(getWeightsName(weights), rounded, std::move(*values));
  bool losesInfo;
  SmallVector<APFloat> elements;
  for (double value : *values) {
    elements.emplace_back(value);
    elements.back().convert(type.getFloatSemantics(),
                            APFloat::rmNearestTiesToEven, &losesInfo);
  }
  return DenseElementsAttr::get(rounded, elements);
}

/// Parameters that need no rounding are checked too. Elided ones pass.
static LogicalResult checkFinite(Operation *op, StringRef name,
                                 ElementsAttr weights) {
  auto values = readWeights(weights);
  if (succeeded(values) &&
      !llvm::all_of(*values, [&](double v) { return isAllowed(op, v); }))
    return op->emitOpError("expects a finite ") << name;
  return success();
}

/// Rounds the parameters of the affines in an epilogue.
static LogicalResult roundEpilogue(EpilogueOpInterface kernel, FloatType type) {
  if (!kernel.getEpilogueAttr())
    return success();
  SmallVector<Attribute> stages(kernel.getEpilogueStages());
  for (Attribute &stage : stages) {
    auto affine = dyn_cast<AffineStageAttr>(stage);
    if (!affine || (affine.getScale().getElementType() == type &&
                    affine.getShift().getElementType() == type))
      continue;
    ElementsAttr scale = roundTo(kernel, "scale", affine.getScale(), type);
    ElementsAttr shift = roundTo(kernel, "shift", affine.getShift(), type);
    if (!scale || !shift)
      return failure();
    stage = AffineStageAttr::get(kernel.getContext(), affine.getAxis(), scale,
                                 shift);
  }
  kernel.setEpilogueAttr(ArrayAttr::get(kernel.getContext(), stages));
  return success();
}

namespace {
struct RoundParametersPass
    : frieze::nn::impl::RoundParametersPassBase<RoundParametersPass> {
  using RoundParametersPassBase::RoundParametersPassBase;

  void runOnOperation() override {
    UnusedWeights unused(getOperation());
    WalkResult result = getOperation()->walk([&](Operation *op) {
      if (!isa_and_nonnull<NNDialect>(op->getDialect()))
        return WalkResult::advance();
      auto type = cast<FloatType>(
          cast<ShapedType>(op->getResult(0).getType()).getElementType());
      for (NamedAttribute attribute : llvm::to_vector(op->getAttrs())) {
        auto weights = dyn_cast<ElementsAttr>(attribute.getValue());
        if (!weights || !isa<FloatType>(weights.getElementType()))
          continue;
        if (weights.getElementType() == type) {
          if (failed(checkFinite(op, attribute.getName().getValue(), weights)))
            return WalkResult::interrupt();
          continue;
        }
        ElementsAttr value =
            roundTo(op, attribute.getName().getValue(), weights, type);
        if (!value)
          return WalkResult::interrupt();
        op->setAttr(attribute.getName(), value);
        if (freesWeights)
          unused.add(weights);
        ++rounded;
      }
      if (auto kernel = dyn_cast<EpilogueOpInterface>(op);
          kernel && failed(roundEpilogue(kernel, type)))
        return WalkResult::interrupt();
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    if (freesWeights)
      unused.free();
  }
};
} // namespace
