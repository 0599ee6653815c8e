//===- Shuffles.h - What transposing in registers takes ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_COMPILER_CONVERSION_PLAN_SHUFFLES_H
#define FRIEZE_COMPILER_CONVERSION_PLAN_SHUFFLES_H

#include <cstdint>

namespace frieze {

/// The lowest prime factor of `count`, above 1: columns are interleaved by one
/// after the other.
inline int64_t getLowestFactor(int64_t count) {
  int64_t factor = 2;
  while (count % factor)
    ++factor;
  return factor;
}

/// Shuffles for each of `count` vectors that are interleaved or taken apart.
inline int64_t countShuffles(int64_t count) {
  int64_t shuffles = 0;
  for (; count > 1; count /= getLowestFactor(count))
    shuffles += getLowestFactor(count) - 1;
  return shuffles;
}

} // namespace frieze

#endif // FRIEZE_COMPILER_CONVERSION_PLAN_SHUFFLES_H
