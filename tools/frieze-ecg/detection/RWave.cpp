//===- RWave.cpp - Where the R wave of a beat is ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/RWave.h"
#include "tools/frieze-ecg/detection/BoxMean.h"

#include <cmath>

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

RWave frieze::ecg::findRWave(uint64_t first, ArrayRef<float> samples) {
  const std::vector<double> means = getBoxMeans(samples, deflectionBox);
  RWave largest = {first, 0};
  for (size_t t = deflectionSpan; t + deflectionSpan < means.size(); ++t) {
    double around = means[t - deflectionSpan] + means[t + deflectionSpan];
    double exact = std::abs(means[t] - around / 2);
    double deflection = std::floor(exact / deflectionStep) * deflectionStep;
    largest = getLarger(largest, {first + t - deflectionSpan, deflection});
  }
  return largest;
}
