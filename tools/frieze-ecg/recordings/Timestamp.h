//===- Timestamp.h - Times of day and dates ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_TIMESTAMP_H
#define FRIEZE_TOOLS_ECG_TIMESTAMP_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace frieze::ecg {

/// A point in time, as text has it.
struct Timestamp {
  /// What the text tells of the day.
  enum class Kind { Clock, Local, Zoned } kind;
  /// Whole seconds since midnight, or since 1970 in the zone of the text or in
  /// UTC.
  int64_t seconds;
  /// The part of a second, and how many digits it has.
  double fraction;
  int digits;
};

/// The time that is all of `text`: a clock, "12:34:56.789" or "0:56.789", or a
/// date and time of ISO 8601, "2024-05-31T12:34:56.789+02:00", also with a
/// blank for the T, a comma for the point, "Z", or no zone. None for anything
/// else, such as a day that no month has.
std::optional<Timestamp> parseTimestamp(llvm::StringRef text);

/// Days from 1970-01-01 to a date of the Gregorian calendar; none if there is
/// no such day.
std::optional<int64_t> countDays(int64_t year, int64_t month, int64_t day);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_TIMESTAMP_H
