//===- Masks.cpp - Which steps of a sequence count --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontends/keras/Masks.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace mlir;
using namespace frieze;
using namespace frieze::keras;

bool keras::isMaskKeyword(StringRef keyword) {
  return keyword == "mask" || keyword.ends_with("_mask");
}

MaskUse keras::getMaskUse(StringRef className, VersionTuple kerasVersion) {
  // Keras 3 leaves out of these merges what is masked in one of their inputs.
  if (kerasVersion.getMajor() >= 3 &&
      (className == "Maximum" || className == "Minimum" ||
       className == "Multiply"))
    return MaskUse::Reads;
  static const llvm::StringSet<> passing{"Activation",
                                         "ActivityRegularization",
                                         "Add",
                                         "AlphaDropout",
                                         "Average",
                                         "BatchNormalization",
                                         "BatchNormalizationV1",
                                         "BatchNormalizationV2",
                                         "Concatenate",
                                         "Dense",
                                         "Dropout",
                                         "ELU",
                                         "GaussianDropout",
                                         "GaussianNoise",
                                         "Identity",
                                         "LayerNormalization",
                                         "LeakyReLU",
                                         "Masking",
                                         "Maximum",
                                         "Merge",
                                         "Minimum",
                                         "Multiply",
                                         "Normalization",
                                         "PReLU",
                                         "ReLU",
                                         "Rescaling",
                                         "SpatialDropout1D",
                                         "SpatialDropout2D",
                                         "SpatialDropout3D",
                                         "Subtract",
                                         "SyncBatchNormalization",
                                         "ThresholdedReLU",
                                         "UnitNormalization"};
  // What computes with whole steps has no use for a mask.
  static const llvm::StringSet<> dropping{"Embedding", "Flatten", "Permute",
                                          "RepeatVector", "Reshape"};
  if (passing.contains(className))
    return MaskUse::Passes;
  bool drops = dropping.contains(className) || className.starts_with("ops.") ||
               className.starts_with("tf.") || className.contains("Conv1D") ||
               className.contains("Conv2D") || className.contains("Padding") ||
               className.contains("Cropping") ||
               className.contains("UpSampling") ||
               className.contains("MaxPooling") ||
               className.starts_with("AveragePooling");
  return drops ? MaskUse::Drops : MaskUse::Reads;
}

bool keras::canTakeMask(StringRef className) {
  static const llvm::StringSet<> taking{"AdditiveAttention",
                                        "Attention",
                                        "Bidirectional",
                                        "GRU",
                                        "GlobalAveragePooling1D",
                                        "LSTM",
                                        "MultiHeadAttention",
                                        "RNN",
                                        "SimpleRNN",
                                        "Softmax"};
  return taking.contains(className);
}

/// Whether all elements are 1 or 0.
static bool isTruth(Value value) {
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<nn::EqualOp, nn::NotEqualOp, nn::LessOp, nn::LessEqualOp>(
          op))
    return true;
  auto reduce = dyn_cast_if_present<nn::ReduceOp>(op);
  bool picks =
      reduce ? reduce.getKind() == nn::ReduceKind::Max ||
                   reduce.getKind() == nn::ReduceKind::Min
             : isa_and_nonnull<nn::MaximumOp, nn::MinimumOp, nn::ConcatOp,
                               nn::ReshapeOp, nn::SliceOp, nn::TransposeOp>(op);
  return picks && llvm::all_of(op->getOperands(), isTruth);
}

Value keras::buildTruth(ModelBuilder &builder, StringRef layer, Value value) {
  if (!value || isTruth(value))
    return value;
  return builder.binaryWithWeights(layer, nn::BinaryKind::NotEqual, value,
                                   Array{{}, {0.0f}});
}

Value keras::getSteps(ModelBuilder &builder, StepMask &mask) {
  if (mask.steps || !mask.input)
    return mask.steps;
  mask.steps = builder.binaryWithWeights(mask.origin, nn::BinaryKind::NotEqual,
                                         mask.input, Array{{}, {mask.skipped}});
  if (mask.hasElements)
    mask.steps = builder.reduce(mask.origin, nn::ReduceKind::Max, mask.steps,
                                {int64_t(getShape(mask.input).size()) - 1},
                                /*keepDims=*/false);
  return mask.steps;
}

Value keras::addElementAxis(ModelBuilder &builder, StringRef layer,
                            Value steps) {
  if (!steps)
    return {};
  SmallVector<int64_t> shape(getShape(steps).drop_front());
  shape.push_back(1);
  return builder.reshape(layer, steps, shape);
}

Value keras::zeroMasked(ModelBuilder &builder, StringRef layer, Value column,
                        Value value) {
  if (!column || !value)
    return {};
  Array zero{SmallVector<int64_t>(getShape(value).size(), 1), {0.0f}};
  return builder.select(
      layer, column, value,
      builder.constant(layer, builder.addWeights(layer, "zero", zero)));
}

SharedMask keras::mergeMasks(StringRef layer, StringRef className,
                             ArrayRef<SharedMask> masks, bool keepsSteps) {
  auto first = llvm::find_if(masks, [](const SharedMask &m) { return !!m; });
  if (first == masks.end())
    return nullptr;
  bool agree = llvm::all_of(masks, [&](const SharedMask &mask) {
    // Side by side, no mask counts as one of all steps.
    return mask == *first || (className == "Concatenate" && !mask);
  });
  if (agree && keepsSteps)
    return *first;
  auto merged = std::make_shared<StepMask>(**first);
  if (merged->mergedBy.empty())
    merged->mergedBy = layer.str();
  return merged;
}
