//===- WFDBHeader.h - The header of a WFDB record ---------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_WFDBHEADER_H
#define FRIEZE_TOOLS_ECG_WFDBHEADER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// One signal line of a header. Converter units are what the file stores.
struct WFDBSignal {
  /// File with the samples, beside the header.
  std::string file;
  /// Storage format: 16, 212, ...
  int64_t format = 0;
  /// Samples of this signal in a frame.
  int64_t samplesPerFrame = 1;
  /// Samples (of one a frame) that precede sample 0, by which the signal lags
  /// behind the others.
  int64_t skew = 0;
  /// Bytes in the file before the samples.
  int64_t byteOffset = 0;
  /// Converter units per physical unit, and whether the header tells it.
  double gain = 200;
  bool isCalibrated = false;
  /// Converter units at zero physical units.
  int64_t baseline = 0;
  /// Physical unit, such as "mV".
  std::string unit = "mV";
  /// The sample that a file of differences begins from, converter units.
  int64_t initial = 0;
  /// Sum of all samples modulo 65536, if the header has one.
  std::optional<int64_t> checksum;
  /// Description, by custom the name of the lead.
  std::string name;
  /// What is wrong with its numbers, or nothing: an error only if it is read.
  std::string problem;
};

/// One segment line of the header of a record in several segments.
struct WFDBSegment {
  /// Name of its record, beside the header; "~" where nothing was recorded.
  std::string name;
  /// Number of frames; 0 for a first segment that only lists the signals.
  int64_t frames = 0;
};

/// A header of a record: either its signals or its segments.
struct WFDBHeader {
  /// Frames per second, Hz, if the header tells.
  std::optional<double> rate;
  /// Number of frames, if the header tells.
  std::optional<int64_t> frames;
  /// Time of day and date at which the record begins, as they are written;
  /// either may be empty.
  std::string time, date;
  std::vector<WFDBSignal> signals;
  std::vector<WFDBSegment> segments;
};

/// Parses the text of a header; `path` is for diagnostics. The format is
/// described at https://physionet.org/physiotools/wag/header-5.htm.
llvm::Expected<WFDBHeader> parseWFDBHeader(llvm::StringRef path,
                                           llvm::StringRef text);

/// Reads a header, packed by gzip or not.
llvm::Expected<WFDBHeader> readWFDBHeader(llvm::StringRef path);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_WFDBHEADER_H
