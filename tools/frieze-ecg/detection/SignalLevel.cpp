//===- SignalLevel.cpp - Offset and amplitude of an ECG ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/SignalLevel.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <iterator>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

void SignalLevel::normalize(MutableArrayRef<float> samples) const {
  for (float &sample : samples)
    sample = float((sample - offset) / scale);
}

std::vector<SampleRange> frieze::ecg::getLevelRanges(size_t sampleCount) {
  if (sampleCount <= levelPieceLength)
    return {{0, sampleCount}};
  const size_t needed = (sampleCount + levelPieceLength - 1) / levelPieceLength;
  const size_t count = std::min(needed, levelPieceCount);
  std::vector<SampleRange> ranges(count);
  for (size_t i = 0; i < count; ++i)
    ranges[i] = {i * (sampleCount - levelPieceLength) / (count - 1),
                 levelPieceLength};
  return ranges;
}

/// The median; of an even number, the mean of the middle two, so that the
/// median of the negated values is its negative.
static double median(std::vector<double> values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1)
    return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

void LevelEstimator::add(ArrayRef<float> piece) {
  double up = 0, down = 0;
  for (size_t t = levelSpan; t + levelSpan < piece.size(); ++t) {
    double around = double(piece[t - levelSpan]) + piece[t + levelSpan];
    double curvature = piece[t] - around / 2;
    // Neither is NaN if this is.
    up = std::max(up, curvature);
    down = std::min(down, curvature);
  }
  if (up == 0 && down == 0)
    return;
  std::vector<double> present;
  llvm::copy_if(piece, std::back_inserter(present),
                [](float sample) { return !std::isnan(sample); });
  baselines.push_back(median(std::move(present)));
  heights.push_back(std::max(up, -down));
  asymmetries.push_back(up + down);
}

SignalLevel LevelEstimator::estimate() const {
  if (heights.empty())
    return {};
  double height = median(heights);
  return {median(baselines), median(asymmetries) < 0 ? -height : height};
}
