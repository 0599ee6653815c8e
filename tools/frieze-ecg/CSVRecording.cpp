//===- CSVRecording.cpp - Recordings in columns of numbers ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/CSVTime.h"
#include "tools/frieze-ecg/Recording.h"
#include "tools/frieze-ecg/SampleFile.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// The unit at the end of a column's name: "MLII (uV)", "MLII [mV]", "II_uV".
/// Behind an underscore or a blank, V is the name of a lead. Empty without one.
static StringRef findUnit(StringRef name) {
  for (StringRef brackets : {"()", "[]", "{}"}) {
    if (!name.ends_with(brackets.drop_front()))
      continue;
    size_t open = name.rfind(brackets.front());
    if (open == StringRef::npos)
      continue;
    StringRef unit = name.slice(open + 1, name.size() - 1).trim();
    return getMillivolts(unit) ? unit : StringRef();
  }
  StringRef unit = name.drop_front(name.find_last_of("_ /") + 1);
  return unit.size() > 1 && getMillivolts(unit) ? unit : StringRef();
}

/// Rows between two entries of the index.
static constexpr uint64_t indexStep = 1 << 12;

namespace {

class CSVRecording : public Recording {
public:
  explicit CSVRecording(SampleFile file) : file(std::move(file)) {}

  /// Reads all rows: finds lead and rate, checks every field, and fills the
  /// index.
  Error index(StringRef path, const RecordingOptions &options);

  Error read(uint64_t first, MutableArrayRef<float> samples) const override {
    LineReader reader(file, rowOffsets[first / indexStep]);
    uint64_t skipped = first % indexStep;
    for (size_t i = 0; i < samples.size();) {
      Expected<std::optional<StringRef>> line = reader.next();
      if (!line)
        return line.takeError();
      if (!*line)
        return fileError(file.getPath(), "was changed while it was read");
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
  std::optional<float> parseSample(StringRef field) const {
    if (field.empty() || field.equals_insensitive("nan"))
      return std::numeric_limits<float>::quiet_NaN();
    std::optional<double> value = parseNumber(field);
    if (!value || !std::isfinite(float(*value * millivolts)))
      return std::nullopt;
    return float(*value * millivolts);
  }

  Error parseHeader(StringRef path, ArrayRef<StringRef> fields,
                    const RecordingOptions &options);

  SampleFile file;
  size_t columns = 0, column = 0;
  /// Millivolts in the unit of the column.
  double millivolts = 1;
  std::vector<TimeColumn> times;
  /// Byte of every indexStep-th row, counted from the first with samples.
  std::vector<uint64_t> rowOffsets;
};

} // namespace

Error CSVRecording::parseHeader(StringRef path, ArrayRef<StringRef> fields,
                                const RecordingOptions &options) {
  std::vector<Lead> leads;
  std::vector<size_t> places;
  for (auto [index, name] : enumerate(fields)) {
    if (std::optional<TimeUnit> unit = findTimeUnit(name, index == 0)) {
      times.emplace_back(index, name, *unit);
      continue;
    }
    StringRef unit = findUnit(name);
    leads.push_back({name.str(), unit.empty() ? "mV" : unit.str()});
    places.push_back(index);
  }
  if (leads.empty())
    return fileError(path,
                     "line 1: expects a column of samples, but got times only");
  Expected<LeadChoice> choice = chooseLead(path, leads, options.lead);
  if (!choice)
    return choice.takeError();
  column = places[choice->index];
  lead = leads[choice->index].label;
  millivolts = *getMillivolts(leads[choice->index].unit);
  if (choice->note)
    warnings.push_back(*choice->note);
  return Error::success();
}

Error CSVRecording::index(StringRef path, const RecordingOptions &options) {
  LineReader reader(file, 0);
  for (uint64_t lineNumber = 1;; ++lineNumber) {
    uint64_t offset = reader.getPosition();
    Expected<std::optional<StringRef>> next = reader.next();
    if (!next)
      return next.takeError();
    if (!*next)
      break;
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
        return error(
            "expects a header line with the names of the columns, but got " +
            Twine(columns) + " numbers");
      if (auto choice = chooseLead(path, {Lead{""}}, options.lead); !choice)
        return choice.takeError();
    }
    if (fields.size() != columns)
      return error("expects " + Twine(columns) + " columns, but got " +
                   Twine(fields.size()));
    if (!parseSample(fields[column]))
      return error("expects a finite number, but got '" +
                   fields[column].take_front(40) + "'");
    for (TimeColumn &time : times)
      if (std::string problem = time.take(fields[time.index]); !problem.empty())
        return error(problem);
    if (length++ % indexStep == 0)
      rowOffsets.push_back(offset + (line.data() - (*next)->data()));
  }
  Expected<double> found = findRate(path, times, options);
  if (!found)
    return found.takeError();
  rate = *found;
  return checkRate(path, options, rate);
}

Expected<std::unique_ptr<Recording>>
frieze::ecg::openCSV(StringRef path, const RecordingOptions &options) {
  Expected<SampleFile> file = SampleFile::open(path);
  if (!file)
    return file.takeError();
  auto recording = std::make_unique<CSVRecording>(std::move(*file));
  if (Error error = recording->index(path, options))
    return error;
  recording->frameRate = recording->rate;
  recording->files = {path.str()};
  return recording;
}
