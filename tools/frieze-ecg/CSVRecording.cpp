//===- CSVRecording.cpp - Recordings in columns of numbers ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Recording.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <cmath>

using namespace llvm;

namespace frieze::ecg {
namespace {

/// Names of a time column, in lower case, and how many of its unit a second
/// has; for a column that counts samples, 0. No value for any other name.
std::optional<double> timeUnitsPerSecond(StringRef name) {
  return StringSwitch<std::optional<double>>(name)
      .Cases({"time", "time_s", "time [s]", "time (s)", "t", "s", "seconds"},
             1.0)
      .Cases({"time_ms", "time [ms]", "time (ms)", "ms", "milliseconds"},
             1000.0)
      .Cases({"sample", "samples", "sample #", "index"}, 0.0)
      .Default(std::nullopt);
}

/// Checks that the rows follow each other at the sampling rate.
class TimeColumn {
public:
  /// unitsPerStep: by how much the time grows from row to row.
  explicit TimeColumn(double unitsPerStep) : unitsPerStep(unitsPerStep) {}

  /// Takes the next row's time. Returns what is wrong with it, or null.
  const char *next(double time) {
    if (!std::isfinite(time))
      return "the time must be finite";
    double previous = last;
    last = time;
    if (rows++ == 0) {
      first = time;
      return nullptr;
    }
    // Times are often printed to 10 ms: a step may vary by as much, as long as
    // all of them together are right.
    double slack = unitsPerStep * 8;
    if (time < previous || time - previous > unitsPerStep + slack)
      return "the time has a gap, or runs backwards";
    double expected = unitsPerStep * (rows - 1);
    if (std::abs(time - first - expected) > slack + 0.005 * expected)
      return "the time must grow at the sampling rate (--rate)";
    return nullptr;
  }

private:
  double unitsPerStep;
  double first = 0, last = 0;
  uint64_t rows = 0;
};

} // namespace

Expected<Recording> readCSV(StringRef path, const RecordingOptions &options) {
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  StringRef text = skipByteOrderMark((*file)->getBuffer());
  Recording recording;
  recording.rate = options.rate.value_or(360);

  size_t columns = 0, column = 0;
  std::optional<TimeColumn> time;
  for (uint64_t lineNumber = 1; !text.empty(); ++lineNumber) {
    StringRef line = takeLine(text);
    if (line.trim().empty())
      continue;
    auto error = [&](const Twine &message) {
      return fileError(path, "line " + Twine(lineNumber) + ": " + message);
    };
    SmallVector<StringRef> fields = splitFields(line);
    if (columns == 0) {
      columns = fields.size();
      // A name that begins like a number is a damaged number.
      if (!parseNumber(fields[0]) &&
          fields[0].find_first_of("0123456789+-.") != 0) {
        std::string first = fields[0].lower();
        bool hasTime = false;
        if (std::optional<double> units = timeUnitsPerSecond(first)) {
          time.emplace(*units ? *units / recording.rate : 1.0);
          hasTime = true;
        }
        std::vector<std::string> leads(fields.begin() + hasTime, fields.end());
        if (leads.empty())
          return error("no column but the time");
        Expected<size_t> lead = findLead(path, leads, options.lead);
        if (!lead)
          return lead.takeError();
        column = *lead + hasTime;
        recording.lead = leads[*lead];
        continue;
      }
      if (columns != 1)
        return error("several columns need a header line with their names");
      if (Expected<size_t> lead = findLead(path, {""}, options.lead); !lead)
        return lead.takeError();
    }
    if (fields.size() != columns)
      return error("expected " + Twine(columns) + " columns, found " +
                   Twine(fields.size()));
    std::optional<double> value = parseNumber(fields[column]);
    if (!value || !std::isfinite(float(*value)))
      return error("expected a finite number, found '" +
                   fields[column].take_front(40) + "'");
    recording.samples.push_back(float(*value));
    if (time) {
      std::optional<double> now = parseNumber(fields[0]);
      if (!now)
        return error("expected the time, found '" + fields[0].take_front(40) +
                     "'");
      if (const char *problem = time->next(*now))
        return error(problem);
    }
  }
  return recording;
}

} // namespace frieze::ecg
