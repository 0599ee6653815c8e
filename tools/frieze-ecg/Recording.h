//===- Recording.h - One lead of an ECG recording ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RECORDING_H
#define FRIEZE_TOOLS_ECG_RECORDING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// A stretch of a recording without usable samples.
struct Gap {
  /// Sample at which it begins, and its length in samples.
  uint64_t first, count;
};

/// One lead of a recording. Its samples stay in the file and are read in
/// ranges.
class Recording {
public:
  virtual ~Recording() = default;

  /// Reads the samples from `first` on, millivolts; a missing one is NaN. May
  /// be called by any number of threads at once.
  virtual llvm::Error read(uint64_t first,
                           llvm::MutableArrayRef<float> samples) const = 0;

  /// Hands all samples to `take`, piece by piece in their order, but those of
  /// unrecorded stretches.
  llvm::Error
  readAll(llvm::function_ref<llvm::Error(uint64_t first,
                                         llvm::ArrayRef<float> samples)>
              take) const;

  /// Reads samples from `first` on, which may lie beyond the ends: there the
  /// end samples go on.
  llvm::Error readPadded(int64_t first,
                         llvm::MutableArrayRef<float> samples) const;

  /// Length in seconds.
  double duration() const { return length / rate; }

  /// File name without folder or extension, as in the beat list.
  std::string name;
  /// Name of the lead, such as "MLII"; may be empty.
  std::string lead;
  /// Sampling rate, Hz.
  double rate = 0;
  /// Number of samples.
  uint64_t length = 0;
  /// Stretches of which the file has no samples, in order; none is empty.
  std::vector<Gap> unrecorded;
  /// Where samples are missing for any reason, in order. Gaps with less than a
  /// window between them are one.
  std::vector<Gap> gaps;
  /// What is odd about the file but no error, as `file: message`.
  std::vector<std::string> warnings;
};

/// What to read, and what the file itself does not say.
struct RecordingOptions {
  /// Name of the lead, or its number from 0; empty for the first.
  std::string lead;
  /// Sampling rate in Hz: of a file that does not state it, 360 unless given;
  /// of a file that does, it must agree.
  std::optional<double> rate;
  /// Whether to read a WFDB signal whose checksum does not match its header.
  bool ignoreChecksum = false;
};

/// Opens one lead of `path`: a WFDB record by its name or header, EDF, BDF, CSV
/// or NPY. All of it is read once: what is truncated, damaged, empty or not in
/// millivolts is an error, and missing samples are listed as gaps.
llvm::Expected<std::unique_ptr<Recording>>
openRecording(llvm::StringRef path, const RecordingOptions &options);

/// The name under which the beats of `path` are listed.
std::string recordName(llvm::StringRef path);

//===----------------------------------------------------------------------===//
// The formats. What they open has no name and no gaps yet.
//===----------------------------------------------------------------------===//

/// Opens the WFDB record whose header is `headerPath`.
llvm::Expected<std::unique_ptr<Recording>>
openWFDB(llvm::StringRef headerPath, const RecordingOptions &options);

/// Opens CSV: one column of millivolts, or columns with a header line, of which
/// the first may be the time. Names such as "time_ms" or "sample" tell its
/// unit. A sample that is empty or "nan" is missing.
llvm::Expected<std::unique_ptr<Recording>>
openCSV(llvm::StringRef path, const RecordingOptions &options);

/// Opens NPY: samples in millivolts, or an array of samples and leads; NaN is a
/// missing sample. Leads have numbers only.
llvm::Expected<std::unique_ptr<Recording>>
openNPY(llvm::StringRef path, const RecordingOptions &options);

/// Opens EDF, EDF+ or BDF. Time between the data records of EDF+D is missing
/// samples.
llvm::Expected<std::unique_ptr<Recording>>
openEDF(llvm::StringRef path, const RecordingOptions &options);

/// The index of the lead that `wanted` names or numbers, 0 if it is empty.
llvm::Expected<size_t> findLead(llvm::StringRef path,
                                llvm::ArrayRef<std::string> leads,
                                llvm::StringRef wanted);

/// Millivolts in one of the units that recordings of ECG use.
std::optional<double> unitInMillivolts(llvm::StringRef unit);

/// Checks that `rate` can be resampled, and is no other than is asked for.
llvm::Error checkRate(llvm::StringRef path, const RecordingOptions &options,
                      double rate);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RECORDING_H
