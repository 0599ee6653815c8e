//===- ReportComparison.cpp - Disagreements of a page -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/report/ReportComparison.h"

#include "llvm/Support/Path.h"

using namespace llvm;
using namespace frieze::ecg;

ReportComparison frieze::ecg::describeComparison(const BeatPositions &reference,
                                                 double referenceRate,
                                                 const Agreement &agreement,
                                                 Disagreements disagreements) {
  ReportComparison comparison;
  comparison.file = sys::path::filename(reference.file).str();
  comparison.reference = agreement.reference;
  for (size_t index : disagreements.missed)
    comparison.missed.push_back(reference.beats[index] / referenceRate);
  comparison.extra = std::move(disagreements.extra);
  return comparison;
}
