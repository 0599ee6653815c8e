//===- CSVRecording.cpp - Recordings in columns of numbers ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Recording.h"
#include "tools/frieze-ecg/SampleFile.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

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
      .Cases({"sample", "samples", "sample #", "index", ""}, 0.0)
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

/// Rows between two entries of the index.
constexpr uint64_t indexStep = 1 << 12;

class CSVRecording : public Recording {
public:
  explicit CSVRecording(SampleFile file) : file(std::move(file)) {}

  /// Reads all rows: finds the lead, checks every field, and fills the index.
  Error index(StringRef path, const RecordingOptions &options);

  Error read(uint64_t first, MutableArrayRef<float> samples) const override {
    LineReader reader(file, rowOffsets[first / indexStep]);
    uint64_t skipped = first % indexStep;
    for (size_t i = 0; i < samples.size();) {
      Expected<std::optional<StringRef>> line = reader.next();
      if (!line)
        return line.takeError();
      if (!*line)
        return fileError(file.path(), "was changed while it was read");
      if ((*line)->trim().empty())
        continue;
      if (skipped) {
        --skipped;
        continue;
      }
      SmallVector<StringRef> fields = splitFields(**line);
      if (column < fields.size())
        samples[i++] = parseSample(fields[column])
                           .value_or(std::numeric_limits<float>::quiet_NaN());
    }
    return Error::success();
  }

private:
  /// A finite number of millivolts, or NaN for a missing sample.
  static std::optional<float> parseSample(StringRef field) {
    if (field.empty() || field.equals_insensitive("nan"))
      return std::numeric_limits<float>::quiet_NaN();
    std::optional<double> value = parseNumber(field);
    if (!value || !std::isfinite(float(*value)))
      return std::nullopt;
    return float(*value);
  }

  Error parseHeader(StringRef path, ArrayRef<StringRef> fields,
                    const RecordingOptions &options);

  SampleFile file;
  size_t columns = 0, column = 0;
  std::optional<TimeColumn> time;
  /// Byte of every indexStep-th row, counted from the first with samples.
  std::vector<uint64_t> rowOffsets;
};

Error CSVRecording::parseHeader(StringRef path, ArrayRef<StringRef> fields,
                                const RecordingOptions &options) {
  bool hasTime = false;
  if (std::optional<double> units = timeUnitsPerSecond(fields[0].lower())) {
    time.emplace(*units ? *units / rate : 1.0);
    hasTime = true;
  }
  std::vector<std::string> leads(fields.begin() + hasTime, fields.end());
  if (leads.empty())
    return fileError(path, "line 1: no column but the time");
  Expected<size_t> found = findLead(path, leads, options.lead);
  if (!found)
    return found.takeError();
  column = *found + hasTime;
  lead = leads[*found];
  return Error::success();
}

Error CSVRecording::index(StringRef path, const RecordingOptions &options) {
  LineReader reader(file, 0);
  for (uint64_t lineNumber = 1;; ++lineNumber) {
    uint64_t offset = reader.position();
    Expected<std::optional<StringRef>> next = reader.next();
    if (!next)
      return next.takeError();
    if (!*next)
      return Error::success();
    StringRef line = lineNumber == 1 ? skipByteOrderMark(**next) : **next;
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
        if (Error failed = parseHeader(path, fields, options))
          return failed;
        continue;
      }
      if (columns != 1)
        return error("several columns need a header line with their names");
      if (Expected<size_t> found = findLead(path, {""}, options.lead); !found)
        return found.takeError();
    }
    if (fields.size() != columns)
      return error("expected " + Twine(columns) + " columns, found " +
                   Twine(fields.size()));
    if (!parseSample(fields[column]))
      return error("expected a finite number, found '" +
                   fields[column].take_front(40) + "'");
    if (time) {
      std::optional<double> now = parseNumber(fields[0]);
      if (!now)
        return error("expected the time, found '" + fields[0].take_front(40) +
                     "'");
      if (const char *problem = time->next(*now))
        return error(problem);
    }
    if (length++ % indexStep == 0)
      rowOffsets.push_back(offset + (line.data() - (*next)->data()));
  }
}

} // namespace

Expected<std::unique_ptr<Recording>> openCSV(StringRef path,
                                             const RecordingOptions &options) {
  Expected<SampleFile> file = SampleFile::open(path);
  if (!file)
    return file.takeError();
  auto recording = std::make_unique<CSVRecording>(std::move(*file));
  recording->rate = options.rate.value_or(360);
  if (Error error = checkRate(path, options, recording->rate))
    return error;
  if (Error error = recording->index(path, options))
    return error;
  return recording;
}

} // namespace frieze::ecg
