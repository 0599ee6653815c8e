//===- Recording.h - One lead of an ECG recording ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_RECORDING_H
#define FRIEZE_TOOLS_ECG_RECORDING_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// One lead of a recording, whole in memory.
struct Recording {
  /// File name without folder or extension, as in the beat list.
  std::string name;
  /// Name of the lead, such as "MLII"; may be empty.
  std::string lead;
  /// Sampling rate, Hz.
  double rate = 0;
  /// Millivolts; every value is finite.
  std::vector<float> samples;

  /// Length in seconds.
  double duration() const { return samples.size() / rate; }
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

/// Reads one lead of `path`: a WFDB record by its name or header, or CSV.
/// A recording that is truncated, has gaps, or is empty is an error.
llvm::Expected<Recording> readRecording(llvm::StringRef path,
                                        const RecordingOptions &options);

/// The name under which the beats of `path` are listed.
std::string recordName(llvm::StringRef path);

//===----------------------------------------------------------------------===//
// The formats
//===----------------------------------------------------------------------===//

/// Reads the WFDB record whose header is `headerPath`.
llvm::Expected<Recording> readWFDB(llvm::StringRef headerPath,
                                   const RecordingOptions &options);

/// Reads CSV: one column of millivolts, or columns with a header line, of which
/// the first may be the time. Names such as "time_ms" or "sample" tell its
/// unit.
llvm::Expected<Recording> readCSV(llvm::StringRef path,
                                  const RecordingOptions &options);

/// The index of the lead that `wanted` names or numbers, 0 if it is empty.
llvm::Expected<size_t> findLead(llvm::StringRef path,
                                llvm::ArrayRef<std::string> leads,
                                llvm::StringRef wanted);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_RECORDING_H
