//===- Scan.cpp - The job of frieze-ecg scan --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Scan.h"
#include "frontends/Files.h"
#include "tools/CommandLine.h"
#include "tools/frieze-ecg/Classifier.h"
#include "tools/frieze-ecg/Job.h"
#include "tools/frieze-ecg/JobRecord.h"
#include "tools/frieze-ecg/ReportFile.h"
#include "tools/frieze-ecg/Summary.h"
#include "tools/frieze-ecg/beats/Agreement.h"
#include "tools/frieze-ecg/beats/References.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

#include <chrono>
#include <utility>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

class Scanner {
public:
  Scanner(const ScanOptions &options, const frieze_model &model)
      : options(options), model(model), job(options.job),
        // What is written and the summary must not mix on standard output.
        summary(isStandardOutput(options.job.output) ||
                        isStandardOutput(options.report)
                    ? errs()
                    : outs()) {}

  /// Finds the beats of all records and writes them. What goes wrong with one
  /// is told, and the others go on. Returns whether nothing went wrong.
  bool run() {
    if (Error error = references.read(options.references, options.job.records))
      report(std::move(error));
    std::vector<std::string> inputs = references.getFiles();
    append_range(inputs, options.references);
    if (Error error = job.open({options.model}, inputs, options.recording)) {
      report(std::move(error));
      return false;
    }
    job.showProgress(0);
    while (!job.getNext().empty())
      if (Error error = scanNext()) {
        job.hideProgress();
        report(std::move(error));
        return false;
      }
    printTotal();
    Expected<bool> isGood = job.finish();
    if (!isGood)
      report(isGood.takeError());
    return good && isGood && *isGood;
  }

private:
  /// A record whose beats are looked for.
  struct Result : JobRecord {
    std::optional<Reference> reference;
    bool isFlawed = false;
  };

  /// Prints an error on standard error.
  void report(Error error) {
    errs() << toString(std::move(error)) << '\n';
    good = false;
  }

  /// Finds the beats of the next records and writes them. Errors are those that
  /// end the job.
  Error scanNext() {
    std::vector<Result> results = openNext();
    if (options.job.records.size() == 1 && results[0].recording)
      if (Error error = checkRecording(*results[0].recording))
        return error;
    findBeats(results);
    for (Result &result : results)
      if (Error error = write(result))
        return error;
    summary.flush();
    return Error::success();
  }

  /// Opens the next records, which reads each once.
  std::vector<Result> openNext() {
    const size_t first = job.getEntries().size();
    auto results = openRecords<Result>(options.job.threads, job.getNext(),
                                       options.recording);
    job.hideProgress();
    for (auto [i, result] : enumerate(results)) {
      if (!result.recording)
        continue;
      // Of the one record that a page has.
      if (!options.report.empty())
        otherLeads =
            openReportLeads(result.path, *result.recording, options.recording);
      printWarnings(result.path, *result.recording);
      if (options.references.empty())
        continue;
      auto reference = references.find(first + i, *result.recording);
      if (reference) {
        result.reference = *reference;
      } else {
        result.isFlawed = true;
        errs() << toString(reference.takeError()) << '\n';
      }
    }
    return results;
  }

  /// What is written must not replace what is read, nor the other output.
  Error checkRecording(const Recording &recording) const {
    std::vector<std::string> inputs{options.model, options.job.records[0]};
    append_range(inputs, options.references);
    append_range(inputs, references.getFiles());
    append_range(inputs, recording.files);
    return checkReplaced(options.job, options.report, inputs);
  }

  void findBeats(MutableArrayRef<Result> results) {
    SmallVector<JobRecord *> records;
    for (Result &result : results)
      records.push_back(&result);
    ecg::findBeats(records, [&](ArrayRef<const Recording *> recordings) {
      DetectionOptions detection = options.detection;
      if (!options.report.empty() && !recordings.empty()) {
        curve.emplace(recordings[0]->getDuration());
        detection.takeScores = [&](size_t, uint64_t first,
                                   ArrayRef<double> scores) {
          curve->take(first, scores);
        };
      }
      auto start = std::chrono::steady_clock::now();
      auto beats = detectBeats(options.model, model, recordings, detection,
                               [&](uint64_t done, uint64_t all) {
                                 job.showProgress(double(done) / all);
                               });
      computing += std::chrono::steady_clock::now() - start;
      return beats;
    });
    for (const Result &result : results)
      if (result.problem.empty())
        recorded += result.recording->getDuration();
  }

  Error write(Result &result) {
    job.hideProgress();
    if (!result.problem.empty())
      return job.fail(result.problem);
    JobEntry entry;
    entry.isFlawed = result.isFlawed;
    printRecord(summary, *result.recording, result.list);
    if (options.job.records.size() == 1) {
      printPlace(summary, options.detection.place);
      printSpeed(summary, computing.count(), recorded);
    }
    Disagreements disagreements;
    if (result.reference) {
      entry.agreement = compare(result, disagreements);
      printAgreement(summary, *entry.agreement);
    }
    // Before the list is handed on.
    Error page = curve ? writePage(result, entry.agreement, disagreements)
                       : Error::success();
    return joinErrors(job.add(std::move(result.list), std::move(entry)),
                      std::move(page));
  }

  Error writePage(const Result &result,
                  const std::optional<Agreement> &agreement,
                  Disagreements &disagreements) {
    ReportContents contents{sys::path::filename(options.model),
                            *result.recording,
                            result.list,
                            otherLeads,
                            &*curve,
                            /*classes=*/{},
                            /*comparison=*/{}};
    if (agreement)
      contents.comparison =
          describeComparison(*result.reference->beats, result.reference->rate,
                             *agreement, std::move(disagreements));
    return writeReportFile(options.report, contents);
  }

  static Agreement compare(const Result &result, Disagreements &disagreements) {
    BeatPositions found;
    for (const Beat &beat : result.list.beats)
      found.beats.push_back(beat.position);
    return compareBeats(*result.reference->beats, result.reference->rate, found,
                        result.list.rate, /*from=*/0, &disagreements);
  }

  /// Sums up several records, those of a job that was cut off before too.
  void printTotal() {
    std::optional<Agreement> agreement;
    uint64_t records = 0, beats = 0;
    double duration = 0;
    for (const JobEntry &entry : job.getEntries()) {
      if (!entry.problem.empty())
        continue;
      ++records;
      beats += entry.beats;
      duration += entry.duration;
      if (!entry.agreement)
        continue;
      if (!agreement)
        agreement.emplace();
      *agreement += *entry.agreement;
    }
    if (records < 2)
      return;
    summary << "total: " << records << " records, " << beats << " beats\n";
    printLength(summary, duration);
    printPlace(summary, options.detection.place);
    if (recorded > 0)
      printSpeed(summary, computing.count(), recorded);
    if (agreement)
      printAgreement(summary, *agreement);
    summary.flush();
  }

  const ScanOptions &options;
  const frieze_model &model;
  References references;
  Job job;
  raw_ostream &summary;
  bool good = true;
  /// Only for a report.
  std::optional<ScoreCurve> curve;
  ReportLeads otherLeads;
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
