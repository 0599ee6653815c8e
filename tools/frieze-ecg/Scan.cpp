//===- Scan.cpp - The job of frieze-ecg scan --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Scan.h"
#include "frontends/Files.h"
#include "tools/LoadModel.h"
#include "tools/frieze-ecg/Agreement.h"
#include "tools/frieze-ecg/BeatFile.h"
#include "tools/frieze-ecg/ProgressBar.h"
#include "tools/frieze-ecg/Report.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"

#include <chrono>

using namespace llvm;

namespace frieze::ecg {
namespace {

/// Prints an error on standard error; returns false.
bool report(Error error) {
  errs() << toString(std::move(error)) << '\n';
  return false;
}

/// Prints seconds as 1:02:03.4.
void printTime(raw_ostream &stream, double seconds) {
  uint64_t tenths = uint64_t(seconds * 10 + 0.5);
  uint64_t minutes = tenths / 600;
  if (minutes >= 60)
    stream << minutes / 60 << ':' << format("%02u", unsigned(minutes % 60));
  else
    stream << minutes;
  stream << format(":%02u.%u", unsigned(tenths / 10 % 60),
                   unsigned(tenths % 10));
}

void printAgreement(raw_ostream &stream, const Agreement &agreement) {
  stream << format("  agreement   sensitivity %.2f %%, positive predictivity "
                   "%.2f %%, F1 %.2f %%\n"
                   "              %zu of %zu reference beats within 150 ms, "
                   "%.1f ms apart on average\n",
                   agreement.sensitivity(), agreement.predictivity(),
                   agreement.f1(), agreement.matched, agreement.reference,
                   agreement.meanDistance());
}

class Scanner {
public:
  Scanner(const ScanOptions &options, const frieze_model &model)
      : options(options), model(model),
        // What is written and the summary must not mix on standard output.
        summary(isStandardOutput(options.output) ||
                        isStandardOutput(options.report)
                    ? errs()
                    : outs()) {}

  bool readReferences() {
    for (const std::string &path : options.references) {
      auto beats = readBeats(path);
      if (!beats)
        return report(beats.takeError());
      for (auto &entry : *beats)
        if (!references.try_emplace(entry.first(), entry.second).second)
          return report(fileError(path, "the beats of record '" +
                                            entry.first() +
                                            "' were given before"));
    }
    return true;
  }

  /// Opens every record, which reads it once, before the long work, so that all
  /// problems are told at once and early.
  bool openRecords() {
    bool good = true;
    StringMap<std::string> names;
    for (const std::string &path : options.records) {
      std::string name = recordName(path);
      auto [other, isNew] = names.try_emplace(name, path);
      if (!isNew)
        good = report(fileError(path, "records must have different names, " +
                                          Twine(other->second) +
                                          " is called '" + name + "' too"));
    }
    recordings.resize(options.records.size());
    std::vector<std::string> problems(recordings.size());
    cantFail(forEachParallel(
        options.detection.threads, recordings.size(), [&](size_t i) {
          auto recording = openRecording(options.records[i], options.recording);
          if (recording)
            recordings[i] = std::move(*recording);
          else
            problems[i] = toString(recording.takeError());
          return Error::success();
        }));
    for (size_t i = 0; i < recordings.size(); ++i) {
      if (recordings[i]) {
        good &= checkRecording(options.records[i], *recordings[i]);
        printWarnings(options.records[i], *recordings[i]);
      } else {
        errs() << problems[i] << '\n';
        good = false;
      }
    }
    return good;
  }

  bool findBeats() {
    std::vector<const Recording *> leads;
    for (const auto &recording : recordings) {
      leads.push_back(recording.get());
      recorded += recording->duration();
    }
    DetectionOptions detection = options.detection;
    if (!options.report.empty()) {
      curve.emplace(recordings[0]->duration());
      detection.takeScores = [&](size_t, uint64_t first,
                                 ArrayRef<double> scores) {
        curve->take(first, scores);
      };
    }
    auto start = std::chrono::steady_clock::now();
    Expected<std::vector<std::vector<Beat>>> beats =
        std::vector<std::vector<Beat>>();
    {
      ProgressBar bar(recordings.size() == 1
                          ? recordings[0]->name
                          : std::to_string(recordings.size()) + " records");
      beats = detectBeats(
          options.model, model, leads, detection,
          [&](uint64_t done, uint64_t all) { bar.update(done, all); });
    }
    if (!beats)
      return report(beats.takeError());
    computing = std::chrono::steady_clock::now() - start;
    for (auto [recording, found] : zip_equal(recordings, *beats))
      lists.push_back({recording->name, recording->lead, recording->rate,
                       recording->length, std::move(found), recording->gaps});
    return true;
  }

