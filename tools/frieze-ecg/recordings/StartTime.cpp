//===- StartTime.cpp - When a recording began -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/StartTime.h"
#include "tools/frieze-ecg/recordings/Timestamp.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace frieze::ecg;

/// The next number of a field, up to `mark` or the end, with at most `digits`.
static bool takeNumber(StringRef &field, char mark, size_t digits,
                       unsigned &number) {
  auto [text, rest] = field.split(mark);
  field = rest;
  return !text.empty() && text.size() <= digits && all_of(text, isDigit) &&
         !text.getAsInteger(10, number);
}

static std::optional<std::string> parseTime(StringRef time) {
  const char mark = time.contains(':') ? ':' : '.';
  unsigned hour, minute, second;
  if (!takeNumber(time, mark, 2, hour) || !takeNumber(time, mark, 2, minute))
    return std::nullopt;
  auto [seconds, fraction] = time.split('.');
  const bool hasFraction = time.contains('.');
  if (!takeNumber(seconds, mark, 2, second) || !seconds.empty() || hour > 23 ||
      minute > 59 || second > 59 ||
      (hasFraction && (fraction.empty() || !all_of(fraction, isDigit))))
    return std::nullopt;
  std::string result = formatv("{0:d2}:{1:d2}:{2:d2}", hour, minute, second);
  return hasFraction ? result + "." + fraction.str() : result;
}

static std::optional<std::string> parseDate(StringRef date) {
  const char mark = date.contains('/') ? '/' : '.';
  unsigned day, month, year;
  if (!takeNumber(date, mark, 2, day) || !takeNumber(date, mark, 2, month))
    return std::nullopt;
  const bool isShort = date.size() == 2;
  if (!takeNumber(date, mark, 4, year) || !date.empty())
    return std::nullopt;
  // As EDF has it.
  if (isShort)
    year += year < 85 ? 2000 : 1900;
  if (year < 1000 || !countDays(year, month, day))
    return std::nullopt;
  return formatv("{0}-{1:d2}-{2:d2}", year, month, day).str();
}

std::optional<std::string> frieze::ecg::parseStart(StringRef time,
                                                   StringRef date) {
  std::optional<std::string> clock = parseTime(time);
  if (!clock || date.empty())
    return clock;
  std::optional<std::string> day = parseDate(date);
  if (!day)
    return std::nullopt;
  return *day + "T" + *clock;
}
