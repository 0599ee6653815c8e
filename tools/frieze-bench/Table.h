//===- Table.h - Results on a terminal --------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_TABLE_H
#define FRIEZE_TOOLS_BENCH_TABLE_H

#include "tools/frieze-bench/Results.h"

#include <array>
#include <string>

namespace frieze {

/// A row of figures, or the headings over them.
using MeasurementCells = std::array<std::string, 12>;
using ComparisonCells = std::array<std::string, 9>;
using StreamCells = std::array<std::string, 7>;

/// The texts of the tables, here and in the report. What is not known, and
/// rates of what has no multiply-adds, are dashes.
MeasurementCells getMeasurementHeadings();
MeasurementCells getCells(const Measurement &measurement,
                          const MachinePeak &peak);
ComparisonCells getComparisonHeadings();
ComparisonCells getCells(const Comparison &comparison);
ComparisonCells getCells(const AbsentPeer &absent);
StreamCells getStreamHeadings();
StreamCells getCells(const StreamMeasurement &measurement);

/// The processor, and the code that runs on it.
std::string describeCode(const Subject &model);
/// The peak and the bandwidths, on one line.
std::string describeMachine(const MachinePeak &peak);
/// How long the layers take together beside the model; "" where not all were
/// measured.
std::string describeSums(const Results &results);

/// Prints `results` to standard output while they come in, in less than 120
/// columns.
class TablePrinter {
public:
  explicit TablePrinter(const Results &results);

  void printHeader();
  /// Prints what has been added since the last call.
  void printNew();
  /// Prints how the layers and the model compare.
  void printSums();
  /// Prints what is not there to compare with.
  void printAbsentPeers();

private:
  void printComparisonHeadings();

  const Results &results;
  size_t measurementsPrinted = 0, comparisonsPrinted = 0, streamsPrinted = 0;
};

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_TABLE_H
