//===- BoxMean.cpp - Means of neighbouring values ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/detection/BoxMean.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

std::vector<double> frieze::ecg::getBoxMeans(ArrayRef<float> values,
                                             size_t width) {
  if (values.size() < width)
    return {};
  // No running sum: its rounding would depend on all values before, and equal
  // neighbourhoods would not give equal means.
  std::vector<double> means(values.size() - (width - 1));
  for (size_t offset = 0; offset < width; ++offset)
    for (size_t i = 0; i < means.size(); ++i)
      means[i] += values[i + offset];
  for (double &mean : means)
    mean /= double(width);
  return means;
}
