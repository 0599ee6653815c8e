//===- WindowScores.h - A score for every sample ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_WINDOWSCORES_H
#define FRIEZE_TOOLS_ECG_WINDOWSCORES_H

#include "frieze/device.h"
#include "tools/frieze-ecg/recordings/Sampling.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <mutex>
#include <vector>

namespace frieze::ecg {

/// Whether a model takes one window and gives one score; `path` is for
/// diagnostics.
llvm::Error checkClassifier(llvm::StringRef path, const frieze_model &model);

/// How a model's output becomes a score between 0 and 1.
enum class OutputKind { Probability, Logit };

/// A model that is loaded on a device, for one thread at a time.
struct SharedDevice {
  frieze_device_model *model;
  std::mutex mutex;
};

/// Scores positions of a lead: the score of a position is the model's output on
/// the window around it. With a hop N above 1 only positions that N divides are
/// scored, and the others lie on the lines between them. A model that was
/// compiled for a stream of this hop shares the work of its windows. One thread
/// at a time may use an object; any number of them may share a model.
class WindowScores {
public:
  /// path: the model's file, for diagnostics. device: where the model is
  /// loaded, too, and computes; null for the CPU.
  WindowScores(llvm::StringRef path, const frieze_model &model, OutputKind kind,
               unsigned hop, SharedDevice *device = nullptr);
  ~WindowScores();
  WindowScores(const WindowScores &) = delete;
  WindowScores &operator=(const WindowScores &) = delete;

  /// Samples that score() needs before its first position, and behind its last.
  size_t getSamplesBefore() const { return samplesBefore + hop - 1; }
  size_t getSamplesAfter() const { return samplesAfter + hop - 1; }

  /// Fills in the scores, 0 to 1, of the positions from `first` on.
  ///
  /// samples: millivolts at detectorRate from position first -
  /// getSamplesBefore() on, one for each score and getSamplesBefore() +
  /// getSamplesAfter() more. A score whose window has a missing sample (NaN) is
  /// NaN. It is the same whatever range it is asked for in. An output of the
  /// model that is no probability is an error.
  llvm::Error score(uint64_t first, llvm::ArrayRef<float> samples,
                    llvm::MutableArrayRef<float> scores);

private:
  llvm::Error scoreOnDevice(llvm::ArrayRef<float> samples);
  llvm::Error scoreGrid(uint64_t first, llvm::ArrayRef<float> samples);

  llvm::StringRef path;
  const frieze_model &model;
  OutputKind kind;
  unsigned hop;
  SharedDevice *device;
  /// Of the model, if it moves by as many samples; null to score each window
  /// for itself.
  const frieze_stream *stream;
  /// State of the stream, or arena of the model.
  size_t memoryBytes, memoryAlignment;
  void *memory;
  /// Scores of the positions that hop divides.
  std::vector<float> grid;
};

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_WINDOWSCORES_H
