//===- Scan.cpp - The job of frieze-ecg scan --------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Scan.h"
#include "tools/LoadModel.h"
#include "tools/frieze-ecg/Agreement.h"
#include "tools/frieze-ecg/BeatDetector.h"
#include "tools/frieze-ecg/BeatFile.h"
#include "tools/frieze-ecg/ProgressBar.h"
#include "tools/frieze-ecg/Text.h"

#include "llvm/Support/Format.h"

#include <chrono>

using namespace llvm;

namespace frieze::ecg {
namespace {

/// What scanning one record, or all of them, gave.
struct ScanResult {
  size_t beats = 0;
  /// Length of the recordings, and time to score them and pick beats, seconds.
  double recorded = 0, computing = 0;
  std::optional<Agreement> agreement;

  void operator+=(const ScanResult &other) {
    beats += other.beats;
    recorded += other.recorded;
    computing += other.computing;
    if (other.agreement) {
      if (!agreement)
        agreement.emplace();
      *agreement += *other.agreement;
    }
  }
};

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

void printResult(raw_ostream &stream, const ScanResult &result) {
  stream << "  recording   ";
  printTime(stream, result.recorded);
  stream << format("\n  computing   %.2f s, %.0f x real time\n",
                   result.computing, result.recorded / result.computing);
  if (const auto &agreement = result.agreement)
    stream << format("  agreement   sensitivity %.2f %%, positive predictivity "
                     "%.2f %%, F1 %.2f %%\n"
                     "              %zu of %zu reference beats within 150 ms, "
                     "%.1f ms apart on average\n",
                     agreement->sensitivity(), agreement->predictivity(),
                     agreement->f1(), agreement->matched, agreement->reference,
                     agreement->meanDistance());
}

class Scanner {
public:
  Scanner(const ScanOptions &options, const frieze_model &model)
      : options(options), model(model),
        // Beats and summary must not mix on standard output.
        summary(options.output == "-" ? errs() : outs()) {}

  bool readReferences() {
    for (const std::string &path : options.references) {
      auto beats = readBeatsCSV(path);
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

  /// Reads every record once before the long work, so that all problems are
  /// told at once and early.
  bool checkRecords() {
    bool good = true;
    StringMap<std::string> names;
    for (const std::string &path : options.records) {
      std::string name = recordName(path);
      auto [other, isNew] = names.try_emplace(name, path);
      if (!isNew)
        good = report(fileError(path, "records must have different names, " +
                                          Twine(other->second) +
                                          " is called '" + name + "' too"));
      if (Expected<Recording> recording =
              readRecording(path, options.recording))
        good &= checkRecording(path, *recording);
      else
        good = report(recording.takeError());
    }
    return good;
  }

  bool scanRecord(const std::string &path) {
    Expected<Recording> recording = readRecording(path, options.recording);
    if (!recording)
      return report(recording.takeError());

    auto start = std::chrono::steady_clock::now();
    Expected<std::vector<float>> scores = std::vector<float>();
    {
      ProgressBar bar(recording->name, recording->samples.size());
      scores = scoreWindows(options.model, model, options.outputKind,
                            recording->samples,
                            [&](size_t done) { bar.update(done); });
    }
    if (!scores)
      return report(scores.takeError());
    BeatList list{recording->name, recording->rate, pickBeats(*scores)};
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - start;

    ScanResult result;
    result.beats = list.beats.size();
    result.recorded = recording->duration();
    result.computing = elapsed.count();
    if (auto reference = references.find(list.record);
        reference != references.end()) {
      std::vector<size_t> positions;
      for (const Beat &beat : list.beats)
        positions.push_back(beat.position);
      result.agreement =
          matchBeats(reference->second, positions, recording->rate);
    }
    total += result;
    printSummary(*recording, list, result);
    lists.push_back(std::move(list));
    return true;
  }

  bool write() {
    if (options.records.size() > 1) {
      summary << "total: " << options.records.size() << " records, "
              << total.beats << " beats\n";
      printResult(summary, total);
    }
    if (Error error = writeWholeFile(options.output, [&](raw_ostream &stream) {
          writeBeatsCSV(stream, lists);
        }))
      return report(std::move(error));
    return true;
  }

private:
  bool checkRecording(StringRef path, const Recording &recording) {
    if (recording.rate != detectorRate)
      return report(fileError(
          path, "the sampling rate must be " + formatNumber(detectorRate) +
                    " Hz, found " + formatNumber(recording.rate)));
    auto reference = references.find(recording.name);
    if (options.references.empty())
      return true;
    if (reference == references.end())
      return report(fileError(path, "no reference beats for record '" +
                                        recording.name + "'"));
    if (reference->second.back() >= recording.samples.size())
      return report(fileError(path, "the reference has a beat at sample " +
                                        Twine(reference->second.back()) +
                                        ", the recording has " +
                                        Twine(recording.samples.size())));
    return true;
  }

  void printSummary(const Recording &recording, const BeatList &list,
                    const ScanResult &result) {
    summary << recording.name << ": " << list.beats.size() << " beats";
    if (list.beats.size() > 1) {
      size_t span = list.beats.back().position - list.beats.front().position;
      summary << format(", mean heart rate %.1f bpm",
                        60 * recording.rate * (list.beats.size() - 1) / span);
    }
    if (!recording.lead.empty())
      summary << ", lead " << recording.lead;
    summary << '\n';
    printResult(summary, result);
  }

  const ScanOptions &options;
  const frieze_model &model;
  raw_ostream &summary;
  StringMap<std::vector<size_t>> references;
  std::vector<BeatList> lists;
  ScanResult total;
};

} // namespace

int scan(const ScanOptions &options) {
  Expected<LoadedModel> model = loadModel(options.model);
  if (!model) {
    report(fileError(options.model, toString(model.takeError())));
    return 1;
  }
  if (Error error = checkClassifier(options.model, **model)) {
    report(std::move(error));
    return 1;
  }
  Scanner scanner(options, **model);
  if (!scanner.readReferences() || !scanner.checkRecords())
    return 1;
  for (const std::string &path : options.records)
    if (!scanner.scanRecord(path))
      return 1;
  return scanner.write() ? 0 : 1;
}

} // namespace frieze::ecg
