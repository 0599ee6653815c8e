//===- BeatCatalog.cpp - Beats of many records ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/beats/BeatCatalog.h"
#include "tools/frieze-ecg/beats/RecordNames.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

static bool hasExtension(StringRef path, ArrayRef<StringRef> extensions) {
  return any_of(extensions, [&](StringRef extension) {
    return sys::path::extension(path).equals_insensitive(extension);
  });
}

/// The files with beats below a folder, in order.
static Expected<std::vector<std::string>> listFiles(StringRef folder) {
  std::vector<std::string> annotations, lists;
  std::error_code error;
  for (sys::fs::recursive_directory_iterator file(folder, error), end;
       file != end && !error; file.increment(error)) {
    if (file->type() == sys::fs::file_type::directory_file)
      continue;
    if (hasExtension(file->path(), {".atr"}))
      annotations.push_back(file->path());
    else if (hasExtension(file->path(), {".csv", ".json"}))
      lists.push_back(file->path());
  }
  if (error)
    return fileError(folder, "cannot be read: " + error.message());
  std::vector<std::string> &files = annotations.empty() ? lists : annotations;
  if (files.empty())
    return fileError(folder, "expects files of beats (.atr, .csv, .json) in "
                             "the folder, but found none");
  llvm::sort(files);
  return std::move(files);
}

Error BeatCatalog::addFile(StringRef path) {
  Expected<StringMap<BeatPositions>> read = readBeats(path);
  if (!read)
    return read.takeError();
  std::vector<StringRef> names;
  for (const auto &entry : *read)
    names.push_back(entry.first());
  llvm::sort(names);
  Error problems = Error::success();
  for (StringRef name : names) {
    BeatPositions &positions = (*read)[name];
    StringRef file = positions.file;
    StringRef own = sys::path::parent_path(file).empty()
                        ? sys::path::stem(file)
                        : file.drop_back(sys::path::extension(file).size());
    std::string key = name.str();
    if (!positions.path.empty())
      key = getRecordKey(positions.path);
    else if (sys::path::filename(own) == name)
      // A file of this name alone; its folders tell it from others.
      key = getRecordKey(own);
    if (!known.insert(key).second)
      problems = joinErrors(std::move(problems),
                            fileError(path, "the beats of record '" + name +
                                                "' were given before"));
    else {
      keys.push_back(std::move(key));
      beats.push_back(std::move(positions));
    }
  }
  return problems;
}

Error BeatCatalog::add(StringRef path) {
  if (!sys::fs::is_directory(path))
    return addFile(path);
  Expected<std::vector<std::string>> files = listFiles(path);
  if (!files)
    return files.takeError();
  Error problems = Error::success();
  for (const std::string &file : *files)
    problems = joinErrors(std::move(problems), addFile(file));
  return problems;
}
