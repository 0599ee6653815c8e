//===- FetchAhead.cpp - Weights fetched before their use --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/FetchAhead.h"

/// The end of a page ends what a processor fetches by itself.
static constexpr int64_t pageBytes = 4 << 10;
/// 64 rows of a panel: the block of channels that the products of minimal
/// filtering read next, while all tiles read this one.
static constexpr int64_t blockBytes = 16 << 10;

int64_t frieze::countLinesAhead(const Machine &machine, int64_t kernelBytes,
                                KernelReads reads) {
  if (!machine.budgets.prefetchedLines)
    return 0;
  int64_t line = machine.caches.line;
  if (reads == KernelReads::Once && kernelBytes > machine.caches.firstLevel)
    return pageBytes / line;
  // From memory, each line takes as long as hundreds of multiply-adds.
  return kernelBytes > machine.caches.secondLevel ? blockBytes / line : 0;
}
