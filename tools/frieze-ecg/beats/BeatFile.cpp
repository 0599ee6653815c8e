//===- BeatFile.cpp - Lists of beats in files -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/BeatFile.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/beats/Annotations.h"
#include "tools/frieze-ecg/beats/BeatJSON.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <map>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

Expected<BeatFileFormat> frieze::ecg::findBeatFileFormat(StringRef path,
                                                         size_t records) {
  StringRef extension = sys::path::extension(path);
  if (extension.equals_insensitive(".json"))
    return BeatFileFormat::JSON;
  if (extension.equals_insensitive(".atr")) {
    if (records != 1)
      return fileError(path,
                       "expects one record for an annotation file, but got " +
                           Twine(records));
    return BeatFileFormat::Annotations;
  }
  if (extension.empty() || extension.equals_insensitive(".csv") ||
      extension.equals_insensitive(".txt"))
    return BeatFileFormat::CSV;
  return fileError(path,
                   "expects the extension .csv, .json or .atr, but got '" +
                       extension + "'");
}

StringRef frieze::ecg::getExtension(BeatFileFormat format) {
  switch (format) {
  case BeatFileFormat::CSV:
    return ".csv";
  case BeatFileFormat::JSON:
    return ".json";
  case BeatFileFormat::Annotations:
    return ".atr";
  }
  llvm_unreachable("unknown format");
}

static void writeRows(raw_ostream &stream, const BeatList &list,
                      const BeatFileLayout &layout) {
  const std::string record = quoteField(list.record);
  const std::string end =
      layout.withPaths ? "," + quoteField(list.path) + "\n" : std::string("\n");
  const size_t classes = layout.classes.size();
  for (auto [number, beat] : enumerate(list.beats)) {
    stream << record << ',' << beat.position << ','
           << format("%.4f", beat.position / list.rate);
    if (classes == 0)
      stream << format(",%.4f", beat.score);
    else if (std::optional<size_t> own = list.labels.classes[number]) {
      stream << ',' << layout.classes[*own];
      for (float score :
           ArrayRef(list.labels.scores).slice(number * classes, classes))
        stream << format(",%.4f", score);
    } else {
      stream << std::string(1 + classes, ',');
    }
    stream << end;
  }
}

void BeatWriter::begin(raw_ostream &stream) const {
  if (layout.format == BeatFileFormat::CSV) {
    stream << "record,sample,time_s,"
           << (layout.classes.empty() ? "score" : "label");
    for (const std::string &name : layout.classes)
      stream << ",score_" << name;
    stream << (layout.withPaths ? ",path\n" : "\n");
  } else if (layout.format == BeatFileFormat::JSON) {
    stream << "{\n \"records\": [";
  }
}

void BeatWriter::add(raw_ostream &stream, const BeatList &list,
                     bool isFirst) const {
  switch (layout.format) {
  case BeatFileFormat::CSV:
    return writeRows(stream, list, layout);
  case BeatFileFormat::JSON:
    stream << (isFirst ? "\n" : ",\n");
    return writeJSON(stream, list, layout);
  case BeatFileFormat::Annotations:
    return writeAnnotations(stream, list, layout.classes);
  }
}

void BeatWriter::end(raw_ostream &stream) const {
  if (layout.format == BeatFileFormat::JSON)
    stream << "\n ]\n}\n";
}

void BeatPositions::sort() {
  if (labels.empty())
    return llvm::sort(beats);
  std::vector<std::pair<uint64_t, std::string>> named;
  for (auto [beat, label] : zip_equal(beats, labels))
    named.emplace_back(beat, std::move(label));
  llvm::sort(named);
  for (auto [pair, beat, label] : zip_equal(named, beats, labels)) {
    beat = pair.first;
    label = std::move(pair.second);
  }
}

namespace {

/// The beats of one record in CSV.
class CSVBeats {
public:
  void add(uint64_t position) { positions.beats.push_back(position); }
  void addLabel(StringRef label) { positions.labels.push_back(label.str()); }
  void addTime(uint64_t position, double seconds, uint64_t line) {
    times.push_back({position, seconds, line});
  }

  Expected<BeatPositions> finish(StringRef path) {
    positions.sort();
    if (Error error = findRate(path))
      return error;
    positions.record.samples = positions.rate;
    return std::move(positions);
  }

private:
  struct Time {
    uint64_t position;
    double seconds;
    uint64_t line;
  };

  /// The latest beat tells the rate best, as times are rounded, and the others
  /// must agree.
  Error findRate(StringRef path) {
    auto latest = max_element(times, [](const Time &a, const Time &b) {
      return a.position < b.position;
    });
    if (latest == times.end() || latest->position == 0)
      return Error::success();
    // Rates have at most three decimals; the rest is from rounding.
    double rate = std::round(latest->position / latest->seconds * 1000) / 1000;
    for (const Time &time : times)
      if (std::isinf(rate) || !(std::abs(time.position / rate - time.seconds) <=
                                0.05 + 1e-5 * time.seconds))
        return fileError(
            path, "line " + Twine(time.line) + ": the time " +
                      formatNumber(time.seconds) + " s does not fit sample " +
                      Twine(time.position) + " at " + formatNumber(rate) +
                      " Hz, which the latest beat tells");
    positions.rate = rate;
    return Error::success();
  }

