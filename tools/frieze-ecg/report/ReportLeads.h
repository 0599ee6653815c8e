//===- ReportLeads.h - The other leads of a page ----------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_REPORTLEADS_H
#define FRIEZE_TOOLS_ECG_REPORTLEADS_H

#include "tools/frieze-ecg/recordings/Recording.h"

#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace frieze::ecg {

/// Numbers that a page may hold of all its traces: a browser takes two bytes
/// for each. 51 hours of one lead at 360 Hz.
inline constexpr uint64_t mostReportNumbers = uint64_t(1) << 26;

/// Traces of a page, those of an ECG with all its leads.
inline constexpr size_t mostReportLeads = 12;

/// A lead that a page does not show, and why.
struct OmittedLead {
  std::string label, reason;
};

/// What a page shows of a recording beside the lead that is scanned.
struct ReportLeads {
  std::vector<std::unique_ptr<Recording>> shown;
  std::vector<OmittedLead> omitted;
};

/// Opens the other ECGs of the file `path`, in their order, as long as all
/// samples have room in a page. One that cannot be read is left out; `scanned`
/// gets a warning of it, and the files of the others.
ReportLeads openReportLeads(llvm::StringRef path, Recording &scanned,
                            const RecordingOptions &options);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_REPORTLEADS_H
