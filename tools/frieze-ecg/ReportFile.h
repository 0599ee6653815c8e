//===- ReportFile.h - The page of a command as a file -----------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef FRIEZE_TOOLS_ECG_REPORTFILE_H
#define FRIEZE_TOOLS_ECG_REPORTFILE_H

#include "tools/frieze-ecg/Job.h"
#include "tools/frieze-ecg/report/Report.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace frieze::ecg {

/// What keeps a job's output and the page `report` of its one record from being
/// written, to be told before the work. Either may be none.
llvm::Error checkOutputs(const JobOptions &options, llvm::StringRef report);

/// Whether neither would replace what is read, `inputs`, or the other.
llvm::Error checkReplaced(const JobOptions &options, llvm::StringRef report,
                          llvm::ArrayRef<std::string> inputs);

/// Writes the file `path`. Errors name it.
llvm::Error writeReportFile(llvm::StringRef path,
                            const ReportContents &contents);

} // namespace frieze::ecg

#endif // FRIEZE_TOOLS_ECG_REPORTFILE_H
