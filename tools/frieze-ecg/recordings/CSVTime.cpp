//===- CSVTime.cpp - Columns that number the rows of CSV --------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/CSVTime.h"
#include "tools/frieze-ecg/recordings/Sampling.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// A rate that was given may differ by so much from what the times tell:
/// clocks run fast or slow.
static constexpr double rateTolerance = 0.005;

/// Without a unit, times that make a higher rate as seconds, Hz, are most
/// likely minutes or hours.
static constexpr double mostOfSeconds = 5000;

static constexpr double millisecond = 1e3, microsecond = 1e6;

/// How many of a unit of time a second has; none for other words.
static std::optional<double> findUnitsPerSecond(StringRef word) {
  return StringSwitch<std::optional<double>>(word)
      .Cases({"H", "HR", "HOUR", "HOURS"}, 1 / 3600.0)
      .Cases({"MIN", "MINS", "MINUTE", "MINUTES"}, 1 / 60.0)
      .Cases({"S", "SEC", "SECS", "SECOND", "SECONDS"}, 1.0)
      .Cases({"MS", "MSEC", "MSECS", "MILLISECOND", "MILLISECONDS"},
             millisecond)
      // Both letters that stand for micro are no ASCII: "µs" is one word.
      .Cases(
          {"US", "USEC", "\u00B5S", "\u03BCS", "MICROSECOND", "MICROSECONDS"},
          microsecond)
      .Cases({"NS", "NSEC", "NANOSECOND", "NANOSECONDS"}, 1e9)
      .Default(std::nullopt);
}

std::optional<TimeUnit> frieze::ecg::findTimeUnit(StringRef name,
                                                  bool isFirst) {
  std::vector<std::string> words = splitWords(name);
  if (words.empty())
    return isFirst ? std::optional(TimeUnit{0.0}) : std::nullopt;
  auto areAll = [&](ArrayRef<StringLiteral> list) {
    return all_of(words,
                  [&](StringRef word) { return is_contained(list, word); });
  };
  StringRef head = words.front();
  if (areAll({"SAMPLE", "SAMPLES", "INDEX", "ROW", "NUMBER", "NO", "NR"}) ||
      (isFirst && head == "UNNAMED"))
    return TimeUnit{0.0};
  std::optional<double> perSecond = findUnitsPerSecond(words.back());
  const bool isAlone = words.size() == 1;
  // Alone, "min" and "h" are something else.
  // Of the logger of Polar's sensors.
  if (words.size() > 1 && head == "SENSOR" && words[1] == "TIMESTAMP")
    return TimeUnit{perSecond};
  if (!(head.starts_with("TIME") || head.starts_with("DATE") ||
        head.starts_with("ELAPSED") || head == "CLOCK" || head == "EPOCH" ||
        head == "UNIX" || (head == "T" && (isAlone || perSecond)) ||
        (isAlone && perSecond && *perSecond >= 1)))
    return std::nullopt;
  return TimeUnit{perSecond,
                  areAll({"TIME", "TIMES", "T", "TIMESTAMP", "TIMESTAMPS",
                          "ELAPSED", "UNIX", "EPOCH"})};
}

bool frieze::ecg::isArrivalTime(StringRef name) {
  std::vector<std::string> words = splitWords(name);
  return words.size() > 1 && words.front() == "PHONE" &&
         words[1] == "TIMESTAMP";
}

/// A number for a message: what was measured has digits without end.
static std::string shorten(double value) {
  std::string text;
  raw_string_ostream(text) << format("%.6g", value);
  return text;
}

/// What the last digit of a number counts: 0.001 for "12.500", 1e-5 for
/// "1.25e-3".
static double getLastDigit(StringRef number) {
  auto [mantissa, exponent] = number.split(number.contains('e') ? 'e' : 'E');
  return std::pow(10.0, double(parseInteger(exponent).value_or(0)) -
                            double(mantissa.split('.').second.size()));
}

std::string TimeColumn::parse(StringRef field, double &time,
                              double &lastDigit) {
  auto expects = [&](const Twine &what) {
    return ("expects " + what + ", but got '" + field.take_front(40) + "'")
        .str();
  };
  if (std::optional<double> number = parseNumber(field)) {
    if (kind)
      return expects("the time to be written as in the first row");
    if (!std::isfinite(*number))
      return expects("a finite time");
    time = *number;
    lastDigit = getLastDigit(field);
    return {};
  }
  std::optional<Timestamp> stamp = parseTimestamp(field);
  if (!stamp)
    return expects("the time in numbers, as a clock (12:34:56.789) or by ISO "
                   "8601");
  if (rows > 0 && kind != stamp->kind)
    return expects("the time to be written as in the first row");
  if (rows == 0) {
    kind = stamp->kind;
    firstSecond = stamp->seconds;
    // It tells its unit, whatever the column is called.
    unit = TimeUnit{1.0};
  }
  time = double(stamp->seconds - firstSecond) + stamp->fraction;
  // A clock that is past midnight goes on.
  constexpr double day = 86400;
  if (kind == Timestamp::Kind::Clock)
    time += day * std::max(0.0, std::round((last - time) / day));
  lastDigit = std::pow(10.0, -stamp->digits);
  return {};
}

