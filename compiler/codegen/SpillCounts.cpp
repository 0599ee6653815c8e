//===- SpillCounts.cpp - Registers that went through memory -----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/codegen/SpillCounts.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/Function.h"

using namespace llvm;
using namespace frieze;

namespace {
class SpillCounter : public DiagnosticHandler {
public:
  explicit SpillCounter(SpillCounts &counts) : counts(counts) {}

  bool isMissedOptRemarkEnabled(StringRef pass) const override {
    return pass == "regalloc";
  }
  bool isAnyRemarkEnabled() const override { return true; }

  bool handleDiagnostics(const DiagnosticInfo &diagnostic) override {
    auto *remark = dyn_cast<DiagnosticInfoOptimizationBase>(&diagnostic);
    if (!remark)
      return false;
    // "LoopSpillReloadCopies" counts some of them again, for each loop.
    if (remark->getRemarkName() != "SpillReloadCopies")
      return true;
    SpillCount &count = counts[remark->getFunction().getName()];
    for (const auto &argument : remark->getArgs()) {
      int64_t number = 0;
      StringRef(argument.Val).getAsInteger(10, number);
      if (argument.Key == "NumSpills" || argument.Key == "NumFoldedSpills")
        count.spills += number;
      if (argument.Key == "NumReloads" || argument.Key == "NumFoldedReloads")
        count.reloads += number;
    }
    return true;
  }

private:
  SpillCounts &counts;
};
} // namespace

std::unique_ptr<DiagnosticHandler>
frieze::createSpillCounter(SpillCounts &counts) {
  return std::make_unique<SpillCounter>(counts);
}
