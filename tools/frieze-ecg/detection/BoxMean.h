//===- BoxMean.h - Means of neighbouring values -----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BOXMEAN_H
#define FRIEZE_TOOLS_ECG_BOXMEAN_H

#include "llvm/ADT/ArrayRef.h"

#include <cstddef>
#include <vector>

namespace frieze::ecg {

/// The means of the values i to i + width - 1 for each i; none if there are
/// fewer values. A NaN makes its means NaN.
std::vector<double> getBoxMeans(llvm::ArrayRef<float> values, size_t width);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BOXMEAN_H
