//===- Masks.h - Which steps of a sequence count ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_MASKS_H
#define FRIEZE_FRONTENDS_KERAS_MASKS_H

#include "frontends/ModelBuilder.h"
#include "llvm/Support/VersionTuple.h"

#include <memory>

namespace frieze::keras {

/// The mask that Keras hands on beside a sequence. It becomes ops where a layer
/// reads it.
struct StepMask {
  /// The layer that made it.
  std::string origin;
  /// The input of that layer: the steps (batch, steps) of an Embedding, or
  /// sequences (batch, steps, ...). A step counts unless all of its elements
  /// are `skipped`.
  mlir::Value input;
  float skipped = 0.0f;
  /// The layer that merged it with another mask, or with none, which versions
  /// of Keras do in different ways; mostly "".
  std::string mergedBy = "";
  /// 1 where a step counts, else 0; null before a layer read it.
  mlir::Value steps = {};
};
/// Null where all steps count.
using SharedMask = std::shared_ptr<StepMask>;

/// What a layer does with a mask of its input.
enum class MaskUse { Drops, Passes, Reads };
MaskUse getMaskUse(llvm::StringRef className, llvm::VersionTuple kerasVersion);
/// Whether a layer of that class computes with a mask, its own or one that is
/// passed to it, as `Layer::takeMask` gives it.
bool canTakeMask(llvm::StringRef className);
/// Whether an argument of that name is a mask.
bool isMaskKeyword(llvm::StringRef keyword);

/// Builds `mask.steps`: (batch, steps), and (batch, steps, 1) where `keepDims`.
mlir::Value buildMask(ModelBuilder &builder, const StepMask &mask,
                      bool keepDims = false);
/// 1 where `value` is not 0, else 0: the value itself where it is that already.
mlir::Value buildTruth(ModelBuilder &builder, llvm::StringRef layer,
                       mlir::Value value);

/// The mask of the output of a merge of `inputs`, given by their masks.
SharedMask mergeMasks(llvm::StringRef layer, llvm::StringRef className,
                      llvm::ArrayRef<SharedMask> masks, bool keepsSteps);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_MASKS_H
