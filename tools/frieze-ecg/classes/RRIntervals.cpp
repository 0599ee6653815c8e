//===- RRIntervals.cpp - Times between the beats of a recording -*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/classes/RRIntervals.h"

#include "llvm/ADT/StringSwitch.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

std::optional<RRFeature> frieze::ecg::findRRFeature(StringRef name) {
  return StringSwitch<std::optional<RRFeature>>(name)
      .Case("previous", RRFeature::Previous)
      .Case("next", RRFeature::Next)
      .Case("mean", RRFeature::Mean)
      .Default(std::nullopt);
}

RRIntervals::RRIntervals(const Recording &recording, ArrayRef<uint64_t> beats) {
  ArrayRef<Gap> gaps = recording.gaps;
  for (size_t i = 1; i < beats.size(); ++i) {
    while (!gaps.empty() &&
           gaps.front().first + gaps.front().count <= beats[i - 1])
      gaps = gaps.drop_front();
    bool isBroken = !gaps.empty() && gaps.front().first <= beats[i];
    intervals.push_back(isBroken ? std::numeric_limits<double>::quiet_NaN()
                                 : (beats[i] - beats[i - 1]) / recording.rate);
  }
}

std::optional<double> RRIntervals::get(RRFeature feature, size_t beat) const {
  constexpr size_t reach = 5;
  // Interval number i ends at beat i + 1.
  const double none = std::numeric_limits<double>::quiet_NaN();
  double previous = beat > 0 ? intervals[beat - 1] : none;
  double next = beat < intervals.size() ? intervals[beat] : none;
  if (feature == RRFeature::Previous && !std::isnan(previous))
    return previous;
  if (feature == RRFeature::Next && !std::isnan(next))
    return next;
  double sum = 0;
  size_t count = 0;
  for (size_t i = beat < reach ? 0 : beat - reach;
       i < std::min(beat + reach, intervals.size()); ++i)
    if (!std::isnan(intervals[i])) {
      sum += intervals[i];
      ++count;
    }
  if (count == 0)
    return std::nullopt;
  return sum / count;
}

std::optional<double> RRIntervals::getMedian(size_t first, size_t last) const {
  std::vector<double> known;
  for (size_t i = first; i + 1 < last; ++i)
    if (!std::isnan(intervals[i]))
      known.push_back(intervals[i]);
  if (known.empty())
    return std::nullopt;
  std::sort(known.begin(), known.end());
  const size_t middle = known.size() / 2;
  return known.size() % 2 ? known[middle]
                          : (known[middle - 1] + known[middle]) / 2;
}
