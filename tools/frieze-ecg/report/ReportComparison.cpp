//===- ReportComparison.cpp - Disagreements of a page -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/report/ReportComparison.h"
#include "tools/frieze-ecg/beats/Agreement.h"

#include "llvm/Support/Path.h"

using namespace llvm;
using namespace frieze::ecg;

ReportComparison frieze::ecg::compareForReport(const BeatPositions &reference,
                                               double referenceRate,
                                               const BeatList &found) {
  BeatPositions positions;
  for (const Beat &beat : found.beats)
    positions.beats.push_back(beat.position);
  Disagreements disagreements;
  ReportComparison comparison;
  comparison.file = sys::path::filename(reference.file).str();
  comparison.reference = compareBeats(reference, referenceRate, positions,
                                      found.rate, /*from=*/0, &disagreements)
                             .reference;
  for (size_t index : disagreements.missed)
    comparison.missed.push_back(reference.beats[index] / referenceRate);
  comparison.extra = std::move(disagreements.extra);
  return comparison;
}
