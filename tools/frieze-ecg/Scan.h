//===- Scan.h - The job of frieze-ecg scan ----------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_SCAN_H
#define FRIEZE_TOOLS_ECG_SCAN_H

#include "tools/Device.h"
#include "tools/frieze-ecg/Job.h"
#include "tools/frieze-ecg/detection/Detection.h"
#include "tools/frieze-ecg/recordings/Recording.h"

#include <optional>
#include <string>
#include <vector>

namespace frieze::ecg {

/// What the command line asks for.
struct ScanOptions {
  /// Artefact or model file of the classifier.
  std::string model;
  std::optional<DeviceChoice> device;
  JobOptions job;
  RecordingOptions recording;
  DetectionOptions detection;
  /// File for a page with the one record, or none.
  std::string report;
  /// Files with beats to compare with; may be empty.
  std::vector<std::string> references;
};

/// Finds the beats of all records and writes them. Returns the exit status:
/// with any error it is 1, and the beats of the other records are written.
int scan(const ScanOptions &options);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_SCAN_H
