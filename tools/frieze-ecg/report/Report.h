//===- Report.h - A page with a recording and its beats ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_REPORT_H
#define FRIEZE_TOOLS_ECG_REPORT_H

#include "tools/frieze-ecg/beats/BeatFile.h"
#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/report/ReportComparison.h"
#include "tools/frieze-ecg/report/ReportLeads.h"

#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// The smoothed scores of a recording, at detectorRate, few enough for
/// memory and a page: the highest of each `bin` of them.
class ScoreCurve {
public:
  /// For a recording of so many seconds.
  explicit ScoreCurve(double duration);

  /// Takes the scores of the positions from `first` on, NaN where there is
  /// none. Threads may do so at once for ranges that begin at multiples of
  /// 2^14.
  void take(uint64_t first, llvm::ArrayRef<double> scores);

  uint64_t getBinSize() const { return uint64_t(1) << shift; }
  /// From 0 to 254, and 255 where there is none.
  llvm::ArrayRef<uint8_t> getHighest() const { return bins; }

private:
  unsigned shift = 0;
  std::vector<uint8_t> bins;
};

/// What a page shows.
struct ReportContents {
  llvm::StringRef model;
  const Recording &recording;
  const BeatList &beats;
  /// The traces below that of the recording.
  const ReportLeads &otherLeads;
  /// Null where beats were not looked for.
  const ScoreCurve *scores = nullptr;
  /// Names of the classes of beats, if they have any.
  llvm::ArrayRef<std::string> classes;
  std::optional<ReportComparison> comparison;
};

/// Writes the page of one recording, which needs no other file and no network.
/// It holds all samples as long as there are at most 2^26, of a longer
/// recording the lowest and the highest of each 2, 4, 8, ... samples. The
/// samples are read twice and written piece by piece. A sample is rounded to 1
/// uV, or to a thousandth of a span below 1 mV, or to 1/65000 of one above 65
/// mV.
llvm::Error writeReport(llvm::raw_ostream &stream,
                        const ReportContents &contents);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_REPORT_H
