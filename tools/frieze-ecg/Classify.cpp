//===- Classify.cpp - The job of frieze-ecg classify ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Classify.h"
#include "frontends/Files.h"
#include "tools/frieze-ecg/Classifier.h"
#include "tools/frieze-ecg/JobRecord.h"
#include "tools/frieze-ecg/ReportFile.h"
#include "tools/frieze-ecg/Summary.h"
#include "tools/frieze-ecg/beats/References.h"
#include "tools/frieze-ecg/detection/Detection.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <atomic>
#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

namespace {

class BeatClassifying {
public:
  BeatClassifying(const ClassifyOptions &options,
                  const BeatClassifier &classifier,
                  const frieze_model *detector)
      : options(options), classifier(classifier), detector(detector),
        job(options.job),
        // What is written and the summary must not mix on standard output.
        summary(isStandardOutput(options.job.output) ||
                        isStandardOutput(options.report)
                    ? errs()
                    : outs()) {}

  /// Classifies the beats of all records and writes them. What goes wrong with
  /// one is told, and the others go on. Returns whether nothing went wrong.
  bool run() {
    Error unread = given.read(options.beats, options.job.records);
    const bool isRead = !unread;
    report(std::move(unread));
    std::vector<std::string> models{options.model};
    if (detector)
      models.push_back(options.detector);
    std::vector<std::string> inputs = getListed();
    if (Error error = job.open(models, inputs, options.recording))
      return report(std::move(error));
    job.showProgress(0);
    while (!job.getNext().empty())
      if (Error error = classifyNext()) {
        job.hideProgress();
        return report(std::move(error));
      }
    Expected<bool> isGood = job.finish();
    if (!isGood)
      return report(isGood.takeError());
    return *isGood && isRead;
  }

private:
  static bool report(Error error) {
    if (error)
      errs() << toString(std::move(error)) << '\n';
    return false;
  }

  /// Classifies the beats of the next records and writes them. Errors are those
  /// that end the job.
  Error classifyNext() {
    auto results = openRecords<JobRecord>(options.job.threads, job.getNext(),
                                          options.recording);
    job.hideProgress();
    // Of the one record that a page has.
    if (!options.report.empty() && results[0].recording) {
      JobRecord &result = results[0];
      otherLeads =
          openReportLeads(result.path, *result.recording, options.recording);
      if (Error error = checkReplaced(options.job, options.report,
                                      getRead(*result.recording)))
        return error;
    }
    for (const JobRecord &result : results)
      if (result.recording)
        printWarnings(result.path, *result.recording);
    if (detector)
      findBeats(results);
    else
      takeBeats(results);
    std::atomic<size_t> done = 0;
    forEachParallel(options.job.threads, results.size(), [&](size_t i) {
      if (results[i].problem.empty())
        classifyOne(results[i]);
      job.showProgress((1.0 + double(++done) / results.size()) / 2);
    });
    job.hideProgress();
    for (JobRecord &result : results) {
      if (!result.problem.empty()) {
        if (Error error = job.fail(result.problem))
          return error;
        continue;
      }
      printRecord(summary, *result.recording, result.list);
      printClasses(result.path, result.list);
      // Before the list is handed on.
      Error page = writePage(result);
      if (Error error = joinErrors(job.add(std::move(result.list), JobEntry()),
                                   std::move(page)))
        return error;
    }
    summary.flush();
    return Error::success();
  }

  void findBeats(MutableArrayRef<JobRecord> results) {
    SmallVector<JobRecord *> records;
    for (JobRecord &result : results)
      records.push_back(&result);
    ecg::findBeats(records, [&](ArrayRef<const Recording *> recordings) {
      DetectionOptions detection;
      detection.threads = options.job.threads;
      if (!options.report.empty() && !recordings.empty()) {
        curve.emplace(recordings[0]->getDuration());
        detection.takeScores = [&](size_t, uint64_t first,
                                   ArrayRef<double> scores) {
          curve->take(first, scores);
        };
      }
      return detectBeats(options.detector, *detector, recordings, detection,
                         [&](uint64_t done, uint64_t all) {
                           job.showProgress(double(done) / all / 2);
                         });
    });
  }

