//===- Limits.h - What a model has at most ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_DIALECT_LIMITS_H
#define FRIEZE_DIALECT_LIMITS_H

#include <cstddef>
#include <cstdint>

namespace frieze {

/// No tensor of a model has more elements, and no size, stride or padding is
/// larger, nor any integer of a file that sizes anything: products of two stay
/// far from overflow.
inline constexpr int64_t maxElements = int64_t(1) << 29;

/// No tensor of a file has more axes.
inline constexpr size_t maxRank = 8;

/// A last axis of more has no channels: one number that holds for all of it is
/// not repeated for each, which would take memory.
inline constexpr int64_t maxChannels = int64_t(1) << 16;

} // namespace frieze

#endif // FRIEZE_DIALECT_LIMITS_H
