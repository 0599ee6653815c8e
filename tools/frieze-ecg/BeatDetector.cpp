//===- BeatDetector.cpp - From scores to beats ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/BeatDetector.h"

#include <algorithm>
#include <limits>

using namespace llvm;

namespace frieze::ecg {

std::vector<double> smoothScores(ArrayRef<float> scores) {
  const ptrdiff_t half = boxWidth / 2, last = ptrdiff_t(scores.size()) - 1;
  std::vector<double> smooth(scores.size());
  for (ptrdiff_t center = 0; center <= last; ++center) {
    // No running sum: its rounding would depend on all scores before, and equal
    // neighbourhoods would not give equal means.
    double sum = 0;
    for (ptrdiff_t i = center - half; i <= center + half; ++i)
      sum += scores[std::clamp<ptrdiff_t>(i, 0, last)];
    smooth[center] = sum / boxWidth;
  }
  return smooth;
}

/// The maxima that reach the threshold, from left to right.
static std::vector<Beat> findMaxima(ArrayRef<double> smooth) {
  std::vector<Beat> maxima;
  const double below = -std::numeric_limits<double>::infinity();
  for (size_t start = 0; start < smooth.size();) {
    size_t end = start + 1;
    while (end < smooth.size() && smooth[end] == smooth[start])
      ++end;
    double before = start > 0 ? smooth[start - 1] : below;
    double after = end < smooth.size() ? smooth[end] : below;
    double level = smooth[start];
    if (level > before && level > after && level >= beatThreshold)
      maxima.push_back({(start + end - 1) / 2, level});
    start = end;
  }
  return maxima;
}

std::vector<Beat> pickBeats(ArrayRef<float> scores) {
  std::vector<Beat> beats;
  for (const Beat &maximum : findMaxima(smoothScores(scores))) {
    if (beats.empty()) {
      beats.push_back(maximum);
      continue;
    }
    Beat &last = beats.back();
    size_t distance = maximum.position - last.position;
    if (distance < refractoryTime) {
      if (maximum.score > last.score)
        last = maximum;
    } else if (distance >= tWaveTime ||
               maximum.score >= tWaveRatio * last.score) {
      beats.push_back(maximum);
    }
  }
  return beats;
}

} // namespace frieze::ecg