  /// The files that list beats.
  std::vector<std::string> getListed() const {
    std::vector<std::string> files = given.getFiles();
    append_range(files, options.beats);
    return files;
  }

  /// All files that are read.
  std::vector<std::string> getRead(const Recording &recording) const {
    std::vector<std::string> files = getListed();
    append_range(files, recording.files);
    append_range(files, options.job.records);
    files.push_back(options.model);
    if (detector)
      files.push_back(options.detector);
    return files;
  }

  Error writePage(const JobRecord &result) const {
    if (options.report.empty())
      return Error::success();
    return writeReportFile(options.report,
                           {sys::path::filename(options.model),
                            *result.recording, result.list, otherLeads,
                            curve ? &*curve : nullptr, options.job.classes,
                            /*comparison=*/{}});
  }

  /// Takes the beats that files list.
  void takeBeats(MutableArrayRef<JobRecord> results) {
    const size_t first = job.getEntries().size();
    for (auto [i, result] : enumerate(results)) {
      if (!result.recording)
        continue;
      Expected<Reference> listed = given.find(first + i, *result.recording);
      if (!listed) {
        result.problem = toString(listed.takeError());
        continue;
      }
      const Recording &recording = *result.recording;
      std::vector<Beat> beats;
      for (uint64_t beat : listed->beats->beats) {
        uint64_t position =
            std::llround(beat * (recording.rate / listed->rate));
        beats.push_back({std::min(position, recording.length - 1), 1});
      }
      result.takeBeats(std::move(beats));
    }
  }

  void classifyOne(JobRecord &result) const {
    std::vector<uint64_t> positions;
    for (const Beat &beat : result.list.beats)
      positions.push_back(beat.position);
    auto labels = classifier.classify(*result.recording, positions);
    if (labels)
      result.list.labels = std::move(*labels);
    else
      result.problem = toString(labels.takeError());
  }

  /// Prints how many beats are of each class, and warns of those of none.
  void printClasses(StringRef path, const BeatList &list) const {
    const std::vector<std::string> &classes = options.job.classes;
    ArrayRef<std::optional<size_t>> labels = list.labels.classes;
    summary << "  classes     ";
    ListSeparator separator;
    for (size_t i = 0; i < classes.size(); ++i)
      summary << separator << classes[i] << ' '
              << llvm::count(labels, std::optional<size_t>(i));
    summary << '\n';
    if (size_t none = llvm::count(labels, std::nullopt))
      errs() << path << ": warning: " << none << " of " << labels.size()
             << " beats are not classified, as samples or RR intervals around "
                "them are missing\n";
  }

  const ClassifyOptions &options;
  const BeatClassifier &classifier;
  /// Null if the beats are given.
  const frieze_model *detector;
  References given;
  Job job;
  raw_ostream &summary;
  /// Only for a report; the scores where beats are looked for.
  ReportLeads otherLeads;
  std::optional<ScoreCurve> curve;
};

} // namespace

/// Loads a model for this processor.
static Expected<Classifier> load(StringRef path, std::optional<int64_t> hop) {
  Expected<Classifier> model = loadClassifier(path, hop, /*target=*/"");
  if (!model)
    return inFile(path, model.takeError());
  return model;
}

int frieze::ecg::classify(const ClassifyOptions &options) {
  auto fail = [](Error error) {
    errs() << toString(std::move(error)) << '\n';
    return 1;
  };
  Expected<Classifier> model = load(options.model, /*hop=*/std::nullopt);
  if (!model)
    return fail(model.takeError());
  Expected<BeatClassifier> classifier =
      BeatClassifier::create(options.model, **model, options.beatModel);
  if (!classifier)
    return fail(classifier.takeError());
  std::optional<Classifier> detector;
  if (!options.detector.empty()) {
    Expected<Classifier> loaded = load(options.detector, /*hop=*/1);
    if (!loaded)
      return fail(loaded.takeError());
    if (Error error = checkClassifier(options.detector, **loaded))
      return fail(std::move(error));
    detector = std::move(*loaded);
  }
  return BeatClassifying(options, *classifier, detector ? &**detector : nullptr)
                 .run()
             ? 0
             : 1;
}
