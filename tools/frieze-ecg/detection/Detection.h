//===- Detection.h - Beats of recordings, by threads ------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_DETECTION_H
#define FRIEZE_TOOLS_ECG_DETECTION_H

#include "tools/frieze-ecg/detection/BeatDetector.h"
#include "tools/frieze-ecg/detection/WindowScores.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include <functional>
#include <vector>

namespace frieze::ecg {

/// Where a beat is said to be: on its R wave, or at the maximum of the scores.
enum class BeatPlace { RWave, Score };

/// How beats are looked for. Only the first four change what is found.
struct DetectionOptions {
  OutputKind outputKind = OutputKind::Probability;
  BeatPlace place = BeatPlace::RWave;
  /// Whether offset, gain and polarity of each recording are taken out before
  /// it is scored (SignalLevel.h).
  bool normalize = true;
  /// Every so many positions one is scored.
  unsigned hop = 1;
  /// Threads that score; 0 for as many as the processor runs at once.
  unsigned threads = 0;
  /// Positions that a thread takes at once, at least 1.
  uint64_t chunkSize = 1 << 14;
  /// Where the model is loaded, too, and computes; null for the CPU.
  SharedDevice *device = nullptr;
  /// If set, it is given the smoothed scores of the positions from `first` on
  /// of a recording, by any thread; NaN where there is none.
  std::function<void(size_t recording, uint64_t first,
                     llvm::ArrayRef<double> scores)>
      takeScores;
};

/// No beat is reported this close to a missing sample, samples at detectorRate:
/// a window may need it, and the first maximum behind a gap may be the T wave
/// of a beat inside.
inline constexpr size_t gapMargin = windowSize;

/// Finds the beats of each recording, in samples of that recording. A recording
/// at another rate than detectorRate is resampled. One that fails has the error
/// of its first chunk that does, whatever the threads, and the others go on.
///
/// path: the model's file, for diagnostics. progress is called by any thread,
/// with the number of positions scored so far and of all.
std::vector<llvm::Expected<std::vector<Beat>>>
detectBeats(llvm::StringRef path, const frieze_model &model,
            llvm::ArrayRef<const Recording *> recordings,
            const DetectionOptions &options,
            llvm::function_ref<void(uint64_t done, uint64_t total)> progress);

/// Calls `work` for 0 to count - 1 on several threads (0 for as many as the
/// processor runs at once).
void forEachParallel(unsigned threads, size_t count,
                     llvm::function_ref<void(size_t)> work);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_DETECTION_H
