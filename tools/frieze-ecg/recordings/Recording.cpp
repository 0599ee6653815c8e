//===- Recording.cpp - One lead of an ECG recording -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/recordings/Recording.h"
#include "tools/frieze-ecg/recordings/Sampling.h"
#include "tools/frieze-ecg/recordings/StartTime.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

/// Electrode offsets reach 300 mV; more is another unit, such as raw counts of
/// a converter, and would be scored as if it were millivolts.
static constexpr float maxMillivolts = 500;

/// A recording is at most this long, seconds (a leap year): a header that says
/// more is damaged.
static constexpr double maxDuration = 366 * 86400.0;

Error Recording::readAll(
    function_ref<Error(uint64_t first, ArrayRef<float> samples)> take) const {
  constexpr uint64_t pieceSize = 1 << 14;
  std::vector<float> samples;
  ArrayRef<Gap> skipped = unrecorded;
  for (uint64_t first = 0; first < length;) {
    uint64_t end = length;
    if (!skipped.empty()) {
      end = skipped.front().first;
      if (end == first) {
        first += skipped.front().count;
        skipped = skipped.drop_front();
        continue;
      }
    }
    samples.resize(std::min(pieceSize, end - first));
    if (Error error = read(first, samples))
      return error;
    if (Error error = take(first, samples))
      return error;
    first += samples.size();
  }
  return Error::success();
}

Error Recording::readPadded(int64_t first,
                            MutableArrayRef<float> samples) const {
  const int64_t last = length - 1;
  const int64_t begin = std::clamp<int64_t>(first, 0, last);
  const int64_t end =
      std::clamp<int64_t>(first + int64_t(samples.size()) - 1, 0, last) + 1;
  const size_t before =
      std::clamp<int64_t>(begin - first, 0, samples.size() - (end - begin));
  MutableArrayRef<float> inside = samples.slice(before, end - begin);
  if (Error error = read(begin, inside))
    return error;
  std::fill(samples.begin(), inside.begin(), inside.front());
  std::fill(inside.end(), samples.end(), inside.back());
  return Error::success();
}

void Recording::setLead(const LeadChoice &choice, StringRef label) {
  lead = label.str();
  otherLeads = choice.others;
  if (choice.note)
    warnings.push_back(*choice.note);
}

void Recording::setStart(StringRef path, StringRef time, StringRef date) {
  if (time.empty())
    return;
  if (std::optional<std::string> parsed = parseStart(time, date)) {
    start = std::move(*parsed);
    return;
  }
  warnings.push_back((path + ": note: began at '" + time +
                      (date.empty() ? "" : " ") + date +
                      "', which is no time or no date")
                         .str());
}

std::string frieze::ecg::getRecordName(StringRef path) {
  if (path == "-")
    return "stdin";
  StringRef name = sys::path::filename(path);
  StringRef extension = findExtension(name);
  return (extension.empty() ? name : dropGzip(name).drop_back(extension.size()))
      .str();
}

Error frieze::ecg::checkRate(StringRef path, const RecordingOptions &options,
                             double rate) {
  // Written so that NaN fails too.
  if (!(rate >= minRate && rate <= maxRate))
    return fileError(path, "expects the sampling rate to be from " +
                               formatNumber(minRate) + " to " +
                               formatNumber(maxRate) + " Hz, but got " +
                               formatNumber(rate));
  // What a header gives as a quotient is rounded.
  if (options.rate && std::abs(*options.rate - rate) > 1e-9 * rate)
    return fileError(path, "expects the sampling rate to be " +
                               formatNumber(rate) + " Hz, but got " +
                               formatNumber(*options.rate));
  return Error::success();
}

Error frieze::ecg::missingRate(StringRef path) {
  return fileError(path, "expects a sampling rate, which the file does not "
                         "tell: give --rate=HZ");
}

