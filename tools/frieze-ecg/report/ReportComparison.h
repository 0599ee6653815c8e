//===- ReportComparison.h - Disagreements of a page -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_REPORTCOMPARISON_H
#define FRIEZE_TOOLS_ECG_REPORTCOMPARISON_H

#include "tools/frieze-ecg/beats/Agreement.h"
#include "tools/frieze-ecg/beats/BeatFile.h"

#include <cstddef>
#include <string>
#include <vector>

namespace frieze::ecg {

/// How the beats of a page agree with a reference.
struct ReportComparison {
  /// Where the reference is from, and the number of its beats that count.
  std::string file;
  size_t reference = 0;
  /// Seconds of the reference's beats that were not found, and indices of the
  /// beats found that it does not have; both ascending.
  std::vector<double> missed;
  std::vector<size_t> extra;
};

/// What a page tells of a comparison with a reference, whose rate is in Hz.
ReportComparison describeComparison(const BeatPositions &reference,
                                    double referenceRate,
                                    const Agreement &agreement,
                                    Disagreements disagreements);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_REPORTCOMPARISON_H
