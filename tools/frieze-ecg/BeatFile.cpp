//===- BeatFile.cpp - Lists of beats in files -------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/BeatFile.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace frieze::ecg {

void writeBeatsCSV(raw_ostream &stream, ArrayRef<BeatList> lists) {
  stream << "record,sample,time_s,score\n";
  for (const BeatList &list : lists)
    for (const Beat &beat : list.beats)
      stream << list.record << ',' << beat.position << ','
             << format("%.4f,%.4f\n", beat.position / list.rate, beat.score);
}

Expected<StringMap<std::vector<size_t>>> readBeatsCSV(StringRef path) {
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  StringRef text = skipByteOrderMark((*file)->getBuffer());
  SmallVector<StringRef> columns = splitFields(takeLine(text));
  size_t record = find(columns, "record") - columns.begin();
  size_t sample = find(columns, "sample") - columns.begin();
  if (record == columns.size() || sample == columns.size())
    return fileError(path, "line 1: the columns record and sample are needed");

  StringMap<std::vector<size_t>> positions;
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
    positions[fields[record]].push_back(*position);
  }
  for (auto &entry : positions)
    llvm::sort(entry.second);
  return positions;
}

Error writeWholeFile(StringRef path, function_ref<void(raw_ostream &)> write) {
  sys::fs::file_status status;
  bool exists = !sys::fs::status(path, status) && sys::fs::exists(status);
  if (path == "-" || (exists && !sys::fs::is_regular_file(status))) {
    std::error_code error;
    raw_fd_ostream stream(path, error);
    if (!error) {
      write(stream);
      stream.flush();
      error = stream.error();
      stream.clear_error();
    }
    return error ? fileError(path == "-" ? "<stdout>" : path,
                             "can't write: " + error.message())
                 : Error::success();
  }

  // A link stays one: the file that it leads to is replaced.
  SmallString<256> target(path);
  if (exists)
    if (std::error_code error = sys::fs::real_path(path, target))
      return fileError(path, "can't write: " + error.message());
  auto failure = [&](Error error) {
    return fileError(path, "can't write: " + toString(std::move(error)));
  };
  auto temporary = sys::fs::TempFile::create(
      target + ".%%%%%%.tmp", sys::fs::all_read | sys::fs::all_write);
  if (!temporary)
    return failure(temporary.takeError());
  raw_fd_ostream stream(temporary->FD, /*shouldClose=*/false);
  write(stream);
  stream.flush();
  if (std::error_code error = stream.error()) {
    stream.clear_error();
    consumeError(temporary->discard());
    return failure(errorCodeToError(error));
  }
  if (Error error = temporary->keep(target)) {
    consumeError(temporary->discard());
    return failure(std::move(error));
  }
  return Error::success();
}

} // namespace frieze::ecg
