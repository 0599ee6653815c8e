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
      top.rWave = getLarger(open->rWave, top.rWave);
    }
    open.reset();
    if (top.goesOn)
      open = top;
    else
      maxima.push_back({(top.begin + top.end - 1) / 2, top.score, top.rWave});
  }
}

double frieze::ecg::getThresholdAfter(uint64_t distance) {
  double part = (double(distance) - tWaveTime) / (pauseTime - tWaveTime);
  return earlyThreshold +
         (beatThreshold - earlyThreshold) * std::clamp(part, 0.0, 1.0);
}

/// Whether an interval is as long as another.
static bool isEven(uint64_t interval, uint64_t other) {
  uint64_t difference = interval > other ? interval - other : other - interval;
  return evenness * difference <= other;
}

/// Leaves out doubtful beats without which the rhythm is even.
static void leaveOutSplitting(std::vector<Maximum> &beats) {
  auto at = [&](size_t i) { return beats[i].rWave.position; };
  // In place: the beats kept so far are the first ones.
  size_t kept = 0;
  for (size_t i = 0; i < beats.size(); ++i) {
    if (beats[i].score < doubtfulScore && kept > 1 && i + 2 < beats.size()) {
      uint64_t across = at(i + 1) - at(kept - 1);
      if (isEven(across, at(kept - 1) - at(kept - 2)) &&
          isEven(across, at(i + 2) - at(i + 1)))
        continue;
    }
    beats[kept++] = beats[i];
  }
  beats.resize(kept);
}

std::vector<Maximum> frieze::ecg::pickBeats(std::vector<Maximum> maxima) {
  // In place, too.
  size_t kept = 0;
  for (const Maximum maximum : maxima) {
    if (kept == 0) {
      maxima[kept++] = maximum;
      continue;
    }
    Maximum &last = maxima[kept - 1];
    const double strength = maximum.getStrength(), before = last.getStrength();
    // What is looked for around later maxima is not found further left.
    uint64_t distance = maximum.rWave.position - last.rWave.position;
    bool isSoon = distance < tWaveTime;
    if (distance < refractoryTime ||
        (isSoon && before < pWaveRatio * strength)) {
      if (strength > before)
        last = maximum;
    } else if (maximum.score >= getThresholdAfter(distance) &&
               (!isSoon || strength >= tWaveRatio * before)) {
      maxima[kept++] = maximum;
    }
  }
  maxima.resize(kept);
  leaveOutSplitting(maxima);
  return maxima;
}
