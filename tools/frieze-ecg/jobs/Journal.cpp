//===- Journal.cpp - How far a job has got ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/jobs/Journal.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// The first line. The number is that of the format.
static std::string makeHead(StringRef identity) {
  return ("frieze-ecg job 1 " + identity + "\n").str();
}

static std::string write(const JobEntry &entry) {
  json::Object object;
  if (!entry.problem.empty())
    object["problem"] = json::fixUTF8(entry.problem);
  if (entry.isFlawed)
    object["flawed"] = true;
  object["beats"] = entry.beats;
  object["duration"] = entry.duration;
  object["output_size"] = entry.outputSize;
  if (const std::optional<Agreement> &a = entry.agreement)
    object["agreement"] = json::Object{{"reference", uint64_t(a->reference)},
                                       {"found", uint64_t(a->found)},
                                       {"matched", uint64_t(a->matched)},
                                       {"distance", a->distance}};
  std::string line;
  raw_string_ostream(line) << json::Value(std::move(object)) << '\n';
  return line;
}

/// The entry of a line; nothing if it is none.
static std::optional<JobEntry> readEntry(StringRef line) {
  Expected<json::Value> value = json::parse(line);
  if (!value) {
    consumeError(value.takeError());
    return std::nullopt;
  }
  JobEntry entry;
  json::Path::Root root;
  json::ObjectMapper mapper(*value, root);
  if (!mapper || !mapper.mapOptional("problem", entry.problem) ||
      !mapper.mapOptional("flawed", entry.isFlawed) ||
      !mapper.map("beats", entry.beats) ||
      !mapper.map("duration", entry.duration) ||
      !mapper.map("output_size", entry.outputSize))
    return std::nullopt;
  if (const json::Value *object = value->getAsObject()->get("agreement")) {
    uint64_t reference, found, matched;
    Agreement agreement;
    json::ObjectMapper counts(*object, root);
    if (!counts || !counts.map("reference", reference) ||
        !counts.map("found", found) || !counts.map("matched", matched) ||
        !counts.map("distance", agreement.distance))
      return std::nullopt;
    agreement.reference = reference;
    agreement.found = found;
    agreement.matched = matched;
    entry.agreement = agreement;
  }
  return entry;
}

Expected<Journal> Journal::open(StringRef path, StringRef identity,
                                bool resume) {
  const std::string head = makeHead(identity);
  std::vector<JobEntry> entries;
  uint64_t size = 0, readSize = 0;
  if (sys::fs::exists(path)) {
    if (!resume)
      return fileError(path, "a job with this output was cut off: --resume "
                             "goes on with it; remove this file to begin anew");
    Expected<std::string> text = readFile(path);
    if (!text)
      return inFile(path, text.takeError());
    readSize = text->size();
    StringRef rest = *text;
    // Cut off in its first line, the job had done nothing.
    if (rest.contains('\n') && !rest.consume_front(head))
      return fileError(path, "is of another job: records, options, model or "
                             "version differ; remove it to begin anew");
    if (rest.size() < text->size())
      size = head.size();
    // A last line without its end was cut off.
    while (size && rest.contains('\n')) {
      StringRef line = takeLine(rest);
      std::optional<JobEntry> entry = readEntry(line);
      if (!entry)
        return fileError(path, "is damaged in line " +
                                   Twine(entries.size() + 2) +
                                   ": remove it to begin anew");
      entries.push_back(std::move(*entry));
      size += line.size() + 1;
    }
  }
  Expected<GrowingFile> file = GrowingFile::open(path);
  if (!file)
    return file.takeError();
  // Two jobs would write each into the other's output.
  if (!file->lock() || file->getSize() != readSize)
    return fileError(path, "is that of a job which is at work");
  if (Error error = file->cut(size))
    return std::move(error);
  if (size == 0)
    if (Error error = file->append(head))
      return std::move(error);
  return Journal(path, std::move(*file), std::move(entries));
}

Error Journal::add(const JobEntry &entry) { return file.append(write(entry)); }

Error Journal::remove() {
  if (std::error_code error = sys::fs::remove(path))
    return fileError(path, "cannot be removed: " + error.message());
  return Error::success();
}
