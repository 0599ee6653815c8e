//===- BeatWindows.cpp - The samples around each beat -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/BeatWindows.h"

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
  const int64_t all = resampled ? resampled->length : source.length;
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
  // Samples that are resampled and kept at once, and windows.
  constexpr int64_t longest = 1 << 16;
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

bool BeatWindows::scale(MutableArrayRef<float> window,
                        ArrayRef<float> from) const {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  double sum = 0, squares = 0;
  size_t count = 0;
  for (float sample : from)
    if (!std::isnan(sample)) {
      least = std::min<double>(least, sample);
      most = std::max<double>(most, sample);
      sum += sample;
      ++count;
    }
  if (count == 0)
    return false;
  const double mean = sum / count;
  for (float sample : from)
    if (!std::isnan(sample))
      squares += (sample - mean) * (sample - mean);
  const bool isMinMax = options.normalisation == Normalisation::MinMax;
  const double offset = isMinMax ? least : mean;
  const double unit = isMinMax ? most - least : std::sqrt(squares / count);
  // A flat line is 0.
  for (float &sample : window)
    sample = unit > 0 ? (sample - offset) / unit : 0;
  return true;
}

bool BeatWindows::cut(MutableArrayRef<float> window, size_t beat) const {
  std::optional<double> interval;
  if (options.stretch) {
    // The beats of its stretch.
    auto isSame = [&](size_t other) {
      return getStretch(other).first == getStretch(beat).first;
    };
    size_t first = beat, last = beat + 1;
    while (first > 0 && isSame(first - 1))
      --first;
    while (last < beats.size() && isSame(last))
      ++last;
    interval = intervals.getMedian(first, last);
  }
  if (!interval)
    interval = intervals.getMedian(0, beats.size());
  if (!interval)
    return false;
  const uint64_t behind =
      std::llround(*options.untilRR * *interval * options.rate);
  if (before + behind < window.size())
    std::fill(window.begin() + before + behind, window.end(), 0);
  return true;
}

Expected<std::vector<float>> BeatWindows::read(size_t first,
                                               size_t count) const {
  const Range span = getSpan(first, first + count - 1);
  std::vector<float> samples(span.last - span.first);
  const Recording &lead = resampled ? *resampled : source;
  if (Error error = lead.readPadded(span.first, samples))
    return std::move(error);
  auto slice = [&](Range range) {
    return ArrayRef(samples).slice(range.first - span.first,
                                   range.last - range.first);
  };
  std::vector<float> windows(count * length);
  for (size_t i = 0; i < count; ++i) {
    MutableArrayRef<float> window =
        MutableArrayRef(windows).slice(i * length, length);
    copy(slice(getWindow(first + i)), window.begin());
    bool isKnown =
        none_of(window, [](float sample) { return std::isnan(sample); });
    if (isKnown && options.normalisation != Normalisation::None)
      isKnown = scale(window, slice(getStretch(first + i)));
    if (isKnown && options.untilRR)
      isKnown = cut(window, first + i);
    if (!isKnown)
      window.front() = std::numeric_limits<float>::quiet_NaN();
  }
  return windows;
}
