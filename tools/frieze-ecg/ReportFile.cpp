//===- ReportFile.cpp - The page of a command as a file ---------*- C++ -*-===//
//
// Part of the Frieze project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/frieze-ecg/ReportFile.h"
#include "frontends/Files.h"
#include "tools/CommandLine.h"
#include "tools/frieze-ecg/JobCommand.h"
#include "tools/frieze-ecg/recordings/Text.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace frieze;
using namespace frieze::ecg;

Error frieze::ecg::checkOutputs(const JobOptions &options, StringRef report) {
  if (report.empty())
    return checkOutput(options);
  if (options.records.size() != 1)
    return fileError("--report", "expects one record, but got " +
                                     Twine(options.records.size()));
  if (isStandardOutput(report) && isStandardOutput(options.output))
    return fileError("--report", "the beats are on standard output already");
  Error problems = checkOutput(options);
  if (Error error = checkPage(report))
    problems = joinErrors(std::move(problems),
                          inFile(getOutputName(report), std::move(error)));
  return problems;
}

Error frieze::ecg::checkReplaced(const JobOptions &options, StringRef report,
                                 ArrayRef<std::string> inputs) {
  Error problems = Error::success();
  for (StringRef output : {StringRef(options.output), report})
    if (any_of(inputs,
               [&](StringRef input) { return isSameFile(output, input); }))
      problems =
          joinErrors(std::move(problems),
                     fileError(output, "is read too, and would be replaced"));
  if (isSameFile(options.output, report))
    problems = joinErrors(std::move(problems),
                          fileError(report, "is the file for the beats too"));
  return problems;
}

Error frieze::ecg::writeReportFile(StringRef path,
                                   const ReportContents &contents) {
  Error error = tryWriteFile(
      path, [&](raw_ostream &stream) { return writeReport(stream, contents); });
  return error ? inFile(getOutputName(path), std::move(error))
               : Error::success();
}
