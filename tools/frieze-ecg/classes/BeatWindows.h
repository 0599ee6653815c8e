//===- BeatWindows.h - The samples around each beat -------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_BEATWINDOWS_H
#define FRIEZE_TOOLS_ECG_BEATWINDOWS_H

#include "tools/frieze-ecg/classes/RRIntervals.h"
#include "tools/frieze-ecg/detection/Resampler.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace frieze::ecg {

/// How samples are scaled before a model sees them.
enum class Normalisation {
  /// Not: millivolts, or the model does it.
  None,
  /// From 0 to 1.
  MinMax,
  /// Mean 0 and standard deviation 1.
  ZScore,
};

/// What a model's windows are.
struct BeatWindowOptions {
  /// Sampling rate of the model, Hz.
  double rate = 0;
  /// Seconds before the beat at which a window begins, and behind it to which
  /// it reaches.
  double before = 0, after = 0;
  Normalisation normalisation = Normalisation::None;
  /// Whether the whole recording is scaled as one.
  bool scalesRecording = false;
  /// Else, seconds of the stretches of it that are, each with the windows of
  /// the beats in it; nothing to scale each window for itself.
  std::optional<double> stretch;
  /// A window is 0 from so many RR intervals behind its beat on: of the median
  /// of those in its stretch, or in the recording.
  std::optional<double> untilRR;
};

/// What is taken off samples, and what they are then divided by. A flat line
/// has the unit 0.
struct Scale {
  double offset, unit;
};

/// Looks at the samples that are scaled as one.
class ScaleEstimator {
public:
  /// Missing ones (NaN) do not count.
  void add(llvm::ArrayRef<float> samples);

  /// Nothing if all were missing.
  std::optional<Scale> estimate(Normalisation normalisation) const;

private:
  uint64_t count = 0;
  float least = 0, most = 0;
  /// By Welford's method: the mean, and the sum of squared distances from it.
  double mean = 0, squares = 0;
};

/// Samples of the model before the beat.
uint64_t countSamplesBefore(const BeatWindowOptions &options);

/// Whether a window of `length` samples is what `before` and `after` say: its
/// last sample is at `after`, or one before it.
bool isWindowLength(const BeatWindowOptions &options, uint64_t length);

/// The windows of one recording, which is resampled if the model has another
/// rate. Beyond its ends, the end samples go on.
class BeatWindows {
public:
  /// Reads all of a recording that is scaled as one. beats: samples of it,
  /// ascending. length: samples of a window. All must outlive the result.
  static llvm::Expected<BeatWindows> open(const Recording &recording,
                                          llvm::ArrayRef<uint64_t> beats,
                                          const RRIntervals &intervals,
                                          const BeatWindowOptions &options,
                                          uint64_t length);

  /// How many beats from `first` on can be read together, at least one.
  size_t countTogether(size_t first) const;

  /// The windows of `count` beats, one after the other. One with a missing
  /// sample, or whose scale or RR interval is not known, begins with NaN.
  llvm::Expected<std::vector<float>> read(size_t first, size_t count) const;

private:
  BeatWindows(const Recording &recording, llvm::ArrayRef<uint64_t> beats,
              const RRIntervals &intervals, const BeatWindowOptions &options,
              uint64_t length);

  /// Positions of the model's rate from `first` to before `last`.
  struct Range {
    int64_t first, last;
  };

  int64_t getPosition(size_t beat) const;
  Range getWindow(size_t beat) const;
  /// What the scale of a beat's window is taken from.
  Range getStretch(size_t beat) const;
  /// All that is needed for these beats.
  Range getSpan(size_t first, size_t last) const;
  /// At the model's rate.
  const Recording &getLead() const { return resampled ? *resampled : source; }
  /// The median RR interval of the beats in a beat's stretch, else of all;
  /// nothing if there are none.
  std::optional<double> getInterval(size_t beat) const;
  /// Puts 0 where the next beat is due.
  void cut(llvm::MutableArrayRef<float> window, double interval) const;

  const Recording &source;
  llvm::ArrayRef<uint64_t> beats;
  const RRIntervals &intervals;
  const BeatWindowOptions &options;
  const uint64_t length, before;
  /// Only at another rate.
  std::unique_ptr<ResampledRecording> resampled;
  /// Only of a recording that is scaled as one.
  std::optional<Scale> scale;
  /// Only of windows that end with an RR interval.
  std::optional<double> recordMedian;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_BEATWINDOWS_H
