//===- Attention.h - Attention of graph formats --------------- -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_FRONTENDS_ATTENTION_H
#define FRIEZE_FRONTENDS_ATTENTION_H

#include "frontends/GraphNode.h"

namespace frieze {

/// What `softmax(scale query key' + mask) value` is computed of: matrices of
/// (positions, channels) on the last two axes.
struct Attention {
  Tensor query, key, value;
  /// Added to the scores, or of booleans, false where a position does not
  /// count; null without one. A value must be of float32.
  Tensor mask;
  /// One over the root of the channels, if absent.
  std::optional<double> scale;
  /// Position i of the query sees those of the key up to i.
  bool isCausal = false;
};

/// Reports masks that leave a row without any position, which has no softmax,
/// and shapes that do not fit.
Tensor addAttention(GraphNode &node, const Attention &attention);

} // namespace frieze

#endif // FRIEZE_FRONTENDS_ATTENTION_H
