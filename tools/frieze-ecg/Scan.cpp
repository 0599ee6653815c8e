//===- Scan.cpp - The job of frieze-ecg scan --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Scan.h"
#include "frontends/Files.h"
#include "tools/CommandLine.h"
#include "tools/frieze-ecg/Agreement.h"
#include "tools/frieze-ecg/BeatFile.h"
#include "tools/frieze-ecg/Classifier.h"
#include "tools/frieze-ecg/ProgressBar.h"
#include "tools/frieze-ecg/Report.h"
#include "tools/frieze-ecg/Summary.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <utility>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Whether two paths lead to one regular file, which may not be there yet.
static bool isSameFile(StringRef a, StringRef b) {
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

namespace {

class Scanner {
public:
  Scanner(const ScanOptions &options, const frieze_model &model)
      : options(options), model(model),
        // What is written and the summary must not mix on standard output.
        summary(isStandardOutput(options.output) ||
                        isStandardOutput(options.report)
                    ? errs()
                    : outs()) {}

  /// Finds the beats of all records and writes them. What goes wrong with one
  /// is told, and the others go on. Returns whether nothing went wrong.
  bool run() {
    readReferences();
    if (!checkNames())
      return false;
    openRecords();
    if (!checkOutputs())
      return false;
    findBeats();
    if (!results.empty())
      write();
    if (!failed.empty() && options.records.size() > 1)
      errs() << "error: " << failed.size() << " of " << options.records.size()
             << " records failed: " << join(failed, ", ") << '\n';
    return good;
  }

private:
  /// A record whose beats are asked for.
  struct Result {
    std::string path;
    std::unique_ptr<Recording> recording;
    /// Of the beats to compare with, if there are any.
    std::optional<double> referenceRate;
    BeatList list;
  };

  /// Prints an error on standard error.
  void report(Error error) {
    errs() << toString(std::move(error)) << '\n';
    good = false;
  }

  static void add(Error &problems, Error error) {
    problems = joinErrors(std::move(problems), std::move(error));
  }

  bool isSuccess(Error problems) {
    if (!problems)
      return true;
    report(std::move(problems));
    return false;
  }

  void readReferences() {
    for (const std::string &path : options.references) {
      auto beats = readBeats(path);
      if (!beats) {
        report(beats.takeError());
        continue;
      }
      for (auto &entry : *beats)
        if (!references.try_emplace(entry.first(), entry.second).second)
          report(fileError(path, "the beats of record '" + entry.first() +
                                     "' were given before"));
    }
  }

  /// Two records of one name could not be told apart in what is written, and a
  /// line end in one would be that of a row.
  bool checkNames() {
    Error problems = Error::success();
    StringMap<std::string> names;
    for (const std::string &path : options.records) {
      std::string name = getRecordName(path);
      if (any_of(name, [](char c) { return uint8_t(c) < ' '; }))
        add(problems,
            fileError(path, "expects a record's name without line ends "
                            "and other control characters"));
      auto [other, isNew] = names.try_emplace(name, path);
      if (!isNew)
        add(problems,
            fileError(path, "expects records of different names, but " +
                                Twine(other->second) + " is called '" + name +
                                "' too"));
    }
    return isSuccess(std::move(problems));
  }

  /// Opens every record, which reads it once, before the long work, so that
  /// all problems are told at once and early.
  void openRecords() {
    std::vector<std::unique_ptr<Recording>> opened(options.records.size());
    std::vector<std::string> problems(opened.size());
    forEachParallel(options.detection.threads, opened.size(), [&](size_t i) {
      auto recording = openRecording(options.records[i], options.recording);
      if (recording)
        opened[i] = std::move(*recording);
      else
        problems[i] = toString(recording.takeError());
    });
    for (size_t i = 0; i < opened.size(); ++i) {
      const std::string &path = options.records[i];
      if (!opened[i]) {
        fail(path, problems[i]);
        continue;
      }
      printWarnings(path, *opened[i]);
      std::optional<double> rate = findReferenceRate(path, *opened[i]);
      results.push_back({path, std::move(opened[i]), rate, {}});
    }
  }

  void fail(const std::string &path, StringRef problem) {
    errs() << problem << '\n';
    failed.push_back(path);
    good = false;
  }

  /// What is written must not replace what is read, nor the other output.
  bool checkOutputs() {
    std::vector<std::string> inputs{options.model};
    append_range(inputs, options.records);
    append_range(inputs, options.references);
    for (const auto &entry : references)
      inputs.push_back(entry.second.file);
    for (const Result &result : results)
      append_range(inputs, result.recording->files);
    Error problems = Error::success();
    for (StringRef output : {options.output, options.report})
      if (any_of(inputs,
                 [&](StringRef input) { return isSameFile(output, input); }))
        add(problems, fileError(output, "is read too, and would be replaced"));
    if (isSameFile(options.output, options.report))
      add(problems, fileError(options.report, "is the file for the beats too"));
    return isSuccess(std::move(problems));
  }

  void findBeats() {
    std::vector<const Recording *> leads;
    for (const Result &result : results)
      leads.push_back(result.recording.get());
    DetectionOptions detection = options.detection;
    if (!options.report.empty() && !leads.empty()) {
      curve.emplace(leads[0]->getDuration());
      detection.takeScores = [&](size_t, uint64_t first,
                                 ArrayRef<double> scores) {
        curve->take(first, scores);
      };
    }
    auto start = std::chrono::steady_clock::now();
    std::vector<Expected<std::vector<Beat>>> beats;
    {
      ProgressBar bar(leads.size() == 1
                          ? leads[0]->name
                          : std::to_string(leads.size()) + " records");
      beats = detectBeats(
          options.model, model, leads, detection,
          [&](uint64_t done, uint64_t all) { bar.update(done, all); });
    }
    computing = std::chrono::steady_clock::now() - start;
    std::vector<Result> opened = std::exchange(results, {});
    for (auto [result, found] : zip_equal(opened, beats)) {
      if (!found) {
        fail(result.path, toString(found.takeError()));
        continue;
      }
      const Recording &recording = *result.recording;
      recorded += recording.getDuration();
      result.list = {recording.name,   recording.lead,    recording.rate,
                     recording.length, std::move(*found), recording.gaps};
      results.push_back(std::move(result));
    }
  }

  void writeOutput(StringRef path, function_ref<void(raw_ostream &)> write) {
    if (Error error = writeFile(path, write))
      report(inFile(getOutputName(path), std::move(error)));
  }

  void write() {
    // Made before anything is written, as reading may fail.
    Expected<std::string> page = std::string();
    if (curve)
      page = makeReport(sys::path::filename(options.model),
                        *results[0].recording, results[0].list, *curve);
    printSummary();
    std::vector<BeatList> lists;
    for (Result &result : results)
      lists.push_back(std::move(result.list));
    writeOutput(options.output, [&](raw_ostream &stream) {
      writeBeats(stream, options.format, lists);
    });
    if (!page)
      report(page.takeError());
    else if (curve)
      writeOutput(options.report,
                  [&](raw_ostream &stream) { stream << *page; });
  }

  /// The rate of the beats to compare a recording with; none if there are none,
  /// or if they don't fit it, which is told.
  std::optional<double> findReferenceRate(StringRef path,
                                          const Recording &recording) {
    if (options.references.empty())
      return std::nullopt;
    auto entry = references.find(recording.name);
    if (entry == references.end()) {
      report(fileError(path, "no reference beats for record '" +
                                 recording.name + "'"));
      return std::nullopt;
    }
    const BeatPositions &beats = entry->second;
    std::optional<double> rate =
        findRate(beats, {recording.rate, recording.frameRate}, std::nullopt);
    if (!rate) {
      report(fileError(beats.file,
                       "tells no rate, and the signals of record '" +
                           recording.name +
                           "' have several: compare with frieze-ecg compare "
                           "--rate=HZ"));
      return std::nullopt;
    }
    // Frames and samples could be taken for each other.
    if (!beats.rate &&
        (beats.countsFrames ? !recording.hasFrames
                            : recording.frameRate != recording.rate))
      errs() << beats.file << ": note: tells no rate, its beats are taken to "
             << "count samples of the lead, at " << formatNumber(*rate)
             << " Hz\n";
    // Half a sample more, as beats of another rate are rounded.
    if (!beats.beats.empty() && beats.beats.back() / *rate >
                                    (recording.length + 0.5) / recording.rate) {
      report(fileError(path, "the reference has a beat at sample " +
                                 Twine(beats.beats.back()) + " of " +
                                 formatNumber(*rate) +
                                 " Hz, the recording ends at " +
                                 formatNumber(recording.getDuration()) + " s"));
      return std::nullopt;
    }
    return rate;
  }

  void printSummary() {
    std::optional<Agreement> total;
    size_t beats = 0;
    for (const Result &result : results) {
      beats += result.list.beats.size();
      printRecord(summary, result.list);
      if (results.size() == 1)
        printSpeed(summary, computing.count(), recorded);
      if (result.referenceRate) {
        Agreement agreement = compare(result);
        printAgreement(summary, agreement);
        if (!total)
          total.emplace();
        *total += agreement;
      }
    }
    if (results.size() < 2)
      return;
    summary << "total: " << results.size() << " records, " << beats
            << " beats\n";
    printLength(summary, recorded);
    printSpeed(summary, computing.count(), recorded);
    if (total)
      printAgreement(summary, *total);
  }

  Agreement compare(const Result &result) {
    BeatPositions found;
    for (const Beat &beat : result.list.beats)
      found.beats.push_back(beat.position);
    return compareBeats(references[result.list.record], *result.referenceRate,
                        found, result.list.rate);
  }

  const ScanOptions &options;
  const frieze_model &model;
  raw_ostream &summary;
  StringMap<BeatPositions> references;
  /// Of the records that did not fail, and the files of the others.
  std::vector<Result> results;
  std::vector<std::string> failed;
  bool good = true;
  /// Only for a report.
  std::optional<ScoreCurve> curve;
  /// Length of the recordings, seconds, and the time to find their beats.
  double recorded = 0;
  std::chrono::duration<double> computing{};
};

} // namespace

/// Has the device take as many positions at once as keep it busy.
static constexpr uint64_t deviceChunkSize = 1 << 20;

/// Loads the classifier, on the device too where there is one; `device` is none
/// where the CPU is to take over.
static Expected<Classifier> loadFor(const ScanOptions &options,
                                    std::optional<OpenDevice> &device) {
  Expected<Classifier> model =
      loadClassifier(options.model, options.detection.hop,
                     device ? options.device->getTarget() : "");
  if (!model)
    return fileError(options.model, toString(model.takeError()));
  if (Error error = checkClassifier(options.model, **model))
    return std::move(error);
  if (device)
    if (Error error =
            loadOnDevice("frieze-ecg", **model, *options.device, device))
      return fileError(options.model, toString(std::move(error)));
  return model;
}

int frieze::ecg::scan(const ScanOptions &options) {
  Expected<std::optional<OpenDevice>> device =
      openDevice("frieze-ecg", options.device);
  if (!device)
    return failWith("frieze-ecg", toString(device.takeError()));
  Expected<Classifier> model = loadFor(options, *device);
  if (!model) {
    errs() << toString(model.takeError()) << '\n';
    return 1;
  }
  ScanOptions used = options;
  SharedDevice shared;
  if (*device) {
    shared.model = (*device)->getModel();
    used.detection.device = &shared;
    used.detection.chunkSize = deviceChunkSize;
  }
  int status = Scanner(used, **model).run() ? 0 : 1;
  // What is loaded on it must not outlive the model.
  device->reset();
  return status;
}
