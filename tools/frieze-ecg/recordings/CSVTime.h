//===- CSVTime.h - Columns that number the rows of CSV ----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_CSVTIME_H
#define FRIEZE_TOOLS_ECG_CSVTIME_H

#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/Timestamp.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace frieze::ecg {

/// What a column counts that numbers the rows.
struct TimeUnit {
  /// How many there are in a second; 0 if it counts samples, none if the name
  /// of the column does not tell.
  std::optional<double> perSecond;
  /// Whether the name leaves open what else than seconds it could be.
  bool mayBeSeconds = false;
};

/// The unit of a column with this name; none if it is no time. `isFirst` says
/// that it is the first column, in which an index needs no name.
std::optional<TimeUnit> findTimeUnit(llvm::StringRef name, bool isFirst);

/// Whether a column of this name tells when rows arrived somewhere, several at
/// once, and not when they were sampled.
bool isArrivalTime(llvm::StringRef name);

/// The times of the rows, which must follow each other evenly: numbers, or
/// dates and clocks, all of one kind.
class TimeColumn {
public:
  TimeColumn(size_t index, llvm::StringRef name, TimeUnit unit)
      : index(index), name(name), unit(unit) {}

  /// Takes the next row's time. Returns what is wrong with it, or nothing.
  std::string take(llvm::StringRef field);

  bool hasUnit() const { return unit.perSecond.has_value(); }

  /// The sampling rate in Hz that the times tell; none if they count samples.
  /// Without a unit they are seconds if that is a usual rate of ECG, and else
  /// an error, as are times too coarse to tell.
  llvm::Expected<std::optional<double>> findRate(llvm::StringRef path) const;

  /// Checks that the times fit `rate`, in Hz; without a unit, in any.
  llvm::Error checkRate(llvm::StringRef path, double rate) const;

  /// Its place in a row.
  const size_t index;

private:
  /// The time in `field` in the column's unit, and what its last digit counts.
  /// Returns what is wrong with it, or nothing.
  std::string parse(llvm::StringRef field, double &time, double &lastDigit);

  /// Growth from row to row, and the part of it that the print may have lost.
  double getStep() const { return (last - first) / (rows - 1); }
  double getUncertainty() const;
  /// Whether the times are those of `rate` if so many of them are a second.
  bool fits(double rate, double perSecond) const;

  std::string name;
  TimeUnit unit;
  /// Whether times are dates or clocks, and of what kind; seconds, by the
  /// first.
  std::optional<Timestamp::Kind> kind;
  int64_t firstSecond = 0;
  uint64_t rows = 0;
  double first = 0, last = 0;
  /// What the last digit counts of the most precise time so far.
  double resolution = 1;
  /// Between these lies the step if all rows so far are even.
  double leastStep = 0, mostStep = std::numeric_limits<double>::infinity();
};

/// The rate of a file with these columns: what they tell, or the one that was
/// given; all must agree.
llvm::Expected<double> findRate(llvm::StringRef path,
                                llvm::ArrayRef<TimeColumn> times,
                                const RecordingOptions &options);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_CSVTIME_H
