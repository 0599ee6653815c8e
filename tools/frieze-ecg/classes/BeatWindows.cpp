//===- BeatWindows.cpp - The samples around each beat -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/classes/BeatWindows.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

uint64_t frieze::ecg::countSamplesBefore(const BeatWindowOptions &options) {
  return std::llround(options.before * options.rate);
}

bool frieze::ecg::isWindowLength(const BeatWindowOptions &options,
                                 uint64_t length) {
  // Of the last sample, behind the beat. Half a sample is rounding.
  double last = double(length) - 1 - countSamplesBefore(options);
  double difference = last - options.after * options.rate;
  return difference > -1.5 && difference <= 0.5;
}

void ScaleEstimator::add(ArrayRef<float> samples) {
  for (float sample : samples) {
    if (std::isnan(sample))
      continue;
    least = count ? std::min(least, sample) : sample;
    most = count ? std::max(most, sample) : sample;
    ++count;
    const double distance = sample - mean;
    mean += distance / count;
    squares += distance * (sample - mean);
  }
}

std::optional<Scale>
ScaleEstimator::estimate(Normalisation normalisation) const {
  if (count == 0)
    return std::nullopt;
  if (normalisation == Normalisation::MinMax)
    return Scale{least, double(most) - least};
  return Scale{mean, std::sqrt(squares / count)};
}

static void apply(const Scale &scale, MutableArrayRef<float> samples) {
  for (float &sample : samples)
    sample = scale.unit > 0 ? (sample - scale.offset) / scale.unit : 0;
}

Expected<BeatWindows> BeatWindows::open(const Recording &recording,
                                        ArrayRef<uint64_t> beats,
                                        const RRIntervals &intervals,
                                        const BeatWindowOptions &options,
                                        uint64_t length) {
  BeatWindows windows(recording, beats, intervals, options, length);
  if (options.untilRR)
    windows.recordMedian = intervals.getMedian(0, beats.size());
  if (!options.scalesRecording)
    return windows;
  ScaleEstimator estimator;
  Error error = windows.getLead().readAll(
      [&](uint64_t, ArrayRef<float> samples) -> Error {
        estimator.add(samples);
        return Error::success();
      });
  if (error)
    return std::move(error);
  windows.scale = estimator.estimate(options.normalisation);
  return windows;
}

BeatWindows::BeatWindows(const Recording &recording, ArrayRef<uint64_t> beats,
                         const RRIntervals &intervals,
                         const BeatWindowOptions &options, uint64_t length)
    : source(recording), beats(beats), intervals(intervals), options(options),
      length(length), before(countSamplesBefore(options)) {
  if (source.rate != options.rate)
    resampled = std::make_unique<ResampledRecording>(source, options.rate);
}

int64_t BeatWindows::getPosition(size_t beat) const {
  return resampled ? resampled->fromSource(beats[beat]) : beats[beat];
}

BeatWindows::Range BeatWindows::getWindow(size_t beat) const {
  int64_t first = getPosition(beat) - int64_t(before);
  return {first, first + int64_t(length)};
}

BeatWindows::Range BeatWindows::getStretch(size_t beat) const {
  if (!options.stretch)
    return getWindow(beat);
  const int64_t samples = std::llround(*options.stretch * options.rate);
  const int64_t all = getLead().length;
  int64_t first = getPosition(beat) / samples * samples;
  return {first, std::min(first + samples, all)};
}

BeatWindows::Range BeatWindows::getSpan(size_t first, size_t last) const {
  Range begin = getWindow(first), end = getWindow(last);
  Range span{std::min(begin.first, getStretch(first).first),
             std::max(end.last, getStretch(last).last)};
  return span;
}

size_t BeatWindows::countTogether(size_t first) const {
  // Samples that are resampled and kept at once, and windows. The beats of a
  // stretch go together, whatever its length.
  const int64_t longest = std::max<int64_t>(
      1 << 16, 2 * options.stretch.value_or(0) * options.rate);
  constexpr size_t most = 256;
  size_t last = first;
  while (last + 1 < beats.size() && last + 1 < first + most) {
    Range span = getSpan(first, last + 1);
    if (span.last - span.first > longest)
      break;
    ++last;
  }
  return last - first + 1;
}

std::optional<double> BeatWindows::getInterval(size_t beat) const {
  if (!options.stretch)
    return recordMedian;
  // The beats of its stretch.
  auto isSame = [&](size_t other) {
    return getStretch(other).first == getStretch(beat).first;
  };
  size_t first = beat, last = beat + 1;
  while (first > 0 && isSame(first - 1))
    --first;
  while (last < beats.size() && isSame(last))
    ++last;
  std::optional<double> median = intervals.getMedian(first, last);
  return median ? median : recordMedian;
}

void BeatWindows::cut(MutableArrayRef<float> window, double interval) const {
  const uint64_t behind =
      std::llround(*options.untilRR * interval * options.rate);
  if (before + behind < window.size())
    std::fill(window.begin() + before + behind, window.end(), 0);
}

Expected<std::vector<float>> BeatWindows::read(size_t first,
                                               size_t count) const {
  const Range span = getSpan(first, first + count - 1);
  std::vector<float> samples(span.last - span.first);
  if (Error error = getLead().readPadded(span.first, samples))
    return std::move(error);
  auto slice = [&](Range range) {
    return ArrayRef(samples).slice(range.first - span.first,
                                   range.last - range.first);
  };
  std::vector<float> windows(count * length);
  const bool scales = options.normalisation != Normalisation::None;
  // What the windows of a stretch share: its beats follow each other.
  std::optional<int64_t> current;
  std::optional<Scale> own = scale;
  std::optional<double> interval;
  for (size_t i = 0; i < count; ++i) {
    const Range stretch = getStretch(first + i);
    if (current != stretch.first) {
      current = stretch.first;
      if (scales && !options.scalesRecording) {
        ScaleEstimator estimator;
        estimator.add(slice(stretch));
        own = estimator.estimate(options.normalisation);
      }
      if (options.untilRR)
        interval = getInterval(first + i);
    }
    MutableArrayRef<float> window =
        MutableArrayRef(windows).slice(i * length, length);
    copy(slice(getWindow(first + i)), window.begin());
    bool isKnown =
        none_of(window, [](float sample) { return std::isnan(sample); });
    if (isKnown && scales) {
      isKnown = own.has_value();
      if (own)
        apply(*own, window);
    }
    if (isKnown && options.untilRR) {
      isKnown = interval.has_value();
      if (interval)
        cut(window, *interval);
    }
    if (!isKnown)
      window.front() = std::numeric_limits<float>::quiet_NaN();
  }
  return windows;
}