/// The format of a file that is open, by what `options` say, its content and
/// its name, in this order.
static Expected<RecordingFormat> findFormat(const SampleFile &file,
                                            const RecordingOptions &options) {
  StringRef path = file.getPath();
  if (options.format)
    return *options.format;
  constexpr uint64_t enough = 256;
  Expected<std::string> start = file.readStart(enough);
  if (!start)
    return start.takeError();
  if (std::optional<RecordingFormat> format = findFormatOfContent(*start))
    return *format;
  if (isGzip(arrayRefFromStringRef(*start)))
    return fileError(path,
                     "is packed by gzip: give it a name that ends in .gz");
  if (std::optional<RecordingFormat> format = findFormatOfName(path))
    return *format;
  if (path == "-" && !start->empty() && isText(*start))
    return RecordingFormat::CSV;
  if (path == "-")
    return fileError(path,
                     "expects a recording in EDF, BDF, CSV, NPY, ISHNE or "
                     "ATC, but got " +
                         Twine(start->empty() ? "no bytes" : "something else") +
                         " (--format tells which it is)");
  return fileError(path,
                   "not a recording that can be read: expects the name, "
                   "header (.hea) or signal file (.dat, .mat) of a WFDB "
                   "record, or .edf, .bdf, .csv, .txt, .npy, .ecg or .atc");
}

static Expected<std::unique_ptr<Recording>>
openFile(StringRef path, const RecordingOptions &options) {
  Expected<SampleFile> file = SampleFile::open(path);
  if (!file)
    return file.takeError();
  Expected<RecordingFormat> format = findFormat(*file, options);
  if (!format)
    return format.takeError();
  auto open = [&]() -> Expected<std::unique_ptr<Recording>> {
    switch (*format) {
    case RecordingFormat::WFDB:
      return fileError(path,
                       "a WFDB record is several files: give its name, or "
                       "its header (.hea)");
    case RecordingFormat::EDF:
      return openEDF(std::move(*file), options);
    case RecordingFormat::CSV:
      return openCSV(std::move(*file), options);
    case RecordingFormat::NPY:
      return openNPY(std::move(*file), options);
    case RecordingFormat::ISHNE:
      return openISHNE(std::move(*file), options);
    case RecordingFormat::ATC:
      return openATC(std::move(*file), options);
    }
    llvm_unreachable("format without a reader");
  };
  Expected<std::unique_ptr<Recording>> recording = open();
  if (recording)
    (*recording)->files = {path.str()};
  return recording;
}

static Expected<std::unique_ptr<Recording>>
openFormat(StringRef path, const RecordingOptions &options) {
  if (path == "-" ||
      (options.format && *options.format != RecordingFormat::WFDB))
    return openFile(path, options);
  StringRef extension = findExtension(path);
  if (extension == ".hea")
    return openWFDB(path, options);
  if (extension == ".dat" || extension == ".mat")
    return openWFDBSignals(path, options);
  std::string header = (path + ".hea").str();
  if (extension.empty() && sys::fs::exists(header))
    return openWFDB(header, options);
  if (extension.empty() && !sys::fs::exists(path))
    return fileError(path, "no such file, nor " + sys::path::filename(header));
  return openFile(path, options);
}

Error frieze::ecg::checkHeader(StringRef path,
                               const RecordingOptions &options) {
  const bool hasHeader =
      any_of(ArrayRef<StringRef>{".hea", ".edf", ".bdf", ".npy"},
             [&](StringRef e) { return path.ends_with_insensitive(e); }) ||
      sys::fs::exists(path + ".hea");
  // Others would be read as a whole, and standard input only once.
  if (path == "-" || (!hasHeader && sys::fs::exists(path)))
    return Error::success();
  // A checksum is that of all samples.
  RecordingOptions quick = options;
  quick.ignoreChecksum = true;
  return openFormat(path, quick).takeError();
}

namespace {

/// Looks at the samples of a recording, in their order.
class SampleChecker {
public:
  SampleChecker(StringRef path, Recording &recording)
      : path(path), recording(recording), unrecorded(recording.unrecorded),
        shortestPause(std::ceil(windowSize * recording.rate / detectorRate)) {}

