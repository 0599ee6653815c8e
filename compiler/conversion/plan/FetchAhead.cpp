//===- FetchAhead.cpp - Weights fetched before their use --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/conversion/plan/FetchAhead.h"
#include "compiler/conversion/plan/ElementType.h"
#include "compiler/conversion/plan/Panels.h"
#include "dialect/Weights.h"
#include "dialect/Winograd.h"

using namespace mlir;
using namespace frieze;

/// The end of a page ends what a processor fetches by itself.
static constexpr int64_t pageBytes = 4 << 10;
/// Terms that all rows read while the next block is fetched, in minimal
/// filtering channels, and the fewest whose partial sums are worth storing.
static constexpr int64_t blockTerms = nn::winogradBlock, leastTerms = 32;
/// Of a panel.
static constexpr int64_t blockBytes =
    blockTerms * panelColumns * accumulatorBytes;

int64_t frieze::chooseTermBlock(const Machine &machine, int64_t kernelBytes,
                                int64_t terms, int64_t rows, int64_t tileRows) {
  if (machine.caches.secondLevel == 0 ||
      kernelBytes <= machine.caches.secondLevel || rows <= tileRows)
    return 0;
  for (int64_t block = std::min(blockTerms, terms / 2); block >= leastTerms;
       --block)
    if (terms % block == 0)
      return block;
  return 0;
}

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

int64_t frieze::countElementsBehind(const Machine &machine, Operation *op,
                                    int64_t kernelBytes) {
  int64_t secondLevel = machine.caches.secondLevel;
  int64_t values = countBytes(op->getOperand(0).getType()) +
                   countBytes(op->getResult(0).getType());
  if (!machine.budgets.prefetchedLines || kernelBytes > secondLevel ||
      values > secondLevel / 2)
    return 0;
  // Both sums end early, as every convolution of a net asks for them.
  int64_t all = 0, most = secondLevel / accumulatorBytes;
  for (Operation &other : *op->getBlock())
    if ((all += nn::countWeights(&other)) > most)
      break;
  if (all <= most)
    return 0;
  most /= 2;
  int64_t behind = 0;
  for (Operation *next = op->getNextNode(); next && behind < most;
       next = next->getNextNode())
    behind += nn::countWeights(next);
  return std::min(behind, most);
}