  bool write() {
    // Made before anything is written, as reading may fail.
    Expected<std::string> page = std::string();
    if (curve)
      page = makeReport(sys::path::filename(options.model), *recordings[0],
                        lists[0], *curve);
    if (!page)
      return report(page.takeError());
    Agreement total;
    size_t beats = 0;
    for (auto [recording, list] : zip_equal(recordings, lists)) {
      beats += list.beats.size();
      printRecord(*recording, list);
      if (lists.size() == 1)
        printSpeed();
      if (!options.references.empty()) {
        Agreement agreement = compare(list);
        printAgreement(summary, agreement);
        total += agreement;
      }
    }
    if (lists.size() > 1) {
      summary << "total: " << lists.size() << " records, " << beats
              << " beats\n";
      printLength(recorded);
      printSpeed();
      if (!options.references.empty())
        printAgreement(summary, total);
    }
    if (Error error = writeFile(options.output, [&](raw_ostream &stream) {
          writeBeats(stream, options.format, lists);
        }))
      return report(inFile(getOutputName(options.output), std::move(error)));
    if (curve)
      if (Error error = writeFile(
              options.report, [&](raw_ostream &stream) { stream << *page; }))
        return report(inFile(getOutputName(options.report), std::move(error)));
    return true;
  }

private:
  bool checkRecording(StringRef path, const Recording &recording) {
    auto reference = references.find(recording.name);
    if (options.references.empty())
      return true;
    if (reference == references.end())
      return report(fileError(path, "no reference beats for record '" +
                                        recording.name + "'"));
    const BeatPositions &beats = reference->second;
    // Half a sample more, as beats of another rate are rounded.
    if (!beats.beats.empty() &&
        beats.beats.back() / beats.rate.value_or(recording.rate) >
            (recording.length + 0.5) / recording.rate)
      return report(fileError(path, "the reference has a beat at sample " +
                                        Twine(beats.beats.back()) +
                                        ", the recording has " +
                                        Twine(recording.length)));
    return true;
  }

  static void printWarnings(StringRef path, const Recording &recording) {
    for (const std::string &warning : recording.warnings)
      errs() << warning << '\n';
    if (recording.gaps.empty())
      return;
    uint64_t missing = 0;
    for (const Gap &gap : recording.gaps)
      missing += gap.count;
    errs() << path << ": warning: samples are missing, no beats are looked for "
           << "there: " << recording.gaps.size()
           << (recording.gaps.size() == 1 ? " gap, " : " gaps, ")
           << format("%.2f s together\n", missing / recording.rate);
    constexpr size_t mostListed = 10;
    for (const Gap &gap : ArrayRef(recording.gaps).take_front(mostListed))
      errs() << path << ": note: gap at sample " << gap.first << ", "
             << gap.count << " samples\n";
    if (recording.gaps.size() > mostListed)
      errs() << path << ": note: and " << recording.gaps.size() - mostListed
             << " more\n";
  }

  Agreement compare(const BeatList &list) {
    BeatPositions found;
    found.rate = list.rate;
    for (const Beat &beat : list.beats)
      found.beats.push_back(beat.position);
    return compareBeats(references[list.record], found, list.rate);
  }

  void printRecord(const Recording &recording, const BeatList &list) {
    summary << recording.name << ": " << list.beats.size() << " beats";
    if (list.beats.size() > 1) {
      uint64_t span = list.beats.back().position - list.beats.front().position;
      summary << format(", mean heart rate %.1f bpm",
                        60 * recording.rate * (list.beats.size() - 1) / span);
    }
    if (!recording.lead.empty())
      summary << ", lead " << recording.lead;
    summary << '\n';
    printLength(recording.duration());
  }

  void printLength(double seconds) {
    summary << "  recording   ";
    printTime(summary, seconds);
    summary << '\n';
  }

  void printSpeed() {
    summary << format("  computing   %.2f s, %.0f x real time\n",
                      computing.count(), recorded / computing.count());
  }

  const ScanOptions &options;
  const frieze_model &model;
  raw_ostream &summary;
  StringMap<BeatPositions> references;
  std::vector<std::unique_ptr<Recording>> recordings;
  std::vector<BeatList> lists;
  /// Only for a report.
  std::optional<ScoreCurve> curve;
  /// Length of all recordings, seconds, and the time to find their beats.
  double recorded = 0;
  std::chrono::duration<double> computing{};
};

} // namespace

int scan(const ScanOptions &options) {
  CompileOptions compileOptions;
  compileOptions.streamHop = options.detection.hop;
  Expected<LoadedModel> model = loadWindowModel(options.model, compileOptions);
  if (!model) {
    report(fileError(options.model, toString(model.takeError())));
    return 1;
  }
  if (Error error = checkClassifier(options.model, **model)) {
    report(std::move(error));
    return 1;
  }
  Scanner scanner(options, **model);
  return scanner.readReferences() && scanner.openRecords() &&
                 scanner.findBeats() && scanner.write()
             ? 0
             : 1;
}

} // namespace frieze::ecg
