//===- BeatJSON.cpp - Lists of beats in JSON --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/BeatJSON.h"
#include "frontends/Files.h"
#include "frontends/Json.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Writes number `index` of the beats of a list on one line.
static void writeBeat(raw_ostream &stream, const BeatList &list, size_t index,
                      ArrayRef<std::string> classes) {
  const Beat &beat = list.beats[index];
  stream << "{\"sample\": " << beat.position
         << format(", \"time_s\": %.4f, ", beat.position / list.rate);
  if (classes.empty()) {
    stream << format("\"score\": %.4f}", beat.score);
    return;
  }
  std::optional<size_t> own = list.labels.classes[index];
  if (!own) {
    stream << "\"label\": null, \"scores\": null}";
    return;
  }
  stream << "\"label\": " << json::Value(classes[*own]) << ", \"scores\": [";
  ListSeparator separator;
  for (float score : ArrayRef(list.labels.scores)
                         .slice(index * classes.size(), classes.size()))
    stream << separator << format("%.4f", score);
  stream << "]}";
}

void frieze::ecg::writeJSON(raw_ostream &stream, const BeatList &list,
                            const BeatFileLayout &layout) {
  std::string text;
  raw_string_ostream lines(text);
  json::OStream out(lines, /*IndentSize=*/1);
  out.object([&] {
    // Names come from files, in any encoding.
    out.attribute("record", json::fixUTF8(list.record));
    if (layout.withPaths)
      out.attribute("path", json::fixUTF8(list.path));
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
    if (!layout.classes.empty())
      out.attributeArray("classes", [&] {
        for (const std::string &name : layout.classes)
          out.value(name);
      });
    out.attributeArray("beats", [&] {
      for (size_t i = 0; i < list.beats.size(); ++i)
        out.rawValue(
            [&](raw_ostream &raw) { writeBeat(raw, list, i, layout.classes); });
    });
  });
  // Indented as what stands in the list of a file; no string has line ends.
  for (StringRef rest = text; !rest.empty();) {
    auto [line, behind] = rest.split('\n');
    stream << "  " << line << (behind.empty() ? "" : "\n");
    rest = behind;
  }
}

/// The member `key` of an object, or null.
static const nlohmann::json *findMember(const nlohmann::json &object,
                                        const char *key) {
  auto member = object.is_object() ? object.find(key) : object.end();
  return member == object.end() ? nullptr : &*member;
}

/// One record; `error` makes a diagnostic of what is expected.
static Expected<BeatPositions>
readRecord(const nlohmann::json &record,
           function_ref<Error(const Twine &)> error) {
  BeatPositions positions;
  const nlohmann::json *rate = findMember(record, "rate");
  if (!rate || !rate->is_number() || !(rate->get<double>() > 0) ||
      !std::isfinite(rate->get<double>()))
    return error("expects a positive rate");
  positions.rate = positions.record.samples = rate->get<double>();
  const nlohmann::json *beats = findMember(record, "beats");
  if (!beats || !beats->is_array())
    return error("expects a list of beats");
  for (const nlohmann::json &beat : *beats) {
    const nlohmann::json *sample = findMember(beat, "sample");
    if (!sample || !sample->is_number_unsigned() ||
        sample->get<uint64_t>() > uint64_t(INT64_MAX))
      return error("expects beats with a sample from 0");
    positions.beats.push_back(sample->get<uint64_t>());
    const nlohmann::json *label = findMember(beat, "label");
    if (!label && positions.labels.empty())
      continue;
    if (!label || positions.labels.size() + 1 != positions.beats.size() ||
        !(label->is_string() || label->is_null()))
      return error("expects a label of every beat, or of none");
    positions.labels.push_back(label->is_null() ? ""
                                                : label->get<std::string>());
  }
  positions.sort();
  return positions;
}

Expected<StringMap<BeatPositions>> frieze::ecg::readJSON(StringRef path) {
  auto file = readFile(path);
  if (!file)
    return inFile(path, file.takeError());
  Expected<nlohmann::json> root = parseJson(*file);
  if (!root)
    return fileError(path, toString(root.takeError()));
  const nlohmann::json *records = findMember(*root, "records");
  if (!records || !records->is_array())
    return fileError(path, "expects a list of records");
  StringMap<BeatPositions> result;
  for (const nlohmann::json &record : *records) {
    const nlohmann::json *name = findMember(record, "record");
    if (!name || !name->is_string())
      return fileError(path, "expects records with a name");
    const std::string &text = name->get_ref<const std::string &>();
    Expected<BeatPositions> positions =
        readRecord(record, [&](const Twine &message) {
          return fileError(path, "record '" + text + "': " + message);
        });
    if (!positions)
      return positions.takeError();
    const nlohmann::json *recordFile = findMember(record, "path");
    if (recordFile && recordFile->is_string())
      positions->path = recordFile->get_ref<const std::string &>();
    const bool isNew =
        result.try_emplace(text, *positions).second ||
        (!positions->path.empty() && positions->path != result[text].path &&
         result.try_emplace(positions->path, *positions).second);
    if (!isNew)
      return fileError(path, "record '" + text + "' is listed twice");
  }
  return result;
}
