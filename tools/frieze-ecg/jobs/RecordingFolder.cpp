//===- RecordingFolder.cpp - The recordings in a folder ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/jobs/RecordingFolder.h"
#include "tools/frieze-ecg/beats/Annotations.h"
#include "tools/frieze-ecg/recordings/RecordingFormat.h"
#include "tools/frieze-ecg/recordings/SampleFile.h"
#include "tools/frieze-ecg/recordings/Text.h"
#include "tools/frieze-ecg/recordings/WFDBHeader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <set>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Files that are no recordings whatever they hold: annotations of WFDB, and
/// what stands beside recordings in archives.
static constexpr StringLiteral otherExtensions[] = {
    ".atr", ".qrs", ".ann", ".xws", ".md", ".pdf", ".html", ".htm",  ".png",
    ".jpg", ".svg", ".py",  ".m",   ".c",  ".sh",  ".doc",  ".docx", ".ipynb"};

/// Likewise, by their whole names.
static constexpr StringLiteral otherNames[] = {
    "RECORDS",    "ANNOTATORS", "LICENSE",        "LICENSE.txt",
    "README",     "README.txt", "SHA256SUMS.txt", "MD5SUMS",
    "SHA256SUMS", "Thumbs.db",  "desktop.ini",    "notes.txt"};

/// The first bytes of a file; empty if it cannot be read.
static std::string readStart(const std::string &path) {
  constexpr uint64_t enough = 1 << 12;
  Expected<SampleFile> file = SampleFile::open(path, enough);
  if (!file) {
    consumeError(file.takeError());
    return "";
  }
  Expected<std::string> start = file->readStart(enough);
  if (start)
    return *start;
  consumeError(start.takeError());
  return "";
}

/// Whether a file can be unpacked to its end, if it is packed. One that is
/// damaged is listed, so that it is told.
static bool isWhole(const std::string &path) {
  Expected<SampleFile> file = SampleFile::open(path);
  if (file)
    return true;
  consumeError(file.takeError());
  return false;
}

/// Whether a file begins as a list of beats does, as a table or as JSON.
static bool isBeatListStart(StringRef start) {
  StringRef text = skipByteOrderMark(start);
  if (text.ltrim().starts_with("{"))
    return text.contains("\"records\"") && text.contains("\"record\"");
  SmallVector<StringRef> columns = splitFields(takeLine(text));
  // What a job found, and which records it could not read.
  return (is_contained(columns, "record") && is_contained(columns, "sample")) ||
         (columns.size() == 2 && columns[0] == "path" && columns[1] == "error");
}

/// Whether a file lists beats as scan does.
static bool isBeatList(const std::string &path) {
  return isBeatListStart(readStart(path)) && isWhole(path);
}

/// Whether a file beside a WFDB header has annotations of its record, whose
/// extension is the name of whoever made them. One of ISHNE may be called .ecg
/// too, and most bytes are some annotation.
static bool isAnnotations(const std::string &path) {
  SmallString<256> header(path);
  sys::path::replace_extension(header, ".hea");
  StringRef extension = findExtension(path);
  if ((!extension.empty() && extension != ".ecg") || !sys::fs::exists(header) ||
      (findFormatOfContent(readStart(path)) && isWhole(path)))
    return false;
  Expected<BeatPositions> beats = readAnnotations(path);
  if (beats)
    return true;
  consumeError(beats.takeError());
  return false;
}

namespace {

/// Walks through a folder.
class FolderReader {
public:
  Error readRoot(const std::string &folder) {
    sys::fs::UniqueID id;
    if (!sys::fs::getUniqueID(folder, id))
      seen.insert(id);
    return read(folder);
  }

  std::vector<std::string> recordings;
  size_t passedOver = 0;

private:
  Error read(const std::string &folder) {
    std::vector<std::string> entries;
    std::error_code code;
    for (sys::fs::directory_iterator entry(folder, code), end;
         entry != end && !code; entry.increment(code))
      entries.push_back(entry->path());
    if (code)
      return fileError(folder, "cannot be read: " + code.message());
    llvm::sort(entries);
    readHeaders(entries);
    for (const std::string &path : entries)
      if (Error error = take(path))
        return error;
    return Error::success();
  }

  /// Finds what is part of a record, as its header says.
  void readHeaders(ArrayRef<std::string> entries) {
    for (const std::string &path : entries) {
      if (findExtension(path) != ".hea")
        continue;
      auto add = [&](StringRef name) {
        SmallString<256> part = sys::path::parent_path(path);
        sys::path::append(part, name);
        parts.insert(part.str().str());
      };
      // A damaged header is told when it is opened.
      Expected<WFDBHeader> header = readWFDBHeader(path);
      if (!header) {
        consumeError(header.takeError());
        continue;
      }
      for (const WFDBSignal &signal : header->signals)
        add(signal.file);
      for (const WFDBSegment &segment : header->segments)
        add(segment.name + ".hea");
    }
  }

  Error take(const std::string &path) {
    StringRef name = sys::path::filename(path);
    sys::fs::file_status status;
    // A link to nowhere is told like any file that cannot be read.
    if (sys::fs::status(path, status)) {
      recordings.push_back(path);
      return Error::success();
    }
    // A link may lead to what was there before, or round in circles.
    if (!seen.insert(status.getUniqueID()).second)
      return Error::success();
    if (sys::fs::is_directory(status))
      return name.starts_with(".") ? Error::success() : read(path);
    if (isOther(path, name))
      ++passedOver;
    else
      recordings.push_back(path);
    return Error::success();
  }

  bool isOther(const std::string &path, StringRef name) const {
    if (name.starts_with(".") || is_contained(otherNames, name) ||
        parts.count(dropGzip(path).str()))
      return true;
    StringRef plain = dropGzip(name);
    if (any_of(otherExtensions, [&](StringRef extension) {
          return plain.ends_with_insensitive(extension);
        }))
      return true;
    return (findFormatOfName(path) == RecordingFormat::CSV ||
            name.ends_with_insensitive(".json"))
               ? isBeatList(path)
               : isAnnotations(path);
  }

  /// Files that belong to headers, and all that was found so far.
  std::set<std::string> parts;
  std::set<sys::fs::UniqueID> seen;
};

} // namespace

static std::string countFiles(size_t count) {
  return std::to_string(count) + (count == 1 ? " file" : " files");
}

Expected<RecordingList>
frieze::ecg::listRecordings(ArrayRef<std::string> paths) {
  RecordingList list;
  for (const std::string &path : paths) {
    // A record of WFDB may have the name of a folder.
    if (!sys::fs::is_directory(path) || sys::fs::exists(path + ".hea")) {
      list.paths.push_back(path);
      continue;
    }
    FolderReader reader;
    if (Error error = reader.readRoot(path))
      return error;
    if (reader.recordings.empty())
      return fileError(path, "expects recordings in the folder, but found none "
                             "among " +
                                 countFiles(reader.passedOver));
    list.notes.push_back(toPrintable(path) + ": note: takes " +
                         countFiles(reader.recordings.size()) +
                         " for recordings, and passes over " +
                         countFiles(reader.passedOver) + " of other kinds");
    append_range(list.paths, reader.recordings);
  }
  return list;
}
