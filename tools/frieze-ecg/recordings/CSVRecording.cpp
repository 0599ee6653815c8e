//===- CSVRecording.cpp - Recordings in columns of numbers ------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/AppleExport.h"
#include "tools/frieze-ecg/recordings/CSVTime.h"
#include "tools/frieze-ecg/recordings/Calibration.h"
#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/SampleFile.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// The unit at the end of a column's name: "MLII (uV)", "MLII [mV]", "II_uV",
/// or the name alone. Behind an underscore or a blank, V is the name of a lead.
/// Empty without one.
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

  /// Reads all rows: finds lead, unit and rate, checks every field, and fills
  /// the index.
  Error index(const RecordingOptions &options);

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
    if (!value || !std::isfinite(float(calibration.toMillivolts(*value))))
      return std::nullopt;
    return float(calibration.toMillivolts(*value));
  }

  void parseHeader(ArrayRef<StringRef> fields);
  bool takeUnits(ArrayRef<StringRef> fields);
  Error chooseColumn(const RecordingOptions &options);
  Error beginRows(uint64_t line, size_t fields,
                  const RecordingOptions &options);
  std::string takeRow(ArrayRef<StringRef> fields);

  SampleFile file;
  /// Columns that are no times, as the header names them, and their places.
  std::vector<Lead> leads;
  std::vector<size_t> places;
  size_t columns = 0, column = 0;
  bool hasHeader = false, hasRows = false;
  /// Whether Apple's Health wrote it, which has one column.
  std::optional<AppleHeader> apple;
  Calibration calibration;
  /// Why there is no calibration, which is told with what the rows tell.
  std::string unitProblem;
  std::vector<TimeColumn> times;
  /// Byte of every indexStep-th row, counted from the first with samples.
  std::vector<uint64_t> rowOffsets;
};

} // namespace

/// Finds the columns by their names.
void CSVRecording::parseHeader(ArrayRef<StringRef> fields) {
  hasHeader = true;
  for (auto [index, name] : enumerate(fields)) {
    if (isArrivalTime(name))
      continue;
    if (std::optional<TimeUnit> unit = findTimeUnit(name, index == 0)) {
      times.emplace_back(index, name, *unit);
      continue;
    }
    leads.push_back({decodeText(name), decodeText(findUnit(name))});
    places.push_back(index);
  }
}

/// Takes a second line of the header, with the units of the columns, as rdsamp
/// of WFDB writes it. Returns whether it is one.
bool CSVRecording::takeUnits(ArrayRef<StringRef> fields) {
  auto isVoltage = [&](size_t place) {
    return getMillivolts(fields[place]).has_value();
  };
  if (!hasHeader || fields.size() != columns || none_of(places, isVoltage) ||
      any_of(fields, [](StringRef field) { return parseNumber(field); }))
    return false;
  for (auto [lead, place] : zip_equal(leads, places))
    lead.unit = decodeText(fields[place]);
  return true;
}

Error CSVRecording::chooseColumn(const RecordingOptions &options) {
  StringRef path = file.getPath();
  if (leads.empty())
    return fileError(path,
                     "line 1: expects a column of samples, but got times only");
  Expected<LeadChoice> choice = chooseLead(path, leads, options.lead);
  if (!choice)
    return choice.takeError();
  column = places[choice->index];
  setLead(*choice, leads[choice->index].label);
  Expected<Calibration> found = calibrate(path, leads[choice->index], options);
  if (found)
    calibration = *found;
  else
    unitProblem = toString(found.takeError());
  unit = calibration.unit;
  return Error::success();
}

/// Finds the lead, at the first row of samples.
Error CSVRecording::beginRows(uint64_t line, size_t fields,
                              const RecordingOptions &options) {
  hasRows = true;
  if (!hasHeader) {
    if (fields != 1 && !apple)
      return fileError(file.getPath(),
                       "line " + Twine(line) +
                           ": expects a header line with the names of the "
                           "columns, but got " +
                           Twine(fields) + " numbers");
    leads = {apple ? apple->lead : Lead{"", ""}};
    places = {0};
  }
  return chooseColumn(options);
}

/// Takes a row of samples. Returns what is wrong with it, or nothing.
std::string CSVRecording::takeRow(ArrayRef<StringRef> fields) {
  if (apple && fields.size() == 2)
    return "expects a number with a decimal point, as an iPhone set to English "
           "writes it, but got one with a comma";
  if (fields.size() != columns)
    return ("expects " + Twine(columns) + " columns, but got " +
            Twine(fields.size()))
        .str();
  if (!parseSample(fields[column]))
    return ("expects a finite number, but got '" +
            fields[column].take_front(40) + "'" +
            (fields[column].contains(',') ? ": decimals have a point" : ""))
        .str();
  for (TimeColumn &time : times)
    if (std::string problem = time.take(fields[time.index]); !problem.empty())
      return problem;
  return {};
}

Error CSVRecording::index(const RecordingOptions &options) {
  const std::string &path = file.getPath();
  Expected<std::optional<AppleHeader>> header = readAppleHeader(file);
  if (!header)
    return header.takeError();
  apple = *header;
  LineReader reader(file, apple ? apple->offset : 0);
  for (uint64_t number = apple ? apple->line : 1;; ++number) {
    uint64_t offset = reader.getPosition();
    Expected<std::optional<StringRef>> next = reader.next();
    if (!next)
      return next.takeError();
    if (!*next)
      break;
    StringRef line = number == 1 ? skipByteOrderMark(**next) : **next;
    if (number == 1 &&
        (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")))
      return fileError(path, "expects text in UTF-8, but got UTF-16");
    if (line.trim().empty())
      continue;
    SmallVector<StringRef> fields = splitFields(line);
    if (columns == 0) {
      columns = apple ? 1 : fields.size();
      // A name that begins like a number is a damaged number.
      if (!apple && !parseNumber(fields[0]) &&
          fields[0].find_first_of("0123456789+-.") != 0) {
        parseHeader(fields);
        continue;
      }
    }
    if (!hasRows) {
      if (takeUnits(fields))
        continue;
      if (Error error = beginRows(number, fields.size(), options))
        return error;
    }
    if (std::string problem = takeRow(fields); !problem.empty()) {
      // A recorder that lost its power wrote a part of the last line.
      if (!reader.hadLineEnd() && length > 0) {
        warnings.push_back(path + ": warning: line " + std::to_string(number) +
                           ", the last, is cut off and left out");
        break;
      }
      return fileError(path, "line " + Twine(number) + ": " + problem);
    }
    if (length++ % indexStep == 0)
      rowOffsets.push_back(offset + (line.data() - (*next)->data()));
  }
  Expected<double> found = apple ? apple->rate : findRate(path, times, options);
  Error problems =
      unitProblem.empty() ? Error::success() : createStringError(unitProblem);
  if (found)
    rate = *found;
  return joinErrors(std::move(problems),
                    found ? checkRate(path, options, rate) : found.takeError());
}

Expected<std::unique_ptr<Recording>>
frieze::ecg::openCSV(SampleFile file, const RecordingOptions &options) {
  auto recording = std::make_unique<CSVRecording>(std::move(file));
  if (Error error = recording->index(options))
    return error;
  recording->frameRate = recording->rate;
  return recording;
}