  BeatPositions positions;
  std::vector<Time> times;
};

} // namespace

static Expected<StringMap<BeatPositions>> readCSV(StringRef path) {
  auto file = readFile(path);
  if (!file)
    return inFile(path, file.takeError());
  StringRef text = skipByteOrderMark(*file);
  const StringRef header = takeLine(text);
  SmallVector<StringRef> columns = splitFields(header);
  size_t record = find(columns, "record") - columns.begin();
  size_t sample = find(columns, "sample") - columns.begin();
  size_t time = find(columns, "time_s") - columns.begin();
  size_t label = find(columns, "label") - columns.begin();
  size_t recordPath = find(columns, "path") - columns.begin();
  if (record == columns.size() || sample == columns.size())
    return fileError(
        path, "line 1: expects the columns record and sample, but got '" +
                  header.trim().take_front(40) + "'");

  // By the record's name and path.
  std::map<std::pair<StringRef, StringRef>, CSVBeats> records;
  for (uint64_t lineNumber = 2; !text.empty(); ++lineNumber) {
    StringRef line = takeLine(text);
    if (line.trim().empty())
      continue;
    SmallVector<StringRef> fields = splitFields(line);
    std::optional<int64_t> position;
    if (fields.size() == columns.size())
      position = parseInteger(fields[sample]);
    if (!position || *position < 0)
      return fileError(path,
                       "line " + Twine(lineNumber) +
                           ": expects a record and a sample from 0, but got '" +
                           line.trim().take_front(40) + "'");
    // In files of other programs, a path may be that of something else.
    StringRef recordFile;
    if (recordPath < columns.size() &&
        getRecordName(fields[recordPath]) == fields[record])
      recordFile = fields[recordPath];
    CSVBeats &beats = records[{fields[record], recordFile}];
    beats.add(*position);
    if (label < columns.size())
      beats.addLabel(fields[label]);
    if (time == columns.size())
      continue;
    std::optional<double> seconds = parseNumber(fields[time]);
    if (!seconds || !(*seconds >= 0) || !std::isfinite(*seconds))
      return fileError(path, "line " + Twine(lineNumber) +
                                 ": expects a time in seconds, but got '" +
                                 fields[time].take_front(40) + "'");
    beats.addTime(*position, *seconds, lineNumber);
  }
  StringMap<BeatPositions> result;
  for (auto &[key, beats] : records) {
    auto [name, recordFile] = key;
    Expected<BeatPositions> positions = beats.finish(path);
    if (!positions)
      return positions.takeError();
    positions->path = recordFile.str();
    if (!result.try_emplace(name, *positions).second)
      result[recordFile] = std::move(*positions);
  }
  return result;
}

/// The annotation file that `path` is, or that of the record with this name or
/// header.
static std::string findAnnotations(StringRef path) {
  StringRef extension = sys::path::extension(path);
  if (extension.equals_insensitive(".hea"))
    return (path.drop_back(extension.size()) + ".atr").str();
  if (sys::fs::exists(path + ".atr"))
    return (path + ".atr").str();
  return path.str();
}

/// Reads `path` by its extension; it becomes the file that was read.
static Expected<StringMap<BeatPositions>> readFormat(std::string &path) {
  StringRef extension = sys::path::extension(path);
  if (extension.equals_insensitive(".csv") ||
      extension.equals_insensitive(".txt"))
    return readCSV(path);
  if (extension.equals_insensitive(".json"))
    return readJSON(path);
  path = findAnnotations(path);
  Expected<BeatPositions> beats = readAnnotations(path);
  if (!beats)
    return beats.takeError();
  StringMap<BeatPositions> records;
  records[sys::path::stem(path)] = std::move(*beats);
  return records;
}

Expected<StringMap<BeatPositions>> frieze::ecg::readBeats(StringRef path) {
  std::string file = path.str();
  Expected<StringMap<BeatPositions>> records = readFormat(file);
  if (records)
    for (auto &entry : *records)
      entry.second.file = file;
  return records;
}

std::optional<double> frieze::ecg::findRate(const BeatPositions &beats,
                                            const RecordRates &record,
                                            std::optional<double> given) {
  if (beats.rate)
    return beats.rate;
  if (given)
    return given;
  // Sample 0 is at 0 s whatever the rate.
  if (beats.leftOut.empty() && (beats.beats.empty() || beats.beats.back() == 0))
    return 1.0;
  return beats.countsFrames ? record.frames : record.samples;
}