std::string TimeColumn::take(StringRef field) {
  double time, lastDigit;
  if (std::string problem = parse(field, time, lastDigit); !problem.empty())
    return problem;
  const double before = last;
  last = time;
  if (rows++ == 0) {
    first = time;
    resolution = lastDigit;
    return {};
  }
  auto problem = [&](const char *text) {
    return (Twine(text) + ": " + formatNumber(time) + (kind ? " s" : "") +
            " follows " + formatNumber(before) +
            (kind ? " s, counted from the first row" : ""))
        .str();
  };
  if (time < before)
    return problem("the time runs backwards");
  // Each row bounds the step, as its time may be wrong by what is not printed;
  // 0.4 of a step is what clocks and single precision may make of it. A gap
  // leaves no step that fits the rows before and behind it.
  resolution = std::min(resolution, lastDigit);
  const double count = double(rows - 1), elapsed = time - first;
  const bool countsSamples = unit.perSecond == 0.0;
  const double slack =
      countsSamples ? 0.25 : std::max(resolution, 0.4 * elapsed / count);
  leastStep = std::max(leastStep, (elapsed - slack) / count);
  mostStep = std::min(mostStep, (elapsed + slack) / count);
  if (countsSamples && elapsed != count)
    return problem("the samples have a gap");
  if (leastStep > mostStep)
    return problem("the time has a gap, or uneven steps");
  return {};
}

double TimeColumn::getUncertainty() const {
  // Single precision is no better than that.
  return std::max(resolution / (last - first), 1e-6);
}

Expected<std::optional<double>> TimeColumn::findRate(StringRef path) const {
  if (unit.perSecond == 0.0 || rows < 2)
    return std::nullopt;
  const double exact = unit.perSecond.value_or(1) / getStep();
  if (!unit.perSecond && last > first &&
      !(unit.mayBeSeconds && exact >= minRate && exact <= mostOfSeconds))
    return fileError(path, "column '" + name + "' grows by " +
                               shorten(getStep()) +
                               " a row, in a unit that its name does not "
                               "tell: call it time_s, time_ms, time_us or "
                               "sample, or give --rate=HZ");
  // Written so that no step at all is coarse too.
  constexpr double mostUncertain = 1e-3, coarsest = 0.05;
  if (!(getUncertainty() <= mostUncertain) ||
      resolution > coarsest * unit.perSecond.value_or(1))
    return fileError(path, "column '" + name +
                               "' is too short or too coarse to tell the "
                               "sampling rate: give --rate=HZ");
  // The number with the fewest digits that the times allow.
  for (double digits = 1; digits < 1e6; digits *= 10) {
    double rate = std::round(exact * digits) / digits;
    if (std::abs(rate - exact) <= getUncertainty() * exact)
      return rate;
  }
  return exact;
}

bool TimeColumn::fits(double rate, double perSecond) const {
  const double expected = double(rows - 1) / rate * perSecond;
  return std::abs(last - first - expected) <=
         rateTolerance * expected + resolution;
}

Error TimeColumn::checkRate(StringRef path, double rate) const {
  if (unit.perSecond == 0.0 || rows < 2)
    return Error::success();
  auto units = {1.0, millisecond, microsecond};
  if (unit.perSecond ? fits(rate, *unit.perSecond)
                     : getStep() == 1 || any_of(units, [&](double perSecond) {
                         return fits(rate, perSecond);
                       }))
    return Error::success();
  return fileError(path, "column '" + name + "' grows by " +
                             shorten(getStep()) +
                             " a row, which does not fit a sampling rate of " +
                             formatNumber(rate) + " Hz");
}

Expected<double> frieze::ecg::findRate(StringRef path,
                                       ArrayRef<TimeColumn> times,
                                       const RecordingOptions &options) {
  std::optional<double> rate = options.rate;
  for (bool hasUnit : {true, false})
    for (const TimeColumn &column : times) {
      if (rate || column.hasUnit() != hasUnit)
        continue;
      Expected<std::optional<double>> found = column.findRate(path);
      if (!found)
        return found.takeError();
      rate = *found;
    }
  if (!rate)
    return missingRate(path);
  for (const TimeColumn &column : times)
    if (Error error = column.checkRate(path, *rate))
      return error;
  return *rate;
}
