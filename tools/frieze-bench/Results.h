//===- Results.h - What was measured ----------------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_BENCH_RESULTS_H
#define FRIEZE_TOOLS_BENCH_RESULTS_H

#include "api/Timing.h"
#include "tools/frieze-bench/MachinePeak.h"
#include "tools/frieze-bench/Subject.h"

namespace frieze {

/// The times of a subject, which must outlive it.
struct Measurement {
  const Subject *subject;
  CallTimes times;

  /// 10^9 floating-point operations a second, in the fastest block: the
  /// machine's peak is its best, too.
  double getGigaflops() const {
    return subject->getOperations() / times.min * 1e-3;
  }
};

/// The same model in Frieze and in a peer, timed in turns.
struct Comparison {
  /// The peer's name and version, and the file that it ran.
  std::string peer, file;
  CallTimes ours, theirs;
  /// Largest absolute difference between outputs for the same input.
  double difference;

  double getMinRatio() const { return theirs.min / ours.min; }
  double getMedianRatio() const { return theirs.median / ours.median; }
};

/// A peer that the model is not compared with.
struct AbsentPeer {
  std::string peer, file;
  /// Whether its library is installed, and fails on the file.
  bool fails;

  const char *getState() const { return fails ? "fails" : "not available"; }
};

/// Windows along a recording, timed in turns with the same model on windows of
/// their own; per window.
struct StreamMeasurement {
  /// "stream_block" for a whole block of windows at a time, "stream_push" for
  /// one.
  std::string mode;
  CallTimes stream, single;

  double getMinRatio() const { return single.min / stream.min; }
  double getMedianRatio() const { return single.median / stream.median; }
};

/// All of a run; the whole model comes first, then its layers.
struct Results {
  /// All that may be measured: the model, and its layers if wanted.
  llvm::ArrayRef<Subject> subjects;
  MachinePeak peak;
  std::vector<Measurement> measurements;
  std::vector<Comparison> comparisons;
  std::vector<AbsentPeer> absentPeers;
  std::vector<StreamMeasurement> streams;
};

} // namespace frieze

#endif // FRIEZE_TOOLS_BENCH_RESULTS_H
