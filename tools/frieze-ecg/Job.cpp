//===- Job.cpp - The records of one command ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Job.h"
#include "frontends/Files.h"
#include "tools/CommandLine.h"
#include "tools/frieze-ecg/detection/Detection.h"
#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/Threading.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

static constexpr StringLiteral failedHead = "path,error\n";

bool frieze::ecg::isSameFile(StringRef a, StringRef b) {
  if (a.empty() || b.empty() || a == "-" || b == "-")
    return false;
  if (sys::fs::exists(a) && sys::fs::exists(b))
    return sys::fs::is_regular_file(a) && sys::fs::equivalent(a, b);
  auto clean = [](StringRef path) {
    SmallString<256> absolute(path);
    sys::fs::make_absolute(absolute);
    sys::path::remove_dots(absolute, /*remove_dot_dot=*/true);
    return absolute;
  };
  return clean(a) == clean(b);
}

/// Tells a job from others: what is found depends on nothing else. Arguments
/// are taken as they were given, so that no option can be forgotten here.
static Expected<std::string> makeIdentity(const JobOptions &options,
                                          ArrayRef<std::string> models) {
  SHA256 hash;
  auto add = [&](StringRef text) {
    hash.update(text);
    hash.update(StringRef("\0", 1));
  };
  add(getVersion());
  for (size_t i = 0; i < options.arguments.size(); ++i) {
    StringRef argument = options.arguments[i];
    StringRef name = argument.ltrim('-');
    if (!argument.starts_with("-") || (name != "resume" && name != "threads" &&
                                       !name.starts_with("threads=")))
      add(argument);
    else if (name == "threads")
      ++i;
  }
  for (const std::string &record : options.records)
    add(record);
  for (const std::string &model : models) {
    Expected<std::string> bytes = readFile(model);
    if (!bytes)
      return inFile(model, bytes.takeError());
    add(*bytes);
  }
  return toHex(hash.final(), /*LowerCase=*/true);
}

Job::Job(const JobOptions &options)
    : options(options),
      bar(options.records.size() == 1
              ? getRecordName(options.records[0])
              : std::to_string(options.records.size()) + " records") {}

Job::~Job() {
  if (journal && entries.empty())
    consumeError(journal->remove());
}

bool Job::hasFiles() const {
  return isOutputFolder(options.output) ||
         (options.records.size() > 1 && !isStream(options.output));
}

std::string Job::getFailedFile() const {
  StringRef path = StringRef(options.output).rtrim('/');
  if (!isOutputFolder(options.output))
    path = path.drop_back(sys::path::extension(path).size());
  return (path + ".failed.csv").str();
}

/// A line end in a name would be that of a row, and two records of one path
/// could not be told apart.
Error Job::checkNames() const {
  Error problems = Error::success();
  auto add = [&](StringRef path, const Twine &problem) {
    problems = joinErrors(std::move(problems), fileError(path, problem));
  };
  StringMap<std::string> known;
  for (const std::string &path : options.records) {
    if (any_of(path, [](char c) { return uint8_t(c) < ' '; }))
      add(path, "expects a record's name without line ends and other control "
                "characters");
    // The header stands for the record.
    SmallString<256> record(path);
    sys::path::remove_dots(record, /*remove_dot_dot=*/true);
    if (sys::path::extension(record).equals_insensitive(".hea"))
      sys::path::replace_extension(record, "");
    auto [other, isNew] = known.try_emplace(record, path);
    if (!isNew)
      add(path, "is given before as " + other->second + " too");
  }
  return problems;
}

/// What is written must not replace what is read.
Error Job::checkInputs(ArrayRef<std::string> models,
                       ArrayRef<std::string> inputs) const {
  if (isOutputFolder(options.output))
    return Error::success();
  for (ArrayRef<std::string> files :
       {inputs, ArrayRef(options.records), models})
    for (const std::string &input : files)
      if (isSameFile(options.output, input))
        return fileError(options.output, "is read too, and would be replaced");
  return Error::success();
}

/// Errors are told at the end, but one that can be told now may save a night.
void Job::checkHeaders(const RecordingOptions &recording) const {
  ArrayRef<std::string> left =
      ArrayRef(options.records).drop_front(entries.size());
  if (options.records.size() == 1)
    return;
  std::vector<std::string> problems(left.size());
  forEachParallel(options.threads, left.size(), [&](size_t i) {
    if (Error error = checkHeader(left[i], recording))
      problems[i] = toString(std::move(error));
  });
  llvm::erase(problems, "");
  if (problems.empty())
    return;
  auto [file, message] = StringRef(problems[0]).split(": error: ");
  errs() << file << ": warning: " << message;
  if (problems.size() > 1)
    errs() << "; " << problems.size() - 1 << " more cannot be read";
  errs() << "; the end tells all\n";
}

