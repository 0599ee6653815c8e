//===- BeatFile.cpp - Lists of beats in files -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/BeatFile.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/Annotations.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

#include <cmath>

using namespace llvm;

namespace frieze::ecg {

Expected<BeatFileFormat> findBeatFileFormat(StringRef path, size_t records) {
  StringRef extension = sys::path::extension(path);
  if (extension.equals_insensitive(".json"))
    return BeatFileFormat::JSON;
  if (extension.equals_insensitive(".atr")) {
    if (records != 1)
      return fileError(path, "an annotation file holds one record, found " +
                                 Twine(records));
    return BeatFileFormat::Annotations;
  }
  if (extension.empty() || extension.equals_insensitive(".csv") ||
      extension.equals_insensitive(".txt"))
    return BeatFileFormat::CSV;
  return fileError(path,
                   "the beats are written as .csv, .json or .atr, found '" +
                       extension + "'");
}

static void writeCSV(raw_ostream &stream, ArrayRef<BeatList> lists) {
  stream << "record,sample,time_s,score\n";
  for (const BeatList &list : lists) {
    std::string record = quoteField(list.record);
    for (const Beat &beat : list.beats)
      stream << record << ',' << beat.position << ','
             << format("%.4f,%.4f\n", beat.position / list.rate, beat.score);
  }
}

static void writeJSON(raw_ostream &stream, ArrayRef<BeatList> lists) {
  json::OStream out(stream, /*IndentSize=*/1);
  auto writeList = [&](const BeatList &list) {
    // Names come from files, in any encoding.
    out.attribute("record", json::fixUTF8(list.record));
    out.attribute("lead", json::fixUTF8(list.lead));
    out.attribute("rate", list.rate);
    out.attribute("samples", list.length);
    out.attributeArray("gaps", [&] {
      for (const Gap &gap : list.gaps)
        out.object([&] {
          out.attribute("sample", gap.first);
          out.attribute("samples", gap.count);
        });
    });
    out.attributeArray("beats", [&] {
      for (const Beat &beat : list.beats)
        out.rawValue([&](raw_ostream &raw) {
          raw << "{\"sample\": " << beat.position
              << format(", \"time_s\": %.4f, \"score\": %.4f}",
                        beat.position / list.rate, beat.score);
        });
    });
  };
  out.object([&] {
    out.attributeArray("records", [&] {
      for (const BeatList &list : lists)
        out.object([&] { writeList(list); });
    });
  });
  stream << '\n';
}

void writeBeats(raw_ostream &stream, BeatFileFormat format,
                ArrayRef<BeatList> lists) {
  switch (format) {
  case BeatFileFormat::CSV:
    return writeCSV(stream, lists);
  case BeatFileFormat::JSON:
    return writeJSON(stream, lists);
  case BeatFileFormat::Annotations:
    return writeAnnotations(stream, lists.front());
  }
}

static Expected<StringMap<BeatPositions>> readCSV(StringRef path) {
  auto file = readFile(path);
  if (!file)
    return inFile(path, file.takeError());
  StringRef text = skipByteOrderMark(*file);
  SmallVector<StringRef> columns = splitFields(takeLine(text));
  size_t record = find(columns, "record") - columns.begin();
  size_t sample = find(columns, "sample") - columns.begin();
  size_t time = find(columns, "time_s") - columns.begin();
  if (record == columns.size() || sample == columns.size())
    return fileError(path, "line 1: the columns record and sample are needed");

  StringMap<BeatPositions> records;
  // The latest beat of each tells the rate best, as times are rounded.
  StringMap<uint64_t> latest;
  for (uint64_t lineNumber = 2; !text.empty(); ++lineNumber) {
    StringRef line = takeLine(text);
    if (line.trim().empty())
      continue;
    SmallVector<StringRef> fields = splitFields(line);
    std::optional<int64_t> position;
    if (fields.size() == columns.size())
      position = parseInteger(fields[sample]);
    if (!position || *position < 0)
      return fileError(path, "line " + Twine(lineNumber) +
                                 ": expected a record and a sample from 0");
    BeatPositions &positions = records[fields[record]];
    positions.beats.push_back(*position);
    if (time == columns.size() ||
        uint64_t(*position) <= latest.lookup(fields[record]))
      continue;
    std::optional<double> seconds = parseNumber(fields[time]);
    if (!seconds || !(*seconds >= 0) || !std::isfinite(*seconds))
      return fileError(path, "line " + Twine(lineNumber) +
                                 ": expected a time in seconds, found '" +
                                 fields[time].take_front(40) + "'");
    latest[fields[record]] = *position;
    // Rates have at most three decimals; the rest is from rounding.
    if (*seconds > 0)
      positions.rate = std::round(*position / *seconds * 1000) / 1000;
  }
  for (auto &entry : records)
    llvm::sort(entry.second.beats);
  return records;
}

Expected<StringMap<BeatPositions>> readBeats(StringRef path) {
  StringRef extension = sys::path::extension(path);
  if (extension.equals_insensitive(".csv") ||
      extension.equals_insensitive(".txt"))
    return readCSV(path);
  std::string annotations = path.str();
  if (extension.equals_insensitive(".hea"))
    annotations = (path.drop_back(extension.size()) + ".atr").str();
  else if (sys::fs::exists(path + ".atr"))
    annotations = (path + ".atr").str();
  Expected<BeatPositions> beats = readAnnotations(annotations);
  if (!beats)
    return beats.takeError();
  StringMap<BeatPositions> records;
  records[sys::path::stem(annotations)] = std::move(*beats);
  return records;
}

} // namespace frieze::ecg
