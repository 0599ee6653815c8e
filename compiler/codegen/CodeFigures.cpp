//===- CodeFigures.cpp - Machine code in figures ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/CodeFigures.h"

#include <algorithm>
#include <cmath>
#include <optional>

using namespace frieze;

/// Instructions of a call with all that it calls, where every callee is known.
static std::optional<double> count(const CodeFigures &figures,
                                   llvm::StringRef function) {
  auto found = figures.functions.find(function);
  if (found == figures.functions.end())
    return std::nullopt;
  double sum = found->second.instructions;
  for (const CallFigures &call : found->second.calls) {
    std::optional<double> ofCallee = count(figures, call.callee);
    if (!ofCallee)
      return std::nullopt;
    sum += call.times * *ofCallee;
  }
  return sum;
}

int64_t CodeFigures::countInstructions(llvm::StringRef function) const {
  return countsInstructions ? std::llround(count(*this, function).value_or(0))
                            : 0;
}

/// Bytes of the stack that a call of `function` takes at most, where a callee
/// that is unknown takes `ofUnknown`.
static std::optional<int64_t>
getStackBytesOf(const CodeFigures &figures, llvm::StringRef function,
                std::optional<int64_t> ofUnknown) {
  auto found = figures.functions.find(function);
  if (found == figures.functions.end())
    return ofUnknown;
  int64_t frame = found->second.frameBytes;
  int64_t most = frame;
  for (const CallFigures &call : found->second.calls) {
    std::optional<int64_t> ofCallee =
        getStackBytesOf(figures, call.callee, ofUnknown);
    if (!ofCallee)
      return std::nullopt;
    most = std::max(most, (call.isTail ? 0 : frame) + *ofCallee);
  }
  return most;
}

int64_t CodeFigures::getStackBytes() const {
  auto findMost = [&](std::optional<int64_t> ofUnknown) {
    int64_t most = 0;
    for (const auto &entry : functions)
      most = std::max(
          most, getStackBytesOf(*this, entry.first(), ofUnknown).value_or(0));
    return most;
  };
  // One that is unknown is for a machine, and calls none that is.
  return findMost(findMost(std::nullopt));
}
