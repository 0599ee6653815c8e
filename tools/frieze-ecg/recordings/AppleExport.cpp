//===- AppleExport.cpp - ECGs that Apple's Health exports -------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/AppleExport.h"
#include "tools/frieze-ecg/recordings/RecordingFormat.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Lines that a header may have, of which about a dozen are known.
static constexpr uint64_t mostLines = 40;

static bool hasNameOfExport(StringRef path) {
  static const Regex name("^ecg_[0-9]{4}-[0-9]{2}-[0-9]{2}");
  return name.match(sys::path::filename(dropGzip(path)));
}

/// "512 hertz"
static std::optional<double> parseRate(StringRef text) {
  auto [number, unit] = text.trim().split(' ');
  if (!unit.equals_insensitive("hertz") && !unit.equals_insensitive("Hz"))
    return std::nullopt;
  std::optional<double> rate = parseNumber(number);
  return rate && std::isfinite(*rate) ? rate : std::nullopt;
}

Expected<std::optional<AppleHeader>>
frieze::ecg::readAppleHeader(const SampleFile &file) {
  StringRef path = file.getPath();
  AppleHeader header = {};
  StringMap<std::string> values;
  LineReader reader(file, 0);
  for (header.line = 1; header.line <= mostLines; ++header.line) {
    header.offset = reader.getPosition();
    Expected<std::optional<StringRef>> next = reader.next();
    if (!next)
      return next.takeError();
    if (!*next)
      break;
    StringRef line = header.line == 1 ? skipByteOrderMark(**next) : **next;
    // The first line with a number is that of a sample, in any language.
    if (line.trim(" \t\"'").find_first_of("0123456789+-.") == 0)
      break;
    auto [key, value] = line.split(',');
    values.try_emplace(key.trim(), decodeText(value.trim(" \"")));
  }
  const bool isExport =
      values.contains("Sample Rate") &&
      (values.contains("Recorded Date") || values.contains("Classification") ||
       (values.contains("Lead") && values.contains("Unit")));
  if (!isExport) {
    // Two lines of text are more than the names of columns.
    constexpr size_t fewest = 3;
    if (hasNameOfExport(path) && values.size() >= fewest)
      return fileError(path,
                       "looks like an ECG that Apple's Health exported in "
                       "another language: expects the lines 'Sample "
                       "Rate', 'Lead' and 'Unit', as an iPhone set to "
                       "English writes them");
    return std::nullopt;
  }
  std::optional<double> rate = parseRate(values.lookup("Sample Rate"));
  if (!rate)
    return fileError(path, "expects the 'Sample Rate' in hertz, but got '" +
                               values.lookup("Sample Rate") + "'");
  header.rate = *rate;
  header.lead = {values.lookup("Lead"), values.lookup("Unit")};
  return header;
}
