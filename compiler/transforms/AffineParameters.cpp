//===- AffineParameters.cpp - Affines as numbers ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/transforms/AffineParameters.h"
#include "dialect/LayerName.h"
#include "dialect/Weights.h"

using namespace mlir;
using namespace frieze::nn;

FailureOr<AffineParameters> AffineParameters::read(AffineOp op) {
  auto scale = readWeights(op.getScale()), shift = readWeights(op.getShift());
  if (failed(scale) || failed(shift))
    return failure();
  return AffineParameters{(int64_t)op.getAxis(), std::move(*scale),
                          std::move(*shift)};
}

bool AffineParameters::isIdentity() const {
  for (size_t channel = 0; channel < size(); ++channel)
    if (!isIdentity(channel))
      return false;
  return true;
}

bool frieze::nn::writeAffine(AffineOp op, const AffineParameters &parameters) {
  if (parameters.isIdentity()) {
    op.replaceAllUsesWith(op.getInput());
    op.erase();
    return true;
  }
  int64_t size = parameters.size();
  op.setScaleAttr(createWeightsLike(op.getScale(), {size}, parameters.scale));
  op.setShiftAttr(createWeightsLike(op.getShift(), {size}, parameters.shift));
  return false;
}

ElementsAttr frieze::nn::replaceWeights(ElementsAttr original,
                                        ElementsAttr fallback,
                                        ArrayRef<int64_t> shape,
                                        ArrayRef<double> values) {
  return createWeightsLike(original ? original : fallback, shape,
                           llvm::to_vector(values));
}

FailureOr<SmallVector<double>>
frieze::nn::readWeightsOrZeros(ElementsAttr weights, size_t size) {
  if (weights)
    return readWeights(weights);
  return SmallVector<double>(size, 0.0);
}

bool frieze::nn::isRearrangement(Operation *op, int64_t axis) {
  if (auto resize = dyn_cast<ResizeOp>(op))
    return axis == resize.getType().getRank() - 1;
  auto pad = dyn_cast<PadOp>(op);
  return pad && pad.getMode() != PadMode::Constant && pad.getLow()[axis] == 0 &&
         pad.getHigh()[axis] == 0;
}

Operation *frieze::nn::getOnlyUser(Value value) {
  if (!value.hasOneUse())
    return nullptr;
  Operation *user = *value.user_begin();
  return isa_and_nonnull<NNDialect>(user->getDialect()) ? user : nullptr;
}

static constexpr llvm::StringLiteral batchNormTag = "batch norm";

Location frieze::nn::tagBatchNorm(Location location) {
  MLIRContext *context = location.getContext();
  return FusedLoc::get(context, location,
                       StringAttr::get(context, batchNormTag));
}

StringRef frieze::nn::getSubject(AffineOp affine) {
  auto location = dyn_cast<FusedLoc>(Location(affine.getLoc()));
  auto tag = location ? dyn_cast_or_null<StringAttr>(location.getMetadata())
                      : StringAttr();
  return tag && tag.getValue() == batchNormTag ? batchNormTag : "affine";
}

std::string frieze::nn::getLayerName(Operation *op) {
  StringRef name = findLayerName(op->getLoc());
  return name.empty() ? op->getName().getStringRef().str()
                      : ("'" + name + "'").str();
}
