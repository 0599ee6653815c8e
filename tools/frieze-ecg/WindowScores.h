//===- WindowScores.h - A score for every sample ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_WINDOWSCORES_H
#define FRIEZE_TOOLS_ECG_WINDOWSCORES_H

#include "frieze/model.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <vector>

namespace frieze::ecg {

/// Samples of the window before the position it is about, and behind it.
inline constexpr size_t samplesBefore = 36, samplesAfter = 108;
inline constexpr size_t windowSize = samplesBefore + 1 + samplesAfter;

/// Whether a model takes one window and gives one score; `path` is for
/// diagnostics.
llvm::Error checkClassifier(llvm::StringRef path, const frieze_model &model);

/// How a model's output becomes a score between 0 and 1.
enum class OutputKind { Probability, Logit };

/// Scores every sample: the score at a position is the model's output on the
/// window around it. Beyond the ends the end samples count.
///
/// samples: millivolts at detectorRate. progress is called now and then with
/// the number of samples done. An output that is no probability is an error.
llvm::Expected<std::vector<float>>
scoreWindows(llvm::StringRef path, const frieze_model &model, OutputKind kind,
             llvm::ArrayRef<float> samples,
             llvm::function_ref<void(size_t done)> progress);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_WINDOWSCORES_H
