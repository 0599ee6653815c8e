//===- AttentionMasks.h - Which steps attend to which -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_KERAS_ATTENTIONMASKS_H
#define FRIEZE_FRONTENDS_KERAS_ATTENTIONMASKS_H

#include "frontends/keras/Layer.h"

namespace frieze::keras {

/// What an attention leaves out: each 1 where something counts, else 0, and
/// null where all does.
struct AttentionMasks {
  /// Of queries: (batch, queries, 1).
  mlir::Value query;
  /// Of pairs: (batch, queries, keys), or 1 for any of them.
  mlir::Value pairs;
};

/// The masks of `layer`, whose inputs are query, value and perhaps key: those
/// that these have, or that are passed as `mask`, and where `isCausal`, none
/// attends to what follows it. Nothing where a problem was reported.
std::optional<AttentionMasks> takeAttentionMasks(Layer &layer, bool isCausal);

/// The mask of pairs of a multi-head attention, (batch, heads, queries, keys),
/// or 1 for any of them: that of `attention_mask`, and where the queries count,
/// too. Null where all do; nothing where a problem was reported.
std::optional<mlir::Value> takeHeadMask(Layer &layer, bool isCausal);

/// `scores` where `mask`, which may be null, is not 0, else `masked`.
mlir::Value replaceMasked(Layer &layer, mlir::Value mask, mlir::Value scores,
                          float masked);

/// Whether a softmax in a file of `kerasVersion` is zero where all is masked,
/// and not the same everywhere.
bool hasZerosWhereAllMasked(llvm::VersionTuple kerasVersion);

} // namespace frieze::keras

#endif // FRIEZE_FRONTENDS_KERAS_ATTENTIONMASKS_H
