//===- StartTime.h - When a recording began ---------------------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_STARTTIME_H
#define FRIEZE_TOOLS_ECG_STARTTIME_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace frieze::ecg {

/// A time of day and a date as headers write them, their numbers parted by `:`
/// or `.` and by `/` or `.`: "23:14:05.5" with "2/3/2019", "23.14.05" with
/// "02.03.19", whose year is one from 1985 to 2084. The date may be empty.
/// Returns ISO 8601 without a zone, "2019-03-02T23:14:05.5" or "23:14:05.5";
/// none for what is no time or date.
std::optional<std::string> parseStart(llvm::StringRef time,
                                      llvm::StringRef date);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_STARTTIME_H
