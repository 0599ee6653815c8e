//===- RecordingFormat.cpp - What tells the format of a file ----*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/RecordingFormat.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

/// An extension, and the format that it tells.
struct Extension {
  StringLiteral name;
  std::optional<RecordingFormat> format;
};

} // namespace

static constexpr Extension extensions[] = {
    {".hea", RecordingFormat::WFDB},  {".edf", RecordingFormat::EDF},
    {".bdf", RecordingFormat::EDF},   {".csv", RecordingFormat::CSV},
    {".txt", RecordingFormat::CSV},   {".npy", RecordingFormat::NPY},
    {".ecg", RecordingFormat::ISHNE}, {".atc", RecordingFormat::ATC},
    {".dat", std::nullopt},           {".mat", std::nullopt},
};

StringRef frieze::ecg::dropGzip(StringRef path) {
  path.consume_back_insensitive(".gz");
  return path;
}

static const Extension *find(StringRef path) {
  StringRef name = sys::path::filename(dropGzip(path));
  const Extension *found = find_if(extensions, [&](const Extension &extension) {
    return name.size() > extension.name.size() &&
           name.ends_with_insensitive(extension.name);
  });
  return found == std::end(extensions) ? nullptr : found;
}

StringRef frieze::ecg::findExtension(StringRef path) {
  const Extension *extension = find(path);
  return extension ? StringRef(extension->name) : StringRef();
}

std::optional<RecordingFormat> frieze::ecg::findFormatOfName(StringRef path) {
  const Extension *extension = find(path);
  return extension ? extension->format : std::nullopt;
}

std::optional<RecordingFormat>
frieze::ecg::findFormatOfContent(StringRef start) {
  // Version 0 alone could begin anything: the header's size is a number too.
  if (start.starts_with("\xFF"
                        "BIOSEMI") ||
      (start.starts_with("0       ") &&
       parseInteger(start.substr(184, 8).trim(" \0"))))
    return RecordingFormat::EDF;
  if (start.starts_with("\x93NUMPY"))
    return RecordingFormat::NPY;
  if (start.starts_with("ISHNE1.0"))
    return RecordingFormat::ISHNE;
  if (start.starts_with(StringRef("ALIVE\0\0\0", 8)))
    return RecordingFormat::ATC;
  return std::nullopt;
}

bool frieze::ecg::isText(StringRef start) {
  return none_of(start, [](char c) {
    return uint8_t(c) < ' ' && c != '\t' && c != '\n' && c != '\r';
  });
}
