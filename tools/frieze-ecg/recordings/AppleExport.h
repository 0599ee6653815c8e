//===- AppleExport.h - ECGs that Apple's Health exports ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_APPLEEXPORT_H
#define FRIEZE_TOOLS_ECG_APPLEEXPORT_H

#include "tools/frieze-ecg/recordings/Leads.h"
#include "tools/frieze-ecg/recordings/SampleFile.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>

namespace frieze::ecg {

/// What stands above the samples of an ECG of a watch, ecg_2024-05-31.csv:
/// lines such as "Sample Rate,512 hertz", "Lead,Lead I" and "Unit,uV", then a
/// sample a line.
struct AppleHeader {
  double rate;
  Lead lead;
  /// Byte and number of the line with the first sample.
  uint64_t offset, line;
};

/// The header of such a file; none for other files. One in another language
/// than English is an error: its names and numbers are written otherwise.
llvm::Expected<std::optional<AppleHeader>>
readAppleHeader(const SampleFile &file);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_APPLEEXPORT_H
