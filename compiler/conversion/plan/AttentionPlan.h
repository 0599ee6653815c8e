//===- AttentionPlan.h - How attention is computed --------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_ATTENTIONPLAN_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_ATTENTIONPLAN_H

#include "compiler/conversion/plan/KernelPlan.h"
#include "dialect/NNOps.h"

namespace frieze {

/// The sizes of an attention, and the scratch memory of a block of its queries:
/// matrices with a row for each term, key and value, and queries side by side.
struct AttentionShape {
  AttentionShape(nn::AttentionOp op, const Target &target);

  int64_t countBlocks() const { return llvm::divideCeil(queries, block); }
  /// The queries themselves, the scores that become weights, the sum of the
  /// weights, and the results.
  int64_t getScoresAt() const { return terms * rowStride; }
  int64_t getSumsAt() const { return getScoresAt() + keys * rowStride; }
  int64_t getResultsAt() const { return getSumsAt() + rowStride; }
  int64_t getBlockElements() const {
    return getResultsAt() + values * rowStride;
  }

  /// Products of their own, by the leading axes.
  int64_t products = 1;
  int64_t queries, keys, terms, values;
  /// Queries that go through all steps together. Whole vectors of every machine
  /// do, and few enough that their scores stay in the first-level cache.
  int64_t block;
  /// Elements from one row of scratch memory to the next.
  int64_t rowStride;
  /// Whether blocks have memory of their own, for a device to compute at once.
  bool isAtOnce;
};

KernelPlan planAttention(const Target &target, const Machine &machine,
                         nn::AttentionOp op);

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_ATTENTIONPLAN_H
