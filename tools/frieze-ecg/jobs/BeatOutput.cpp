//===- BeatOutput.cpp - Where a job writes its beats ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/jobs/BeatOutput.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/beats/RecordNames.h"
#include "tools/frieze-ecg/jobs/GrowingFile.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <optional>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

/// One record in one file.
class WholeFile : public BeatOutput {
public:
  WholeFile(StringRef path, const BeatFileLayout &layout)
      : path(path), writer(layout) {}

  Error add(size_t, const BeatList &list) override {
    Error error = writeFile(path, [&](raw_ostream &stream) {
      writer.begin(stream);
      writer.add(stream, list, /*isFirst=*/true);
      writer.end(stream);
    });
    return error ? inFile(getOutputName(path), std::move(error))
                 : Error::success();
  }

private:
  std::string path;
  BeatWriter writer;
};

/// Many records in one file, or in a stream.
class GrowingList : public BeatOutput {
public:
  GrowingList(StringRef path, const BeatFileLayout &layout, uint64_t written)
      : path(path), writer(layout), written(written) {}

  Error add(size_t, const BeatList &list) override {
    if (Error error = openFile())
      return error;
    std::string text;
    raw_string_ostream stream(text);
    if (file->getSize() == 0)
      writer.begin(stream);
    writer.add(stream, list, /*isFirst=*/file->getSize() == 0);
    return file->append(text);
  }

  Error finish() override {
    // Without any list there is no file.
    if (!file && written == 0)
      return Error::success();
    if (Error error = openFile())
      return error;
    std::string text;
    raw_string_ostream stream(text);
    writer.end(stream);
    return file->append(text);
  }

  uint64_t getSize() const override { return file ? file->getSize() : written; }

private:
  Error openFile() {
    if (file)
      return Error::success();
    Expected<GrowingFile> opened = GrowingFile::open(path);
    if (!opened)
      return opened.takeError();
    if (Error error = opened->cut(written))
      return error;
    file.emplace(std::move(*opened));
    return Error::success();
  }

  std::string path;
  BeatWriter writer;
  uint64_t written;
  /// Opened for the first list, so that a job without any replaces nothing.
  std::optional<GrowingFile> file;
};

/// A folder with a file for each record.
class Folder : public BeatOutput {
public:
  Folder(StringRef path, const BeatFileLayout &layout,
         ArrayRef<std::string> records)
      : path(path), layout(layout), names(findNames(records)) {}

  /// Makes the folder if two records have no file, and none is replaced.
  Error open(ArrayRef<std::string> records, bool isNew) {
    Error problems = Error::success();
    auto add = [&](StringRef file, const Twine &problem) {
      problems = joinErrors(std::move(problems), fileError(file, problem));
    };
    StringMap<size_t> known;
    if (!isNew)
      removeRests();
    for (size_t i = 0; i < names.size(); ++i) {
      auto [other, isFirst] = known.try_emplace(names[i], i);
      if (!isFirst)
        add(records[i], "expects records of different names in a folder, but " +
                            Twine(records[other->second]) + " is called '" +
                            getKeyName(names[i]) + "' too");
      else if (isNew && sys::fs::exists(getFile(i)))
        add(getFile(i), "is there already, and would be replaced: remove it, "
                        "or give another folder");
    }
    if (!problems)
      if (std::error_code error = sys::fs::create_directories(path))
        add(path, "cannot be made: " + error.message());
    return problems;
  }

  Error add(size_t index, const BeatList &list) override {
    std::string file = getFile(index);
    StringRef folder = sys::path::parent_path(file);
    if (std::error_code error = sys::fs::create_directories(folder))
      return fileError(folder, "cannot be made: " + error.message());
    return WholeFile(file, layout).add(index, list);
  }

private:
  /// The keys of the records, without the folders that hold all of them.
  static std::vector<std::string> findNames(ArrayRef<std::string> records) {
    std::vector<std::string> names;
    SmallString<256> common;
    for (const std::string &record : records) {
      SmallString<256> path(record);
      sys::fs::make_absolute(path);
      names.push_back(getRecordKey(path));
      StringRef folder = sys::path::parent_path(names.back());
      if (names.size() == 1)
        common = folder;
      while (!isInside(folder, common))
        common = sys::path::parent_path(common);
    }
    for (std::string &name : names)
      name = StringRef(name).drop_front(common.size()).ltrim('/').str();
    return names;
  }

  /// Removes the file that was being written when the job was cut off.
  void removeRests() const {
    StringSet<> folders;
    for (size_t i = 0; i < names.size(); ++i)
      folders.insert(sys::path::parent_path(getFile(i)));
    for (const auto &folder : folders) {
      std::error_code error;
      for (sys::fs::directory_iterator file(folder.first(), error), end;
           file != end && !error; file.increment(error)) {
        StringRef name = sys::path::filename(file->path());
        if (name.starts_with(".frieze-") && name.ends_with(".tmp"))
          (void)sys::fs::remove(file->path());
      }
    }
  }

  static bool isInside(StringRef folder, StringRef outer) {
    return folder.consume_front(outer) &&
           (folder.empty() || folder.front() == '/' || outer.ends_with("/"));
  }

  std::string getFile(size_t index) const {
    SmallString<256> file(path);
    sys::path::append(file, names[index] + getExtension(layout.format));
    return std::string(file);
  }

  std::string path;
  BeatFileLayout layout;
  std::vector<std::string> names;
};

} // namespace

bool frieze::ecg::isOutputFolder(StringRef path) {
  return path.ends_with("/") || sys::fs::is_directory(path);
}

/// What a list may replace is one, or empty.
static Error checkReplaced(StringRef path, const BeatFileLayout &layout) {
  if (isStream(path) || !sys::fs::exists(path))
    return Error::success();
  int file;
  if (std::error_code error = sys::fs::openFileForRead(path, file))
    return fileError(path, "cannot be read: " + error.message());
  std::string head;
  raw_string_ostream stream(head);
  BeatWriter(layout).begin(stream);
  // The columns that every list has.
  head.resize(StringRef("record,sample").size());
  std::string found(head.size(), '\0');
  Expected<size_t> count = sys::fs::readNativeFile(file, found);
  sys::fs::closeFile(file);
  if (!count)
    return inFile(path, count.takeError());
  if (*count == 0 || found == head)
    return Error::success();
  return fileError(path, "is there already, is no list of beats, and would be "
                         "replaced: give another file");
}

Expected<std::unique_ptr<BeatOutput>>
frieze::ecg::createBeatOutput(StringRef path, const BeatFileLayout &layout,
                              ArrayRef<std::string> records,
                              std::optional<uint64_t> written) {
  if (isOutputFolder(path)) {
    auto folder = std::make_unique<Folder>(path, layout, records);
    if (Error error = folder->open(records, /*isNew=*/!written))
      return std::move(error);
    return folder;
  }
  if (records.size() == 1)
    return std::make_unique<WholeFile>(path, layout);
  if (!written)
    if (Error error = checkReplaced(path, layout))
      return std::move(error);
  return std::make_unique<GrowingList>(path, layout, written.value_or(0));
}
