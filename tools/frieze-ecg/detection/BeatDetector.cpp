//===- BeatDetector.cpp - From scores to beats ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/BeatDetector.h"

#include <algorithm>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

std::vector<double> frieze::ecg::smoothScores(ArrayRef<float> scores) {
  if (scores.size() < boxWidth)
    return {};
  // No running sum: its rounding would depend on all scores before, and equal
  // neighbourhoods would not give equal means.
  std::vector<double> smooth(scores.size() - (boxWidth - 1));
  for (size_t offset = 0; offset < boxWidth; ++offset)
    for (size_t i = 0; i < smooth.size(); ++i)
      smooth[i] += scores[i + offset];
  for (double &value : smooth)
    value /= boxWidth;
  return smooth;
}

std::vector<LevelTop> frieze::ecg::findLevelTops(uint64_t first,
                                                 ArrayRef<double> smooth) {
  std::vector<LevelTop> tops;
  const size_t last = smooth.size() - 1;
  for (size_t begin = 1; begin < last;) {
    const double level = smooth[begin];
    size_t end = begin + 1;
    while (end < last && smooth[end] == level)
      ++end;
    bool comesFromBefore = begin == 1 && smooth[0] == level;
    bool goesOn = end == last && smooth[end] == level;
    if (level >= beatThreshold &&
        (smooth[begin - 1] < level || comesFromBefore) &&
        (smooth[end] < level || goesOn))
      tops.push_back(
          {first + begin - 1, first + end - 1, level, comesFromBefore, goesOn});
    begin = end;
  }
  return tops;
}

void LevelTopJoiner::add(ArrayRef<LevelTop> tops) {
  for (LevelTop top : tops) {
    if (top.comesFromBefore) {
      // Without a top to continue, the scores fell to this level: it is none.
      if (!open || open->end != top.begin) {
        open.reset();
        continue;
      }
      top.begin = open->begin;
    }
    open.reset();
    if (top.goesOn)
      open = top;
    else
      maxima.push_back({(top.begin + top.end - 1) / 2, top.score});
  }
}

double frieze::ecg::getThresholdAfter(uint64_t distance) {
  double part = (double(distance) - tWaveTime) / (pauseTime - tWaveTime);
  return earlyThreshold +
         (beatThreshold - earlyThreshold) * std::clamp(part, 0.0, 1.0);
}

std::vector<Beat> frieze::ecg::pickBeats(std::vector<Beat> maxima) {
  // In place: the beats kept so far are the first ones.
  size_t kept = 0;
  for (const Beat maximum : maxima) {
    if (kept == 0) {
      maxima[kept++] = maximum;
      continue;
    }
    Beat &last = maxima[kept - 1];
    uint64_t distance = maximum.position - last.position;
    bool isSoon = distance < tWaveTime;
    if (distance < refractoryTime ||
        (isSoon && last.score < pWaveRatio * maximum.score)) {
      if (maximum.score > last.score)
        last = maximum;
    } else if (maximum.score >= getThresholdAfter(distance) &&
               (!isSoon || maximum.score >= tWaveRatio * last.score)) {
      maxima[kept++] = maximum;
    }
  }
  maxima.resize(kept);
  return maxima;
}
