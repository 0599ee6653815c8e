//===- EDFHeader.h - The header of an EDF file ------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_EDFHEADER_H
#define FRIEZE_TOOLS_ECG_EDFHEADER_H

#include "tools/frieze-ecg/recordings/SampleFile.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace frieze::ecg {

/// One signal of an EDF file.
struct EDFSignal {
  std::string label, unit;
  /// What is stored, and the physical units that it stands for.
  double physicalMin, physicalMax;
  int64_t digitalMin, digitalMax;
  /// Samples in a data record.
  int64_t samples;
  /// Byte of the first of them in the record.
  uint64_t offset;
  /// What is wrong with its numbers, or nothing: an error only if it is read.
  std::string problem;

  /// Whether it holds annotations and no samples.
  bool isAnnotations() const {
    return label == "EDF Annotations" || label == "BDF Annotations";
  }
};

/// The header of an EDF, EDF+ or BDF file.
struct EDFHeader {
  /// Bytes of a sample.
  unsigned sampleBytes;
  /// Whether there may be time between records (EDF+D).
  bool isDiscontinuous;
  /// Time of day and date at which the recording begins, as they are written;
  /// the date is empty where EDF+ says that it is not known.
  std::string time, date;
  /// Bytes of the header, and number of data records.
  uint64_t bytes;
  uint64_t records;
  /// Seconds of a record, and its bytes.
  double duration;
  uint64_t recordBytes;
  std::vector<EDFSignal> signals;
  /// What is odd about the file but no error, as `file: message`.
  std::vector<std::string> warnings;
};

/// Reads the header of `file`, and checks that the file is as long as it says;
/// the last record may be cut short, which is left out with a warning.
/// The format is described at https://www.edfplus.info/specs/edf.html and
/// edfplus.html; BDF has samples of 24 bits instead of 16.
llvm::Expected<EDFHeader> parseEDFHeader(const SampleFile &file);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_EDFHEADER_H
