//===- Recording.cpp - One lead of an ECG recording -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/Recording.h"
#include "tools/frieze-ecg/BeatDetector.h"
#include "tools/frieze-ecg/Resampler.h"
#include "tools/frieze-ecg/Text.h"
#include "tools/frieze-ecg/WindowScores.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cmath>

using namespace llvm;

namespace frieze::ecg {

/// Electrode offsets reach 300 mV; more is another unit, such as raw counts of
/// a converter, and would be scored as if it were millivolts.
static constexpr float maxMillivolts = 500;

/// A recording is at most this long, seconds (a leap year): a header that says
/// more is damaged.
static constexpr double maxDuration = 366 * 86400.0;

static constexpr StringLiteral extensions[] = {".hea", ".edf", ".bdf",
                                               ".npy", ".csv", ".txt"};

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

std::string recordName(StringRef path) {
  StringRef name = sys::path::filename(path);
  // Only known extensions: a WFDB record may be called "p1.night".
  for (StringRef extension : extensions)
    if (name.size() > extension.size() && name.ends_with_insensitive(extension))
      return name.drop_back(extension.size()).str();
  return name.str();
}

Expected<size_t> findLead(StringRef path, ArrayRef<std::string> leads,
                          StringRef wanted) {
  if (wanted.empty())
    return 0;
  auto sameName = [&](StringRef lead) { return lead == wanted; };
  if (size_t count = count_if(leads, sameName)) {
    if (count > 1)
      return fileError(path, Twine(count) + " leads are named '" + wanted +
                                 "', give the number of one, from 0");
    return find_if(leads, sameName) - leads.begin();
  }
  std::optional<int64_t> number = parseInteger(wanted);
  if (number && *number >= 0 && uint64_t(*number) < leads.size())
    return *number;
  return fileError(path, "no lead '" + wanted + "', found " +
                             join(leads.take_front(20), ", "));
}

std::optional<double> unitInMillivolts(StringRef unit) {
  if (unit.equals_insensitive("mV"))
    return 1.0;
  if (unit.equals_insensitive("uV") || unit == "\u00B5V" || unit == "\u03BCV")
    return 1e-3;
  if (unit.equals_insensitive("V"))
    return 1e3;
  return std::nullopt;
}

Error checkRate(StringRef path, const RecordingOptions &options, double rate) {
  // Written so that NaN fails too.
  if (!(rate >= ResampledRecording::minRate &&
        rate <= ResampledRecording::maxRate))
    return fileError(path, "the sampling rate must be from " +
                               formatNumber(ResampledRecording::minRate) +
                               " to " +
                               formatNumber(ResampledRecording::maxRate) +
                               " Hz, found " + formatNumber(rate));
  if (options.rate && *options.rate != rate)
    return fileError(path, "the sampling rate is " + formatNumber(rate) +
                               " Hz, not " + formatNumber(*options.rate));
  return Error::success();
}

static Expected<std::unique_ptr<Recording>>
openFormat(StringRef path, const RecordingOptions &options) {
  if (path.ends_with_insensitive(".hea"))
    return openWFDB(path, options);
  if (path.ends_with_insensitive(".csv") || path.ends_with_insensitive(".txt"))
    return openCSV(path, options);
  if (path.ends_with_insensitive(".edf") || path.ends_with_insensitive(".bdf"))
    return openEDF(path, options);
  if (path.ends_with_insensitive(".npy"))
    return openNPY(path, options);
  std::string header = (path + ".hea").str();
  if (sys::fs::exists(header))
    return openWFDB(header, options);
  if (!sys::fs::exists(path))
    return fileError(path, "no such file, nor " + sys::path::filename(header));
  return fileError(path, "not a recording that can be read: expected the name "
                         "or header (.hea) of a WFDB record, or .edf, "
                         ".bdf, .csv or .npy");
}

/// Appends a gap behind the others, or to the last one, if less than
/// `shortestPause` is between them.
static void addGap(std::vector<Gap> &gaps, Gap gap, uint64_t shortestPause) {
  if (!gaps.empty() &&
      gap.first - (gaps.back().first + gaps.back().count) < shortestPause)
    gaps.back().count = gap.first + gap.count - gaps.back().first;
  else
    gaps.push_back(gap);
}

Expected<std::unique_ptr<Recording>>
openRecording(StringRef path, const RecordingOptions &options) {
  Expected<std::unique_ptr<Recording>> opened = openFormat(path, options);
  if (!opened)
    return opened;
  Recording &recording = **opened;
  recording.name = recordName(path);
  if (recording.length == 0)
    return fileError(path, "the recording has no samples");
  if (recording.duration() > maxDuration)
    return fileError(path, "the recording must be at most a year long, found " +
                               formatNumber(std::round(recording.duration())) +
                               " s");
  const uint64_t shortestPause =
      std::ceil(windowSize * recording.rate / detectorRate);
  uint64_t usable = 0;
  ArrayRef<Gap> unrecorded = recording.unrecorded;
  Error error =
      recording.readAll([&](uint64_t first, ArrayRef<float> samples) -> Error {
        while (!unrecorded.empty() && unrecorded.front().first < first) {
          addGap(recording.gaps, unrecorded.front(), shortestPause);
          unrecorded = unrecorded.drop_front();
        }
        for (auto [index, sample] : enumerate(samples)) {
          if (std::isnan(sample))
            addGap(recording.gaps, {first + index, 1}, shortestPause);
          else
            ++usable;
          if (std::abs(sample) > maxMillivolts)
            return fileError(
                path, "samples must be millivolts, found " +
                          Twine(std::lround(std::clamp(sample, -1e9f, 1e9f))) +
                          " at sample " + Twine(first + index));
        }
        return Error::success();
      });
  if (error)
    return error;
  for (const Gap &gap : unrecorded)
    addGap(recording.gaps, gap, shortestPause);
  if (usable == 0)
    return fileError(path, "all samples of lead '" + recording.lead +
                               "' are missing");
  return opened;
}

} // namespace frieze::ecg