Error Job::openJournal(ArrayRef<std::string> models) {
  if (!hasFiles()) {
    if (options.resume)
      return fileError("--resume", "expects several records and a file for "
                                   "their beats, or a folder (-o)");
    return Error::success();
  }
  Expected<std::string> identity = makeIdentity(options, models);
  if (!identity)
    return identity.takeError();
  Expected<Journal> opened =
      Journal::open((StringRef(options.output).rtrim('/') + ".job").str(),
                    *identity, options.resume);
  if (!opened)
    return opened.takeError();
  journal.emplace(std::move(*opened));
  entries = journal->getEntries();
  return Error::success();
}

Error Job::open(ArrayRef<std::string> models, ArrayRef<std::string> inputs,
                const RecordingOptions &recording) {
  if (Error error = joinErrors(checkNames(), checkInputs(models, inputs)))
    return error;
  if (Error error = openJournal(models))
    return error;
  std::optional<uint64_t> written;
  if (!entries.empty())
    written = entries.back().outputSize;
  BeatFileLayout layout{options.format, options.classes,
                        /*withPaths=*/options.records.size() > 1};
  Expected<std::unique_ptr<BeatOutput>> created =
      createBeatOutput(options.output, layout, options.records, written);
  if (!created)
    return created.takeError();
  output = std::move(*created);
  checkHeaders(recording);
  return Error::success();
}

ArrayRef<std::string> Job::getNext() const {
  ArrayRef<std::string> left =
      ArrayRef(options.records).drop_front(entries.size());
  // Each is read by one thread and scored by all of them.
  return left.take_front(
      hardware_concurrency(options.threads).compute_thread_count());
}

Error Job::addEntry(JobEntry entry) {
  entry.outputSize = output->getSize();
  entries.push_back(std::move(entry));
  return journal ? journal->add(entries.back()) : Error::success();
}

Error Job::add(BeatList list, JobEntry entry) {
  const size_t index = entries.size();
  if (options.records.size() > 1)
    list.path = options.records[index];
  if (Error error = output->add(index, list))
    return error;
  entry.beats = list.beats.size();
  entry.duration = list.length / list.rate;
  return addEntry(std::move(entry));
}

Error Job::fail(StringRef problem) {
  JobEntry entry;
  entry.problem = problem.str();
  return addEntry(std::move(entry));
}

void Job::showProgress(double part) {
  constexpr double steps = 10000;
  const size_t count = options.records.size();
  double done = entries.size() + part * getNext().size();
  if (count > 1)
    bar.setTitle(std::to_string(entries.size()) + " of " +
                 std::to_string(count) + " records");
  bar.update(uint64_t(done * steps), uint64_t(count * steps));
}

/// A field of CSV, with line ends as blanks.
static std::string quote(StringRef text) {
  std::string field = "\"";
  for (char c : text)
    field += c == '"' ? "\"\"" : c == '\n' ? " " : std::string(1, c);
  return field + "\"";
}

Error Job::reportProblems() {
  std::vector<size_t> failed;
  for (size_t i = 0; i < entries.size(); ++i)
    if (!entries[i].problem.empty())
      failed.push_back(i);
  const std::string list = getFailedFile();
  if (failed.empty()) {
    // That of an earlier job is out of date.
    Expected<std::string> old = hasFiles() ? readFile(list) : std::string();
    if (!old)
      consumeError(old.takeError());
    else if (StringRef(*old).starts_with(failedHead))
      (void)sys::fs::remove(list);
    return Error::success();
  }
  for (size_t i : failed)
    errs() << entries[i].problem << '\n';
  if (options.records.size() == 1)
    return Error::success();
  errs() << "error: " << failed.size() << " of " << options.records.size()
         << " records failed: ";
  constexpr size_t mostNamed = 10;
  ListSeparator separator;
  for (size_t i : ArrayRef(failed).take_front(mostNamed))
    errs() << separator << options.records[i];
  if (failed.size() > mostNamed)
    errs() << " and " << failed.size() - mostNamed << " more";
  if (!hasFiles()) {
    errs() << '\n';
    return Error::success();
  }
  errs() << "; listed in " << list << '\n';
  Error error = writeFile(list, [&](raw_ostream &stream) {
    stream << failedHead;
    for (size_t i : failed)
      stream << quote(options.records[i]) << ',' << quote(entries[i].problem)
             << '\n';
  });
  return error ? inFile(list, std::move(error)) : Error::success();
}

Expected<bool> Job::finish() {
  hideProgress();
  Error problems = joinErrors(output->finish(), reportProblems());
  if (!problems && journal) {
    problems = journal->remove();
    journal.reset();
  }
  if (problems)
    return std::move(problems);
  return none_of(entries, [](const JobEntry &entry) {
    return entry.isFlawed || !entry.problem.empty();
  });
}
