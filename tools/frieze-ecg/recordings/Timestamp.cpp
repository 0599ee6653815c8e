//===- Timestamp.cpp - Times of day and dates -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Timestamp.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// The number of `least` to `most` digits that is all of `text`.
static std::optional<int64_t> parseDigits(StringRef text, size_t least,
                                          size_t most) {
  if (text.size() < least || text.size() > most || !all_of(text, isDigit))
    return std::nullopt;
  return parseInteger(text);
}

std::optional<int64_t> frieze::ecg::countDays(int64_t year, int64_t month,
                                              int64_t day) {
  const bool isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  constexpr int64_t lengths[] = {31, 28, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 ||
      day > lengths[month - 1] + (month == 2 && isLeap))
    return std::nullopt;
  // Leap days before this year, less those before 1970.
  const int64_t last = year - 1;
  int64_t days = 365 * (year - 1970) + last / 4 - last / 100 + last / 400 - 477;
  for (int64_t earlier = 1; earlier < month; ++earlier)
    days += lengths[earlier - 1] + (earlier == 2 && isLeap);
  return days + day - 1;
}

/// Days from 1970-01-01 to "2024-05-31".
static std::optional<int64_t> parseDate(StringRef text) {
  auto [year, rest] = text.split('-');
  auto [month, day] = rest.split('-');
  std::optional<int64_t> y = parseDigits(year, 4, 4);
  std::optional<int64_t> m = parseDigits(month, 2, 2);
  std::optional<int64_t> d = parseDigits(day, 2, 2);
  return y && m && d ? countDays(*y, *m, *d) : std::nullopt;
}

/// Seconds that a zone is ahead of UTC: "Z", "+02:00", "-0330", "+02".
static std::optional<int64_t> parseZone(StringRef text) {
  if (text == "Z" || text == "z")
    return 0;
  const bool isBehind = text.consume_front("-");
  if (!isBehind && !text.consume_front("+"))
    return std::nullopt;
  StringRef rest = text.drop_front(std::min<size_t>(text.size(), 2));
  rest.consume_front(":");
  std::optional<int64_t> hours = parseDigits(text.take_front(2), 2, 2);
  std::optional<int64_t> minutes =
      rest.empty() ? std::optional<int64_t>(0) : parseDigits(rest, 2, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59)
    return std::nullopt;
  return (isBehind ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}

/// Adds "12:34:56.789" or "34:56.789" to `time`.
static bool addClock(StringRef text, Timestamp &time) {
  auto [whole, fraction] = text.split(text.contains(',') ? ',' : '.');
  if (whole.size() != text.size() && !parseDigits(fraction, 1, 12))
    return false;
  SmallVector<StringRef> parts;
  whole.split(parts, ':');
  if (parts.size() != 2 && parts.size() != 3)
    return false;
  int64_t seconds = 0;
  for (auto [place, part] : enumerate(parts)) {
    // A stopwatch may count any number of the largest.
    const bool isFirst = place == 0;
    std::optional<int64_t> number =
        parseDigits(part, isFirst ? 1 : 2, isFirst ? 6 : 2);
    if (!number || (!isFirst && *number > 59))
      return false;
    seconds = seconds * 60 + *number;
  }
  time.seconds += seconds;
  time.digits = fraction.size();
  if (time.digits)
    time.fraction = *parseNumber(("0." + fraction).str());
  return true;
}

std::optional<Timestamp> frieze::ecg::parseTimestamp(StringRef text) {
  Timestamp time = {Timestamp::Kind::Clock, 0, 0, 0};
  constexpr size_t dateSize = 10;
  if (text.size() <= dateSize || text[4] != '-') {
    if (!addClock(text, time))
      return std::nullopt;
    return time;
  }
  std::optional<int64_t> days = parseDate(text.take_front(dateSize));
  StringRef rest = text.drop_front(dateSize);
  if (!days || !(rest.consume_front("T") || rest.consume_front("t") ||
                 rest.consume_front(" ")))
    return std::nullopt;
  time.kind = Timestamp::Kind::Local;
  time.seconds = *days * 86400;
  size_t zone = rest.find_first_of("Zz+-");
  StringRef clock = rest.take_front(zone).rtrim(' ');
  // Of a day, all of its parts, and no more than it has.
  if (clock.split(':').first.size() != 2 || clock.count(':') != 2 ||
      clock.take_front(2) > "23" || !addClock(clock, time))
    return std::nullopt;
  if (zone != StringRef::npos) {
    std::optional<int64_t> ahead = parseZone(rest.drop_front(zone));
    if (!ahead)
      return std::nullopt;
    time.kind = Timestamp::Kind::Zoned;
    time.seconds -= *ahead;
  }
  return time;
}