  Error take(uint64_t first, ArrayRef<float> samples) {
    while (!unrecorded.empty() && unrecorded.front().first < first) {
      addGap(unrecorded.front());
      takeStep(std::numeric_limits<float>::quiet_NaN());
      unrecorded = unrecorded.drop_front();
    }
    for (auto [index, sample] : enumerate(samples)) {
      if (std::isnan(sample))
        addGap({first + index, 1});
      else
        ++usable;
      if (std::abs(sample) > maxMillivolts)
        return fileError(
            path, "expects samples in millivolts, but got " +
                      Twine(std::lround(std::clamp(sample, -1e9f, 1e9f))) +
                      " at sample " + Twine(first + index) +
                      ": convert raw counts and other units");
      takeStep(sample);
    }
    return Error::success();
  }

  Error finish(const RecordingOptions &options) {
    for (const Gap &gap : unrecorded)
      addGap(gap);
    if (usable == 0)
      return fileError(path, "all samples of lead '" + recording.lead +
                                 "' are missing");
    endStretch();
    if (flatStretches)
      recording.warnings.push_back(
          (path + ": warning: lead '" + recording.lead + "' is flat for " +
           formatNumber(std::round(100 * flatSamples / recording.rate) / 100) +
           " s, in " + Twine(flatStretches) +
           (flatStretches == 1 ? " stretch" : " stretches"))
              .str());
    if (options.lead.empty() && rises && usable >= shortestRise)
      return fileError(path, "lead '" + recording.lead +
                                 "' rises evenly, as a time does, and is no "
                                 "ECG: choose another with --lead");
    return Error::success();
  }

private:
  /// Samples that rise evenly by chance are fewer.
  static constexpr uint64_t shortestRise = 100;
  /// A flat line of a heart that beats is shorter, seconds.
  static constexpr double shortestFlat = 10;

  /// Appends a gap behind the others, or to the last one, if less than
  /// shortestPause is between them.
  void addGap(Gap gap) {
    std::vector<Gap> &gaps = recording.gaps;
    if (!gaps.empty() &&
        gap.first - (gaps.back().first + gaps.back().count) < shortestPause)
      gaps.back().count = gap.first + gap.count - gaps.back().first;
    else
      gaps.push_back(gap);
  }

  void takeStep(float sample) {
    if (sample != previous)
      endStretch();
    ++equal;
    float change = sample - previous;
    if (usable == 2)
      step = change;
    if (usable > 1)
      rises &= change > 0 &&
               std::abs(change - step) <= step / 2 + 1e-6f * std::abs(sample);
    previous = sample;
  }

  /// Counts the equal samples up to here if they are a flat line.
  void endStretch() {
    bool isFlat = equal >= shortestFlat * recording.rate ||
                  (equal > 1 && equal == recording.length);
    if (isFlat && !std::isnan(previous)) {
      flatSamples += equal;
      ++flatStretches;
    }
    equal = 0;
  }

  StringRef path;
  Recording &recording;
  ArrayRef<Gap> unrecorded;
  const uint64_t shortestPause;
  /// Samples that are not missing.
  uint64_t usable = 0;
  float previous = std::numeric_limits<float>::quiet_NaN(), step = 0;
  /// Whether every sample is above the one before by the same step.
  bool rises = true;
  /// Samples equal to the last one.
  uint64_t equal = 0;
  uint64_t flatSamples = 0, flatStretches = 0;
};

} // namespace

Expected<std::unique_ptr<Recording>>
frieze::ecg::openRecording(StringRef path, const RecordingOptions &options) {
  Expected<std::unique_ptr<Recording>> opened = openFormat(path, options);
  if (!opened)
    return opened;
  Recording &recording = **opened;
  recording.name = getRecordName(path);
  if (recording.length == 0)
    return fileError(path, "the recording has no samples");
  if (recording.getDuration() > maxDuration)
    return fileError(
        path, "expects the recording to be at most a year long, but got " +
                  formatNumber(std::round(recording.getDuration())) + " s");
  SampleChecker checker(path, recording);
  if (Error error =
          recording.readAll([&](uint64_t first, ArrayRef<float> samples) {
            return checker.take(first, samples);
          }))
    return error;
  if (Error error = checker.finish(options))
    return error;
  return opened;
}
