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
  /// The input of that layer: steps (batch, steps), or, with `hasElements`,
  /// sequences whose last axis has the elements of a step. A step counts unless
  /// it is, or all of them are, `skipped`.
  mlir::Value input;
  bool hasElements = false;
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

/// `mask.steps`, built if it is not there yet.
mlir::Value getSteps(ModelBuilder &builder, StepMask &mask);
/// 1 where `value` is not 0, else 0: the value itself where it is that already.
mlir::Value buildTruth(ModelBuilder &builder, llvm::StringRef layer,
                       mlir::Value value);

/// `steps` with an axis of size 1 for the elements of a step.
mlir::Value addElementAxis(ModelBuilder &builder, llvm::StringRef layer,
                           mlir::Value steps);
/// The sequences `value`, 0 where `column` is, which addElementAxis() gave.
mlir::Value zeroMasked(ModelBuilder &builder, llvm::StringRef layer,
                       mlir::Value column, mlir::Value value);

/// The mask of a merge of sequences with `masks`. `keepsSteps`: it has as many
/// steps as they have.
SharedMask mergeMasks(llvm::StringRef layer, llvm::StringRef className,
                      llvm::ArrayRef<SharedMask> masks, bool keepsSteps);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_MASKS_H
